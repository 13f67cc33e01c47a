"""What holds for documents of every format. Single documents are in the golden pairs."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import DocumentError, HtmlPage, NotAFeed, Unreadable
from tests.growth import FACTOR, assert_growth
from tests.source.formats.documents import parse_document, rss

FRAGMENTS = st.sampled_from([
    '<?xml version="1.0" encoding="x"?>', '<rss version="2.0">', "<channel>", "<item>", "</item>", "<title>",
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://[">', "<entry>", "</entry>", '<link href="x">',
    "<guid>", "</guid>", "<pubDate>", "</pubDate>", "<content type='xhtml'>", "</content>", "<description>",
    "</description>", "<![CDATA[", "]]>", "&amp;", "&#xD800;", "&#x110000;", "&nbsp;", "&", "<author>", "</author>",
    "<category term='a'/>", '<media:content xmlns:media="http://search.yahoo.com/mrss/" url="u" width="9">',
    "</media:content>", "<media:group>", "</media:group>", "<media:description>", "<image><url>", "<svg>", "a@b",
    "-1", "9999-99-99", "\x00", "\ud800", "<b>", "{", '"version":"https://jsonfeed.org/version/1"', "</title>",
    ',"items":[{"id":"\\ud800","content_html":"\\udfff"}]', "}", "</svg>", "<link/>",
])  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=400), st.lists(FRAGMENTS, max_size=25).map("".join)))
def test_any_bytes_are_parsed_or_raise_our_error(body: bytes | str) -> None:
    encoded = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")

    with suppress(DocumentError):
        feed = parse_document(encoded)

        assert all(
            "".join((entry.guid, entry.link, entry.title, entry.content, entry.text, *entry.tags)).encode(
                "utf-8"
            )
            for entry in feed.entries
            if entry.guid or entry.title
        )


@pytest.mark.parametrize("body", ["", "hello", "<a/>", "[]", "{}", "{", '{"items": []}', "%PDF-1.7"])
def test_other_documents_are_not_feeds(body: str) -> None:
    with pytest.raises(NotAFeed):
        parse_document(body)


def test_a_web_page_is_an_error_of_its_own() -> None:
    with pytest.raises(HtmlPage):
        parse_document("\n<!DOCTYPE html><html></html>")


def test_the_content_decides_the_format_and_not_the_content_type() -> None:
    json = '{"version": "https://jsonfeed.org/version/1.1", "items": []}'

    assert parse_document(json, "text/xml").format == "json11"
    assert parse_document(rss(""), "application/json").format == "rss20"
    assert parse_document(rss(""), "text/html; charset=x").format == "rss20"


def test_a_broken_json_feed_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        parse_document('{"version": "https://jsonfeed.org/version/1.1", "items": x}')


def test_parsing_a_posts_categories_takes_linear_time() -> None:
    few, many = (
        rss(
            "<item><title>One</title>"
            + "".join(f"<category>tag {n}</category>" for n in range(count))
            + "</item>"
        )
        for count in (4_000, 4_000 * FACTOR)
    )

    assert_growth(lambda: parse_document(few), lambda: parse_document(many))


def test_parsing_an_elements_attributes_takes_linear_time() -> None:
    few, many = (
        rss("<item><title>One</title><x " + " ".join(f"a{n}='1'" for n in range(count)) + "/></item>")
        for count in (4_000, 4_000 * FACTOR)
    )

    assert_growth(lambda: parse_document(few), lambda: parse_document(many))
