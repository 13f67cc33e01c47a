"""Feeds that a page links to, and the addresses where feeds usually are."""

import pytest

from bot.model import Fetched
from bot.source.discovery.autodiscovery import common_feed_urls, linked_feeds, names_feeds, untyped_alternates

HOME = "https://garden.example/"


def page(head: str = "", body: str = "") -> bytes:
    return (
        f"<!DOCTYPE html><html><head><title>A garden</title>{head}</head><body>{body}</body></html>".encode()
    )


def alternate(href: str, kind: str = "application/rss+xml", title: str = "") -> str:
    return f'<link rel="alternate" type="{kind}" title="{title}" href="{href}">'


def test_links_are_found_in_the_forms_that_pages_use() -> None:
    head = (
        '<base href="/blog/">'
        '<LINK REL="Alternate Home" TYPE="Application/Atom+XML; charset=utf-8" HREF=" atom.xml ">'
        '<link rel=alternate type="application/json" href="https://garden.example/wp-json/wp/v2/pages/2">'
        '<link rel=alternate type="application/json" href="feed.json">'
        '<link rel=alternate type="application/json+oembed" href="/oembed">'
        '<link rel=alternate hreflang=de href="/de/">'
        '<link rel="stylesheet" type="text/css" href="/x.css">'
        '<link rel=alternate type="application/rss+xml" href="javascript:alert(1)">'
        '<link rel=alternate type="application/rss+xml">'
    )
    body = '<a href="/about">About</a> <a href="/index.xml">RSS</a> <a href="//other.example/feed/">elsewhere</a>'

    assert linked_feeds(Fetched(HOME, page(head, body))) == (
        f"{HOME}blog/atom.xml",
        f"{HOME}blog/feed.json",
        f"{HOME}index.xml",
        "https://other.example/feed/",
    )


FEED = f"{HOME}secret/feed-9"


@pytest.mark.parametrize(
    "head",
    [
        '<link rel=feed href="/secret/feed-9">',
        '<link rel="Feed Alternate" title="News" href="/secret/feed-9">',
        '<link rel="feed" type="" href="/secret/feed-9">',
        '<link rel="feed" hreflang="en" href="/secret/feed-9">',
        '<link rel=alternate type="application/rss" href="/secret/feed-9">',
    ],
)
def test_a_feed_is_found_without_its_media_type(head: str) -> None:
    assert linked_feeds(Fetched(HOME, page(head))) == (FEED,)


@pytest.mark.parametrize(
    "head",
    [
        '<link rel="alternate" hreflang="de" href="/de/">',
        '<link rel="alternate" media="only screen and (max-width: 640px)" href="https://m.garden.example/">',
        '<link rel="alternate stylesheet" href="/dark.css">',
        '<link rel="alternate" href="android-app://example.garden/https/garden.example/">',
        '<link rel="alternate" type="text/html" href="/print">',
        '<link rel="feed" type="text/html" href="/news">',
        '<link rel="feed">',
        '<link rel="next" href="/page/2">',
    ],
)
def test_other_versions_of_a_page_are_not_feeds(head: str) -> None:
    found = Fetched(HOME, page(head))

    assert (linked_feeds(found), untyped_alternates(found)) == ((), ())


def test_an_alternate_without_a_type_is_a_feed_if_it_looks_like_one() -> None:
    head = '<link rel=alternate href="/news"><link rel=alternate href="/atom.xml">' + alternate("/typed")
    found = Fetched(HOME, page(head, '<a href="/rss">RSS</a>'), link="</unknown>; rel=alternate")

    assert linked_feeds(found) == (f"{HOME}atom.xml", f"{HOME}typed", f"{HOME}rss")
    assert untyped_alternates(found) == (f"{HOME}unknown", f"{HOME}news")


def test_a_link_in_the_text_may_say_that_it_is_a_feed() -> None:
    assert linked_feeds(Fetched(HOME, page(body='<a rel="nofollow feed" href="/secret/feed-9">x</a>'))) == (
        FEED,
    )


@pytest.mark.parametrize(
    "header",
    [
        '</secret/feed-9>; rel="alternate"; type="application/rss+xml"',
        "<secret/feed-9>;rel=alternate;type=application/atom+xml",
        f'<{FEED}>; type="application/feed+json"; title="a, b; c"; rel="home alternate"',
        "</secret/feed-9>; rel=feed",
        '</wp-json/>; rel="https://api.w.org/", </secret/feed-9>; rel="alternate"; type="application/rss+xml"',
        '</wp-json/wp/v2/pages/7>; rel="alternate"; title="JSON"; type="application/json", </secret/feed-9>; rel=feed',
        '</de>; rel="alternate"; hreflang="de", </secret/feed-9>; rel="alternate"; type="text/xml; charset=utf-8"',
    ],
)
def test_the_link_header_names_feeds(header: str) -> None:
    assert linked_feeds(Fetched(HOME, page(), link=header)) == (FEED,)


def test_the_base_of_a_page_does_not_move_the_links_of_its_header() -> None:
    found = linked_feeds(Fetched(HOME, page('<base href="/blog/">'), link="<feed-9>; rel=feed"))

    assert found == (f"{HOME}feed-9",)


def test_feeds_of_comments_are_last_in_header_and_head() -> None:
    header = '</comments/feed>; rel=alternate; type="application/rss+xml"'

    assert linked_feeds(Fetched(HOME, page(alternate("/news")), link=header)) == (
        f"{HOME}news",
        f"{HOME}comments/feed",
    )


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
@pytest.mark.parametrize("content_type", ["text/html", "text/html; charset=UTF-16"])
def test_the_links_of_a_page_in_utf_16_are_found(encoding: str, content_type: str) -> None:
    text = page(alternate("/secret/feed-9"), "<p>庭の豆</p>").decode()

    assert linked_feeds(Fetched(HOME, text.encode(encoding), content_type)) == (FEED,)


def test_only_a_typed_link_in_the_header_names_a_feed_for_any_body() -> None:
    assert names_feeds(Fetched(HOME, b"", link="</a>; rel=feed"))
    assert not names_feeds(Fetched(HOME, b"", link="</a>; rel=alternate"))


def test_a_page_is_not_its_own_feed() -> None:
    assert linked_feeds(Fetched(HOME, page(alternate(HOME)))) == ()


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe\x00", b"<link rel=alternate type=application/rss+xml href='http://[::1'>"]
)
def test_a_broken_page_links_to_no_feed(body: bytes) -> None:
    assert linked_feeds(Fetched(HOME, body)) == ()


def test_feeds_in_the_first_folder_of_a_page_are_tried_too() -> None:
    places = common_feed_urls(f"{HOME}blog/2024/beans.html")

    assert f"{HOME}blog/feed" in places
    assert len(places) == len(set(places))
