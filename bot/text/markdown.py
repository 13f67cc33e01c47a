"""A document written as Discord's Markdown.

Discord's dialect is its own: quotes do not nest, a fence is exactly three backticks, a list needs no empty line, and
a masked link is refused if its text looks like an address.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from bot.text.document import Block, Document, Kind, Mark, Quoted, Run
from bot.text.escape import (
    ZERO_WIDTH_SPACE,
    escape_line_starts,
    escape_markdown,
    escape_mentions,
    isolate_direction,
)
from bot.text.links import host_of, safe_url
from bot.text.runs import merge_runs

_QUOTE = "> "
_NESTED = "│ "
"""A quote inside a quote, since Discord shows only one bar."""
_DEEPEST = 3
_BIG_HEADING = 2
_URL = re.compile(r"https?://[^\s<>\"“”«»]+", re.IGNORECASE)
_AFTER_URL = ".,:;!?'’)]}…*_~|"
_EDGES = re.compile(r"(\s*)(.*?)(\s*)", re.DOTALL)
_MARK_CHARACTERS = re.compile(r"[*_~|]")
_PAIRED = re.compile(r"[^\[\]]*+(?:\[[^\[\]]*+\][^\[\]]*+)*+")
_ROUND = str.maketrans("[]", "()")
_NAMES_A_SITE = re.compile(
    r"""https?://\S+ | www\.\S+
      | (?:[\w-]+\.)+ (?: [a-z]{2,24}(?=/) | com|net|org|gov|edu|info|biz|app|dev|shop|online|site|xyz
        | (?!js|ts|md|py|sh|rs|cc|pl|so|cs|go|hs|ml|ps)[a-z]{2} ) (?:/\S*)?""",
    re.VERBOSE | re.IGNORECASE,
)
"""By its end: a country's two letters, less those that end the names of files."""


def to_markdown(document: Document) -> str:
    """The whole document as Markdown in which only its own markup works: no mention, no bare invite."""
    lines: list[str] = []
    previous: Block | None = None
    for block in document.blocks:
        lines.extend(_gap(previous, block))
        lines.extend(_attribution(previous, block))
        lines.extend(f"{_prefix(block)}{line}" for line in _lines(block))
        previous = block
    return escape_mentions("\n".join(lines))


def line_to_markdown(runs: Iterable[Run]) -> str:
    """Runs as one line; line breaks in them become spaces."""
    flat = (replace(run, text=run.text.replace("\n", " ")) for run in runs)
    return escape_mentions(escape_line_starts(_spans(flat)))


def masked_link(label: str, url: str) -> str:
    """A link of our own with a feed's words; `url` is safe. In angle brackets: no preview."""
    words = escape_line(_closed(label))
    return escape_mentions(f"[{words}](<{_without_marks(url)}>)") if url else words


def escape_line(text: str) -> str:
    """One line of a feed's words as Markdown that shows them literally and links nowhere."""
    return escape_mentions(escape_markdown(_SCHEME.sub("", text)))


_SCHEME = re.compile(r"https?://", re.IGNORECASE)


def _gap(previous: Block | None, block: Block) -> Iterator[str]:
    if previous is None or _is_tight(previous, block):
        return
    together = previous.quotes and block.quotes and previous.quotes[0] == block.quotes[0]
    yield _QUOTE if together else ""


def _is_tight(previous: Block, block: Block) -> bool:
    if _attributed(previous) != _attributed(block) or bool(previous.quotes) != bool(block.quotes):
        return False
    in_list = previous.indent > 0 and block.indent > 0
    return block.tight or in_list or previous.kind is Kind.HEADING or block.kind is Kind.RULE


def _attribution(previous: Block | None, block: Block) -> Iterator[str]:
    said_by = _attributed(block)
    if said_by is None or (previous is not None and _attributed(previous) == said_by):
        return
    name = masked_link(isolate_direction(said_by.author), said_by.url)
    yield f"{_QUOTE}{Mark.BOLD}{name}{Mark.BOLD}"


def _attributed(block: Block) -> Quoted | None:
    return next((quoted for quoted in reversed(block.quotes) if quoted.author), None)


def _prefix(block: Block) -> str:
    if not block.quotes:
        return ""
    names = [index for index, quoted in enumerate(block.quotes) if quoted.author]
    depth = len(block.quotes) - (names[-1] if names else 0)
    return _QUOTE + _NESTED * min(depth - 1, _DEEPEST)


def _lines(block: Block) -> list[str]:
    if block.kind is Kind.CODE:
        return _fenced(block)
    if block.kind is Kind.RULE:
        return [block.text]
    if block.kind is Kind.HEADING:
        return [_heading(block)]
    lines = [escape_line_starts(_spans(line)) for line in _split(block.runs)]
    inner = "  " * min(block.indent, _DEEPEST)
    if block.marker:
        return [f"{inner[2:]}{block.marker} {lines[0]}", *(f"{inner}{line}" for line in lines[1:])]
    return [f"{inner}{line}" for line in lines]


def _heading(block: Block) -> str:
    big = block.level <= _BIG_HEADING
    runs = (
        replace(
            run,
            text=run.text.replace("\n", " "),
            marks=run.marks - {Mark.BOLD} if big else run.marks | {Mark.BOLD},
        )
        for run in block.runs
    )
    return f"### {_spans(runs)}" if big else _spans(runs)


def _fenced(block: Block) -> list[str]:
    """A code block; backticks in it are parted, since Discord knows no longer fence."""
    code = block.text.replace("```", ZERO_WIDTH_SPACE.join("```"))
    return [f"```{block.language}", *code.split("\n"), "```"]


def _split(runs: tuple[Run, ...]) -> list[list[Run]]:
    lines: list[list[Run]] = [[]]
    for run in runs:
        first, *others = run.text.split("\n")
        lines[-1].append(replace(run, text=first))
        lines.extend([replace(run, text=text)] for text in others)
    return lines


def _spans(runs: Iterable[Run]) -> str:
    line = _Line()
    for url, group in groupby(_loosened(runs), key=lambda run: run.url):
        if url:
            line.link(url, list(group))
        else:
            for run in group:
                line.run(run)
    return line.finished()


def _loosened(runs: Iterable[Run]) -> Iterator[Run]:
    """Runs whose marks and links begin and end at a letter: Discord wants it for italics, and it reads better.

    Code with characters of marks stands outside them, since Discord looks for the end of a mark in code too.
    """

    parts = [part for run in runs for part in _loose(run) if part.text]
    around = zip([Run(""), *parts], parts, [*parts[1:], Run("")], strict=False)
    return merge_runs(
        _between(before, part, after) if part.text.isspace() else part for before, part, after in around
    )


def _loose(run: Run) -> tuple[Run, ...]:
    """The run without the white space at its edges, and that white space."""
    found = _EDGES.fullmatch(run.text)
    if found is None or not found[2]:
        return (Run(run.text),)
    if run.code:
        return (replace(run, marks=frozenset()) if _MARK_CHARACTERS.search(run.text) else run,)
    return (Run(found[1]), replace(run, text=found[2]), Run(found[3]))


def _between(before: Run, space: Run, after: Run) -> Run:
    """White space in the marks and the link that both its neighbours share."""
    return Run(space.text, before.marks & after.marks, before.url if before.url == after.url else "")


class _Line:
    """One line while it is written: what stands, and which marks are open."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._open: list[Mark] = []
        self._at_mark = False
        """Whether the line ends with a mark that has just been opened or closed."""
        self._space = ""
        """White space that is written when it is known which marks end before it: Discord ends none after it."""

    def run(self, run: Run, *, in_label: bool = False) -> None:
        words = run.text.strip()
        before, _, after = run.text.partition(words) if words else (run.text, "", "")
        self._space += before
        if words:
            self._shape(run.marks)
            self._words(words, code=run.code, in_label=in_label)
        self._space += after

    def _words(self, words: str, *, code: bool, in_label: bool) -> None:
        if code:
            self._put(_code(words))
        else:
            self._text(_label(words) if in_label else _text(words))

    def link(self, url: str, runs: list[Run]) -> None:
        """A masked link; where its words name another site than it leads to, the words and the address."""
        shared = frozenset[Mark].intersection(*(run.marks for run in runs))
        label = "".join(run.text for run in runs)
        self._shape(shared)
        url = _without_marks(url)
        if _misleads(label, url):
            self._text(f"{_label(label)} (<{url}>)")
            return
        inner = _Line()
        for run in runs:
            text = run.text if _closed(label) == label else _closed(run.text)
            inner.run(replace(run, text=text, marks=run.marks - shared), in_label=True)
        self._text(f"[{inner.finished()}]({url})")

    def finished(self) -> str:
        self._shape(frozenset())
        return "".join(self._parts)

    def _shape(self, marks: frozenset[Mark]) -> None:
        """Close and open marks, properly nested, until just `marks` are open, with the held white space between."""
        closed = False
        while self._open and not marks.issuperset(self._open):
            self._mark(self._open.pop(), apart=not self._at_mark or self._ends_with(Mark.STRIKE))
            closed = True
        self._text(self._space)
        self._space = ""
        for mark in Mark:
            if mark in marks and mark not in self._open:
                self._mark(mark, apart=closed or not self._at_mark)
                self._open.append(mark)
                closed = False

    def _mark(self, mark: Mark, *, apart: bool) -> None:
        """Write a mark, kept `apart` from what stands before it where the two could be read as one.

        Two strokes are no longer read as a mark before an underline, whichever characters follow it.
        """
        alike = self._ends_with(mark[0]) or (self._at_mark and apart)
        self._parts += [ZERO_WIDTH_SPACE, mark.value] if alike and apart else [mark.value]
        self._at_mark = True

    def _ends_with(self, end: str) -> bool:
        return bool(self._parts) and self._parts[-1].endswith(end)

    def _put(self, code: str) -> None:
        self._text(f"{ZERO_WIDTH_SPACE}{code}" if self._ends_with("`") else code)

    def _text(self, text: str) -> None:
        self._parts.append(text)
        self._at_mark = self._at_mark and not text


def _misleads(label: str, url: str) -> bool:
    found = _NAMES_A_SITE.fullmatch(label.strip().rstrip("…."))
    return found is not None and host_of(found[0].lower()) != host_of(url)


def _text(text: str) -> str:
    """Literal text, with its addresses as links that make no preview."""
    parts: list[str] = []
    end = 0
    for found in _URL.finditer(text):
        address = found[0].rstrip(_AFTER_URL)
        parts += [escape_markdown(text[end : found.start()]), _bare(address)]
        end = found.start() + len(address)
    return "".join([*parts, escape_markdown(text[end:])])


def _bare(address: str) -> str:
    url = safe_url(address)
    if url:
        return f"<{_without_marks(url)}>"
    return escape_markdown(address.replace("://", f":{ZERO_WIDTH_SPACE}//", 1))


def _label(text: str) -> str:
    return escape_markdown(_SCHEME.sub("", text))


def _code(text: str) -> str:
    """Inline code; a fence of two where it holds a backtick, and never three in a row."""
    if "`" not in text:
        return f"`{text}`"
    parted = re.sub("`(?=`)", f"`{ZERO_WIDTH_SPACE}", text)
    return f"`` {parted} ``"


def _closed(label: str) -> str:
    """A label that Discord can find the end of: it counts brackets, escaped or not."""
    return label if _PAIRED.fullmatch(label) else label.translate(_ROUND)


def _without_marks(url: str) -> str:
    """Discord looks for the end of a mark in addresses too."""
    return url.replace("*", "%2A").replace("__", "_%5F").replace("~~", "~%7E")
