"""The part of a post that matches a query."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.query import parse_query
from bot.search.snippet import build_snippet
from bot.text import limits
from bot.text.fold import one_line

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def shown(text: str, typed: str, limit: int = 120) -> str:
    parts = build_snippet(text, parse_query(typed, NOW), limit)
    return "".join(f"[{part.text}]" if part.is_hit else part.text for part in parts)


@pytest.mark.parametrize(
    ("text", "typed", "marked"),
    [
        ("The roses climb.", "roses", "The [roses] climb."),
        ("The ROSES climb.", "rose", "The [ROSES] climb."),
        ("Roses walked home", '"rose"', "Roses walked home"),
        ("A Café, closed", "cafe", "A [Café], closed"),
        ("これは東京都の天気です", "京都の", "これは東[京都の]天気です"),
        ("قَالَ الأَحْمَد شيئا", "الاحمد", "قَالَ [الأَحْمَد] شيئا"),
        ("The tent is his own, and so tense.", "tent", "The [tent] is his own, and so tense."),
        ("Die Häuser und der Garten", "haus", "Die [Häuser] und der Garten"),
        ("明日は雨です", "雨", "明日は[雨]です"),
        ("ok 👍🏽 yes", "👍", "ok [👍🏽] yes"),
        ("هذا كِتَابٌ جديد", "كتاب", "هذا [كِتَابٌ] جديد"),
        ("Rosen blühen", "Rose", "[Rosen] blühen"),
        ("red night garden", '"night garden"', "red [night garden]"),
        ("red night garden", "-night red", "[red] night garden"),
        ("stars and stripes", "tag:stars", "stars and stripes"),
        ("nothing of it", "roses", "nothing of it"),
        ("line\none\x00 two", "two", "line one [two]"),
    ],
)
def test_matches_are_marked_in_the_spelling_of_the_text(text: str, typed: str, marked: str) -> None:
    assert shown(text, typed) == marked


def test_a_snippet_of_a_long_text_shows_where_most_terms_are_close_together() -> None:
    text = "Roses here. " + "Filler goes on. " * 60 + "Then roses and tulips met. " + "More follows. " * 60

    found = shown(text, "roses tulips")

    assert found.startswith("…")
    assert "[roses] and [tulips] met" in found
    assert found.endswith("…")


@given(st.text(max_size=300), st.text(max_size=30), st.integers(min_value=10, max_value=200))
def test_a_snippet_keeps_its_limit_and_is_part_of_the_text(text: str, typed: str, limit: int) -> None:
    parts = build_snippet(text, parse_query(typed, NOW), limit)
    found = "".join(part.text for part in parts)

    assert limits.utf16_length(found) <= limit
    assert found.strip("…") in one_line(text)


def test_a_snippet_of_text_without_spaces_uses_its_limit() -> None:
    shown_text = shown("あ" * 300 + "庭" + "い" * 300, "庭", limit=100)

    assert "[庭]" in shown_text
    assert 95 <= len(shown_text) - len("[]") <= 100
