"""What is wrong with a config, in words that say what to write."""

import difflib
import re
from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from bot.config.layers import Layer, variable
from bot.config.line_numbers import Path as Location
from bot.config.schema import DELIMITER, PREFIX, SECTIONS, every_key

Problem = tuple[Location, str]
"""Which key, and what is wrong with it."""

_WORDS = {
    "missing": "this key is missing; add it",
    "string_type": "this is text; write it in quotes",
    "bool_type": "write true or false",
    "bool_parsing": "write true or false",
    "path_type": "this is a path; write it in quotes",
    "too_short": "this is empty; write a path, or leave the key out",
    "greater_than_equal": "this is too small; write at least {ge}",
    "less_than_equal": "this is too large; write at most {le}",
    "string_too_long": "this is too long; write at most {max_length} characters",
    "model_type": "this is a section; write its keys below [{section}]",
    "model_attributes_type": "this is a section; write its keys below [{section}]",
}

_COMMAND_LINE = (f"{PREFIX}CONFIG", f"{PREFIX}LOG_LEVEL", f"{PREFIX}LOG_FORMAT")
_OF_KUBERNETES = re.compile(rf"{PREFIX}(?:SERVICE_(?:HOST|PORT\w*)|PORT(?:_\w+)?)")
"""Set in every pod beside a Service that is called feed-relay."""


def of_validation(error: ValidationError) -> list[Problem]:
    """Every refusal of pydantic, in our words."""
    return [
        (
            tuple(detail["loc"]),
            _sentence(detail["type"], detail["loc"], detail.get("ctx", {})) or detail["msg"],
        )
        for detail in error.errors(include_url=False)
    ]


def of_names(environ: Mapping[str, str]) -> list[str]:
    """Variables that begin like ours and mean nothing."""
    sections = [variable(section) for section in SECTIONS if len(section) == 1]
    known = [*_COMMAND_LINE, *sections]
    known += [variable(tuple(key.split("."))) for key in every_key() if not key.startswith("feeds.")]
    strange = (
        name
        for name in sorted(environ)
        if name.upper().startswith(PREFIX)
        and not name.upper().startswith(tuple(f"{section}{DELIMITER}" for section in sections))
        and name.upper() not in known
        and not _OF_KUBERNETES.fullmatch(name)
    )
    return [
        f"environment: {name}: there is no such setting; {_meant(name.upper(), known) or 'unset it'}"
        for name in strange
    ]


def told(problems: Sequence[Problem], layers: Sequence[Layer]) -> list[str]:
    """Each problem with its place, in the order of the places. `layers`: weakest first."""
    placed = [(*_place(location, layers), text) for location, text in problems]
    ordered = sorted(placed, key=lambda p: p[:2])
    return list(dict.fromkeys(f"{label}: {text}" for _, _, label, text in ordered))


def _place(location: Location, layers: Sequence[Layer]) -> tuple[int, int, str]:
    givers = [layer for layer in layers if _gives(layer, location)] or [
        layer for layer in layers if _gives(layer, location[:-1])
    ]
    giver = givers[-1] if givers else layers[0]
    return (layers.index(giver), *giver.place(location))


def _gives(layer: Layer, location: Location) -> bool:
    value: object = layer.values
    for part in location:
        try:
            value = value[part]  # type: ignore[index]  # what can't be indexed is what the except is for
        except (KeyError, IndexError, TypeError):
            return False
    return True


def _sentence(kind: str, location: Location, context: Mapping[str, object]) -> str:
    """`kind` and `context` are pydantic's; "" for a kind that our checks never leave to it."""
    if kind == "extra_forbidden":
        return _unknown(location)
    if kind == "value_error":
        return str(context["error"])
    section = ".".join(part for part in location if isinstance(part, str))
    return _WORDS.get(kind, "").format(section=section, **context)


def _unknown(location: Location) -> str:
    """For a key that nobody knows: a near name here, or the section where this name is at home."""
    section = tuple(part for part in location[:-1] if isinstance(part, str))
    name = str(location[-1])
    known = list(SECTIONS[section].model_fields) if section in SECTIONS else []
    if hint := _meant(name, known):
        return f"there is no such key; {hint}"
    homes = [place for place, model in SECTIONS.items() if place and name in model.model_fields]
    if homes:
        return f"there is no such key here; it belongs below [{'.'.join(homes[0])}]"
    return f"there is no such key; take it out, or write one of {', '.join(known)}"


def _meant(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else ""
