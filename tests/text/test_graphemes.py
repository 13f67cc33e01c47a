from hypothesis import given
from hypothesis import strategies as st

from bot.text import graphemes
from tests.text.strategies import CLUSTERS


@given(st.lists(st.sampled_from(CLUSTERS), min_size=1, max_size=20))
def test_every_boundary_is_between_two_characters(clusters: list[str]) -> None:
    text = "".join(clusters)

    edges = {sum(map(len, clusters[:n])) for n in range(len(clusters) + 1)}
    assert {graphemes.floor_boundary(text, index) for index in range(len(text) + 1)} == edges


def test_an_endless_character_is_cut() -> None:
    assert graphemes.floor_boundary("a" + "\u0301" * 1_000, 500) == 500
