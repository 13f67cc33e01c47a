"""Finding the feeds that a person names."""

import pytest

from bot.cli.feed_lookup import find_feeds
from bot.errors import FeedRelayError
from bot.store.archive import FeedHealth

ROSES = "https://roses.example/rss"
OLD = "http://roses.example/feed"


def feed(feed_id: int, name: str, *addresses: str) -> FeedHealth:
    return FeedHealth(
        id=feed_id,
        url=addresses[0],
        addresses=frozenset(addresses),
        name=name,
        ended=False,
        failures=0,
        error="",
        last_poll_at=None,
        last_new_at=None,
        next_poll_at=None,
        subscriptions=1,
        torn=0,
        left_out=0,
    )


FEEDS = [
    feed(1, "Café Roses", ROSES, OLD),
    feed(2, "Roses", "https://wheels.example/rss"),
    feed(3, "Stars", "https://stars.example/rss"),
]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cafe roses", [1]),
        (ROSES, [1]),
        (OLD, [1]),
        ("roses", [2]),
        ("ros", [1, 2]),
        ("stars.example", [3]),
        ("Café", [1]),
    ],
)
def test_a_feed_is_found_by_name_address_or_part_of_them(name: str, expected: list[int]) -> None:
    assert [feed.id for feed in find_feeds(FEEDS, name)] == expected


def test_an_unknown_name_is_an_error_that_lists_the_feeds() -> None:
    with pytest.raises(FeedRelayError, match=r"No feed is called Moon; use one of these: Café Roses, Roses"):
        find_feeds(FEEDS, "Moon")
