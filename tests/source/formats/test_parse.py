"""What holds for every document, whatever its format. What documents say is in the golden pairs."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import DocumentError, HtmlPage, NotAFeed, Unreadable
from bot.model import Entry, Fetched, ParsedFeed
from bot.source.formats.parse import parse_feed

URL = "https://feeds.example/rss"


def reading(body: str | bytes, content_type: str = "") -> ParsedFeed:
    return parse_feed(Fetched(URL, body if isinstance(body, bytes) else body.encode(), content_type))


def rss(items: str, channel: str = "") -> str:
    return f'<rss version="2.0"><channel><title>T</title>{channel}{items}</channel></rss>'


def only(items: str, channel: str = "") -> Entry:
    (entry,) = reading(rss(items, channel)).entries
    return entry


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
def test_any_bytes_are_read_or_refused_with_our_error(body: bytes | str) -> None:
    encoded = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")

    with suppress(DocumentError):
        feed = reading(encoded)

        assert all(
            "".join((entry.guid, entry.link, entry.title, entry.content, entry.text, *entry.tags)).encode(
                "utf-8"
            )
            for entry in feed.entries
            if entry.guid or entry.title
        )


@pytest.mark.parametrize("body", ["", "hello", "<a/>", "[]", "{}", "{", '{"items": []}', "%PDF-1.7"])
def test_what_is_no_feed_is_called_so(body: str) -> None:
    with pytest.raises(NotAFeed):
        reading(body)


def test_a_web_page_is_told_from_a_feed() -> None:
    with pytest.raises(HtmlPage):
        reading("\n<!DOCTYPE html><html></html>")


def test_the_content_tells_the_format_and_not_the_type() -> None:
    json = '{"version": "https://jsonfeed.org/version/1.1", "items": []}'

    assert reading(json, "text/xml").format == "json11"
    assert reading(rss(""), "application/json").format == "rss20"
    assert reading(rss(""), "text/html; charset=x").format == "rss20"


def test_a_broken_json_feed_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        reading('{"version": "https://jsonfeed.org/version/1.1", "items": [')


def test_a_document_of_many_posts_is_cut_at_500() -> None:
    assert len(reading(rss("<item><title>x</title></item>" * 600)).entries) == 500


def test_an_item_that_says_nothing_is_counted_and_left_out() -> None:
    feed = reading(rss("<item/><item><title>x</title></item>"))

    assert [entry.title for entry in feed.entries] == ["x"]
    assert feed.skipped == 1


def test_a_guid_stays_as_the_document_has_it_wherever_the_document_lies() -> None:
    assert only("<item><guid>post 7</guid></item>").guid == "post 7"


def test_a_guid_that_is_an_address_is_the_link_where_there_is_none() -> None:
    address = "https://g.example/7"

    assert only(f"<item><guid>{address}</guid></item>").link == address
    assert only(f"<item><link></link><guid>{address}</guid></item>").link == address
    assert only(f'<item><guid isPermaLink="false">{address}</guid></item>').link == address
    assert only("<item><guid>7</guid></item>").link == ""
    assert only(
        f"<item><link>/8</link><guid>{address}</guid></item>", "<link>https://g.example</link>"
    ).link == ("https://g.example/8")


def test_a_link_that_is_no_web_address_is_left_out() -> None:
    assert only("<item><title>x</title><link>javascript:alert(1)</link></item>").link == ""


def test_every_field_has_a_bound() -> None:
    long = "x" * 1_100_000
    entry = only(
        f"<item><title>{long}</title><guid>{long}</guid><description>{long}</description><author>{long}</author>"
        f"<category>{long}</category></item>"
    )

    assert len(entry.title) == 1_000
    assert len(entry.guid) == 2_000
    assert len(entry.content) == len(entry.text) == 500_000
    assert (len(entry.authors[0]), len(entry.tags[0])) == (1_000, 200)


def test_tags_that_fold_alike_stand_once_in_the_first_spelling() -> None:
    tags = "".join(
        f"<category>{tag}</category>" for tag in ("#Hawk Moths", "hawk-moths", "HAWK_MOTHS", "", "Bees")
    )

    assert only(f"<item><title>x</title>{tags}</item>").tags == (
        "Hawk Moths",
        "Bees",
    )


def test_a_description_far_fuller_than_the_content_is_the_content() -> None:
    article = "word " * 200
    entry = only(
        f'<item xmlns:c="http://purl.org/rss/1.0/modules/content/"><c:encoded>Short.</c:encoded>'
        f"<description>{article}</description></item>"
    )

    assert entry.content.startswith("word")
    assert entry.summary == "Short."


def test_a_description_that_repeats_the_content_is_no_summary() -> None:
    entry = only(
        '<item xmlns:c="http://purl.org/rss/1.0/modules/content/"><description>Same text.</description>'
        "<c:encoded><![CDATA[<p>Same <b>text.</b></p>]]></c:encoded></item>"
    )

    assert (entry.content, entry.summary) == ("<p>Same <b>text.</b></p>", "")


@pytest.mark.parametrize(
    ("channel", "seconds"),
    [
        ("<ttl>15</ttl>", 900),
        ("<ttl>0</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("<ttl>99999999</ttl>", 365 * 86400),
        (
            '<sy:updatePeriod xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">weekly</sy:updatePeriod>',
            604800,
        ),
        ("", None),
    ],
)
def test_the_time_to_live_is_what_the_feed_says(channel: str, seconds: int | None) -> None:
    ttl = reading(rss("", channel)).ttl

    assert (ttl and ttl.total_seconds()) == seconds
