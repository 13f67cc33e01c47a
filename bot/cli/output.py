"""Prints results to stdout and messages to stderr."""

import json
import sys
import unicodedata
from typing import TextIO

from bot.errors import FeedRelayError

_DIRECTION_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e")
"""Characters that reverse the rest of a terminal's line."""


def print_line(text: str = "") -> None:
    """Print a result to stdout."""
    _print(without_control_characters(text))


def print_json(value: object) -> None:
    """Print a result for programs to stdout, with every character as it is."""
    _print(json.dumps(value, ensure_ascii=False, indent=2))


def print_error(text: str) -> None:
    """Print a message to stderr, without secrets: it may quote a token that was set in a wrong place."""
    from bot.logs import scrub

    _write(sys.stderr, without_control_characters(scrub(text)))


def count_of(number: int, noun: str) -> str:
    """Return a count with its noun: "1 post", "1,200 posts"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def without_control_characters(text: str) -> str:
    """Remove or replace the characters that control a terminal. Line breaks and tabs stay."""
    return "".join(
        char if char.isprintable() or char in "\n\t" else _replacement(char)
        for char in text
        if char not in _DIRECTION_OVERRIDES
    )


def _print(text: str) -> None:
    """Raise FeedRelayError if the disk is full. A closed pipe ends the command as a shell expects."""
    try:
        _write(sys.stdout, text)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise FeedRelayError(
            f"The output cannot be written ({error.strerror}); write it somewhere else."
        ) from None


def _write(stream: TextIO | None, text: str) -> None:
    if stream is not None:  # as of a process that was started with the stream closed
        stream.write(f"{text}\n")
        stream.flush()


def _replacement(char: str) -> str:
    if char.isspace():
        return " "
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(char) == "Cc" else char
