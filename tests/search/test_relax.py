"""Queries without one of their conditions."""

from datetime import UTC, datetime

from bot.search.query import parse_query
from bot.search.relax import relax

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def test_each_condition_is_dropped_once_and_feeds_are_kept() -> None:
    query = parse_query('roses -rain after:2026-01 before:2026-03 feed:"Garden Notes"', NOW)

    relaxed = relax(query)

    assert [(each.dropped, each.query.text) for each in relaxed] == [
        ("roses", '-rain feed:"Garden Notes" after:2026-01-01 before:2026-03-01'),
        ("-rain", 'roses feed:"Garden Notes" after:2026-01-01 before:2026-03-01'),
        ("after:2026-01-01", 'roses -rain feed:"Garden Notes" before:2026-03-01'),
        ("before:2026-03-01", 'roses -rain feed:"Garden Notes" after:2026-01-01'),
    ]
    assert [each.is_excluded for each in relaxed] == [False, True, False, False]


def test_a_single_condition_is_not_dropped() -> None:
    assert relax(parse_query('roses feed:"Garden Notes"', NOW)) == ()
