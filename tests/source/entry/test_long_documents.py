"""Documents with more posts than are read at once."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from bot.model import ParsedFeed
from tests.source.formats.documents import parse_document

LONG = 520
START = datetime(2024, 1, 1, tzinfo=UTC)


def long_feed(order: Iterable[int], dated: Callable[[int], bool] = lambda _number: True) -> ParsedFeed:
    """Return a feed with posts of these numbers, a day apart."""
    items = "".join(
        f"<item><guid>{number}</guid><title>Page {number}</title>"
        + (f"<pubDate>{format_datetime(START + timedelta(days=number))}</pubDate>" if dated(number) else "")
        + "</item>"
        for number in order
    )
    return parse_document(f'<rss version="2.0"><channel><title>Comic</title>{items}</channel></rss>')


UP, DOWN = tuple(range(LONG)), tuple(reversed(range(LONG)))


@pytest.mark.parametrize(
    ("order", "dated"),
    [
        (UP, lambda _number: True),
        (DOWN, lambda _number: True),
        (sorted(UP, key=lambda number: number * 7 % LONG), lambda _number: True),
        (UP, lambda number: number < LONG - 3),
        (DOWN, lambda number: number < LONG - 3),
        (UP, lambda number: number % 2),
        (DOWN, lambda number: number % 2),
    ],
)
def test_the_newest_posts_of_a_long_document_are_read_in_its_order(
    order: Sequence[int], dated: Callable[[int], bool]
) -> None:
    feed = long_feed(order, dated)

    read = [int(entry.guid) for entry in feed.entries]
    assert feed.left_out == LONG - 500
    assert set(range(LONG - 490, LONG)) <= set(read)
    assert read == [number for number in order if number in set(read)]


def test_posts_near_both_ends_of_a_long_document_without_dates_are_read() -> None:
    read = {int(entry.guid) for entry in long_feed(range(LONG), lambda _number: False).entries}

    assert read == {*range(250), *range(LONG - 250, LONG)}


def test_a_long_document_whose_posts_all_have_one_date_is_read_near_both_ends() -> None:
    items = "".join(
        f"<item><guid>{number}</guid><pubDate>{format_datetime(START)}</pubDate></item>"
        for number in range(LONG)
    )
    feed = parse_document(f'<rss version="2.0"><channel>{items}</channel></rss>')

    assert {"0", str(LONG - 1)} <= {entry.guid for entry in feed.entries}


def test_a_document_of_the_maximum_length_is_read_whole() -> None:
    feed = long_feed(range(500))

    assert (len(feed.entries), feed.left_out) == (500, 0)
