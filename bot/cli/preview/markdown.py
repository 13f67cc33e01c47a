"""Discord's Markdown, as far as our messages use it, as runs of text that a terminal or a page can show."""

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
    """Text that looks the same from its first character to its last."""

    text: str
    bold: bool = False
    italic: bool = False
    underlined: bool = False
    struck: bool = False
    hidden: bool = False
    """A spoiler: Discord shows it when it is clicked."""
    code: bool = False
    link: str = ""


def stretches(markdown: str) -> Iterator[tuple[str, bool]]:
    """Whole lines in order, and whether they are a quotation; its marks are taken off."""
    end = 0
    for found in _CODE_OR_QUOTE.finditer(markdown):
        if found["quote"]:
            yield markdown[end : found.start()], False
            yield _QUOTE_MARK.sub("", found["quote"]), True
            end = found.end()
    yield markdown[end:], False


def runs(markdown: str) -> tuple[Run, ...]:
    """The visible text in order, escapes resolved; a heading is bold to the end of its line."""
    visible = (run for run in _runs(markdown, Run("")) if run.text)
    alike = groupby(visible, lambda run: replace(run, text=""))
    return tuple(replace(look, text="".join(run.text for run in same)) for look, same in alike)


def _runs(markdown: str, look: Run) -> Iterator[Run]:
    end = 0
    heading = False
    for token in _TOKEN.finditer(markdown):
        yield from _plain(markdown[end : token.start()], look, heading=heading)
        heading = heading and "\n" not in markdown[end : token.start()]
        end = token.end()
        if mark := token["mark"]:
            look = _toggled(look, _FLAGS[mark])
        elif token["heading"]:
            heading = True
        else:
            yield from _of_token(token, replace(look, bold=True) if heading else look)
    yield from _plain(markdown[end:], look, heading=heading)


def _plain(text: str, look: Run, *, heading: bool) -> Iterator[Run]:
    line, newline, rest = text.partition("\n")
    if not heading:
        line, newline, rest = "", "", text
    yield replace(look, text=line, bold=True)
    yield replace(look, text=newline + rest)


def _of_token(token: re.Match[str], look: Run) -> Iterator[Run]:
    if token["label"] is not None:
        yield from _runs(token["label"], replace(look, link=token["target"]))
    elif address := token["address"]:
        yield replace(look, text=address, link=address)
    elif token["escaped"]:
        yield replace(look, text=token["escaped"])
    else:
        code = token["block"] if token["block"] is not None else token["code"]
        yield replace(look, text=code, code=True)


def _toggled(look: Run, flag: str) -> Run:
    return Run(**{**{name: getattr(look, name) for name in Run.__slots__}, flag: not getattr(look, flag)})
