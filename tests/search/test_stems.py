"""Stems of English and German words; words of other languages have none."""

from hashlib import sha256
from itertools import product

import pytest

from bot.search.stems import Language, detect_language, query_stems, stem_english, stem_german
from bot.search.tokens import ENGLISH_STEM_PREFIX, tokenize

ENGLISH = "We walked along the wall and were watering the roses."
GERMAN = "Wir gingen an der Mauer entlang und haben die Rosen gegossen, auch im Regen."
FRENCH = "Nous avons marché dans le jardin et les roses sont belles."

ROOTS = """
accept agree be care communic cry die dying exceed falsif gener hop hopp industri lov magnetiz news numer photograph
probe relat sky stat teas trouble vow young
"""
ENDINGS = """
s es ed ing ly ness ful ation ational iveness ies ied eed eedly edly ement er ence able ible ism ate iti ous ive ize al
ogist y
"""


@pytest.mark.parametrize(
    ("one", "other"),
    [("walking", "walked"), ("gardens", "garden"), ("happiness", "happy"), ("watered", "waters")],
)
def test_english_inflections_have_the_same_stem(one: str, other: str) -> None:
    assert stem_english(one) == stem_english(other) != ""


@pytest.mark.parametrize("word", ["h2o", "été", "сад", "at"])
def test_words_with_other_letters_have_no_stem(word: str) -> None:
    assert query_stems(word) == ()


@pytest.mark.parametrize("word", ["the", "was", "with"])
def test_english_stopwords_have_no_stem(word: str) -> None:
    assert stem_english(word) == ""


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ENGLISH, Language.ENGLISH),
        (GERMAN, Language.GERMAN),
        (FRENCH, Language.OTHER),
        ("Roses, red", Language.UNKNOWN),
        ("It is not, der die", Language.ENGLISH),
    ],
)
def test_a_language_is_detected_by_its_stopwords(text: str, language: Language) -> None:
    assert detect_language(tokenize(text)) is language


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
def test_german_inflections_have_the_same_stem(one: str, other: str) -> None:
    assert stem_german(one) == stem_german(other) != ""


@pytest.mark.parametrize("word", ["walk", "walking"])
def test_a_query_matches_the_stem_of_a_word(word: str) -> None:
    assert f"{ENGLISH_STEM_PREFIX}walk" in query_stems(word)


def test_the_stemmer_still_returns_the_stems_of_this_index_version() -> None:
    """If this fails after an upgrade of the library, increase `tokens._VERSION`: existing indexes have other stems."""
    words = "generously skies dying herring exceed organisation ponies flies happily sensational"

    assert [stem_english(word) for word in words.split()] == [
        "generous", "sky", "die", "herring", "exceed", "organis", "poni", "fli", "happili", "sensat",
    ]  # fmt: skip


def test_english_stems_are_those_of_snowball_in_python() -> None:
    """The digest was made with `snowballstemmer` 3.1.1, the stemmer of earlier versions."""
    endings = ["", *ENDINGS.split()]
    words = ["".join(parts) for parts in product(ROOTS.split(), endings, endings)]

    stems = " ".join(stem_english(word) or word for word in words if len(word) <= 40)

    assert (
        sha256(stems.encode()).hexdigest()
        == "3f3edc436c2b934e4b65d236e2e7bc5f604d884062120135de0453614a307813"
    )
