"""A post's body between HTML and Discord's Markdown: a flat list of blocks.

Discord's Markdown has lines, not boxes, so each block keeps only what its lines need: quotes, indent, marker. A flat
list can be cut at any character by counting, and deeply nested HTML cannot exhaust the stack.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from bot.model import Media


class Mark(StrEnum):
    """A text style, with the characters that Discord puts around the text."""

    SPOILER = "||"
    STRIKE = "~~"
    UNDERLINE = "__"
    BOLD = "**"
    ITALIC = "*"


class Kind(StrEnum):
    """The kind of a block."""

    TEXT = "text"
    HEADING = "heading"
    CODE = "code"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Run:
    """Text with the same marks and link. A newline is a line break inside the block."""

    text: str
    marks: frozenset[Mark] = frozenset()
    url: str = ""
    """The target of a link, as `safe_url` returns it; "" if it is not a link."""
    code: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation that contains a block."""

    number: int
    """Unique within the document."""
    author: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list item, row of a table, or piece of code."""

    runs: tuple[Run, ...]
    kind: Kind = Kind.TEXT
    level: int = 0
    """The level of a heading, 1 to 6; otherwise 0."""
    marker: str = ""
    """"-" or "3." before the first line of a list item."""
    indent: int = 0
    """How many lists contain the block."""
    quotes: tuple[Quote, ...] = ()
    """Outermost first."""
    language: str = ""
    """The language of code, as a fence names it."""
    tight: bool = False
    """Without an empty line before it, as a row of a table or an item of a list."""

    @property
    def text(self) -> str:
        """The visible characters."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Document:
    """A post's body as a reader sees it."""

    blocks: tuple[Block, ...] = ()
    media: tuple[Media, ...] = ()
    """Pictures, videos and sounds in their order."""
    rest: str | None = None
    """Address of what the author hid behind "Keep reading"; "" if it is the post's own; None if nothing is hidden."""

    @property
    def text(self) -> str:
        """The visible characters, a line break after each block."""
        return "\n".join(block.text for block in self.blocks)


def truncate(document: Document, length: int, tail: str = "") -> Document:
    """Return the first `length` characters of `document.text`, with `tail` after the last block's text.

    A heading or rule at the end is dropped.
    """
    kept: list[Block] = []
    for block in document.blocks:
        if length <= 0:
            break
        kept.append(replace(block, runs=_take(block.runs, length)))
        length -= len(block.text) + 1
    while kept and (kept[-1].kind in {Kind.HEADING, Kind.RULE} or not kept[-1].text.strip()):
        kept.pop()
    if kept and tail:
        kept[-1] = _append(kept[-1], tail)
    return replace(document, blocks=tuple(kept))


def _take(runs: tuple[Run, ...], length: int) -> tuple[Run, ...]:
    kept: list[Run] = []
    for run in runs:
        if length <= 0:
            break
        kept.append(replace(run, text=run.text[:length]))
        length -= len(run.text)
    return tuple(kept)


def _append(block: Block, tail: str) -> Block:
    last = block.runs[-1]
    trimmed = replace(last, text=last.text.rstrip(" \n,;:–—-"))
    end = Run(tail, code=last.code and block.kind is Kind.CODE)
    return replace(block, runs=(*block.runs[:-1], trimmed, end))
