"""Posts as documents of the index."""

import pytest

from bot.search.document import IndexDocument, belongs_in_table, build_document, read_words
from bot.search.joined import joined, joined_words
from bot.search.tokens import STEM_PREFIX


def document(title: str = "", text: str = "", languages: tuple[str, ...] = ("english",)) -> IndexDocument:
    return build_document(read_words(title, text, ("Night Sky",), ("Ana",)), 1, languages)


def test_a_post_is_indexed_with_the_stems_of_its_languages() -> None:
    text = "walked, Rosen"

    stems = [
        set(document(text=text, languages=each).stems.split()) for each in (("english",), ("german",), ())
    ]

    assert stems[0] == {f"{STEM_PREFIX}walk", f"{STEM_PREFIX}rosen"}
    assert stems[1] == {f"{STEM_PREFIX}walked", f"{STEM_PREFIX}ros"}
    assert stems[2] == set()


def test_stems_are_added_after_the_words_so_that_phrases_still_match() -> None:
    found = document("Walking home", "We walked.")

    assert found.title == f"walking home {STEM_PREFIX}home {STEM_PREFIX}walk"
    assert found.text == "we walked"
    assert found.stems == f"{STEM_PREFIX}home {STEM_PREFIX}walk"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I don't mind", ["dont"]),
        ("an E-Mail, two e‑mails", ["email", "emails"]),
        ("the U.S.A. today", ["usa"]),
        ("Iris’s well-to-do aunt", ["iriss", "welltodo"]),
        ("on 2026-05-04 at some-long-slug-of-words", []),
        ("plain words only", []),
    ],
)
def test_words_whose_parts_are_separated_are_also_written_together(text: str, words: list[str]) -> None:
    assert joined_words(text) == words


@pytest.mark.parametrize(
    ("words", "together"),
    [
        (("don", "t"), "dont"),
        (("u", "s", "a"), "usa"),
        (("3", "5"), ""),
        (("night",), ""),
        (tuple("abcd"), "abcd"),
    ],
)
def test_the_words_of_a_term_are_written_together_if_people_do(words: tuple[str, ...], together: str) -> None:
    assert joined(words) == together


def test_the_word_table_has_whole_words_only() -> None:
    found = read_words("C++ in 東京", "We walked 🌱", ("Night Sky",), ("Ana",))

    assert set(filter(belongs_in_table, found.tokens())) == {"in", "we", "walked", "night", "sky", "ana"}
