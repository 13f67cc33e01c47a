"""Which feed an option names."""

import pytest

from bot.chat.commands.common.resolve import find_feed
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
