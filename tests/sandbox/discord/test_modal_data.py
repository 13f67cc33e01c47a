"""What a person fills into a form, as Discord sends it to the bot."""

import pytest

from bot.sandbox.discord.modal_data import Filled, modal_data
from bot.sandbox.discord.models import Json, Role

GARDENERS = Role(7, 1, "gardeners")
BEDS = [{"label": each.title(), "value": each, "default": each == "roses"} for each in ("roses", "tulips")]
FORM: Json = {
    "custom_id": "bed",
    "title": "Bed",
    "components": [
        {"type": 10, "content": "About a bed"},
        {"type": 18, "label": "Name", "component": {"type": 4, "custom_id": "name", "value": "East"}},
        {"type": 18, "label": "Bed", "component": {"type": 21, "custom_id": "bed", "options": BEDS}},
        {
            "type": 18,
            "label": "Also",
            "component": {
                "type": 22, "custom_id": "also", "options": BEDS, "min_values": 0, "max_values": 2,
            },
        },
        {
            "type": 18,
            "label": "Who",
            "component": {
                "type": 6, "custom_id": "who", "min_values": 0, "max_values": 1,
                "default_values": [{"id": "9", "type": "role"}],
            },
        },
        {"type": 18, "label": "Sure", "component": {"type": 23, "custom_id": "sure", "default": True}},
    ],
}  # fmt: skip


def values(given: dict[str, Filled]) -> dict[str, object]:
    """Return what the bot gets for each input."""
    inputs = [row["component"] for row in modal_data(FORM, given)["components"] if "component" in row]
    return {each["custom_id"]: each["values"] if "values" in each else each["value"] for each in inputs}


def test_untouched_inputs_are_submitted_as_they_are_shown() -> None:
    assert values({}) == {"name": "East", "bed": "roses", "also": ["roses"], "who": ["9"], "sure": True}


def test_inputs_are_filled_in_by_custom_id_or_label() -> None:
    given: dict[str, Filled] = {"Name": "West", "bed": "tulips", "Also": (), "who": (GARDENERS,), "sure": ()}

    assert values(given) == {"name": "West", "bed": "tulips", "also": [], "who": ["7"], "sure": False}
    assert list(modal_data(FORM, given)["resolved"]["roles"]) == ["7"]


@pytest.mark.parametrize(
    "given", [{"bed": "moss"}, {"also": ("moss",)}, {"who": (GARDENERS, "8")}, {"colour": "red"}]
)
def test_a_form_accepts_only_choices_that_it_offers(given: dict[str, Filled]) -> None:
    with pytest.raises(LookupError):
        modal_data(FORM, given)
