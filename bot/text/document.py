"""What stands between HTML and Discord's Markdown: a flat list of blocks.

Discord's Markdown knows lines, not boxes, so nesting is kept as what a line needs of it: its quotes, its indent,
its marker. A flat list is cut at any character by counting, and no depth of HTML can exhaust a stack.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from bot.model import Media


class Mark(StrEnum):
    """A mark as Discord writes it, on both sides of the text."""

    SPOILER = "||"
    STRIKE = "~~"
    UNDERLINE = "__"
    BOLD = "**"
    ITALIC = "*"


class Kind(StrEnum):
    """What a block is."""

    TEXT = "text"
    HEADING = "heading"
    CODE = "code"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Run:
    """Characters in one shape. A newline is a line break inside the block."""

    text: str
    marks: frozenset[Mark] = frozenset()
    url: str = ""
    """Where a click leads; http or https, ready to be written."""
    code: bool = False


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quotation that a block stands in."""

    number: int
    """Tells two quotations of one document apart."""
    author: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list item, row of a table, or piece of code."""

    runs: tuple[Run, ...]
    kind: Kind = Kind.TEXT
    level: int = 0
    """Of a heading, 1 to 6."""
    marker: str = ""
    """"-" or "3." before the first line of a list item."""
    indent: int = 0
    """How many lists it stands in."""
    quotes: tuple[Quoted, ...] = ()
    """Outermost first."""
    language: str = ""
    tight: bool = False
    """No empty line before it: rows of a table, items of a list."""

    @property
    def text(self) -> str:
        """Its visible characters."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Document:
    """A post's body as a reader sees it."""

    blocks: tuple[Block, ...] = ()
    media: tuple[Media, ...] = ()
    """Pictures, videos and sounds in the order in which they stand."""

    @property
    def text(self) -> str:
        """The visible characters, a line break after each block."""
        return "\n".join(block.text for block in self.blocks)


def truncate(document: Document, length: int, tail: str = "") -> Document:
    """The first `length` characters of `document.text`, then `tail` in the last block's shape."""
    kept: list[Block] = []
    for block in document.blocks:
        if length <= 0:
            break
        kept.append(replace(block, runs=_first(block.runs, length)))
        length -= len(block.text) + 1
    while kept and (kept[-1].kind in {Kind.HEADING, Kind.RULE} or not kept[-1].text.strip()):
        kept.pop()
    if kept and tail:
        kept[-1] = _ended(kept[-1], tail)
    return replace(document, blocks=tuple(kept))


def _first(runs: tuple[Run, ...], length: int) -> tuple[Run, ...]:
    kept: list[Run] = []
    for run in runs:
        if length <= 0:
            break
        kept.append(replace(run, text=run.text[:length]))
        length -= len(run.text)
    return tuple(kept)


def _ended(block: Block, tail: str) -> Block:
    last = block.runs[-1]
    trimmed = replace(last, text=last.text.rstrip(" \n,;:–—-"))
    end = Run(tail, code=last.code and block.kind is Kind.CODE)
    return replace(block, runs=(*block.runs[:-1], trimmed, end))
