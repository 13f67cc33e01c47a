"""Discord's Markdown → runs of text with one style each, for a terminal."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from bot.message_html.markdown import (
    Block,
    Code,
    CodeBlock,
    Items,
    Link,
    Mention,
    Moment,
    Node,
    Style,
    Styled,
    Text,
    Tree,
    parse,
)


@dataclass(frozen=True, slots=True)
class Run:
    """Text with one style."""

    text: str
    bold: bool = False
    italic: bool = False
    underlined: bool = False
    struck: bool = False
    hidden: bool = False
    """A spoiler, which Discord shows on a click."""
    code: bool = False
    link: str = ""


_HEADINGS = {"h1", "h2", "h3"}
_FLAGGED: Mapping[Style, Callable[[Run], Run]] = {
    "strong": lambda run: replace(run, bold=True),
    "em": lambda run: replace(run, italic=True),
    "u": lambda run: replace(run, underlined=True),
    "s": lambda run: replace(run, struck=True),
    "spoiler": lambda run: replace(run, hidden=True),
}


def split_quotes(markdown: str) -> Iterator[tuple[tuple[Run, ...], bool]]:
    """Yield the parts of a text, and whether each is a quote."""
    for is_quote, nodes in groupby(
        parse(markdown), lambda node: isinstance(node, Block) and node.kind == "quote"
    ):
        for tree in zip(nodes, strict=True) if is_quote else [tuple(nodes)]:
            yield _joined(_of_tree(tree, Run(""))), is_quote


def runs(markdown: str) -> tuple[Run, ...]:
    """Return the visible text in order, without escapes. A heading is bold."""
    return _joined(_of_tree(parse(markdown), Run("")))


def _joined(found: Iterator[Run]) -> tuple[Run, ...]:
    groups = groupby((run for run in found if run.text), lambda run: replace(run, text=""))
    return tuple(replace(style, text="".join(run.text for run in group)) for style, group in groups)


def _of_tree(tree: Tree, style: Run) -> Iterator[Run]:
    for number, node in enumerate(tree, start=1):
        yield from _of_node(node, style)
        if isinstance(node, Block | Items | CodeBlock) and number < len(tree):
            yield replace(style, text="\n")


def _of_node(node: Node, style: Run) -> Iterator[Run]:
    match node:
        case Text(text):
            yield replace(style, text=text)
        case Styled(name, inside):
            yield from _of_tree(inside, _FLAGGED[name](style))
        case Code(text) | CodeBlock(text):
            yield replace(style, text=text, code=True)
        case Link(address, inside):
            yield from _of_tree(inside, replace(style, link=address))
        case Block(kind, inside):
            yield from _of_tree(inside, replace(style, bold=True) if kind in _HEADINGS else style)
        case Items(items, start):
            yield from _of_items(items, start, style)
        case Mention() | Moment():
            yield replace(style, text=node.source)


def _of_items(items: tuple[Tree, ...], start: int | None, style: Run) -> Iterator[Run]:
    for number, item in enumerate(items):
        mark = "•" if start is None else f"{start + number}."
        yield replace(style, text=f"\n{mark} " if number else f"{mark} ")
        yield from _of_tree(item, style)
