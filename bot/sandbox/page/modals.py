"""Forms that the bot opens: what the page shows of them, and what a viewer filled in."""

from collections.abc import Mapping

from bot.message_html.inline import paragraph
from bot.message_html.view import View
from bot.sandbox.discord import components
from bot.sandbox.discord.modal_data import Filled
from bot.sandbox.discord.models import Json, Role
from bot.sandbox.discord.state import State

TypedValue = str | bool | tuple[str, ...]
"""What the page sends of an input: a text or a radio button, a checkbox, or several choices."""

_ROLE_MENU, _MENTIONABLE_MENU = 6, 7
_KINDS = {
    4: "text",
    **dict.fromkeys((3, 5, _ROLE_MENU, _MENTIONABLE_MENU, 8), "select"),
    21: "radio",
    22: "checkboxes",
    23: "checkbox",
}
_PARAGRAPH = 2
_MAX_TEXT = 4000


def modal_json(modal: Json) -> Json:
    """Return a form for the page."""
    return {
        "custom_id": modal["custom_id"],
        "title": modal["title"],
        "inputs": [_input_json(each, row) for each, row in _inputs(modal)],
        "html": paragraph(components.text_of(modal), View(), "content"),
    }


def filled_in(state: State, modal: Json, values: Mapping[str, TypedValue]) -> dict[str, Filled]:
    """Return what a viewer filled in. Raises ValueError with a sentence for what Discord's client refuses."""
    return {
        each["custom_id"]: _checked(state, each, _label(each, row), values.get(each["custom_id"], ""))
        for each, row in _inputs(modal)
    }


def _inputs(modal: Json) -> list[tuple[Json, Json]]:
    """Return the form's inputs, each with the row or label around it."""
    return [
        (each, row)
        for row in modal["components"]
        for each, _ in components.walk([row])
        if each.get("type") in _KINDS
    ]


def _label(each: Json, row: Json) -> str:
    return str(row.get("label") or each.get("label") or each.get("placeholder") or each["custom_id"])


def _input_json(each: Json, row: Json) -> Json:
    limits = ("min_length", "max_length", "min_values", "max_values")
    return {
        "custom_id": each["custom_id"],
        "kind": _KINDS[each["type"]],
        "type": str(each["type"]),
        "label": _label(each, row),
        "description": row.get("description") or "",
        "style": "paragraph" if each.get("style") == _PARAGRAPH else "short",
        "required": _is_required(each),
        **{name: each.get(name) for name in limits},
        "placeholder": each.get("placeholder") or "",
        "value": each.get("value") or "",
        "default": each.get("default") is True,
        "options": [
            {
                "label": option["label"],
                "value": option["value"],
                "description": option.get("description") or "",
                "default": option.get("default") is True,
            }
            for option in each.get("options") or ()
        ],
        "channel_types": each.get("channel_types") or [],
        "default_values": [str(default["id"]) for default in each.get("default_values") or ()],
    }


def _is_required(each: Json) -> bool:
    """Return whether something must be filled in. A checkbox may always stay empty."""
    return _KINDS[each["type"]] != "checkbox" and each.get("required", True) is not False


def _checked(state: State, each: Json, label: str, value: TypedValue) -> Filled:
    kind = _KINDS[each["type"]]
    if kind == "checkbox":
        return ("1",) if value is True else ()
    found = (value if value.strip() else "") if isinstance(value, str) else value
    if not found and _is_required(each):
        raise ValueError(f"Fill in {label}.")
    if kind in {"text", "radio"}:
        return _checked_text(each, label, value)
    chosen = tuple(filter(None, (value,))) if isinstance(value, str) else value
    return _checked_choices(state, each, label, chosen)


def _checked_text(each: Json, label: str, value: TypedValue) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{label} needs one value.")  # noqa: TRY004 - the person's mistake, not the caller's
    if value and not (each.get("min_length") or 0) <= len(value) <= (each.get("max_length") or _MAX_TEXT):
        raise ValueError(f"{label} is too short or too long.")
    return value


def _checked_choices(state: State, each: Json, label: str, chosen: TypedValue) -> tuple[str | Role, ...]:
    if not isinstance(chosen, tuple):
        raise ValueError(f"{label} needs a list of choices.")  # noqa: TRY004 - the person's mistake, not the caller's
    most = each.get("max_values") or (1 if "options" not in each else len(each["options"]))
    if len(chosen) > most or (chosen and len(chosen) < (each.get("min_values") or 0)):
        raise ValueError(f"{label} needs a different number of choices.")
    if each["type"] not in {_ROLE_MENU, _MENTIONABLE_MENU}:
        return chosen
    return tuple(state.roles.get(int(one), one) if one.isdecimal() else one for one in chosen)
