"""Explains what is wrong with the arguments of a command."""

import re
from io import StringIO

from typer.exceptions import TyperException

_WORDS = (
    (re.compile(r"Value error, "), ""),
    (re.compile(r"Input should be greater than or equal to (\S+)"), r"too small; write at least \1"),
    (re.compile(r"Input should be less than or equal to (\S+)"), r"too large; write at most \1"),
    (re.compile(r"Input should be a valid integer.*"), "not a whole number; write only digits"),
    (re.compile(r"Input should be a valid number.*"), "not a number; write digits"),
    (re.compile(r"is not one of '(.*)'\."), r"is unknown; write one of '\1'."),
    (re.compile(r"Got unexpected extra argument\(s\) \((.*)\)"), r"Too many arguments: \1"),
)
"""typer's sentences, and ours."""


def describe(error: TyperException) -> str:
    """Return the usage of the command, and what is wrong."""
    shown = StringIO()
    error.show(shown)  # type: ignore[attr-defined]  # only a private base class declares it
    text = shown.getvalue().rstrip("\n")
    for theirs, ours in _WORDS:
        text = theirs.sub(ours, text)
    return text
