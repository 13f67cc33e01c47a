"""Words the problems of a config: what is wrong, and what to write."""

import difflib
import re
from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from bot.config.layers import Layer, variable
from bot.config.line_numbers import Location
from bot.config.schema import DELIMITER, PREFIX, SECTIONS, all_keys

Problem = tuple[Location, str]
"""Which key, and what is wrong with it."""

_SENTENCES = {
    "missing": "missing; add this key",
    "string_type": "must be text; write it in quotes",
    "bool_type": "must be true or false; write one of them without quotes",
    "bool_parsing": "must be true or false; write one of them without quotes",
    "path_type": "must be a path; write it in quotes",
    "too_short": "empty; write a path, or remove the key",
    "greater_than_equal": "too small; write at least {ge}",
    "less_than_equal": "too large; write at most {le}",
    "string_too_long": "too long; write at most {max_length} characters",
    "model_type": "must be a section; write its keys below [{section}]",
    "model_attributes_type": "must be a section; write its keys below [{section}]",
}

_COMMAND_LINE_VARIABLES = (f"{PREFIX}CONFIG", f"{PREFIX}LOG_LEVEL", f"{PREFIX}LOG_FORMAT")
_OTHER_NAMES = dict.fromkeys(("DB", "DATABASE", "DATABASE_URL", "DB_PATH"), variable(("store", "path")))
"""Names that other programs use for the same."""
_KUBERNETES_VARIABLE = re.compile(rf"{PREFIX}(?:SERVICE_(?:HOST|PORT\w*)|PORT(?:_\w+)?)")
"""Kubernetes sets these in every pod if a Service is called feed-relay."""


def from_validation(error: ValidationError) -> list[Problem]:
    """Return pydantic's errors in our words."""
    return [
        (
            tuple(detail["loc"]),
            _sentence(detail["type"], detail["loc"], detail.get("ctx", {})) or detail["msg"],
        )
        for detail in error.errors(include_url=False)
    ]


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """Return a sentence for each variable that starts with our prefix but is unknown."""
    sections = [variable(section) for section in SECTIONS if len(section) == 1]
    known = [*_COMMAND_LINE_VARIABLES, *sections]
    known += [variable(tuple(key.split("."))) for key in all_keys() if not key.startswith("feeds.")]
    unknown = (
        name
        for name in sorted(environ)
        if name.upper().startswith(PREFIX)
        and not name.upper().startswith(tuple(f"{section}{DELIMITER}" for section in sections))
        and name.upper() not in known
        and not _KUBERNETES_VARIABLE.fullmatch(name)
    )
    return [
        f"environment: {name}: there is no such setting; {_similar_variable(name.upper(), known) or 'unset it'}"
        for name in unknown
    ]


def _similar_variable(name: str, known: Sequence[str]) -> str:
    """Suggest the variable that is meant by another common name, ends with the same key, or is similar."""
    bare = name.removeprefix(PREFIX)
    ends = [each for each in known if each.replace("_", "").endswith(bare.replace("_", ""))]
    last = [each for each in known if each.endswith(f"_{bare.rpartition('_')[2]}")]
    similar = difflib.get_close_matches(bare, [each.removeprefix(PREFIX) for each in known], n=1)
    found = _OTHER_NAMES.get(bare) or min(ends, key=len, default="")
    found = found or (f"{PREFIX}{similar[0]}" if similar else min(last, key=len, default=""))
    return f"did you mean {found}?" if found else ""


def describe(problems: Sequence[Problem], layers: Sequence[Layer]) -> list[str]:
    """Return the problems with their places, in the order of the places. `layers`: weakest first."""
    placed = [(*_locate(location, layers), text) for location, text in problems]
    ordered = sorted(placed, key=lambda p: p[:2])
    return list(dict.fromkeys(f"{label}: {text}" for _, _, label, text in ordered))


def _locate(location: Location, layers: Sequence[Layer]) -> tuple[int, int, str]:
    """Find the strongest layer with this key, or with its section."""
    candidates = [layer for layer in layers if _has(layer, location)] or [
        layer for layer in layers if _has(layer, location[:-1])
    ]
    layer = candidates[-1] if candidates else layers[0]
    return (layers.index(layer), *layer.locate(location))


def _has(layer: Layer, location: Location) -> bool:
    value: object = layer.values
    for part in location:
        try:
            value = value[part]  # type: ignore[index]  # the except handles what can't be indexed
        except (KeyError, IndexError, TypeError):
            return False
    return True


def _sentence(kind: str, location: Location, context: Mapping[str, object]) -> str:
    """Word an error of pydantic; "" for kinds that our own checks handle before."""
    if kind == "extra_forbidden":
        return _unknown_key(location)
    if kind == "value_error":
        return str(context["error"])
    section = ".".join(part for part in location if isinstance(part, str))
    return _SENTENCES.get(kind, "").format(section=section, **context)


def _unknown_key(location: Location) -> str:
    """Suggest a similar key, or the section that has this one."""
    section = tuple(part for part in location[:-1] if isinstance(part, str))
    name = str(location[-1])
    known = list(SECTIONS[section].model_fields) if section in SECTIONS else []
    if hint := _suggestion(name, known):
        return f"there is no such key; {hint}"
    homes = [place for place, model in SECTIONS.items() if place and name in model.model_fields]
    if homes:
        return f"there is no such key here; it belongs below [{'.'.join(homes[0])}]"
    return f"there is no such key; remove it, or write one of {', '.join(known)}"


def _suggestion(name: str, known: Sequence[str]) -> str:
    similar = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {similar[0]}?" if similar else ""
