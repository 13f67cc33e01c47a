"""Parses the part of Discord's Markdown that our messages use into runs of text for a terminal or a page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

_TOKEN = re.compile(
    r"""\\(?P<escaped>[^\w\s]|_)
    | ```(?:\w+\n|\n)?(?P<block>.*?)\n?```
    | (?P<ticks>`{1,3})(?P<code>.+?)(?P=ticks)
    | \[(?P<label>(?:\\.|[^\\\[\]])*)\]\(<?(?P<target>[^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)>?\)
    | <(?P<address>https?://[^\s<>]+)>
    | ^(?P<heading>\#{1,3}\ |-\#\ )
    | (?P<mark>\*\*|__|~~|\*|\|\|)""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_CODE_OR_QUOTE = re.compile(r"^(?:```(?s:.*?)```|(?P<quote>(?:> .*(?:\n|\Z))+))", re.MULTILINE)
_QUOTE_MARK = re.compile("^> ", re.MULTILINE)
_FLAGS = {"**": "bold", "__": "underlined", "~~": "struck", "*": "italic", "||": "hidden"}


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


def split_quotes(markdown: str) -> Iterator[tuple[str, bool]]:
    """Yield blocks of lines and whether each is a quote, whose marks are removed."""
    end = 0
    for found in _CODE_OR_QUOTE.finditer(markdown):
        if found["quote"]:
            yield markdown[end : found.start()], False
            yield _QUOTE_MARK.sub("", found["quote"]), True
            end = found.end()
    yield markdown[end:], False


def runs(markdown: str) -> tuple[Run, ...]:
    """Return the visible text in order, without escapes. A heading is bold to the end of its line."""
    visible = (run for run in _runs(markdown, Run("")) if run.text)
    groups = groupby(visible, lambda run: replace(run, text=""))
    return tuple(replace(style, text="".join(run.text for run in group)) for style, group in groups)


def _runs(markdown: str, style: Run) -> Iterator[Run]:
    end = 0
    heading = False
    for token in _TOKEN.finditer(markdown):
        yield from _plain(markdown[end : token.start()], style, heading=heading)
        heading = heading and "\n" not in markdown[end : token.start()]
        end = token.end()
        if mark := token["mark"]:
            style = _toggled(style, _FLAGS[mark])
        elif token["heading"]:
            heading = True
        else:
            yield from _of_token(token, replace(style, bold=True) if heading else style)
    yield from _plain(markdown[end:], style, heading=heading)


def _plain(text: str, style: Run, *, heading: bool) -> Iterator[Run]:
    line, newline, rest = text.partition("\n")
    if not heading:
        line, newline, rest = "", "", text
    yield replace(style, text=line, bold=True)
    yield replace(style, text=newline + rest)


def _of_token(token: re.Match[str], style: Run) -> Iterator[Run]:
    if token["label"] is not None:
        yield from _runs(token["label"], replace(style, link=token["target"]))
    elif address := token["address"]:
        yield replace(style, text=address, link=address)
    elif token["escaped"]:
        yield replace(style, text=token["escaped"])
    else:
        code = token["block"] if token["block"] is not None else token["code"]
        yield replace(style, text=code, code=True)


def _toggled(style: Run, flag: str) -> Run:
    return Run(**{**{name: getattr(style, name) for name in Run.__slots__}, flag: not getattr(style, flag)})
