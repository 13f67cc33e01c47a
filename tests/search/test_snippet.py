"""The part of a post that answers a query."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.query import parse
from bot.search.snippet import snippet
from bot.text import limits
from bot.text.fold import one_line

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def shown(text: str, typed: str, room: int = 120) -> str:
    pieces = snippet(text, parse(typed, NOW), room)
    return "".join(f"[{piece.text}]" if piece.is_hit else piece.text for piece in pieces)


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
def test_hits_are_marked_as_they_stand_in_the_text(text: str, typed: str, marked: str) -> None:
    assert shown(text, typed) == marked


def test_a_long_text_is_cut_to_where_most_words_stand_together() -> None:
    text = "Roses here. " + "Filler goes on. " * 60 + "Then roses and tulips met. " + "More follows. " * 60

    found = shown(text, "roses tulips")

    assert found.startswith("…")
    assert "[roses] and [tulips] met" in found
    assert found.endswith("…")


@given(st.text(max_size=300), st.text(max_size=30), st.integers(min_value=10, max_value=200))
def test_a_snippet_fits_and_says_nothing_that_the_text_does_not(text: str, typed: str, room: int) -> None:
    pieces = snippet(text, parse(typed, NOW), room)
    found = "".join(piece.text for piece in pieces)

    assert limits.utf16_length(found) <= room
    assert found.strip("…") in one_line(text)


def test_a_text_without_spaces_fills_its_room() -> None:
    shown_text = shown("あ" * 300 + "庭" + "い" * 300, "庭", room=100)

    assert "[庭]" in shown_text
    assert 95 <= len(shown_text) - len("[]") <= 100
