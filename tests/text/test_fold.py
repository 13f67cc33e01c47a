import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.escape import CONTROL_CATEGORIES
from bot.text.fold import IGNORED, fold, fold_tag, one_line, unescape

TEXTS = (
    st.text()
    | st.text(st.characters(max_codepoint=0x7F))
    | st.text("aÉ \t\n\x00\x1c\x85\xa0\u2028\u0301“…\ud800ß")
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Café", "CAFE\u0301"),
        ("STRASSE", "straße"),
        ("ﬁn", "fin"),
        ("Ёлка", "елка"),
        ("שָׁלוֹם", "שלום"),
        ("ｗｉｄｅ", "wide"),
        ("a \t\n b", "a b"),
        ("night\u200bgarden", "nightgarden"),
        ("❤️", "❤"),
    ],
)
def test_spellings_of_the_same_word_fold_to_the_same_text(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("がく", "かく"), ("มา", "ม้า"), ("कल", "काल"), ("c", "c++"), ("각", "가")]
)
def test_marks_that_distinguish_words_are_kept(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    "tag", ["Night Garden", "#night-garden", "night_garden", " NIGHT  gärden ", "##night - garden"]
)
def test_tags_fold_without_hash_case_accents_and_separators(tag: str) -> None:
    assert fold_tag(tag) == "night garden"


@pytest.mark.parametrize(
    ("text", "unescaped"),
    [
        ("&amp;amp;", "&"),
        ("&amp;rsquo;", "’"),
        ("a & b", "a & b"),
        ("&amp;amp;amp;amp;", "&amp;"),
        ("&#xD800;", "\ufffd"),
    ],
)
def test_entities_are_unescaped_at_most_three_times(text: str, unescaped: str) -> None:
    assert unescape(text) == unescaped


def test_one_line_has_single_spaces_and_no_control_characters() -> None:
    assert one_line(" a\0b\n\tc\ud800 \u00a0 e\u0301 ") == "ab c é"


@given(TEXTS)
def test_one_line_is_what_it_is_character_by_character(text: str) -> None:
    spaced = "".join(" " if c.isspace() else c for c in text)
    kept = "".join(c for c in spaced if unicodedata.category(c) not in CONTROL_CATEGORIES)

    assert one_line(text) == re.sub(r"\s+", " ", unicodedata.normalize("NFC", kept)).strip()


@given(TEXTS)
def test_fold_is_what_it_is_step_by_step(text: str) -> None:
    unaccented = IGNORED.sub("", unicodedata.normalize("NFKD", text.casefold()))

    assert fold(text) == re.sub(r"\s+", " ", unicodedata.normalize("NFKC", unaccented)).strip()


@pytest.mark.parametrize("text", [chr(code) for code in range(0x80)])
def test_no_ascii_character_differs(text: str) -> None:
    unaccented = IGNORED.sub("", unicodedata.normalize("NFKD", f"a{text}a".casefold()))

    assert fold(f"a{text}a") == re.sub(r"\s+", " ", unaccented)
