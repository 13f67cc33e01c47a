"""Which feed an option names."""

import pytest

from bot.chat.commands.common.resolve import find_feed, find_whole_name
from tests.chat.commands.common.test_autocomplete import followed


@pytest.mark.parametrize(
    "named",
    [
        "feed:2",
        "Gärden  NOTES",
        "notes",
        "https://garden.example/feed",
        "https://garden.example/",
        "garden.example/feed",
        "https://www.garden.example/some/post",
    ],
)
def test_a_feed_is_named_by_choice_name_or_address(named: str) -> None:
    garden = followed(2, "Garden Notes", "https://garden.example/feed", "https://garden.example/")

    assert find_feed([followed(1, "Stars"), garden], named) == [garden]


def test_a_feed_that_nobody_follows_is_not_found() -> None:
    assert find_feed([followed(1, "Stars")], "feed:9") == []
    assert find_feed([followed(1, "Stars")], "Gardens") == []


@pytest.mark.parametrize(
    "named",
    [
        "feed:2",
        "Gärden  NOTES",
        "https://garden.example/feed",
        "https://garden.example/",
        "garden.example/feed",
    ],
)
def test_a_change_accepts_a_choice_a_whole_name_or_a_whole_address(named: str) -> None:
    garden = followed(2, "Garden Notes", "https://garden.example/feed", "https://garden.example/")

    assert find_whole_name([followed(1, "Stars"), garden], named) == [garden]


@pytest.mark.parametrize(
    "named",
    [
        "notes",
        "Garden",
        "garden.example",
        "feed:",
        "feed:22",
        "",
        " ",
        "https://www.garden.example/some/post",
    ],
)
def test_a_change_accepts_no_part_of_a_name_or_an_address(named: str) -> None:
    garden = followed(2, "Garden Notes", "https://garden.example/feed", "https://garden.example/")
    nameless = followed(3, "\u200b", "https://nameless.example/feed")

    assert find_whole_name([followed(1, "Stars"), garden, nameless], named) == []
