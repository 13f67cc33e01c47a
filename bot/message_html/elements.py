"""HTML elements. Text is escaped unless an element was made of it here, so no text can become an element."""

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Self
from urllib.parse import urlsplit

_VOID = frozenset({"hr", "img", "input"})
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff\ufffe\uffff]")
"""Control characters, half characters, and what reverses the rest of a line."""
_NOT_IN_ADDRESS = re.compile(r"[\x00-\x20\x7f-\xa0\"'<>\\^`{|}\u2028\u2029\ud800-\udfff]")

Value = str | int | bool | None
"""The value of an attribute. True: it has no value. False and None: there is no attribute."""


class Html(str):
    """Finished HTML."""

    __slots__ = ()

    @classmethod
    def of(cls, parts: Iterable[str]) -> Self:
        """Join elements and texts."""
        return cls("".join(part if isinstance(part, Html) else _escaped(part) for part in parts))


def element(name: str, *inside: str, **attributes: Value) -> Html:
    """Return an element. `class_` is `class`; `data_custom_id` is `data-custom-id`."""
    start = f"<{name}{_written(attributes)}>"
    return Html(start if name in _VOID else f"{start}{Html.of(inside)}</{name}>")


def unless_empty(name: str, inside: str, **attributes: Value) -> Html:
    """Return an element, or nothing if it would be empty."""
    return element(name, inside, **attributes) if inside else Html()


def link(address: str, *inside: str, **attributes: Value) -> Html:
    """Return a link that opens a new tab; only the text if the address isn't one of the web."""
    if not is_web(address):
        return Html.of(inside)
    return element("a", *inside, href=address, target="_blank", rel="noopener noreferrer", **attributes)


def spoiler(name: str, *inside: str) -> Html:
    """Return an element whose content is hidden until the reader wants to see it."""
    return element(name, element("div" if name == "div" else "span", *inside), class_="spoiler", tabindex=0)


def is_web(address: str) -> bool:
    """Return whether an address is complete, starts with http or https and needs no escaping in an attribute."""
    if _NOT_IN_ADDRESS.search(address):
        return False
    try:
        parts = urlsplit(address)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def _written(attributes: Mapping[str, Value]) -> str:
    return "".join(
        _attribute(name.rstrip("_").replace("_", "-"), value)
        for name, value in attributes.items()
        if value is not None and value is not False
    )


def _attribute(name: str, value: str | int) -> str:
    return f" {name}" if value is True else f' {name}="{_escaped(str(value))}"'


def _escaped(text: str) -> str:
    return escape(_HIDDEN.sub("", text))
