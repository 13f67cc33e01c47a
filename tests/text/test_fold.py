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
def test_what_people_take_for_the_same_word_compares_equal(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("がく", "かく"), ("มา", "ม้า"), ("कल", "काल"), ("c", "c++"), ("각", "가")]
)
def test_marks_that_make_another_word_are_kept(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    "tag", ["Night Garden", "#night-garden", "night_garden", " NIGHT  gärden ", "##night - garden"]
)
def test_tags_compare_without_hash_case_accents_and_gaps(tag: str) -> None:
    assert fold_tag(tag) == "night garden"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("&amp;amp;", "&"),
        ("&amp;rsquo;", "’"),
        ("a & b", "a & b"),
        ("&amp;amp;amp;amp;", "&amp;"),
        ("&#xD800;", "\ufffd"),
    ],
)
def test_entities_are_unescaped_at_most_three_times(text: str, plain: str) -> None:
    assert unescape(text) == plain


def test_one_line_has_single_spaces_and_no_control_characters() -> None:
    assert one_line(" a\0b\n\tc\ud800 \u00a0 e\u0301 ") == "ab c é"
