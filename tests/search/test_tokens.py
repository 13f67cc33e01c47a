"""Tokens of posts and queries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.tokens import (
    FEED_PREFIX,
    TAG_PREFIX,
    feed_token,
    iter_tokens,
    normalise,
    tag_token,
    tokenize,
    tokenize_query,
)
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
def test_spelling_variants_become_the_same_tokens(one: str, other: str) -> None:
    assert tokenize(one) == tokenize(other) != []


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
        ("C++ is not C#", ["c", "\ue12b\ue12b", "is", "not", "c", "\ue123"]),
        ("ÉCMA C++11 é C#", ["ecma", "c", "\ue12b\ue12b", "11", "e", "c", "\ue123"]),
        ("a++b x#y abc# 1+1", ["a", "b", "x", "y", "abc", "1", "1"]),
    ],
)
def test_scripts_without_spaces_become_bigrams_and_others_words(text: str, found: list[str]) -> None:
    assert tokenize(text) == found


@given(st.text(st.characters(max_codepoint=127), max_size=200), st.integers(0, 70))
def test_an_ascii_text_has_the_tokens_that_any_text_would_have(text: str, length: int) -> None:
    text += "a" * length

    assert tokenize(text) == [token.text for token in iter_tokens(normalise(text))]


@pytest.mark.parametrize(
    ("whole", "part"), [("東京都の天気です", "都の天"), ("ดอกไม้สวย", "ไม้"), ("정원에서", "원에")]
)
def test_any_part_of_a_run_without_spaces_is_a_phrase_of_its_tokens(whole: str, part: str) -> None:
    tokens, phrase = tokenize(whole), list(tokenize_query(part))

    assert phrase in [tokens[index : index + len(phrase)] for index in range(len(tokens))]


def test_only_a_run_at_the_end_of_a_query_drops_its_last_character() -> None:
    assert tokenize_query("東京 tower 天気") == ("東京", "京", "tower", "天気")


@pytest.mark.parametrize(("one", "other"), [("#Night-Garden", "night garden"), ("Café_Noir", "cafe noir")])
def test_all_spellings_of_a_tag_become_one_token(one: str, other: str) -> None:
    assert tag_token(one) == tag_token(other)


def test_tags_that_differ_in_a_sign_or_a_word_are_different_tokens() -> None:
    assert len({tag_token(tag) for tag in ("c", "c++", "c#", "space", "space opera", "opera space")}) == 6


@given(nasty_text)
def test_no_text_contains_a_token_for_a_tag_or_feed_or_one_that_breaks_the_index(text: str) -> None:
    for token in (*tokenize(text), *tokenize_query(text)):
        assert token[0] not in (TAG_PREFIX, FEED_PREFIX)
        assert all(char.isalnum() or not char.isascii() for char in token)
        assert 0 < len(token) <= 64


@given(st.text(st.characters(codec="ascii")))
def test_the_fast_path_for_ascii_returns_the_same_tokens(text: str) -> None:
    assert tokenize(text) == [token.text for token in iter_tokens(normalise(text))]


@given(st.text())
def test_a_tag_is_one_token_for_the_tokenizer(tag: str) -> None:
    assert all(char.isalnum() or not char.isascii() for char in tag_token(tag))
    assert not any(char.isspace() for char in tag_token(tag) if char.isascii())


def test_each_feed_has_its_own_token() -> None:
    assert feed_token(1) != feed_token(11)
