"""Feeds that a page links to, and the addresses where feeds usually are."""

import pytest

from bot.source.discovery.autodiscovery import common_feed_urls, linked_feeds

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

    assert linked_feeds(HOME, page(head, body)) == (
        f"{HOME}blog/atom.xml",
        f"{HOME}blog/feed.json",
        f"{HOME}index.xml",
        "https://other.example/feed/",
    )


def test_a_page_is_not_its_own_feed() -> None:
    assert linked_feeds(HOME, page(alternate(HOME))) == ()


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe\x00", b"<link rel=alternate type=application/rss+xml href='http://[::1'>"]
)
def test_a_broken_page_links_to_no_feed(body: bytes) -> None:
    assert linked_feeds(HOME, body) == ()


def test_feeds_in_the_first_folder_of_a_page_are_tried_too() -> None:
    places = common_feed_urls(f"{HOME}blog/2024/beans.html")

    assert f"{HOME}blog/feed" in places
    assert len(places) == len(set(places))
