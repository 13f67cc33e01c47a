"""Pages of a tag through Tumblr's API, over real HTTP: requests, results, and no key in sight."""

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
from bot.sandbox.sites.blog import Answer, Blog, BlogFeed, Post
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
        running.carry(garden)
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


async def refusal(web: TumblrFetcher, tumblr: Tumblr, answer: Answer) -> SourceError:
    tumblr.next(answer)
    with pytest.raises(SourceError) as caught:
        await web.fetch(PAGE)
    return caught.value


async def test_the_page_of_a_tag_brings_its_posts_of_all_blogs(web: TumblrFetcher, tumblr: Tumblr) -> None:
    found = await fetched(web)

    feed = parse_feed(found)
    assert [entry.source_id for entry in feed.entries] == ["tumblr:740000000000000001"]
    assert (found.url, found.moved_to, feed.title) == (PAGE, "", "#hawk moths on Tumblr")
    (asked,) = tumblr.requests
    assert asked.path == f"/v2/tagged?tag=hawk%20moths&limit=20&api_key={tumblr.key}"
    assert asked.headers["User-Agent"].endswith("(+me@example.org)")
    assert asked.headers["Accept"] == "application/json"


@pytest.mark.parametrize("pasted", ["https://tumblr.com/tagged/Hawk+Moths/recent", f"{PAGE}?sort=top"])
async def test_a_page_is_called_by_its_one_address_however_it_was_written(
    web: TumblrFetcher, pasted: str
) -> None:
    assert (await fetched(web, pasted)).url == PAGE
    assert (await web.fetch_page(pasted)).url == PAGE


async def test_signs_of_a_tag_reach_the_api_as_they_are(web: TumblrFetcher, tumblr: Tumblr) -> None:
    await web.fetch("https://www.tumblr.com/tagged/c%2B%2B%20%26%20r%26b%3F%23")

    assert tumblr.requests[0].path.startswith("/v2/tagged?tag=c%2B%2B%20%26%20r%26b?%23&limit=20&api_key=")


async def test_an_answer_that_differs_in_notes_alone_is_not_modified(
    web: TumblrFetcher, garden: BlogFeed
) -> None:
    first = await fetched(web)

    again = await web.fetch(PAGE, first.validators)
    garden.edit(replace(garden.posts[1], html="<p>Five of them.</p>"))
    edited = await web.fetch(PAGE, first.validators)

    assert isinstance(again, NotModified)
    assert again.validators == first.validators
    assert isinstance(edited, Fetched)


async def test_what_a_person_pasted_leads_to_the_page_of_the_tag(web: TumblrFetcher) -> None:
    found = await discover("see https://www.tumblr.com/tagged/Hawk+Moths?sort=top!", web.fetch_page, parse)

    assert found == (FoundFeed(PAGE, "#hawk moths on Tumblr"),)


async def test_without_a_key_the_operator_is_told_what_to_set_and_nothing_is_asked(tumblr: Tumblr) -> None:
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
async def test_a_refused_key_is_told_with_where_to_get_it(
    web: TumblrFetcher, tumblr: Tumblr, status: int
) -> None:
    error = await refusal(web, tumblr, faults.status(status))

    assert isinstance(error, Forbidden)
    assert "https://www.tumblr.com/oauth/apps" in str(error)
    assert f"(HTTP {status})" in str(error)
    assert error.url == PAGE


async def test_a_wrong_key_is_refused_in_the_same_words_wherever_it_is_noticed(tumblr: Tumblr) -> None:
    async with TumblrFetcher(LOOPBACK, key="wrong", api_url=tumblr.address) as web:
        with pytest.raises(Forbidden, match="copy the OAuth Consumer Key"):
            await discover(PAGE, web.fetch_page, parse)

    assert len(tumblr.requests) == 1


@pytest.mark.parametrize(("status", "kind"), [(404, NotFound), (500, ServerError), (503, ServerError)])
async def test_other_refusals_are_those_of_any_site(
    web: TumblrFetcher, tumblr: Tumblr, status: int, kind: type[HttpError]
) -> None:
    assert type(await refusal(web, tumblr, faults.status(status))) is kind


@pytest.mark.parametrize(("span", "reset"), [("hour", 1800), ("day", 40_000)])
async def test_a_key_without_calls_rests_until_it_has_some_and_leaves_the_blogs_alone(
    web: TumblrFetcher, tumblr: Tumblr, span: str, reset: int
) -> None:
    allowance = getattr(tumblr, span)
    allowance.left, allowance.reset = 0, reset

    with pytest.raises(RateLimited, match=f"no calls left for this {span}") as caught:
        await web.fetch(PAGE)

    assert caught.value.retry_after == timedelta(seconds=reset)
    assert caught.value.whole_site is False


async def test_too_many_requests_from_this_machine_rest_the_whole_site(
    web: TumblrFetcher, tumblr: Tumblr
) -> None:
    error = await refusal(web, tumblr, faults.status(429, {"Retry-After": "77"}))

    assert isinstance(error, RateLimited)
    assert (error.retry_after, error.whole_site) == (timedelta(seconds=77), True)


async def test_a_day_that_runs_out_of_calls_slows_the_feeds_down(web: TumblrFetcher, tumblr: Tumblr) -> None:
    plenty = (await fetched(web)).max_age
    tumblr.day.left = 900
    few = (await fetched(web)).max_age

    assert (plenty, few) == (None, timedelta(hours=1))


async def test_calls_are_made_apart_so_that_an_hour_cannot_use_up_the_key(tumblr: Tumblr) -> None:
    pause = timedelta(milliseconds=40)
    now = asyncio.get_running_loop().time
    async with TumblrFetcher(LOOPBACK, key=tumblr.key, api_url=tumblr.address, spacing=pause) as web:
        begun = now()
        await asyncio.gather(web.fetch(PAGE), web.fetch_page(PAGE), web.fetch(posts_url("garden", "")))

    assert now() - begun >= 2 * pause.total_seconds()
    assert timedelta(hours=1) / call_spacing("https://api.tumblr.com") < tumblr.hour.limit


@pytest.mark.parametrize("code", [301, 302, 307, 308])
async def test_a_redirect_is_refused_and_the_key_goes_nowhere_else(
    web: TumblrFetcher, tumblr: Tumblr, blog: Blog, code: int
) -> None:
    error = await refusal(web, tumblr, faults.redirect(f"{blog.address}/elsewhere", code))

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
        faults.served(b"not really gzip", headers={"Content-Encoding": "gzip"}),
    ],
)
async def test_no_error_shows_the_key(web: TumblrFetcher, tumblr: Tumblr, answer: Answer) -> None:
    tumblr.next(answer)  # what is not gzip is asked for once more
    error = await refusal(web, tumblr, answer)

    chain = "".join(traceback.format_exception(error))
    assert tumblr.key not in f"{error!r} {error} {error.url} {vars(error)} {chain}"
    assert str(error).strip()


async def test_nothing_that_is_kept_shows_the_key(web: TumblrFetcher, tumblr: Tumblr) -> None:
    found = await fetched(web)

    assert tumblr.key not in f"{found!r} {web!r} {parse_feed(found)!r}"


async def test_the_apis_place_may_be_in_this_machine_and_a_feeds_may_not(
    web: TumblrFetcher, blog: Blog, garden: BlogFeed
) -> None:
    await web.fetch(PAGE)
    with pytest.raises(PrivateAddress):
        await web.fetch(garden.url)

    assert blog.requests == []


async def test_all_other_addresses_are_asked_themselves(tumblr: Tumblr, blog: Blog, garden: BlogFeed) -> None:
    async with TumblrFetcher(LOOPBACK, key=tumblr.key, api_url=tumblr.address) as web:
        await web.fetch(garden.url)
        await web.fetch_page(garden.url)

    assert tumblr.requests == []
    assert [seen.path for seen in blog.requests] == ["/garden/rss"] * 2
