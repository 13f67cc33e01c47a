"""A post's texts as one compressed value."""

import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.texts import Texts, pack, start_length, unpack, unpack_text

ANY = st.text(st.characters(exclude_categories=["Cs"]))
HTML = "<p>Red along the <em>wall</em>, said &amp; done.</p>\n" * 20
PLAIN = "Red along the wall, said & done.\n" * 20


@given(ANY, ANY, ANY)
def test_any_texts_come_back(text: str, content: str, summary: str) -> None:
    texts = Texts(text, content, summary)

    assert unpack(pack(texts)) == texts


@given(ANY.map(lambda text: text * 50), ANY, st.integers(1, 300))
def test_the_start_of_a_text_can_be_unpacked_alone(text: str, content: str, limit: int) -> None:
    packed = pack(Texts(text, content * 50))

    assert unpack_text(packed, limit) == text[:limit]


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=200).map(lambda text: text * 20),
    st.integers(1, 1_000),
)
def test_the_start_of_the_bytes_is_enough_for_the_start_of_the_text(text: str, limit: int) -> None:
    start = pack(Texts(text, HTML))[: start_length(limit)]

    assert unpack_text(start, limit) == text[:limit]


@pytest.mark.parametrize("seed", range(20))
def test_words_that_cannot_be_compressed_are_read_from_the_start_too(seed: int) -> None:
    dice = random.Random(seed)
    text = "".join(chr(dice.randrange(0x10000, 0x110000)) for _ in range(50_000))
    start = pack(Texts(text))[: start_length(1_000)]

    assert len(start) < 10_000
    assert unpack_text(start, 1_000) == text[:1_000]


def test_no_texts_take_no_room() -> None:
    assert pack(Texts()) == b""
    assert unpack(b"") == Texts()
    assert unpack_text(b"", 10) == ""


def test_a_short_text_is_stored_as_it_is() -> None:
    assert pack(Texts("Rain.")) == b"\x005 0 Rain."


def test_a_lone_surrogate_is_stored_as_elsewhere() -> None:
    assert unpack(pack(Texts("a\ud800b"))).text == "a?b"


def test_texts_with_the_same_words_take_little_more_room_than_one() -> None:
    both = len(pack(Texts(PLAIN, HTML, PLAIN[:300])))

    assert both < 2 * len(pack(Texts(PLAIN)))
    assert both < len(PLAIN.encode()) / 2


def test_values_stored_by_this_version_stay_readable() -> None:
    """Made with the first form: a change of the dictionary would lose it."""
    stored = bytes.fromhex(
        "01333333000607900802a6a6c41ca02b144a8046940353b08e427162668a829a424a7e5eaa1ed7a88251057456"
        "004ce6a86a401904a40e9c49608ac1e91fac01963746358d6a1ad53432340100"
    )

    assert unpack(stored) == Texts(PLAIN, HTML)


@pytest.mark.parametrize("keep", range(0, 60, 7))
def test_damaged_texts_are_no_error(keep: int) -> None:
    """One post that the disk has spoiled must not stop all others."""
    damaged = pack(Texts(PLAIN, HTML))[:keep]

    assert PLAIN.startswith(unpack_text(damaged, 100))
    assert PLAIN.startswith(unpack(damaged).text)


def test_an_unknown_form_counts_as_damaged() -> None:
    assert unpack(b"\x09" + zlib.compress(b"later")) == Texts()
