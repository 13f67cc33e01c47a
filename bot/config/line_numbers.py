"""On which line of a TOML text a key stands: tomllib does not tell."""

import re

Path = tuple[str | int, ...]

_NAME = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_DOTTED = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_DOTTED})\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(rf"\s*({_DOTTED})\s*=")
_PART = re.compile(_NAME)
_FENCE = re.compile(r'"""|\'\'\'')


class Lines:
    """The lines of one text."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        self._arrays: dict[Path, int] = {}
        table: Path = ()
        inside_text = False
        for number, line in enumerate(text.split("\n"), 1):
            if not inside_text:
                table = self._note(line, number, table)
            if len(_FENCE.findall(line)) % 2:
                inside_text = not inside_text

    def of(self, path: Path) -> int:
        """The line of the key, or of the nearest table around it; 0 if there is none."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 0)

    def _note(self, line: str, number: int, table: Path) -> Path:
        """Remember what the line names; returns the table that the next line belongs to."""
        if header := _HEADER.match(line.rstrip("\r")):
            table = self._table(_parts(header[2]), new_element=header[1] == "[[")
            self._lines.setdefault(table, number)
        elif key := _KEY.match(line):
            self._lines.setdefault((*table, *_parts(key[1])), number)
        return table

    def _table(self, parts: list[str], *, new_element: bool) -> Path:
        path: Path = ()
        for position, part in enumerate(parts, 1):
            path = (*path, part)
            if new_element and position == len(parts):
                self._arrays[path] = self._arrays.get(path, -1) + 1
            if path in self._arrays:
                path = (*path, self._arrays[path])
        return path


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in _PART.findall(dotted)]
