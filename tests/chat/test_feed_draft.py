"""What a draft shows of a feed's document."""

from bot.chat.feed_draft import FeedDraft, count_tags, name_feed, newest_first
from bot.model import FoundFeed, ParsedFeed, Style, TagCount
from bot.text import limits
from tests.chat.commands.conftest import post

FOUND = FoundFeed("https://www.garden.example/feed?key=secret")


def test_tags_of_equal_use_are_in_the_order_of_the_posts() -> None:
    assert [count.tag for count in count_tags([post(1, "zinnias", "beans", "moss")])] == [
        "zinnias",
        "beans",
        "moss",
    ]


def test_spellings_of_a_tag_count_together() -> None:
    posts = [post(1, "Beans"), post(2, "beans"), post(3, "#BEANS", "soil")]

    assert count_tags(posts) == (TagCount("Beans", 3), TagCount("soil", 1))


def test_two_spellings_in_one_post_count_once() -> None:
    assert count_tags([post(1, "Beans", "beans")]) == (TagCount("Beans", 1),)


def test_a_chosen_tag_can_be_chosen_again_however_rare_it_is() -> None:
    posts = [post(number, f"tag {number}") for number in range(40)]

    offered = count_tags(posts, ("comets", "TAG 39"))

    assert len(offered) == limits.MENU_OPTIONS
    assert {TagCount("comets", 0), TagCount("TAG 39", 1)} < set(offered)


def test_posts_are_newest_first_in_any_document_order() -> None:
    feed = ParsedFeed("rss20", entries=(post(1), post(3), post(2)))

    assert newest_first(feed, "https://garden.example/feed") == (post(3), post(2), post(1))


def test_a_feed_is_named_by_its_title_or_link_title_or_address() -> None:
    titled = ParsedFeed("rss20", title="Garden\nNotes")

    assert name_feed(titled, FOUND) == "Garden Notes"
    assert name_feed(ParsedFeed("rss20"), FoundFeed(FOUND.url, "Garden")) == "Garden"
    assert name_feed(ParsedFeed("rss20"), FOUND) == "garden.example/feed"


def test_an_empty_feed_has_nothing_to_show() -> None:
    assert FeedDraft(1, Style.CARD, url=FOUND.url, name="Garden").preview(400) is None
