"""Stems of words in every language that is stemmed."""

from hashlib import sha256
from itertools import product

import pytest

from bot.search.languages import LANGUAGES, detect_languages, usual_languages
from bot.search.stems import have_same_stem, query_stems, stems
from bot.search.tokens import STEM_PREFIX, tokenize

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


PAIRS = {
    "arabic": "قطاف والقطاف",
    "armenian": "պարտեզի պարտեզում",
    "basque": "liburuak liburu",
    "catalan": "flors flor",
    "czech": "zahrada zahrady",
    "danish": "haven haver",
    "dutch": "tuinen tuin",
    "english": "walking walked",
    "esperanto": "ĝardenoj ĝardeno",
    "estonian": "raamatud raamatu",
    "finnish": "talossa talosta",
    "french": "trouvées trouvent",
    "german": "Rosen Rose",
    "greek": "κήποι κήπος",
    "hindi": "लड़के लड़का",
    "hungarian": "kertben kertek",
    "indonesian": "makanan makan",
    "irish": "dochtúireacht dochtúir",
    "italian": "giardini giardino",
    "lithuanian": "knygos knyga",
    "nepali": "घरमा घरको",
    "norwegian": "hager hagene",
    "persian": "کتابها کتاب",
    "polish": "ogrodami ogrodach",
    "portuguese": "possíveis possível",
    "romanian": "grădini grădinile",
    "russian": "установкой установку",
    "serbian": "baštama bašte",
    "sesotho": "ratile rata",
    "spanish": "muestra mostrar",
    "swedish": "språket språk",
    "tamil": "புத்தகங்கள் புத்தகம்",
    "turkish": "bahçeler bahçe",
    "yiddish": "גאָרטנס גאָרטן",
}


CHANGED = {
    "russian": (
        "удалённый удалены",
        "запись записями",
        "возможен возможна",
        "настройки настроек",
        "необходим необходимых",
        "произвести произведено",
    ),
    "spanish": ("aplique aplican", "pide pedir", "contenga contener", "aparezca aparece", "luces luz"),
}
"""Pairs in which the word itself changes, or that Snowball keeps apart."""


@pytest.mark.parametrize(
    ("language", "pair"), [(key, pair) for key, pairs in CHANGED.items() for pair in pairs]
)
def test_words_that_change_inside_have_the_same_stem(language: str, pair: str) -> None:
    one, other = tokenize(pair)

    assert have_same_stem(one, other, (language,))


@pytest.mark.parametrize(("one", "other"), [("дом", "дым"), ("план", "плен"), ("стол", "стул")])
def test_different_russian_words_keep_their_stems(one: str, other: str) -> None:
    assert not have_same_stem(one, other, ("russian",))


def test_every_language_has_a_pair() -> None:
    assert sorted(PAIRS) == list(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_forms_of_a_word_have_the_same_stem(language: str) -> None:
    one, other = tokenize(PAIRS[language])

    assert have_same_stem(one, other, (language,))
    assert set(query_stems(one)) & set(query_stems(other))


@pytest.mark.parametrize("word", ["h2o", "at", "2026", "東京"])
def test_words_without_inflections_have_no_stem(word: str) -> None:
    assert query_stems(word) == ()


@pytest.mark.parametrize("word", ["the", "was", "with"])
def test_small_words_have_no_stem(word: str) -> None:
    assert stems(word, "english") == ()


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        (ENGLISH, ("english",)),
        (GERMAN, ("german",)),
        (FRENCH, ("french",)),
        (f"{ENGLISH} {GERMAN}", ("english", "german")),
        ("Мы гуляли в саду, но не видели роз. We saw the moon and it was bright.", ("english", "russian")),
        ("Roses, red", ("english", "german")),
        ("قطاف العنب", ("arabic",)),
        ("東京の庭", ()),
    ],
)
def test_languages_are_detected_by_small_words_and_script(text: str, languages: tuple[str, ...]) -> None:
    assert detect_languages(tokenize(text)).languages == languages


def test_a_text_is_in_the_three_languages_at_most_that_its_words_show_best() -> None:
    found = detect_languages(
        tokenize("the and of with und der die nicht les des est dans och inte som att och inte")
    )

    assert found.languages == ("english", "german", "swedish")


def test_a_short_text_is_in_the_usual_languages() -> None:
    found = detect_languages(tokenize("Rosor, tulpaner"), usual_languages({"swedish": 40, "english": 2}))

    assert (found.languages, found.sure) == (("swedish",), ())


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
    assert have_same_stem(one, other, ("german",))


@pytest.mark.parametrize("word", ["walk", "walking"])
def test_a_query_matches_the_stem_of_a_word(word: str) -> None:
    assert f"{STEM_PREFIX}walk" in query_stems(word)


def test_the_stemmer_still_returns_the_stems_of_this_index_version() -> None:
    """If this fails after a change of our rules, increase `tokens._VERSION`: existing indexes have other stems."""
    words = "generously skies dying herring exceed organisation ponies flies happily sensational"

    assert [stems(word, "english") for word in words.split()] == [
        ("generous",), ("sky",), ("die",), ("herring",), ("exceed",),
        ("organis",), ("poni",), ("fli",), ("happili",), ("sensat",),
    ]  # fmt: skip


def test_english_stems_are_those_of_snowball_in_python() -> None:
    """The digest was made with `snowballstemmer` 3.1.1, the stemmer of earlier versions."""
    endings = ["", *ENDINGS.split()]
    words = ["".join(parts) for parts in product(ROOTS.split(), endings, endings)]

    found = " ".join("".join(stems(word, "english")) or word for word in words if len(word) <= 40)

    assert (
        sha256(found.encode()).hexdigest()
        == "3f3edc436c2b934e4b65d236e2e7bc5f604d884062120135de0453614a307813"
    )
