"""Pages of a tag through Tumblr's API, over real HTTP: requests, results and errors, all without the key."""

import asyncio
import traceback
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import (
    Forbidden,
    HttpError,
    NotAFeed,
    NotFound,
    PrivateAddress,
    RateLimited,
    ServerError,
    SourceError,
)
from bot.model import Fetched, FoundFeed, NotModified, ParsedFeed
from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import Blog, BlogFeed, Post, Responder
from bot.sandbox.sites.tumblr import Tumblr
from bot.source.discovery.discover import discover
from bot.source.formats.parse import parse_feed
from bot.source.tumblr.calls import call_spacing, posts_url
from bot.source.tumblr.web import TumblrFetcher
from tests.source.fetching import LOOPBACK, PUBLIC_ONLY

PAGE = "https://www.tumblr.com/tagged/hawk%20moths"
NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def garden(blog: Blog) -> BlogFeed:
    feed = blog.feed("garden", "The Slow Garden")
    feed.publish(Post("740000000000000001", "By the lamp", "<p>Four of them.</p>", NOON, ("Hawk Moths",)))
    feed.publish(Post("740000000000000002", "Leeks", "<p>Two rows.</p>", NOON, ("leeks",)))
    return feed


@pytest.fixture
async def tumblr(garden: BlogFeed) -> AsyncIterator[Tumblr]:
    async with Tumblr() as running:
        running.add(garden)
        yield running


@pytest.fixture
async def web(tumblr: Tumblr) -> AsyncIterator[TumblrFetcher]:
    async with TumblrFetcher(
        PUBLIC_ONLY, "me@example.org", key=tumblr.key, api_url=tumblr.address
    ) as running:
        yield running


async def parse(document: Fetched) -> ParsedFeed:
    return parse_feed(document)


async def fetched(web: TumblrFetcher, url: str = PAGE) -> Fetched:
    found = await web.fetch(url)
    assert isinstance(found, Fetched)
    return found


async def failed_fetch(web: TumblrFetcher, tumblr: Tumblr, answer: Responder) -> SourceError:
    tumblr.next(answer)
    with pytest.raises(SourceError) as caught:
        await web.fetch(PAGE)
    return caught.value


async def test_the_page_of_a_tag_has_its_posts_from_all_blogs(web: TumblrFetcher, tumblr: Tumblr) -> None:
    found = await fetched(web)

    feed = parse_feed(found)
    assert [entry.source_id for entry in feed.entries] == ["tumblr:740000000000000001"]
    assert (found.url, found.moved_to, feed.title) == (PAGE, "", "#hawk moths on Tumblr")
    (request,) = tumblr.requests
    assert request.path == f"/v2/tagged?tag=hawk%20moths&limit=20&api_key={tumblr.key}"
    assert request.headers["User-Agent"].endswith("(+me@example.org)")
    assert request.headers["Accept"] == "application/json"


@pytest.mark.parametrize("pasted", ["https://tumblr.com/tagged/Hawk+Moths/recent", f"{PAGE}?sort=top"])
async def test_a_tag_page_has_its_canonical_address_however_it_was_written(
    web: TumblrFetcher, pasted: str
) -> None:
    assert (await fetched(web, pasted)).url == PAGE
    assert (await web.fetch_page(pasted)).url == PAGE


async def test_special_characters_of_a_tag_reach_the_api(web: TumblrFetcher, tumblr: Tumblr) -> None:
    await web.fetch("https://www.tumblr.com/tagged/c%2B%2B%20%26%20r%26b%3F%23")

    assert tumblr.requests[0].path.startswith("/v2/tagged?tag=c%2B%2B%20%26%20r%26b?%23&limit=20&api_key=")


async def test_a_response_that_differs_only_in_notes_is_not_modified(
    web: TumblrFetcher, garden: BlogFeed
) -> None:
    first = await fetched(web)

    again = await web.fetch(PAGE, first.validators)
    garden.edit(replace(garden.posts[1], html="<p>Five of them.</p>"))
    edited = await web.fetch(PAGE, first.validators)

    assert isinstance(again, NotModified)
    assert again.validators == first.validators
    assert isinstance(edited, Fetched)


async def test_discover_finds_the_tag_page_in_a_pasted_text(web: TumblrFetcher) -> None:
    found = await discover("see https://www.tumblr.com/tagged/Hawk+Moths?sort=top!", web.fetch_page, parse)

    assert found == (FoundFeed(PAGE, "#hawk moths on Tumblr"),)


async def test_without_a_key_the_error_names_the_setting_and_no_call_is_made(tumblr: Tumblr) -> None:
    async with TumblrFetcher(LOOPBACK, api_url=tumblr.address) as web:
        with pytest.raises(
            NotAFeed, match=r"set a free key for Tumblr's API \(\[tumblr\] api_key\)"
        ) as polled:
            await web.fetch(PAGE)
        with pytest.raises(NotAFeed) as pasted:
            await discover(PAGE, web.fetch_page, parse)

    assert str(polled.value) == str(pasted.value)
    assert tumblr.requests == []


@pytest.mark.parametrize("status", [401, 403])
async def test_the_error_for_a_refused_key_says_where_to_get_one(
    web: TumblrFetcher, tumblr: Tumblr, status: int
) -> None:
    error = await failed_fetch(web, tumblr, faults.status(status))

    assert isinstance(error, Forbidden)
    assert "https://www.tumblr.com/oauth/apps" in str(error)
    assert f"(HTTP {status})" in str(error)
    assert error.url == PAGE


async def test_a_wrong_key_has_the_same_error_during_discovery(tumblr: Tumblr) -> None:
    async with TumblrFetcher(LOOPBACK, key="wrong", api_url=tumblr.address) as web:
        with pytest.raises(Forbidden, match="copy the OAuth Consumer Key"):
            await discover(PAGE, web.fetch_page, parse)

    assert len(tumblr.requests) == 1


@pytest.mark.parametrize(("status", "kind"), [(404, NotFound), (500, ServerError), (503, ServerError)])
async def test_other_statuses_have_the_usual_errors(
    web: TumblrFetcher, tumblr: Tumblr, status: int, kind: type[HttpError]
) -> None:
    assert type(await failed_fetch(web, tumblr, faults.status(status))) is kind


@pytest.mark.parametrize(("span", "reset"), [("hour", 1800), ("day", 40_000)])
async def test_a_key_without_calls_left_delays_only_its_own_feeds(
    web: TumblrFetcher, tumblr: Tumblr, span: str, reset: int
) -> None:
    allowance = getattr(tumblr, span)
    allowance.left, allowance.reset = 0, reset

    with pytest.raises(RateLimited, match=f"no calls left for this {span}") as caught:
        await web.fetch(PAGE)

    assert caught.value.retry_after == timedelta(seconds=reset)
    assert caught.value.whole_site is False


async def test_too_many_requests_delay_the_whole_site(web: TumblrFetcher, tumblr: Tumblr) -> None:
    error = await failed_fetch(web, tumblr, faults.status(429, {"Retry-After": "77"}))

    assert isinstance(error, RateLimited)
    assert (error.retry_after, error.whole_site) == (timedelta(seconds=77), True)


async def test_feeds_are_polled_less_often_when_few_calls_are_left_today(
    web: TumblrFetcher, tumblr: Tumblr
) -> None:
    with_plenty = (await fetched(web)).max_age
    tumblr.day.left = 900
    with_few = (await fetched(web)).max_age

    assert (with_plenty, with_few) == (None, timedelta(hours=1))


async def test_api_calls_are_spaced_within_the_keys_hourly_limit(tumblr: Tumblr) -> None:
    pause = timedelta(milliseconds=40)
    now = asyncio.get_running_loop().time
    async with TumblrFetcher(LOOPBACK, key=tumblr.key, api_url=tumblr.address, spacing=pause) as web:
        started_at = now()
        await asyncio.gather(web.fetch(PAGE), web.fetch_page(PAGE), web.fetch(posts_url("garden", "")))

    assert now() - started_at >= 2 * pause.total_seconds()
    assert timedelta(hours=1) / call_spacing("https://api.tumblr.com") < tumblr.hour.limit


@pytest.mark.parametrize("code", [301, 302, 307, 308])
async def test_a_redirect_of_the_api_is_refused_and_the_key_stays_secret(
    web: TumblrFetcher, tumblr: Tumblr, blog: Blog, code: int
) -> None:
    error = await failed_fetch(web, tumblr, faults.redirect(f"{blog.address}/elsewhere", code))

    assert isinstance(error, HttpError)
    assert f"(HTTP {code})" in str(error)
    assert blog.requests == []


@pytest.mark.parametrize(
    "answer",
    [
        faults.status(401),
        faults.status(500),
        faults.redirect("http://[::1"),
        faults.garbage(),
        faults.reset(),
        faults.html_page(),
        faults.challenge_page(),
        faults.served(b""),
        faults.served(b"x" * 1_100_000),
        faults.served(b"\x1f\x8b\x08 broken", headers={"Content-Encoding": "gzip"}),
    ],
)
async def test_no_error_shows_the_key(web: TumblrFetcher, tumblr: Tumblr, answer: Responder) -> None:
    tumblr.next(answer)  # broken gzip is requested twice
    error = await failed_fetch(web, tumblr, answer)

    chain = "".join(traceback.format_exception(error))
    assert tumblr.key not in f"{error!r} {error} {error.url} {vars(error)} {chain}"
    assert str(error).strip()


async def test_no_result_shows_the_key(web: TumblrFetcher, tumblr: Tumblr) -> None:
    found = await fetched(web)

    assert tumblr.key not in f"{found!r} {web!r} {parse_feed(found)!r}"


async def test_the_api_may_have_a_private_address_but_feeds_may_not(
    web: TumblrFetcher, blog: Blog, garden: BlogFeed
) -> None:
    await web.fetch(PAGE)
    with pytest.raises(PrivateAddress):
        await web.fetch(garden.url)

    assert blog.requests == []


async def test_all_other_addresses_are_fetched_directly(tumblr: Tumblr, blog: Blog, garden: BlogFeed) -> None:
    async with TumblrFetcher(LOOPBACK, key=tumblr.key, api_url=tumblr.address) as web:
        await web.fetch(garden.url)
        await web.fetch_page(garden.url)

    assert tumblr.requests == []
    assert [seen.path for seen in blog.requests] == ["/garden/rss"] * 2
