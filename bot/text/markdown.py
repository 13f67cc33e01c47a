"""Write a document as Discord's Markdown.

Discord has its own dialect: quotes do not nest, a fence is exactly three backticks, a list needs no empty line before
it, and a masked link does not work if its text looks like an address.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from bot.text.document import Block, Document, Kind, Mark, Quote, Run
from bot.text.escape import (
    ZERO_WIDTH_SPACE,
    escape_line_starts,
    escape_markdown,
    escape_mentions,
    isolate_direction,
)
from bot.text.links import safe_url
from bot.text.misleading import is_misleading, is_misleading_title
from bot.text.runs import merge_runs

_QUOTE = "> "
_NESTED_QUOTE = "│ "
"""Discord itself shows only one level of quotes."""
_MAX_NESTING = 3
_MAX_BIG_HEADING = 2
"""Headings of a level up to this become Discord headings, others bold lines."""
_URL = re.compile(r"https?://[^\s<>\"“”«»、。「」『』【】〈〉《》（）！？]+", re.IGNORECASE)
_URL_TRAILERS = frozenset(".,:;!?'’)]}…*_~|")
_OPENING = {")": "(", "]": "[", "}": "{"}
_EDGES = re.compile(r"(\s*)(.*?)(\s*)", re.DOTALL)
_MARK_CHARACTERS = re.compile(r"[*_~|]")
_BALANCED = re.compile(r"[^\[\]]*+(?:\[[^\[\]]*+\][^\[\]]*+)*+")
_TO_PARENTHESES = str.maketrans("[]", "()")


def to_markdown(document: Document) -> str:
    """Return the document as Markdown. No text in it acts as markup, mention or invite."""
    lines: list[str] = []
    previous: Block | None = None
    for block in document.blocks:
        lines.extend(_gap(previous, block))
        lines.extend(_attribution(previous, block))
        lines.extend(f"{_prefix(block)}{line}" for line in _lines(block))
        previous = block
    return escape_mentions("\n".join(lines))


def masked_link(label: str, url: str) -> str:
    """Return a link without preview, labelled with a feed's text; without a (safe) `url`, the label alone.

    A label that looks like another address is not linked: the address follows it.
    """
    text = escape_line(_balance(label))
    if not url:
        return text
    target = f"<{quote_marks(url)}>"
    return escape_mentions(f"{text} ({target})" if is_misleading_title(label, url) else f"[{text}]({target})")


def escape_line(text: str) -> str:
    """Return one line of feed text as Markdown that shows it literally and does not link its addresses."""
    return escape_mentions(escape_markdown(_SCHEME.sub("", text)))


_SCHEME = re.compile(r"https?://", re.IGNORECASE)


def _gap(previous: Block | None, block: Block) -> Iterator[str]:
    if previous is None or _is_adjacent(previous, block):
        return
    same_quote = previous.quotes and block.quotes and previous.quotes[0] == block.quotes[0]
    yield _QUOTE if same_quote else ""


def _is_adjacent(previous: Block, block: Block) -> bool:
    if _attributed_quote(previous) != _attributed_quote(block) or bool(previous.quotes) != bool(block.quotes):
        return False
    in_list = previous.indent > 0 and block.indent > 0
    return block.tight or in_list or previous.kind is Kind.HEADING or block.kind is Kind.RULE


def _attribution(previous: Block | None, block: Block) -> Iterator[str]:
    quote = _attributed_quote(block)
    if quote is None or (previous is not None and _attributed_quote(previous) == quote):
        return
    name = masked_link(isolate_direction(quote.author), quote.url)
    yield f"{_QUOTE}{Mark.BOLD}{name}{Mark.BOLD}"


def _attributed_quote(block: Block) -> Quote | None:
    """Return the innermost quote with a known author."""
    return next((quote for quote in reversed(block.quotes) if quote.author), None)


def _prefix(block: Block) -> str:
    if not block.quotes:
        return ""
    attributed = [index for index, quote in enumerate(block.quotes) if quote.author]
    depth = len(block.quotes) - (attributed[-1] if attributed else 0)
    return _QUOTE + _NESTED_QUOTE * min(depth - 1, _MAX_NESTING)


def _lines(block: Block) -> list[str]:
    if block.kind is Kind.CODE:
        return _fenced(block)
    if block.kind is Kind.RULE:
        return [block.text]
    if block.kind is Kind.HEADING:
        return [_heading(block)]
    lines = [escape_line_starts(_write_line(line)) for line in _split_lines(block.runs)]
    inner = "  " * min(block.indent, _MAX_NESTING)
    if block.marker:
        return [f"{inner[2:]}{block.marker} {lines[0]}", *(f"{inner}{line}" for line in lines[1:])]
    return [f"{inner}{line}" for line in lines]


def _heading(block: Block) -> str:
    is_big = block.level <= _MAX_BIG_HEADING
    runs = (
        replace(
            run,
            text=run.text.replace("\n", " "),
            marks=run.marks - {Mark.BOLD} if is_big else run.marks | {Mark.BOLD},
        )
        for run in block.runs
    )
    return f"### {_write_line(runs)}" if is_big else _write_line(runs)


def _fenced(block: Block) -> list[str]:
    """Return a code block. Fences inside it are broken up, because Discord doesn't support longer fences."""
    code = block.text.replace("```", ZERO_WIDTH_SPACE.join("```"))
    return [f"```{block.language}", *code.split("\n"), "```"]


def _split_lines(runs: tuple[Run, ...]) -> list[list[Run]]:
    lines: list[list[Run]] = [[]]
    for run in runs:
        first, *others = run.text.split("\n")
        lines[-1].append(replace(run, text=first))
        lines.extend([replace(run, text=text)] for text in others)
    return lines


def _write_line(runs: Iterable[Run]) -> str:
    line = _LineWriter()
    for url, group in groupby(_trim_marks(runs), key=lambda run: run.url):
        if url:
            line.add_link(url, list(group))
        else:
            for run in group:
                line.add_run(run)
    return line.finish()


def _trim_marks(runs: Iterable[Run]) -> Iterator[Run]:
    """Move white space out of marks and links: Discord requires that for italics, and it looks better.

    Code that contains mark characters loses its marks, since Discord looks for the end of a mark in code too.
    """
    parts = [part for run in runs for part in _split_edges(run) if part.text]
    around = zip([Run(""), *parts], parts, [*parts[1:], Run("")], strict=False)
    return merge_runs(
        _share_marks(before, part, after) if part.text.isspace() else part for before, part, after in around
    )


def _split_edges(run: Run) -> tuple[Run, ...]:
    """Split off the white space at both ends of the run."""
    match = _EDGES.fullmatch(run.text)
    if match is None or not match[2]:
        return (Run(run.text),)
    if run.code:
        return (replace(run, marks=frozenset()) if _MARK_CHARACTERS.search(run.text) else run,)
    return (Run(match[1]), replace(run, text=match[2]), Run(match[3]))


def _share_marks(before: Run, space: Run, after: Run) -> Run:
    """Give white space the marks and link that both its neighbours have."""
    return Run(space.text, before.marks & after.marks, before.url if before.url == after.url else "")


class _LineWriter:
    """Writes one line: the text so far, and the marks that are open."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._open: list[Mark] = []
        self._at_mark = False
        """Whether the line ends with a mark that was just opened or closed."""
        self._space = ""
        """White space not yet written: marks must close before it, since Discord closes none after white space."""

    def add_run(self, run: Run, *, in_label: bool = False) -> None:
        text = run.text.strip()
        before, _, after = run.text.partition(text) if text else (run.text, "", "")
        self._space += before
        if text:
            self._set_marks(run.marks)
            if run.code:
                self._add_code(_inline_code(text))
            else:
                self._append(_escape_label(text) if in_label else _escape_text(text))
        self._space += after

    def add_link(self, url: str, runs: list[Run]) -> None:
        """Write a masked link; if its text names another site than its address, both of them."""
        shared = frozenset[Mark].intersection(*(run.marks for run in runs))
        label = "".join(run.text for run in runs)
        self._set_marks(shared)
        url = quote_marks(url)
        if is_misleading(label, url):
            self._append(f"{_escape_label(label)} (<{url}>)")
            return
        inner = _LineWriter()
        for run in runs:
            text = run.text if _balance(label) == label else _balance(run.text)
            inner.add_run(replace(run, text=text, marks=run.marks - shared), in_label=True)
        self._append(f"[{inner.finish()}]({url})")

    def finish(self) -> str:
        self._set_marks(frozenset())
        return "".join(self._parts)

    def _set_marks(self, marks: frozenset[Mark]) -> None:
        """Close and open marks, properly nested, until exactly `marks` are open, with pending white space between."""
        closed = False
        while self._open and not marks.issuperset(self._open):
            self._add_mark(self._open.pop(), apart=not self._at_mark or self._ends_with(Mark.STRIKE))
            closed = True
        self._append(self._space)
        self._space = ""
        for mark in Mark:
            if mark in marks and mark not in self._open:
                self._add_mark(mark, apart=closed or not self._at_mark)
                self._open.append(mark)
                closed = False

    def _add_mark(self, mark: Mark, *, apart: bool) -> None:
        """Write a mark. With `apart`, separate it from the text before it if both could be parsed as one mark.

        Discord does not parse `~~` as a mark directly before an underline, whatever follows that.
        """
        is_ambiguous = self._ends_with(mark[0]) or (self._at_mark and apart)
        self._parts += [ZERO_WIDTH_SPACE, mark.value] if is_ambiguous and apart else [mark.value]
        self._at_mark = True

    def _ends_with(self, end: str) -> bool:
        return bool(self._parts) and self._parts[-1].endswith(end)

    def _add_code(self, code: str) -> None:
        self._append(f"{ZERO_WIDTH_SPACE}{code}" if self._ends_with("`") else code)

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._at_mark = self._at_mark and not text


def _escape_text(text: str) -> str:
    """Escape text, and make its addresses links without preview."""
    parts: list[str] = []
    end = 0
    for match in _URL.finditer(text):
        address = _without_trailers(match[0])
        parts += [escape_markdown(text[end : match.start()]), _link_address(address)]
        end = match.start() + len(address)
    return "".join([*parts, escape_markdown(text[end:])])


def _without_trailers(address: str) -> str:
    """Return an address without the punctuation after it. A closing bracket belongs to it if it was opened in it."""
    counts = Counter(address)
    end = len(address)
    while end and (char := address[end - 1]) in _URL_TRAILERS:
        if char in _OPENING and counts[_OPENING[char]] >= counts[char]:
            break
        counts[char] -= 1
        end -= 1
    return address[:end]


def _link_address(address: str) -> str:
    if url := safe_url(address):
        return f"<{quote_marks(url)}>"
    return escape_markdown(address.replace("://", f":{ZERO_WIDTH_SPACE}//", 1))


def _escape_label(text: str) -> str:
    return escape_markdown(_SCHEME.sub("", text))


def _inline_code(text: str) -> str:
    """Return inline code, between double backticks if it contains one. Adjacent backticks in it are separated."""
    if "`" not in text:
        return f"`{text}`"
    separated = re.sub("`(?=`)", f"`{ZERO_WIDTH_SPACE}", text)
    return f"`` {separated} ``"


def _balance(label: str) -> str:
    """Return a label with balanced brackets, since Discord counts them, escaped or not, to find its end."""
    return label if _BALANCED.fullmatch(label) else label.translate(_TO_PARENTHESES)


def quote_marks(url: str) -> str:
    """Quote mark characters, since Discord looks for the end of a mark in addresses too."""
    return url.replace("*", "%2A").replace("__", "_%5F").replace("~~", "~%7E")
