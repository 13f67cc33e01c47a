"""Parse the HTTP header `Link` (RFC 8288). Pure."""

import re
from dataclasses import dataclass

from bot.source.http.url import usable_url

_MAX_LINKS = 100
_MAX_LENGTH = 1 << 16  # characters
# Possessive, so that a hostile header costs no backtracking.
_SEPARATORS = re.compile(r"[\s,]*+")
_TARGET = re.compile(r"<([^<>]*+)>")
_PARAMETER = re.compile(
    r"""\s*+;\s*+(?: ([^\s;,="<>]++) (?: \s*+=\s*+ (?: "((?:[^"\\]++|\\.)*+)"? | ([^\s;,"]*+) ) )? )?""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_REST = re.compile(r"""(?: [^",]++ | "(?:[^"\\]++|\\.)*+"?+ )*+""", re.VERBOSE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the header."""

    url: str
    """Absolute, http or https."""
    relations: frozenset[str] = frozenset()
    """In lower case."""
    parameters: tuple[tuple[str, str], ...] = ()
    """The other parameters. Names are in lower case; of a repeated one only the first counts."""

    def parameter(self, name: str) -> str:
        """Return the value of a parameter; "" if it is missing."""
        return dict(self.parameters).get(name, "")


def parse_links(header: str, base: str) -> tuple[Link, ...]:
    """Return the usable links that are about the response itself; `base` resolves relative addresses.

    `header`: all values, joined by commas. Parts that aren't links are skipped. A link with `anchor` is about
    something else.
    """
    header = header[:_MAX_LENGTH]
    links: list[Link] = []
    at = _end_of(_SEPARATORS, header, 0)
    while at < len(header) and len(links) < _MAX_LINKS:
        if target := _TARGET.match(header, at):
            parameters, at = _parameters(header, target.end())
            url = usable_url(target[1].strip(), base)
            if url and "anchor" not in parameters:
                relations = frozenset(parameters.pop("rel", "").lower().split())
                links.append(Link(url, relations, tuple(parameters.items())))
        at = _end_of(_SEPARATORS, header, _end_of(_REST, header, at))
    return tuple(links)


def _end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Return where a match at this position ends. The pattern matches everywhere."""
    match = pattern.match(text, at)
    return match.end() if match else at


def _parameters(header: str, at: int) -> tuple[dict[str, str], int]:
    """Return the parameters at a position, and the position after them."""
    found: dict[str, str] = {}
    while match := _PARAMETER.match(header, at):
        name, quoted, token = match.groups()
        if name:
            found.setdefault(name.lower(), _ESCAPED.sub(r"\1", quoted) if quoted is not None else token or "")
        at = match.end()
    return found, at
