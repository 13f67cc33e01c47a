"""Words that may have been meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Term
from bot.search import spelling
from bot.search.spelling import combine, cost, is_certain, near, rank


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("orchrad", "orchard"),
        ("orchad", "orchard"),
        ("orchhard", "orchard"),
        ("orchsrd", "orchard"),
        ("rchard", "orchard"),
        ("яблако", "яблоко"),
        ("قطاب", "قطاف"),
    ],
)
def test_a_word_with_one_typo_is_near_the_right_word(typed: str, meant: str) -> None:
    assert meant in near(typed)
    assert [spelling.word for spelling in rank(typed, {meant: 3})] == [meant]


@pytest.mark.parametrize("word", ["be", "", "h2o", "2026", "東京都", "x" * 99, "a b c"])
def test_short_words_numbers_and_scripts_without_words_have_no_spellings(word: str) -> None:
    assert near(word) == frozenset()


def test_slips_that_happen_easily_come_first_and_then_common_words() -> None:
    assert [each.word for each in rank("gsrden", {"gwrden": 1, "garden": 1})] == ["garden", "gwrden"]
    assert [each.word for each in rank("frst", {"first": 4, "frost": 400})] == ["frost", "first"]


def test_a_spelling_is_certain_if_it_is_clearly_likelier_than_other_words() -> None:
    term = Term("drwa", ("drwa",))

    def certain(known: dict[str, int]) -> bool:
        return is_certain(combine({term: rank("drwa", known)}))

    assert certain({"draw": 1})
    assert certain({"draw": 900, "dra": 1})
    assert not certain({"drwb": 4, "drwc": 4})
    assert not certain({})


@given(st.text("abcdé", max_size=8), st.text("abcdé", max_size=8))
def test_the_cost_is_zero_only_for_equal_words_and_the_same_in_both_directions(one: str, other: str) -> None:
    assert (cost(one, other) == 0) == (one == other)
    assert cost(one, other) == pytest.approx(cost(other, one))


@given(st.text("abcdefg", min_size=3, max_size=9))
def test_everything_near_a_word_is_one_slip_away(word: str) -> None:
    assert all(abs(len(each) - len(word)) <= 1 and 0 < cost(word, each) <= 1.7 for each in near(word))


def full_cost(typed: str, meant: str) -> float:
    """Return the cost by comparing all letters of two words."""
    costs = {(0, 0): 0.0}
    for at in range(len(typed) + 1):
        for index in range(len(meant) + 1):
            ways = [costs[at, index]] if (at, index) in costs else []
            if at:
                ways.append(costs[at - 1, index] + spelling._more(typed, at))
            if index:
                ways.append(costs[at, index - 1] + spelling._more(meant, index))
            if at and index:
                ways.append(costs[at - 1, index - 1] + spelling._replaced(typed[at - 1], meant[index - 1]))
            letters = typed[at - 2 : at], meant[index - 2 : index]
            if at > 1 and index > 1 and spelling._are_swapped(*letters):
                ways.append(costs[at - 2, index - 2] + spelling._SWAPPED)
            costs[at, index] = min(ways)
    return costs[len(typed), len(meant)] + (spelling._FIRST if typed[:1] != meant[:1] else 0)


@given(st.text("abcde", min_size=3, max_size=8), st.data())
def test_letters_that_both_words_share_do_not_change_the_cost_of_one_slip(
    word: str, data: st.DataObject
) -> None:
    other = data.draw(st.sampled_from(sorted(near(word))))

    assert cost(word, other) == pytest.approx(full_cost(word, other))
