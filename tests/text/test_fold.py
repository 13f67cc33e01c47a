import pytest

from bot.text.fold import fold, fold_tag, one_line, unescape


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
