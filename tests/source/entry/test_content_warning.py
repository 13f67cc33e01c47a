"""What a feed itself warns of."""

import pytest

from bot.source.entry.content_warning import content_warning, is_adult
from tests.source.formats.documents import parse_item

STATUS = "https://social.example/@ann/1"
PAGE = "https://garden.example/slugs"
PICTURE = "&lt;img src='https://garden.example/slug.jpg'&gt;"
NAMESPACES = (
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    ' xmlns:blogger="http://schemas.google.com/blogger/2008"'
)


def warning(item: str, channel: str = "") -> str:
    elements = f"<item {NAMESPACES}><title>x</title><link>{PAGE}</link>{item}</item>"
    return parse_item(elements, channel.replace(">", f" {NAMESPACES}>", 1)).warning


@pytest.mark.parametrize(
    ("html", "link", "expected"),
    [
        (
            "<p><strong>Content warning:</strong> slugs, close up</p><hr /><p>Here.</p>",
            STATUS,
            "slugs, close up",
        ),
        ("<p><strong>Content warning:</strong> slugs</p><hr><p>Here.</p>", PAGE, "slugs"),
        ("<p><strong>Inhaltswarnung:</strong> Schnecken</p><hr/><p>Hier.</p>", PAGE, "Schnecken"),
        ("<p><strong>Rybudd:</strong> gwlithod</p><hr/><p>Dyma.</p>", STATUS, "gwlithod"),
        ("<p>slugs &amp; snails</p><hr/><p>Here.</p>", STATUS, "slugs & snails"),
        ('<p><strong>CW</strong> <img src="x" alt=":slug:"> slugs</p><hr/><p>Here.</p>', PAGE, "slugs"),
        ("<p><strong>Update:</strong> more slugs</p><hr /><p>Here.</p>", PAGE, ""),
        ("<p>slugs</p><p>Here.</p>", STATUS, ""),
        ("<p>Here.</p><p><strong>Content warning:</strong> slugs</p><hr />", STATUS, ""),
        ("<p>" + "<img " * 50_000, STATUS, ""),
    ],
)
def test_an_authors_warning_comes_before_a_line(html: str, link: str, expected: str) -> None:
    assert content_warning(html, link) == expected


ADULT = '<media:rating scheme="urn:simple">adult</media:rating>'
MASTODON = f'<media:content url="https://a.example/x.jpg">{ADULT}</media:content>'


@pytest.mark.parametrize(
    "item",
    [
        "<media:rating>adult</media:rating>",
        '<media:rating scheme="urn:simple">Adult</media:rating>',
        MASTODON,
        f"<media:group><media:rating>nonadult</media:rating>{MASTODON}</media:group>",
        '<media:rating scheme="urn:mpaa">nc-17</media:rating>',
        "<media:adult>true</media:adult>",
    ],
)
def test_an_adult_rating_is_a_warning(item: str) -> None:
    assert warning(item) == "Sensitive"


@pytest.mark.parametrize(
    "item",
    [
        "",
        "<media:rating>nonadult</media:rating>",
        '<media:rating scheme="urn:mpaa">pg</media:rating>',
        "<media:adult>false</media:adult>",
        f"<itunes:explicit>clean</itunes:explicit><description>{PICTURE}</description>",
        f"<itunes:explicit>false</itunes:explicit><description>{PICTURE}</description>",
        '<itunes:explicit>yes</itunes:explicit><enclosure url="https://a.example/x.mp3" type="audio/mpeg"/>',
    ],
)
def test_other_ratings_and_explicit_sounds_are_not_a_warning(item: str) -> None:
    assert warning(item) == ""


@pytest.mark.parametrize("value", ["yes", "true", "explicit", "True"])
def test_an_explicit_post_with_pictures_has_a_warning(value: str) -> None:
    assert (
        warning(f"<itunes:explicit>{value}</itunes:explicit><description>{PICTURE}</description>")
        == "Explicit"
    )


@pytest.mark.parametrize(
    ("channel", "item", "expected"),
    [
        ("<media:rating>adult</media:rating>", "", "Sensitive"),
        ("<blogger:adultContent>true</blogger:adultContent>", "", "Sensitive"),
        ("<media:rating>adult</media:rating>", "<media:rating>nonadult</media:rating>", ""),
        ("<itunes:explicit>yes</itunes:explicit>", f"<description>{PICTURE}</description>", "Explicit"),
        (
            "<itunes:explicit>yes</itunes:explicit>",
            f"<itunes:explicit>no</itunes:explicit><description>{PICTURE}</description>",
            "",
        ),
    ],
)
def test_a_feeds_rating_counts_for_entries_without_their_own(channel: str, item: str, expected: str) -> None:
    assert warning(item, channel) == expected


def test_an_unknown_rating_says_nothing() -> None:
    assert is_adult(["(n 0 s 0 v 0 l 0)"]) is None
