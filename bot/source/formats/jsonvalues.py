"""Looks into JSON that may hold anything anywhere: what is of another type than expected counts as not there."""

from collections.abc import Mapping

from bot.source.formats.charset import lawful

Json = Mapping[str, object]


def text_of(item: Json, name: str) -> str:
    """The text of this name; "" if there is none."""
    value = item.get(name)
    return lawful(value) if isinstance(value, str) else ""


def whole_of(item: Json, name: str) -> int | None:
    """The whole number of this name; JSON's `true` is none."""
    value = item.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def list_of(value: object) -> list[object]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def mapping_of(value: object) -> Json:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def mappings_of(value: object) -> list[Json]:
    """The objects in a list."""
    return [item for item in list_of(value) if isinstance(item, Mapping)]
