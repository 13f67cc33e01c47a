"""Choices within Discord's limits, whatever feeds, tags and posts are called."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.chat.commands.common.autocomplete import (
    feed_choices,
    post_choices,
    tag_choices,
)
from bot.chat.commands.common.resolve import find_feed
from bot.model import ArchivedEntry, Entry, Subscription, TagCount
from bot.store.subscriptions import FollowedFeed
from bot.text import limits
from bot.text.address import label_of
from tests.growth import FACTOR, assert_growth

NOW = datetime(2026, 5, 4, tzinfo=UTC)


def followed(number: int, name: str, url: str = "", link: str = "") -> FollowedFeed:
    url = url or f"https://blog{number}.example/feed"
    return FollowedFeed(
        Subscription(number, number, 100 + number), 1, "discord", url, name, label_of(url), link, ""
    )


def archived(title: str, link: str) -> ArchivedEntry:
    return ArchivedEntry(1, Entry(title=title, link=link), NOW)


@given(st.lists(st.text(max_size=300), max_size=40), st.text(max_size=20))
def test_every_choice_is_within_discords_limits(texts: list[str], typed: str) -> None:
    """This holds whatever feeds, tags and posts are called."""
    offers = [
        feed_choices([followed(number, text) for number, text in enumerate(texts)], ""),
        tag_choices([TagCount(text, number) for number, text in enumerate(texts)], typed),
        post_choices([archived(text, f"https://garden.example/{text}") for text in texts[:25]]),
    ]

    for choices in offers:
        assert len(choices) <= 25
        for each in choices:
            assert 1 <= limits.utf16_length(each.name) <= 100
            assert 1 <= limits.utf16_length(each.value) <= 100


def test_feeds_of_the_same_name_show_their_address() -> None:
    choices = feed_choices([followed(1, "Notes"), followed(2, "Notes"), followed(3, "Stars")], "")

    assert [each.name for each in choices] == [
        "Notes · blog1.example/feed",
        "Notes · blog2.example/feed",
        "Stars",
    ]


def test_the_number_after_a_right_to_left_name_stays_after_it() -> None:
    (tag,) = tag_choices([TagCount("حديقة", 5)])
    (feed, _other) = feed_choices([followed(1, "حديقة"), followed(2, "حديقة")], "")

    assert tag.name == "\u2068حديقة\u2069 (5)"
    assert feed.name == "\u2068حديقة\u2069 · blog1.example/feed"


def test_the_cost_of_choosing_a_feed_grows_with_their_number() -> None:
    many = [followed(number, f"Garden {number}") for number in range(500 * FACTOR)]

    assert_growth(lambda: feed_choices(many[:500], "7"), lambda: feed_choices(many, "7"))


def test_the_query_of_an_address_is_not_shown() -> None:
    private = "https://garden.example/feed?key=sesame"
    (shown,) = feed_choices([followed(1, "", private)], "")

    assert shown.name == "garden.example/feed"
    assert feed_choices([followed(1, "Notes", private)], "sesame") == []
    assert find_feed([followed(1, "Notes", private)], "sesame") == []


def test_an_untitled_post_is_named_by_its_text() -> None:
    found = ArchivedEntry(1, Entry(content="<p>The beans climb.</p>", link="https://garden.example/1"), NOW)

    assert [each.name for each in post_choices([found])] == ["The beans climb."]
