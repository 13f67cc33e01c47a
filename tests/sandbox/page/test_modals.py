"""Forms that the bot opens, as the page shows and fills them."""

import pytest

from bot.sandbox.allotment import Allotment
from bot.sandbox.discord.modal_data import modal_data
from bot.sandbox.discord.models import Json
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.page.modals import TypedValue, filled_in, modal_json


def _label(text: str, component: Json) -> Json:
    return {"type": 18, "label": text, "component": component}


OPTIONS = [
    {"label": "A", "value": "a", "default": True},
    {"label": "B", "value": "b", "description": "The other"},
]
FORM: Json = {
    "custom_id": "settings", "title": "Settings", "components": [
        {"type": 10, "content": "**Read** this"},
        _label("Name", {"type": 4, "custom_id": "name", "required": False, "max_length": 5, "value": "old"}),
        _label("Look", {"type": 21, "custom_id": "look", "options": OPTIONS}),
        _label("Quiet", {"type": 22, "custom_id": "quiet", "required": False, "min_values": 0, "options": OPTIONS}),
        _label("Sure", {"type": 23, "custom_id": "sure", "default": True}),
        _label("Roles", {"type": 6, "custom_id": "roles", "required": False, "min_values": 0, "max_values": 2}),
    ],
}  # fmt: skip


def test_a_form_shows_every_input_with_its_kind_and_what_is_chosen() -> None:
    shown = modal_json(FORM)

    assert [(each["kind"], each["label"]) for each in shown["inputs"]] == [
        ("text", "Name"), ("radio", "Look"), ("checkboxes", "Quiet"), ("checkbox", "Sure"), ("select", "Roles"),
    ]  # fmt: skip
    assert shown["inputs"][0]["value"] == "old"
    assert [option["default"] for option in shown["inputs"][1]["options"]] == [True, False]
    assert shown["inputs"][3]["default"]
    assert shown["html"] == '<div class="content" dir="auto"><strong>Read</strong> this</div>'


def test_the_bot_gets_the_submitted_values(sandbox_discord: SandboxDiscord, place: Allotment) -> None:
    role = next(iter(sandbox_discord.guild_roles(place.guild.id).values()))
    values: dict[str, TypedValue] = {
        "name": "new", "look": "b", "quiet": ("a", "b"), "sure": False, "roles": (str(role.id),),
    }  # fmt: skip

    data = modal_data(FORM, filled_in(sandbox_discord, FORM, values))

    inputs = [row["component"] for row in data["components"][1:]]
    assert [each.get("value", each.get("values")) for each in inputs] == [
        "new", "b", ["a", "b"], False, [str(role.id)],
    ]  # fmt: skip
    assert str(role.id) in data["resolved"]["roles"]


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({}, "Fill in Look."),
        ({"look": "a", "name": "too long"}, "Name is too short or too long."),
        ({"look": ("a",)}, "Look needs one value."),
        ({"look": "a", "quiet": True}, "Quiet needs a list of choices."),
        ({"look": "a", "roles": ("1", "2", "3")}, "Roles needs a different number of choices."),
    ],
)
def test_values_that_discords_client_refuses_are_refused_in_a_sentence(
    sandbox_discord: SandboxDiscord, values: dict[str, TypedValue], problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        filled_in(sandbox_discord, FORM, values)
