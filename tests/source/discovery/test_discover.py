"""The feeds behind what a person pasted."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.errors import (
    ChallengePage,
    Forbidden,
    InvalidAddress,
    LoginWall,
    NotAFeed,
    NotFound,
    RateLimited,
    SourceError,
    Unreachable,
)
from bot.model import Fetched, FoundFeed, ParsedFeed
from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import Blog, BlogFeed, Post
from bot.source.discovery.discover import discover
from bot.source.formats.parse import parse_feed
from bot.source.http.fetch import Fetcher
from tests.source.fetching import LOOPBACK

NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)
HOME = "https://garden.example/"


async def parse(document: Fetched) -> ParsedFeed:
    return parse_feed(document)


def rss(title: str, *posts: str) -> bytes:
    items = "".join(
        f"<item><title>{post}</title><link>{HOME}{post}</link></item>" for post in posts or (title,)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'.encode()


def page(head: str = "", body: str = "") -> bytes:
    return (
        f"<!DOCTYPE html><html><head><title>A garden</title>{head}</head><body>{body}</body></html>".encode()
    )


def alternate(href: str, kind: str = "application/rss+xml", title: str = "") -> str:
    return f'<link rel="alternate" type="{kind}" title="{title}" href="{href}">'


class Web:
    """A web in memory, for hosts that tests must not contact. Other addresses are not found."""

    def __init__(self, pages: dict[str, bytes | SourceError]) -> None:
        self.pages = pages
        self.requested: list[str] = []

    async def fetch_page(self, url: str) -> Fetched:
        self.requested.append(url)
        answer = self.pages.get(url, NotFound(url, 404))
        if isinstance(answer, SourceError):
            raise answer
        return Fetched(url, answer, "text/html")

    async def discover(self, pasted: str) -> tuple[FoundFeed, ...]:
        return await discover(pasted, self.fetch_page, parse)


@pytest.fixture
def garden(blog: Blog) -> BlogFeed:
    feed = blog.feed("garden", title="A garden")
    feed.publish(Post("1", "Beans", "<p>They climb.</p>", NOON))
    return feed


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(LOOPBACK) as running:
        yield running


@pytest.mark.parametrize("form", ["rss", "wordpress", "atom", "json"])
async def test_the_address_of_a_feed_is_its_own_feed(blog: Blog, fetcher: Fetcher, form: str) -> None:
    feed = blog.feed("garden", title="A garden", form=form)
    feed.publish(Post("1", "Beans", "<p>They climb.</p>", NOON))

    assert await discover(feed.url, fetcher.fetch_page, parse) == (FoundFeed(feed.url, "A garden"),)


@pytest.mark.parametrize("form", ["rss", "wordpress", "atom", "json"])
@pytest.mark.parametrize("path", ["", "post/1/beans"])
async def test_the_feed_of_a_page_is_found(blog: Blog, fetcher: Fetcher, form: str, path: str) -> None:
    feed = blog.feed("garden", title="A garden", form=form)
    feed.publish(Post("1", "Beans", "<p>They climb.</p>", NOON))

    found = await discover(f"{blog.address}/garden/{path}", fetcher.fetch_page, parse)

    assert found == (FoundFeed(feed.url, "A garden"),)


async def test_an_address_without_a_scheme_is_also_tried_with_http(
    blog: Blog, fetcher: Fetcher, garden: BlogFeed
) -> None:
    found = await discover(f"127.0.0.1:{blog.port}/garden/", fetcher.fetch_page, parse)

    assert found == (FoundFeed(garden.url, "A garden"),)


async def test_a_feed_that_only_supports_http_is_found_with_http(
    blog: Blog, fetcher: Fetcher, garden: BlogFeed
) -> None:
    found = await discover(f"127.0.0.1:{blog.port}/garden/rss", fetcher.fetch_page, parse)

    assert found == (FoundFeed(garden.url, "A garden"),)


async def test_explicit_https_does_not_fall_back_to_http(blog: Blog, fetcher: Fetcher) -> None:
    with pytest.raises(Unreachable):
        await discover(f"https://127.0.0.1:{blog.port}/garden/", fetcher.fetch_page, parse)


async def test_a_feed_that_moved_is_found_at_its_new_address(
    blog: Blog, fetcher: Fetcher, garden: BlogFeed
) -> None:
    blog.pages["/old"] = faults.redirect(garden.url, 301)

    found = await discover(f"{blog.address}/old", fetcher.fetch_page, parse)

    assert found == (FoundFeed(garden.url, "A garden"),)


async def test_a_feed_that_only_the_link_header_names_is_found(
    blog: Blog, fetcher: Fetcher, garden: BlogFeed
) -> None:
    link = (
        f'</wp-json/>; rel="https://api.w.org/", <{garden.url}>; rel="alternate"; type="application/rss+xml"'
    )
    blog.pages["/home"] = faults.served(page(), "text/html", {"Link": link})

    found = await discover(f"{blog.address}/home", fetcher.fetch_page, parse)

    assert found == (FoundFeed(garden.url, "A garden"),)


async def test_the_link_header_of_a_text_that_is_no_page_is_read(
    blog: Blog, fetcher: Fetcher, garden: BlogFeed
) -> None:
    link = f'<{garden.url}>; rel="alternate"; type="application/rss+xml"'
    blog.pages["/robots.txt"] = faults.served(b"User-agent: *", "text/plain", {"Link": link})

    found = await discover(f"{blog.address}/robots.txt", fetcher.fetch_page, parse)

    assert found == (FoundFeed(garden.url, "A garden"),)


@pytest.mark.parametrize("head", ['<link rel="feed" href="{}">', '<link rel="alternate" href="{}">'])
async def test_a_link_without_a_type_is_tried(
    blog: Blog, fetcher: Fetcher, garden: BlogFeed, head: str
) -> None:
    blog.pages["/secret"] = faults.redirect(garden.url, 301)
    blog.pages["/home"] = faults.served(page(head.format("/secret")), "text/html")

    found = await discover(f"{blog.address}/home", fetcher.fetch_page, parse)

    assert found == (FoundFeed(garden.url, "A garden"),)


async def test_an_alternate_that_is_a_page_does_not_hide_that_there_is_no_feed() -> None:
    web = Web({HOME: page('<link rel="alternate" href="/print">'), f"{HOME}print": page()})

    with pytest.raises(NotAFeed, match="No feed was found"):
        await web.discover(HOME)


async def test_an_alternate_without_a_type_does_not_hide_the_feed_of_a_platform() -> None:
    channel = "https://www.youtube.com/channel/UCabcdefghijklmnopqrst-_"
    feed = "https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrst-_"
    head = f'<link rel="alternate" href="/mobile"><link rel="canonical" href="{channel}">'
    web = Web({"https://www.youtube.com/@garden": page(head), feed: rss("A garden")})

    assert await web.discover("https://www.youtube.com/@garden") == (FoundFeed(feed, "A garden"),)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("content_type", ["text/html", "text/html; charset=utf-16"])
async def test_the_feed_of_a_page_in_utf_16_is_found(
    blog: Blog, fetcher: Fetcher, garden: BlogFeed, encoding: str, content_type: str
) -> None:
    body = page(alternate(garden.url)).decode().encode(encoding)
    blog.pages["/home"] = faults.served(body, content_type)

    found = await discover(f"{blog.address}/home", fetcher.fetch_page, parse)

    assert found == (FoundFeed(garden.url, "A garden"),)


async def test_a_meta_refresh_leads_to_the_page_with_the_feed(
    blog: Blog, fetcher: Fetcher, garden: BlogFeed
) -> None:
    refresh = '<meta http-equiv="refresh" content="0; url=/garden/">'
    blog.pages["/home"] = faults.served(page(refresh), "text/html")

    found = await discover(f"{blog.address}/home", fetcher.fetch_page, parse)

    assert found == (FoundFeed(garden.url, "A garden"),)


async def test_a_feed_behind_a_meta_refresh_has_its_own_address(
    blog: Blog, fetcher: Fetcher, garden: BlogFeed
) -> None:
    refresh = '<meta http-equiv="refresh" content="0; url=/garden/rss">'
    blog.pages["/feed"] = faults.served(page(refresh), "text/html")
    blog.pages["/old"] = faults.redirect("/feed", 301)

    for start in ("/feed", "/old"):
        found = await discover(f"{blog.address}{start}", fetcher.fetch_page, parse)
        assert found == (FoundFeed(garden.url, "A garden"),)


async def test_all_feeds_of_a_page_are_found_comments_last() -> None:
    head = (
        alternate("/comments/feed/", title="A garden » Comments Feed")
        + alternate("feed/")
        + alternate("/tools.atom")
    )
    web = Web(
        {
            HOME: page(head),
            f"{HOME}feed/": rss("Posts"),
            f"{HOME}tools.atom": rss("Tools"),
            f"{HOME}comments/feed/": rss("Comments"),
        }
    )

    found = await web.discover(HOME)

    assert [feed.title for feed in found] == ["Posts", "Tools", "Comments"]


async def test_one_feed_in_two_formats_is_found_once() -> None:
    web = Web(
        {
            HOME: page(alternate("/atom.xml") + alternate("/rss.xml")),
            f"{HOME}atom.xml": rss("A garden", "beans"),
            f"{HOME}rss.xml": rss("A garden in RSS", "beans"),
        }
    )

    assert await web.discover(HOME) == (FoundFeed(f"{HOME}atom.xml", "A garden"),)


async def test_a_linked_feed_that_fails_does_not_hide_the_others() -> None:
    web = Web(
        {
            HOME: page(alternate("/gone") + alternate("/page") + alternate("/feed")),
            f"{HOME}feed": rss("Posts"),
            f"{HOME}page": page(),
        }
    )

    assert await web.discover(HOME) == (FoundFeed(f"{HOME}feed", "Posts"),)


async def test_common_addresses_are_tried_last() -> None:
    web = Web({HOME: page(), f"{HOME}atom.xml": rss("Posts")})

    assert await web.discover(HOME) == (FoundFeed(f"{HOME}atom.xml", "Posts"),)
    assert web.requested[:3] == [HOME, f"{HOME}feed", f"{HOME}rss"]


async def test_failed_discovery_makes_at_most_14_requests() -> None:
    head = "".join(alternate(f"/{number}") for number in range(100))
    web = Web({HOME: page(head)})

    with pytest.raises(NotFound):
        await web.discover(HOME)

    assert len(web.requested) == 1 + 5 + 8


async def test_a_page_without_a_feed_is_an_error_with_advice() -> None:
    with pytest.raises(NotAFeed, match=r"No feed was found .* ask the site's owner"):
        await Web({HOME: page()}).discover(HOME)


async def test_a_rate_limit_ends_discovery() -> None:
    web = Web({HOME: page(), f"{HOME}feed": RateLimited(HOME, 429)})

    with pytest.raises(RateLimited):
        await web.discover(HOME)

    assert web.requested == [HOME, f"{HOME}feed"]


async def test_a_rate_limit_after_the_first_feed_keeps_that_feed() -> None:
    head = alternate("/feed") + alternate("/second") + alternate("/third")
    web = Web({HOME: page(head), f"{HOME}feed": rss("Posts"), f"{HOME}second": RateLimited(HOME, 429)})

    assert await web.discover(HOME) == (FoundFeed(f"{HOME}feed", "Posts"),)
    assert f"{HOME}third" not in web.requested


async def test_a_rate_limit_on_the_first_feed_is_raised() -> None:
    web = Web({HOME: page(alternate("/feed")), f"{HOME}feed": RateLimited(HOME, 429)})

    with pytest.raises(RateLimited):
        await web.discover(HOME)


@pytest.mark.parametrize("wall", [ChallengePage(HOME), LoginWall(HOME), Forbidden(HOME, 403)])
async def test_the_feed_of_a_blocked_page_is_found(wall: SourceError) -> None:
    web = Web({HOME: wall, f"{HOME}feed": rss("Posts")})

    assert await web.discover(HOME) == (FoundFeed(f"{HOME}feed", "Posts"),)


async def test_a_blocked_page_without_a_feed_raises_its_own_error() -> None:
    web = Web({HOME: ChallengePage(HOME)})

    with pytest.raises(ChallengePage):
        await web.discover(HOME)

    assert len(web.requested) == 4


@pytest.mark.parametrize(
    "pasted",
    ["https://www.tumblr.com/garden", "garden.tumblr.com", "https://garden.tumblr.com/post/123/beans"],
)
async def test_a_tumblr_blog_is_found_with_one_request(pasted: str) -> None:
    web = Web({"https://garden.tumblr.com/rss": rss("A garden")})

    assert await web.discover(pasted) == (FoundFeed("https://garden.tumblr.com/rss", "A garden"),)
    assert web.requested == ["https://garden.tumblr.com/rss"]


async def test_a_tag_page_of_a_tumblr_blog_is_its_feed_with_the_tag() -> None:
    web = Web({"https://garden.tumblr.com/rss": rss("A garden")})

    found = await web.discover("https://garden.tumblr.com/tagged/climbing+beans")

    assert found == (FoundFeed("https://garden.tumblr.com/rss", "A garden", tag="climbing beans"),)


async def test_a_tag_page_on_a_custom_domain_is_its_feed_with_the_tag() -> None:
    body = page(alternate("/rss"), '<script src="https://assets.tumblr.com/x.js"></script>')
    web = Web({f"{HOME}tagged/climbing%20beans": body, f"{HOME}rss": rss("A garden")})

    found = await web.discover(f"{HOME}tagged/climbing%20beans")

    assert found == (FoundFeed(f"{HOME}rss", "A garden", tag="climbing beans"),)


async def test_a_missing_tumblr_blog_costs_one_request() -> None:
    web = Web({})

    with pytest.raises(NotFound):
        await web.discover("https://garden.tumblr.com/")

    assert len(web.requested) == 1


@pytest.mark.parametrize(
    "pasted", ["https://www.tumblr.com/tagged", "https://www.tumblr.com/explore/today", "tumblr.com"]
)
async def test_tumblrs_own_pages_are_refused_without_a_request(pasted: str) -> None:
    web = Web({})

    with pytest.raises(NotAFeed, match="paste the address of a blog"):
        await web.discover(pasted)

    assert web.requested == []


async def test_a_known_platform_needs_one_request() -> None:
    web = Web({"https://www.reddit.com/r/gardening/.rss": rss("gardening")})

    assert await web.discover("r/gardening") == (
        FoundFeed("https://www.reddit.com/r/gardening/.rss", "gardening"),
    )
    assert len(web.requested) == 1


async def test_the_canonical_address_of_a_page_identifies_its_platform() -> None:
    channel = "https://www.youtube.com/channel/UCabcdefghijklmnopqrst-_"
    feed = "https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrst-_"
    web = Web(
        {
            "https://www.youtube.com/@garden": page(f'<link rel="canonical" href="{channel}">'),
            feed: rss("A garden"),
        }
    )

    assert await web.discover("https://www.youtube.com/@garden") == (FoundFeed(feed, "A garden"),)


async def test_a_page_whose_platform_rule_fails_is_read() -> None:
    web = Web(
        {
            "https://social.example/@me": page(alternate("/feeds/me")),
            "https://social.example/feeds/me": rss("me"),
        }
    )

    assert await web.discover("@me@social.example") == (FoundFeed("https://social.example/feeds/me", "me"),)


async def test_a_text_without_an_address_is_refused() -> None:
    with pytest.raises(InvalidAddress):
        await Web({}).discover("my garden")
