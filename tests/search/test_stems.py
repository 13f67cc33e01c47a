"""English and German inflections, and that nothing else is touched."""

import pytest

from bot.search.document import columns
from bot.search.stems import Language, alternatives, german_stem, language_of, stem
from bot.search.tokens import GERMAN_STEM, STEM, words

ENGLISH = "We walked along the wall and were watering the roses."
GERMAN = "Wir gingen an der Mauer entlang und haben die Rosen gegossen, auch im Regen."
FRENCH = "Nous avons marché dans le jardin et les roses sont belles."


@pytest.mark.parametrize(
    ("one", "other"),
    [("walking", "walked"), ("gardens", "garden"), ("happiness", "happy"), ("watered", "waters")],
)
def test_inflections_have_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other) != ""


@pytest.mark.parametrize("word", ["h2o", "été", "сад", "at"])
def test_other_letters_have_none(word: str) -> None:
    assert alternatives(word) == ()


@pytest.mark.parametrize("word", ["the", "was", "with"])
def test_small_words_have_none(word: str) -> None:
    assert stem(word) == ""


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ENGLISH, Language.ENGLISH),
        (GERMAN, Language.GERMAN),
        (FRENCH, Language.OTHER),
        ("Roses, red", Language.UNTOLD),
        ("It is not, der die", Language.ENGLISH),
    ],
)
def test_a_language_is_told_by_its_small_words(text: str, language: Language) -> None:
    assert language_of(words(text)) is language


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("garten", "gartens"),
        ("rosen", "rose"),
        ("umfangreichere", "umfangreicheren"),
        ("blume", "blumen"),
        ("gekauft", "kaufen"),
        ("giesst", "giessen"),
        ("radios", "radio"),
        ("bluhende", "bluht"),
        ("hauser", "haus"),
        ("gaerten", "garten"),
        ("ueberlegt", "uberlegen"),
        ("neue", "neuen"),
    ],
)
def test_german_inflections_have_one_stem(one: str, other: str) -> None:
    assert german_stem(one) == german_stem(other) != ""


def test_a_post_is_indexed_by_the_stems_of_its_language() -> None:
    english, german, french = (columns("", text, (), (), 1).stems for text in (ENGLISH, GERMAN, FRENCH))

    assert (STEM in english, GERMAN_STEM in english) == (True, False)
    assert (STEM in german, GERMAN_STEM in german) == (False, True)
    assert (STEM in french, GERMAN_STEM in french) == (False, False)


def test_stems_stand_apart_so_that_phrases_stay_whole() -> None:
    found = columns("Walking home", "We walked.", (), (), 1)

    assert found.title == f"walking home {STEM}home {STEM}walk"
    assert found.text == "we walked"
    assert found.stems == f"{STEM}home {STEM}walk"


@pytest.mark.parametrize("word", ["walk", "walking"])
def test_a_word_is_asked_for_with_what_finds_its_inflections(word: str) -> None:
    assert f"{STEM}walk" in alternatives(word)


def test_the_stems_are_those_that_the_version_of_the_index_stands_for() -> None:
    """Should this fail after an upgrade of the library, raise `words.VERSION`: indexes of old have other stems."""
    asked = "generously skies dying herring exceed organisation ponies flies happily sensational"

    assert [stem(word) for word in asked.split()] == [
        "generous", "sky", "die", "herring", "exceed", "organis", "poni", "fli", "happili", "sensat",
    ]  # fmt: skip
