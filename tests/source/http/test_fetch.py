"""Fetching over real HTTP on this machine: requests, results and validators."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from bot import __version__
from bot.errors import EmptyDocument, HtmlPage, HttpError, NotAFeed
from bot.model import Fetched, NotModified, Validators
from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import Blog, BlogFeed, Post, Responder
from bot.source.http.fetch import Fetcher
from tests.source.fetching import LOOPBACK, FakeResolver, fetched

NONE = Validators()
DAY = datetime(2024, 3, 1, 12, tzinfo=UTC)


async def test_a_fetched_feed_has_its_content_type_and_validators(fetcher: Fetcher, garden: BlogFeed) -> None:
    found = await fetched(fetcher, garden.url)

    document = garden.document()
    assert found == Fetched(
        url=garden.url,
        body=document.body,
        content_type="application/rss+xml; charset=utf-8",
        validators=Validators(
            document.etag, "Fri, 01 Mar 2024 12:00:00 GMT", sha256(document.body).hexdigest()
        ),
    )


async def test_requests_identify_the_bot_and_accept_feeds(
    fetcher: Fetcher, blog: Blog, garden: BlogFeed
) -> None:
    await fetcher.fetch(garden.url)

    sent = blog.requests[-1].headers
    assert sent["User-Agent"] == f"feed-relay/{__version__} (+https://relay.example/about)"
    assert sent["Accept"].startswith("application/rss+xml, application/atom+xml, application/feed+json")
    assert sent["Accept-Encoding"] == "gzip, deflate, br, zstd"
    assert "Cookie" not in sent
    assert "If-None-Match" not in sent
    assert "If-Modified-Since" not in sent


async def test_without_a_contact_the_user_agent_has_only_the_version(blog: Blog, garden: BlogFeed) -> None:
    async with Fetcher(LOOPBACK, version="7") as fetcher:
        await fetcher.fetch(garden.url)

    assert blog.requests[-1].headers["User-Agent"] == "feed-relay/7"


async def test_a_contact_cannot_add_a_header(blog: Blog, garden: BlogFeed) -> None:
    async with Fetcher(LOOPBACK, "me\r\nX-Evil: 1", version="7") as fetcher:
        await fetcher.fetch(garden.url)

    assert "X-Evil" not in blog.requests[-1].headers


async def test_no_cookie_is_kept(fetcher: Fetcher, blog: Blog, garden: BlogFeed) -> None:
    garden.headers["Set-Cookie"] = "visitor=1"
    await fetcher.fetch(garden.url)

    await fetcher.fetch(garden.url)

    assert "Cookie" not in blog.requests[-1].headers


async def test_the_proxy_of_the_environment_is_not_used(
    monkeypatch: pytest.MonkeyPatch, garden: BlogFeed
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    async with Fetcher(LOOPBACK) as fetcher:
        assert isinstance(await fetcher.fetch(garden.url), Fetched)


async def test_an_unchanged_feed_is_not_modified(fetcher: Fetcher, blog: Blog, garden: BlogFeed) -> None:
    first = await fetched(fetcher, garden.url)

    again = await fetcher.fetch(garden.url, first.validators)

    assert again == NotModified(garden.url, first.validators)
    assert blog.requests[-1].headers["If-None-Match"] == first.validators.etag
    assert blog.requests[-1].headers["If-Modified-Since"] == first.validators.last_modified


async def test_a_304_changes_no_validators(fetcher: Fetcher, garden: BlogFeed) -> None:
    """Its ETag may be that of a document that was never read, which every later 304 would then hide."""
    sent = Validators('"one"', "yesterday", "hash")
    garden.next(
        faults.status(304, {"ETag": '"two"', "Last-Modified": "today", "Cache-Control": "max-age=60"})
    )

    found = await fetcher.fetch(garden.url, sent)

    assert found == NotModified(garden.url, sent, max_age=timedelta(minutes=1))


async def test_a_304_that_nobody_asked_for_is_an_error(fetcher: Fetcher, garden: BlogFeed) -> None:
    garden.next(faults.status(304))

    with pytest.raises(HttpError) as caught:
        await fetcher.fetch(garden.url)

    assert caught.value.status == 304


async def test_an_unchanged_body_is_not_modified(fetcher: Fetcher, garden: BlogFeed) -> None:
    garden.conditional = False
    first = await fetched(fetcher, garden.url)

    again = await fetcher.fetch(garden.url, first.validators)

    assert again == NotModified(garden.url, first.validators)


async def test_a_changed_feed_is_fetched(fetcher: Fetcher, garden: BlogFeed) -> None:
    first = await fetched(fetcher, garden.url)
    garden.publish(Post("2", "Peas", "<p>They climb too.</p>", DAY + timedelta(days=1)))

    again = await fetched(fetcher, garden.url, first.validators)

    assert b"Peas" in again.body


async def test_an_invalid_stored_validator_is_not_sent(
    fetcher: Fetcher, blog: Blog, garden: BlogFeed
) -> None:
    await fetcher.fetch(garden.url, Validators('"a\r\nX-Evil: 1"', "ü"))

    assert "If-None-Match" not in blog.requests[-1].headers
    assert "If-Modified-Since" not in blog.requests[-1].headers


@pytest.mark.parametrize(
    ("headers", "age"),
    [
        ({"Cache-Control": "max-age=600", "Age": "60"}, timedelta(minutes=9)),
        ({"Cache-Control": "no-cache"}, None),
        (
            {"Expires": "Mon, 01 Jan 2024 13:00:00 GMT", "Date": "Mon, 01 Jan 2024 12:00:00 GMT"},
            timedelta(hours=1),
        ),
    ],
)
async def test_the_max_age_of_a_response_is_returned(
    fetcher: Fetcher, garden: BlogFeed, headers: dict[str, str], age: timedelta | None
) -> None:
    garden.headers |= headers

    assert (await fetched(fetcher, garden.url)).max_age == age


@pytest.mark.parametrize("body", [b"", b" \r\n\t "])
async def test_an_empty_document_is_an_error_of_its_own(
    fetcher: Fetcher, garden: BlogFeed, body: bytes
) -> None:
    garden.next(faults.served(body))

    with pytest.raises(EmptyDocument):
        await fetcher.fetch(garden.url)


async def test_a_204_is_an_empty_document(fetcher: Fetcher, garden: BlogFeed) -> None:
    garden.next(faults.status(204))

    with pytest.raises(EmptyDocument):
        await fetcher.fetch(garden.url)


async def test_a_feed_served_as_html_is_a_feed(fetcher: Fetcher, garden: BlogFeed) -> None:
    garden.next(faults.served(content_type="text/html; charset=utf-8"))

    assert (await fetched(fetcher, garden.url)).content_type == "text/html; charset=utf-8"


async def test_a_feed_without_a_content_type_is_a_feed(fetcher: Fetcher, garden: BlogFeed) -> None:
    garden.next(faults.served(content_type=""))

    assert (await fetched(fetcher, garden.url)).body == garden.document().body


async def test_headers_over_eight_kilobytes_are_accepted(fetcher: Fetcher, garden: BlogFeed) -> None:
    garden.headers["Content-Security-Policy"] = "x" * 20_000

    assert (await fetched(fetcher, garden.url)).body == garden.document().body


async def test_a_host_is_sent_in_ascii_and_a_path_escaped(blog: Blog) -> None:
    garden = blog.feed("garden", hosts=["xn--grten-gra.example"])
    names = FakeResolver({"xn--grten-gra.example": ["127.0.0.1"]})

    async with Fetcher(LOOPBACK, resolver=names) as fetcher:
        found = await fetched(fetcher, f"http://gärten.example:{blog.port}/rss?q=a b&ü=ä#top")

    assert found.body == garden.document().body
    assert blog.requests[-1].host == f"xn--grten-gra.example:{blog.port}"
    assert blog.requests[-1].path == "/rss?q=a+b&%C3%BC=%C3%A4"


async def test_the_feed_scheme_means_http(fetcher: Fetcher, garden: BlogFeed) -> None:
    assert (await fetched(fetcher, f"feed:{garden.url}")).url == garden.url


async def test_a_login_in_the_address_is_sent_but_not_shown(
    fetcher: Fetcher, blog: Blog, garden: BlogFeed
) -> None:
    found = await fetched(fetcher, garden.url.replace("//", "//me:p%40ss@"))

    assert blog.requests[-1].headers["Authorization"] == "Basic bWU6cEBzcw=="
    assert found.url == garden.url


async def test_a_page_is_not_a_feed_but_fetch_page_returns_it(fetcher: Fetcher, blog: Blog) -> None:
    blog.feed("garden")
    url = f"{blog.address}/garden/"

    with pytest.raises(HtmlPage):
        await fetcher.fetch(url)
    assert b'rel="alternate"' in (await fetcher.fetch_page(url)).body


@pytest.mark.parametrize("wall", [faults.challenge_page(), faults.consent_page(), faults.login_page()])
async def test_blocked_feeds_and_pages_raise_the_same_error(
    fetcher: Fetcher, garden: BlogFeed, wall: Responder
) -> None:
    garden.always(wall)

    with pytest.raises(NotAFeed) as of_feed:
        await fetcher.fetch(garden.url)
    with pytest.raises(NotAFeed) as of_page:
        await fetcher.fetch_page(garden.url)
    assert type(of_feed.value) is type(of_page.value)
    assert not isinstance(of_feed.value, HtmlPage)


async def test_a_fetcher_that_is_not_open_raises_runtime_error(garden: BlogFeed) -> None:
    with pytest.raises(RuntimeError, match="async with"):
        await Fetcher(LOOPBACK).fetch(garden.url)
