"""Documents that real sites served."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.model import Entry, Fetched, ParsedFeed
from bot.source.formats.parse import parse_feed

FEEDS = Path(__file__).parents[4] / "shared" / "feeds"
EXPECTED = {
    "DaringFireball.atom": ("atom10", 48),
    "DaringFireball.json": ("json1", 48),
    "bio.rdf": ("rdf", 30),
    "cloudblog.rss": ("rss20", 20),
    "content-encoded.rss": ("rss20", 7),
    "encoding.rss": ("rss20", 40),
    "guardian.rss": ("rss20", 55),
    "heise.atom": ("atom10", 15),
    "inessential.json": ("json1", 20),
    "livemint.xml": ("rss20", 25),
    "manton.rss": ("rss20", 10),
    "medscape.rss": ("rss20", 20),
    "natasha.xml": ("rss20", 10),
    "reddit.rss": ("rss20", 24),
    "scriptingNews.rss": ("rss20", 50),
    "tumblr-todayontumblr.xml": ("rss20", 4),
    "uolNoticias.rss": ("rss", 15),
}

pytestmark = pytest.mark.skipif(not FEEDS.is_dir(), reason="the shared real feeds are not at hand")


def feed(name: str) -> ParsedFeed:
    return parse_feed(Fetched(f"https://feeds.example/{name}", (FEEDS / name).read_bytes()))


def first(name: str) -> Entry:
    return feed(name).entries[0]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_real_feed_is_parsed_completely(name: str) -> None:
    read_feed = feed(name)

    assert (read_feed.format, len(read_feed.entries)) == EXPECTED[name]
    assert read_feed.skipped == 0
    assert read_feed.title
    assert read_feed.link.startswith("http")


@pytest.mark.parametrize("name", EXPECTED)
def test_every_post_of_a_real_feed_has_a_link_a_date_and_something_to_say(name: str) -> None:
    for entry in feed(name).entries:
        assert entry.link.startswith("http")
        assert entry.published is not None
        assert entry.title or entry.text or entry.content
        assert "&amp;" not in entry.title
        assert "\ufffd" not in entry.title + entry.text


def test_a_tumblr_post_names_who_was_reblogged() -> None:
    entry = first("tumblr-todayontumblr.xml")

    assert entry.title == "NEIL WON BEST ACTOR AT THE GAME AWARDS!!!!!!"
    assert entry.link == "https://www.tumblr.com/todayontumblr/736339394445918208"
    assert entry.source_id == "tumblr:736339394445918208"
    assert entry.tags == ("today on tumblr",)
    assert entry.published == datetime(2023, 12, 10, 17, 6, 8, tzinfo=UTC)
    assert 'data-author="argetcross"' in entry.content
    assert "tumblr_blog" not in entry.content
    assert 'width="2048" height="945"' in entry.content or 'height="945" width="2048"' in entry.content
    assert "2048w" in entry.content


def test_titles_that_tumblr_escaped_twice_are_plain_text() -> None:
    titles = [entry.title for entry in feed("tumblr-todayontumblr.xml").entries]

    assert titles[1].startswith("That ’s why they were rushing everyone ’s speeches")
    assert not any("&" in title and ";" in title for title in titles)


def test_feeds_in_latin_1_are_decoded() -> None:
    assert feed("encoding.rss").title == "Jornal de Notícias - Últimas Notícias"
    assert first("encoding.rss").link.startswith("https://www.jn.pt/nacional/interior/")
    assert first("uolNoticias.rss").title.endswith("em simulações de 2º turno")
    assert first("uolNoticias.rss").published == datetime(2018, 9, 24, 22, 42, 40, tzinfo=UTC)


def test_a_newspapers_picture_occurs_once_in_its_largest_size() -> None:
    (picture,) = first("guardian.rss").media

    assert picture.width == 460
    assert first("guardian.rss").authors == ("David Smith in Washington",)


def test_a_picture_of_the_item_itself_is_found() -> None:
    assert first("medscape.rss").media[0].url.endswith("gty-251104-telemedicine-800x450.jpg")
    assert first("medscape.rss").published == datetime(2025, 11, 5, 18, 52, 10, tzinfo=UTC)


def test_a_link_blog_post_has_the_link_that_its_format_defines() -> None:
    assert first("DaringFireball.atom").link == "https://daringfireball.net/thetalkshow/2017/06/26/ep-195"
    assert (
        first("DaringFireball.json").link == "https://daringfireball.net/linked/2017/06/26/the-talk-show-195"
    )


def test_a_wordpress_post_has_its_full_text_and_its_excerpt() -> None:
    entry = first("natasha.xml")

    assert len(entry.text) > 1_500
    assert 0 < len(entry.summary) < 400
    assert entry.tags == ("iPhone", "event", "ios", "passkit", "passkit pass", "wallet")
    assert entry.guid == "https://www.natashatherobot.com/?p=6602"


def test_posts_without_titles_have_none() -> None:
    assert first("manton.rss").title == ""
    assert first("scriptingNews.rss").title == ""
    assert first("scriptingNews.rss").text == "Good morning students and teachers! 🍏"
