"""English inflections, and that nothing else is touched."""

import pytest

from bot.text.columns import columns
from bot.text.inflect import alternatives, reads_as_english, stem
from bot.text.words import STEM, words

ENGLISH = "We walked along the wall and were watering the roses."
GERMAN = "Wir gingen an der Mauer entlang und haben die Rosen gegossen, auch im Regen."
FRENCH = "Nous avons marché dans le jardin et les roses sont belles."


@pytest.mark.parametrize(
    ("one", "other"),
    [("walking", "walked"), ("gardens", "garden"), ("happiness", "happy"), ("watered", "waters")],
)
def test_inflections_have_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other) != ""


@pytest.mark.parametrize("word", ["the", "was", "h2o", "été", "сад", "at"])
def test_small_words_and_other_letters_have_none(word: str) -> None:
    assert stem(word) == ""
    assert alternatives(word) == ()


@pytest.mark.parametrize(
    ("text", "is_english"), [(ENGLISH, True), (GERMAN, False), (FRENCH, False), ("Roses, red", True)]
)
def test_other_languages_are_told_by_their_small_words(text: str, is_english: bool) -> None:
    assert reads_as_english(words(text)) is is_english


def test_only_english_posts_are_indexed_by_stems() -> None:
    assert STEM in columns("", ENGLISH, (), (), 1).text
    assert STEM not in columns("", GERMAN, (), (), 1).text


def test_stems_stand_behind_the_text_so_that_phrases_stay_whole() -> None:
    found = columns("Walking home", ENGLISH, (), (), 1)

    assert found.title == f"walking home {STEM}walk"
    assert found.text.startswith("we walked along the wall and were watering the roses ")


@pytest.mark.parametrize("word", ["walk", "walking"])
def test_a_word_is_asked_for_with_what_finds_its_inflections(word: str) -> None:
    assert f"{STEM}walk" in alternatives(word)


def test_the_stems_are_those_that_the_version_of_the_index_stands_for() -> None:
    """Should this fail after an upgrade of the library, raise `words.VERSION`: indexes of old have other stems."""
    asked = "generously skies dying herring exceed organisation ponies flies happily sensational"

    assert [stem(word) for word in asked.split()] == [
        "generous", "sky", "die", "herring", "exceed", "organis", "poni", "fli", "happili", "sensat",
    ]  # fmt: skip
