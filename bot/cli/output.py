"""How results and complaints reach the terminal."""

import json
import unicodedata

import typer

from bot.errors import FeedRelayError
from bot.logs import scrub

_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e")
"""They reverse what follows, for the rest of a terminal's line."""


def say(text: str = "") -> None:
    """A result, to stdout."""
    _print(harmless(text))


def say_json(value: object) -> None:
    """A result for programs, to stdout, character for character."""
    _print(json.dumps(value, ensure_ascii=False, indent=2))


def warn(text: str) -> None:
    """A complaint, to stderr. What it quotes may be a token that stands in a wrong place."""
    typer.echo(harmless(scrub(text)), err=True)


def _print(text: str) -> None:
    """A reader that went away ends the command as the shell expects; a full disk is told."""
    try:
        typer.echo(text)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise FeedRelayError(f"Results cannot be written ({error.strerror}); send them elsewhere.") from None


def harmless(text: str) -> str:
    """Without characters that steer a terminal; line breaks stay."""
    return "".join(c if c.isprintable() or c in "\n\t" else _stand_in(c) for c in text if c not in _TURNS)


def _stand_in(char: str) -> str:
    if char.isspace():
        return " "
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(char) == "Cc" else char
