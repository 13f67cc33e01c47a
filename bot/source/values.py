"""Read values of unknown types, as from JSON. A value of an unexpected type counts as missing."""

import re
from collections.abc import Mapping

Json = Mapping[str, object]

# XML 1.0 forbids these, even as references.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def strip_forbidden(text: str) -> str:
    """Remove what neither XML nor UTF-8 can contain: control characters and lone surrogates."""
    return _FORBIDDEN.sub("", text)


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


def first_of(value: object) -> Json:
    """Return a mapping, or the first one of a list; an empty one for any other value."""
    return next(iter(mappings_of(value)), {}) if isinstance(value, list) else mapping_of(value)
