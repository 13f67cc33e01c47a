"""Which rules the index can decide about, and what it is asked then."""

import pytest

from bot.model import Either, Reblogs, Rule
from bot.search.wanted import is_searchable, wanted_by


@pytest.mark.parametrize(
    ("rule", "searchable"),
    [
        (Rule(), True),
        (Rule(tags=("stars",), exclude_tags=("moon",)), True),
        (Rule(words=("comet",)), False),
        (Rule(exclude_words=("comet",)), False),
        (Rule(reblogs=Reblogs.NONE), False),
    ],
)
def test_the_index_decides_by_tags(rule: Rule, *, searchable: bool) -> None:
    assert is_searchable(rule) is searchable


def test_feeds_without_rules_ask_nothing() -> None:
    assert wanted_by({1: Rule(), 2: Rule()}) is None
    assert wanted_by({}) is None


def test_feeds_with_the_same_rule_are_asked_together() -> None:
    stars = Rule(tags=("stars",))

    condition = wanted_by({1: stars, 2: Rule(), 3: stars})

    assert isinstance(condition, Either)
    assert [len(option) for option in condition.options] == [2, 1]
