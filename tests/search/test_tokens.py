"""What is a word, in posts and in queries alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.tokens import FEED, TAG, asked_words, feed_word, normalise, tokens, whole_tag, words
from tests.text.strategies import nasty_text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Café", "cafe"),
        ("STRASSE", "straße"),
        ("smørrebrød Łódź", "smorrebrod lodz"),
        ("Ｇａｒｄｅｎ", "garden"),
        ("ｶﾞｰﾃﾞﾝ", "ガーデン"),
        ("قَالَ الأَحْمَدُ", "قال الاحمد"),
        ("إلى مدرســـة", "الي مدرسه"),
        ("آخر ٱلكتاب", "اخر الكتاب"),
        ("شَجَرَةٌ", "شجره"),
        ("سنة ٢٠٢٦", "سنه 2026"),
        ("یک کتاب", "يك كتاب"),
        ("שָׁלוֹם", "שלום"),
        ("night\u200bgarden", "nightgarden"),
        ("don’t", "don't"),
        ("snake_case-words/here", "snake case words here"),
    ],
)
def test_what_people_write_either_way_is_the_same_word(one: str, other: str) -> None:
    assert words(one) == words(other) != []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Red tulips, 12 of them!", ["red", "tulips", "12", "of", "them"]),
        ("東京都", ["東京", "京都", "都"]),
        ("京", ["京"]),
        ("バラとrose 3本", ["バラ", "ラと", "と", "rose", "3", "本"]),
        ("ดอกไม้", ["ดอ", "อก", "กไ", "ไม", "ม้", "้"]),
        ("정원에", ["정원", "원에", "에"]),
        ("मेरी किताब", ["मेरी", "किताब"]),
        ("🌻 sun 🌻", ["🌻", "sun", "🌻"]),
        ("…!?", []),
    ],
)
def test_scripts_without_spaces_become_pairs_and_all_others_words(text: str, found: list[str]) -> None:
    assert words(text) == found


@pytest.mark.parametrize(
    ("whole", "part"), [("東京都の天気です", "都の天"), ("ดอกไม้สวย", "ไม้"), ("정원에서", "원에")]
)
def test_any_part_of_a_run_without_spaces_is_a_phrase_of_its_words(whole: str, part: str) -> None:
    inside, asked = words(whole), list(asked_words(part))

    assert asked in [inside[at : at + len(asked)] for at in range(len(inside))]


def test_a_run_inside_a_phrase_keeps_its_last_character_and_at_its_end_does_not() -> None:
    assert asked_words("東京 tower 天気") == ("東京", "京", "tower", "天気")


@pytest.mark.parametrize(("one", "other"), [("#Night-Garden", "night garden"), ("Café_Noir", "cafe noir")])
def test_a_tag_in_any_spelling_is_one_word(one: str, other: str) -> None:
    assert whole_tag(one) == whole_tag(other)


def test_tags_that_differ_in_a_sign_or_a_word_are_different_words() -> None:
    assert len({whole_tag(tag) for tag in ("c", "c++", "c#", "space", "space opera", "opera space")}) == 6


@given(nasty_text)
def test_no_text_makes_a_word_that_stands_for_a_tag_or_a_feed_or_breaks_the_index(text: str) -> None:
    for word in (*words(text), *asked_words(text)):
        assert word[0] not in (TAG, FEED)
        assert all(char.isalnum() or not char.isascii() for char in word)
        assert 0 < len(word) <= 64


@given(st.text(st.characters(codec="ascii")))
def test_the_quick_way_for_plain_text_makes_the_same_words(text: str) -> None:
    assert words(text) == [token.word for token in tokens(normalise(text))]


@given(st.text())
def test_a_whole_tag_is_one_word_for_the_tokenizer(tag: str) -> None:
    assert all(char.isalnum() or not char.isascii() for char in whole_tag(tag))
    assert not any(char.isspace() for char in whole_tag(tag) if char.isascii())


def test_feeds_have_words_of_their_own() -> None:
    assert feed_word(1) != feed_word(11)
