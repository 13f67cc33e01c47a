"""Finds the line of each key in a TOML text, because tomllib does not report it."""

import re
from collections.abc import Mapping
from functools import cached_property

Location = tuple[str | int, ...]
"""The path to a key: ("feeds", 0, "url")."""

_NAME = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_DOTTED = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_DOTTED})\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(rf"\s*({_DOTTED})\s*=")
_PART = re.compile(_NAME)
_TRIPLE_QUOTE = re.compile(r'"""|\'\'\'')


class LineNumbers:
    """The lines of the keys of one text, which is read only if somebody asks: the config has a problem."""

    def __init__(self, text: str) -> None:
        self._text = text

    def of(self, location: Location) -> int:
        """Return the line of a key or of the nearest table around it; 0 if there is none."""
        while location and location not in self._lines:
            location = location[:-1]
        return self._lines.get(location, 0)

    @cached_property
    def _lines(self) -> Mapping[Location, int]:
        return _Scan(self._text).lines


class _Scan:
    """The lines of the keys of a text, read from its beginning to its end."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Location, int] = {}
        self._arrays: dict[Location, int] = {}
        table: Location = ()
        inside_string = False
        for number, line in enumerate(text.split("\n"), 1):
            if not inside_string:
                table = self._read(line, number, table)
            if len(_TRIPLE_QUOTE.findall(line)) % 2:
                inside_string = not inside_string

    def _read(self, line: str, number: int, table: Location) -> Location:
        """Record the key or table of a line. Return the table that the next line belongs to."""
        if header := _HEADER.match(line.rstrip("\r")):
            table = self._table(_parts(header[2]), new_element=header[1] == "[[")
            self.lines.setdefault(table, number)
        elif key := _KEY.match(line):
            self.lines.setdefault((*table, *_parts(key[1])), number)
        return table

    def _table(self, parts: list[str], *, new_element: bool) -> Location:
        location: Location = ()
        for position, part in enumerate(parts, 1):
            location = (*location, part)
            if new_element and position == len(parts):
                self._arrays[location] = self._arrays.get(location, -1) + 1
            if location in self._arrays:
                location = (*location, self._arrays[location])
        return location


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in _PART.findall(dotted)]
