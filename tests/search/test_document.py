"""Posts as documents of the index."""

from bot.search.document import build_document
from bot.search.tokens import ENGLISH_STEM_PREFIX, GERMAN_STEM_PREFIX
from tests.search.test_stems import ENGLISH, FRENCH, GERMAN


def test_a_post_is_indexed_with_the_stems_of_its_language() -> None:
    english, german, french = (
        build_document("", text, (), (), 1).stems for text in (ENGLISH, GERMAN, FRENCH)
    )

    assert (ENGLISH_STEM_PREFIX in english, GERMAN_STEM_PREFIX in english) == (True, False)
    assert (ENGLISH_STEM_PREFIX in german, GERMAN_STEM_PREFIX in german) == (False, True)
    assert (ENGLISH_STEM_PREFIX in french, GERMAN_STEM_PREFIX in french) == (False, False)


def test_stems_are_added_after_the_words_so_that_phrases_still_match() -> None:
    found = build_document("Walking home", "We walked.", (), (), 1)

    assert found.title == f"walking home {ENGLISH_STEM_PREFIX}home {ENGLISH_STEM_PREFIX}walk"
    assert found.text == "we walked"
    assert found.stems == f"{ENGLISH_STEM_PREFIX}home {ENGLISH_STEM_PREFIX}walk"
