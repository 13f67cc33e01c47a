"""Whether a subscription wants an entry."""

import pytest

from bot.model import Entry, Rule
from bot.relay.match import Match, contains, match
from bot.text.fold import fold

STARS = Entry(
    title="The Perseids", text="Bring a blanket and a flask.", tags=("Night Sky", "meteors", "Çelik")
)


@pytest.mark.parametrize(
    ("rule", "wanted", "reason"),
    [
        (Rule(), True, "follows everything"),
        (Rule(tags=("night-sky",)), True, "followed tag night-sky"),
        (Rule(tags=("#NIGHT_SKY", "bicycles")), True, "followed tag #NIGHT_SKY"),
        (Rule(tags=("celik",)), True, "followed tag celik"),
        (Rule(tags=("night",)), False, "none of the followed tags"),
        (Rule(exclude_tags=("meteors",)), False, "excluded tag meteors"),
        (Rule(tags=("meteors",), exclude_tags=("night sky",)), False, "excluded tag night sky"),
        (Rule(words=("blanket",)), True, "follows everything"),
        (Rule(words=("telescope", "a flask")), True, "follows everything"),
        (Rule(words=("telescope",)), False, "none of the words"),
        (Rule(words=("blank",)), False, "none of the words"),
        (Rule(exclude_words=("PERSEIDS",)), False, "excluded word PERSEIDS"),
        (Rule(tags=("meteors",), words=("telescope",)), False, "none of the words"),
    ],
)
def test_a_rule_decides_and_says_which_part_decided(rule: Rule, wanted: bool, reason: str) -> None:
    assert match(rule, STARS) == Match(wanted, reason)


@pytest.mark.parametrize(
    ("text", "phrase", "found"),
    [
        ("the cat sat", "cat", True),
        ("concatenate", "cat", False),
        ("concatenate the cat", "cat", True),
        ("c++ and rust", "c++", True),
        ("Die Straße", "strasse", True),
        ("café au lait", "CAFE", True),
        ("今日は星を見る", "星", True),
        ("ดาวตกคืนนี้", "คืน", True),
        ("anything", "", False),
    ],
)
def test_whole_words_are_found_in_any_spelling(text: str, phrase: str, found: bool) -> None:
    assert contains(fold(text), fold(phrase)) is found
