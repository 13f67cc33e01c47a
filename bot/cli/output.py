"""How results and complaints reach the terminal."""

import json
import unicodedata

import typer

_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e")
"""They reverse what follows, for the rest of a terminal's line."""


def say(text: str = "") -> None:
    """A result, to stdout."""
    typer.echo(harmless(text))


def say_json(value: object) -> None:
    """A result for programs, to stdout, character for character."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def warn(text: str) -> None:
    """A complaint, to stderr."""
    typer.echo(harmless(text), err=True)


def harmless(text: str) -> str:
    """Without characters that steer a terminal; line breaks stay."""
    return "".join(c if c.isprintable() or c in "\n\t" else _stand_in(c) for c in text if c not in _TURNS)


def _stand_in(char: str) -> str:
    if char.isspace():
        return " "
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(char) == "Cc" else char
