"""The data of a submitted modal: what a person types and chooses in each of its inputs."""

from collections.abc import Mapping

from bot.sandbox.discord import components, interaction_data
from bot.sandbox.discord.models import Json, Role

_TEXT_INPUT, _LABEL, _RADIO, _CHECKBOXES, _CHECKBOX = 4, 18, 21, 22, 23
_MENUS = {3, 5, 6, 7, 8}
_INPUTS = {_TEXT_INPUT, _RADIO, _CHECKBOXES, _CHECKBOX, *_MENUS}

Filled = str | tuple[str | Role, ...]
"""A text or the value of a choice; several choices of a menu or of checkboxes."""


def modal_data(modal: Json, given: Mapping[str, Filled]) -> Json:
    """Return the data of a submitted modal. `given`: by custom id or label; other inputs stay as they are shown.

    Raises LookupError for an input that the modal doesn't have, and a choice that it doesn't offer.
    """
    unused = dict(given)
    filled = [_row(row, unused) for row in modal["components"]]
    if unused:
        raise LookupError(f"the modal has no input {', '.join(sorted(unused))}")
    roles = {str(each.id): each for value in given.values() for each in value if isinstance(each, Role)}
    body: Json = {"custom_id": modal["custom_id"], "components": filled}
    return body | ({"resolved": interaction_data.resolved_roles(roles.values())} if roles else {})


def _row(row: Json, given: dict[str, Filled]) -> Json:
    inputs = [each for each, _ in components.walk([row]) if each.get("type") in _INPUTS]
    answers = [_answer(each, row, given) for each in inputs]
    is_label = row.get("type") == _LABEL
    inner: Json = {"component": answers[0]} if is_label and answers else {"components": answers}
    return {"type": row["type"], "id": row.get("id", 1), **(inner if answers or is_label else {})}


def _answer(each: Json, row: Json, given: dict[str, Filled]) -> Json:
    names = [str(name) for name in (each["custom_id"], each.get("label"), row.get("label")) if name]
    name = next((name for name in names if name in given), None)
    chosen = _shown(each) if name is None else given.pop(name)
    body: Json = {"type": each["type"], "id": each.get("id", 1), "custom_id": each["custom_id"]}
    return body | _value(each, chosen)


def _shown(each: Json) -> Filled:
    """Return what an input shows before somebody touches it."""
    if each["type"] == _TEXT_INPUT:
        return each.get("value") or ""
    if each["type"] == _CHECKBOX:
        return ("1",) if each.get("default") else ()
    if each["type"] in _MENUS and each["type"] != min(_MENUS):
        return tuple(str(default["id"]) for default in each.get("default_values") or ())
    found = tuple(str(option["value"]) for option in each["options"] if option.get("default"))
    return next(iter(found), "") if each["type"] == _RADIO else found


def _value(each: Json, chosen: Filled) -> Json:
    if each["type"] == _TEXT_INPUT:
        return {"value": chosen}
    if each["type"] == _CHECKBOX:
        return {"value": bool(chosen)}
    several = (chosen,) if isinstance(chosen, str) else chosen
    plain = [str(one.id) if isinstance(one, Role) else one for one in several if one]
    if "options" in each:
        unknown = set(plain) - {option["value"] for option in each["options"]}
        if unknown:
            raise LookupError(f"the modal doesn't offer {', '.join(sorted(unknown))}")
    if each["type"] == _RADIO:
        return {"value": plain[0] if plain else None}
    if not each.get("min_values", 0) <= len(plain) <= each.get("max_values", len(plain)):
        raise LookupError(f"{len(plain)} is not a possible number of choices")
    return {"values": plain}
