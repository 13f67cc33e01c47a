"""Read values of unknown types, as from JSON. A value of an unexpected type counts as missing."""

from collections.abc import Mapping

from bot.source.formats.charset import strip_forbidden

Json = Mapping[str, object]


def text_of(item: Json, name: str) -> str:
    """Return the named text without forbidden characters; "" if it is missing."""
    value = item.get(name)
    return strip_forbidden(value) if isinstance(value, str) else ""


def int_of(item: Json, name: str) -> int | None:
    """Return the named whole number; None if it is missing or a boolean."""
    value = item.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def list_of(value: object) -> list[object]:
    """Return a list; an empty one for any other value."""
    return value if isinstance(value, list) else []


def mapping_of(value: object) -> Json:
    """Return a mapping; an empty one for any other value."""
    return value if isinstance(value, Mapping) else {}


def mappings_of(value: object) -> list[Json]:
    """Return the mappings in a list."""
    return [item for item in list_of(value) if isinstance(item, Mapping)]
