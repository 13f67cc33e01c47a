"""Several tags in one category are split where the document shows that they are a list."""

import pytest

from bot.source.entry.tag_lists import find_split
from tests.growth import FACTOR, assert_growth, assert_linear
from tests.source.formats.documents import parse_document, rss


def tags(*entries: list[str]) -> list[list[str]]:
    """Return the tags of each entry, which is given by its categories."""
    items = (
        "<item><title>x</title>" + "".join(f"<category>{value}</category>" for value in entry) + "</item>"
        for entry in entries
    )
    return [list(entry.tags) for entry in parse_document(rss("".join(items))).entries]


@pytest.mark.parametrize(
    "entries",
    [
        (["frogs, ponds, rain"], ["snails, moss, stones"]),
        (["frogs, ponds"], ["frogs"]),
        (["frogs, ponds"], ["rain, frogs"]),
        (["frogs, ponds"], ["frogs, ponds, rain"]),
        (["frogs,ponds,rain,moss"],),
        (["News", "frogs, ponds, rain"], ["News", "moss, frogs, stones"]),
        (["frogs;ponds"],),
        (["#frogs #ponds"],),
        (["Frösche、池"], ["池"]),
    ],
)
def test_a_list_becomes_its_tags(entries: tuple[list[str], ...]) -> None:
    assert all(
        not set(",;、").intersection(tag) and "#" not in tag for found in tags(*entries) for tag in found
    )
    assert len(tags(*entries)[0]) > len(entries[0])


@pytest.mark.parametrize(
    "entries",
    [
        (["Arts, Crafts &amp; Hobbies"], ["Arts"]),
        (["Health, Safety and Environment"], ["Books, Films and Music"]),
        (["Food, Drink"], ["Food, Drink"]),
        (["Salem, OR"], ["Bend, OR"], ["Eugene, OR"]),
        (["Food, Drink", "Travel"], ["Food"]),
        (["Doe, Jane"], ["Roe, Richard"]),
        (["Paris, Texas, USA"],),
        (["1,000 frogs"], ["1"]),
        (["Frogs | Ponds"], ["Frogs"]),
        (["C#"], ["F#"]),
        (["Part #5"], ["Part #6"]),
    ],
)
def test_a_name_with_a_comma_stays_one_tag(entries: tuple[list[str], ...]) -> None:
    assert [len(found) for found in tags(*entries)] == [len(entry) for entry in entries]


def test_hostile_categories_cost_linear_time() -> None:
    def lists(count: int) -> list[list[str]]:
        return [[",".join(f"{entry}x{part}y" for part in range(100))] for entry in range(count)]

    few, many = lists(60), lists(60 * FACTOR)

    assert_growth(lambda: find_split(few), lambda: find_split(many))
    assert_linear(find_split([]), "x,")
    assert_linear(find_split([]), "#x ")
    assert_linear(lambda spaces: find_split([])(f"#frogs{spaces}ponds"), " ", size=1_900)


def test_a_hostile_category_is_not_split_without_end() -> None:
    split = find_split([["frogs, ponds"], ["frogs"]])

    assert len(split("x," * 50_000)) <= 1_001
