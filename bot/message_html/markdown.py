"""Discord's Markdown → a tree, as Discord's clients parse it.

They use simple-markdown (https://github.com/ariabuckles/simple-markdown) with rules of their own:
https://support.discord.com/hc/en-us/articles/210298617
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

MAX_DEPTH = 12
"""Deeper nesting is shown as typed."""

Style = Literal["strong", "em", "u", "s", "spoiler"]


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text, with its line breaks."""

    text: str


@dataclass(frozen=True, slots=True)
class Styled:
    """Bold, italic, underlined or struck text, or a spoiler."""

    style: Style
    inside: "Tree"


@dataclass(frozen=True, slots=True)
class Code:
    """Code in a line of text."""

    text: str


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Lines of code."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link; the address may be of any kind."""

    address: str
    inside: "Tree"


@dataclass(frozen=True, slots=True)
class Mention:
    """Something that Discord shows by name."""

    source: str
    """As it was written."""
    kind: Literal["user", "role", "channel", "command", "emoji", "everyone"]
    id: str = ""
    name: str = ""
    """Of a command or an emoji, and "everyone" or "here"."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, shown in the reader's zone."""

    source: str
    """As it was written."""
    seconds: int
    """Since 1970."""
    form: str = "f"
    """t, T, d, D, f, F as in Discord's documentation, or R: how long ago."""


@dataclass(frozen=True, slots=True)
class Block:
    """A quote, a heading or small text, on lines of its own."""

    kind: Literal["quote", "h1", "h2", "h3", "subtext"]
    inside: "Tree"


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple["Tree", ...]
    start: int | None = None
    """The first number; None: the list has bullets."""


Node = Text | Styled | Code | CodeBlock | Link | Mention | Moment | Block | Items
Tree = tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a text is, which decides what is allowed in it."""

    depth: int = 0
    quoted: bool = False
    linked: bool = False
    inline: bool = False
    """Whether it is part of a line, so that it has no headings, lists and quotes."""


_Rule = Callable[[str, int, _Place], tuple[Node, int] | None]
"""Returns the node that starts at a position, and where it ends; None if none of its kind does."""


def parse(text: str) -> Tree:
    """Return the tree of a text. It has every visible character of the text once, in order."""
    return _parse(text, _Place())


def _parse(text: str, place: _Place) -> Tree:
    return tuple(_joined(_nodes(text, place)))


def _joined(nodes: Iterator[Node]) -> Iterator[Node]:
    """Join adjacent texts."""
    texts: list[str] = []
    for node in nodes:
        if isinstance(node, Text):
            texts.append(node.text)
            continue
        if texts:
            yield Text("".join(texts))
            texts.clear()
        yield node
    if any(texts):
        yield Text("".join(texts))


_PLAIN = re.compile(r"[^\\`*_~|\[<@h\n]+|h(?!ttps?://)")


def _nodes(text: str, place: _Place) -> Iterator[Node]:
    if place.depth > MAX_DEPTH:
        yield Text(text)
        return
    index = 0
    while index < len(text):
        starts_line = not place.inline and (index == 0 or text[index - 1] == "\n")
        found = _first(_BLOCKS if starts_line else (), text, index, place)
        found = found or _first(_INLINE.get(text[index], ()), text, index, place)
        if found is None:
            plain = _PLAIN.match(text, index)
            found = Text(plain[0] if plain else text[index]), plain.end() if plain else index + 1
        yield found[0]
        index = found[1]


def _first(rules: tuple[_Rule, ...], text: str, index: int, place: _Place) -> tuple[Node, int] | None:
    return next((found for rule in rules if (found := rule(text, index, place))), None)


def _inner(text: str, place: _Place) -> Tree:
    return _parse(text, replace(place, depth=place.depth + 1, inline=True))


_HEADING = re.compile(r"[ ]*(?P<mark>\#{1,3}|-\#)[ ]+(?P<text>[^\n]*[^\s#][^\n]*?)[ ]*\#*[ ]*(?:\n|\Z)")
_QUOTE = re.compile(r"[ ]*>>>[ ]+(?P<rest>[\s\S]*)|(?:[ ]*>(?!>>)[ ]+[^\n]*(?:\n|\Z))+")
_QUOTE_MARK = re.compile(r"^[ ]*>[ ]+", re.MULTILINE)
_BULLET = r"(?:[-*]|\d{1,10}\.)[ ]+"
_ITEM = re.compile(
    rf"(?P<indent>[ ]*)(?P<mark>{_BULLET})(?P<text>[^\n]*(?:\n(?![ ]*{_BULLET})[ ]+\S[^\n]*)*)(?:\n|\Z)"
)


def _heading(text: str, index: int, place: _Place) -> tuple[Node, int] | None:
    found = _HEADING.match(text, index)
    if found is None:
        return None
    kinds: dict[str, Literal["h1", "h2", "h3", "subtext"]] = {
        "#": "h1",
        "##": "h2",
        "###": "h3",
        "-#": "subtext",
    }
    return Block(kinds[found["mark"]], _inner(found["text"], place)), found.end()


def _quote(text: str, index: int, place: _Place) -> tuple[Node, int] | None:
    found = None if place.quoted else _QUOTE.match(text, index)
    if found is None:
        return None
    quoted = found["rest"] if found["rest"] is not None else _QUOTE_MARK.sub("", found[0]).removesuffix("\n")
    return Block("quote", _parse(quoted, replace(place, depth=place.depth + 1, quoted=True))), found.end()


def _list(text: str, index: int, place: _Place) -> tuple[Node, int] | None:
    first = _ITEM.match(text, index)
    if first is None or not first["text"].strip():
        return None
    items: list[str] = []
    end = index
    while (found := _ITEM.match(text, end)) and _belongs(found, first):
        if len(found["indent"]) > len(first["indent"]) + 1 and items:
            items[-1] += f"\n{found[0].rstrip()}"
        else:
            items.append(found["text"])
        end = found.end()
    inside = replace(place, depth=place.depth + 1)
    start = int(first["mark"].rstrip(" .")) if first["mark"][0].isdigit() else None
    return Items(tuple(_parse(item, inside) for item in items), start), end


def _belongs(item: re.Match[str], first: re.Match[str]) -> bool:
    nested = len(item["indent"]) > len(first["indent"]) + 1
    return nested or item["mark"][0].isdigit() == first["mark"][0].isdigit()


_ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")
_BLOCK_CODE = re.compile(r"```(?:(?P<language>[\w+\-.#]+)\n)?\n*(?P<code>[^\n][\s\S]*?)\n*```")
_CODE = re.compile(r"(?P<ticks>`+)(?P<code>[\s\S]*?[^`])(?P=ticks)(?!`)")
_MASKED = re.compile(
    r"""\[(?P<label>(?:\\.|[^\\\[\]]|\[(?:\\.|[^\\\[\]])*+\])*+)\]
    \([ ]*<?(?P<target>[^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)>?(?:[ ]+["'][^\n]*?["'])?[ ]*\)""",
    re.VERBOSE | re.DOTALL,
)
_ADDRESS = re.compile(r"https?://[^\s<]+[^<.,:;\"'\]\s]")
_AUTOLINK = re.compile(r"<(https?://[^\s<>]+)>")
_LOOKS_LIKE_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_STYLES: tuple[tuple[Style, re.Pattern[str]], ...] = (
    ("em", re.compile(r"_((?:__|\\[\s\S]|[^\\_])+?)_(?![0-9A-Za-z_])")),
    ("em", re.compile(r"\*(?=\S)((?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)")),
    ("strong", re.compile(r"\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)")),
    ("u", re.compile(r"__((?:\\[\s\S]|[^\\])+?)__(?!_)")),
    ("s", re.compile(r"~~([\s\S]+?)~~(?!_)")),
    ("spoiler", re.compile(r"\|\|([\s\S]+?)\|\|")),
)
_MENTION = re.compile(
    r"""<(?:@!?(?P<user>\d{1,20})|@&(?P<role>\d{1,20})|\#(?P<channel>\d{1,20})
    |/(?P<command>[^\n:<>]{1,100}):\d{1,20}|a?:(?P<emoji>\w{2,32}):\d{1,20})>|@(?P<everyone>everyone|here)""",
    re.VERBOSE,
)
_MOMENT = re.compile(r"<t:(-?\d{1,13})(?::([tTdDfFR]))?>")


def _escape(text: str, index: int, _place: _Place) -> tuple[Node, int] | None:
    found = _ESCAPE.match(text, index)
    return found and (Text(found[1]), found.end())


def _block_code(text: str, index: int, _place: _Place) -> tuple[Node, int] | None:
    found = _BLOCK_CODE.match(text, index)
    if found is None:
        return None
    after_line = found.end() + (text[found.end() : found.end() + 1] == "\n")
    return CodeBlock(found["code"], found["language"] or ""), after_line


def _code(text: str, index: int, _place: _Place) -> tuple[Node, int] | None:
    found = _CODE.match(text, index)
    return found and (Code(found["code"].strip() or found["code"]), found.end())


def _masked(text: str, index: int, place: _Place) -> tuple[Node, int] | None:
    found = None if place.linked else _MASKED.match(text, index)
    if found is None or not found["label"].strip() or _LOOKS_LIKE_ADDRESS.search(found["label"]):
        return None
    return Link(found["target"], _inner(found["label"], replace(place, linked=True))), found.end()


def _bare(text: str, index: int, place: _Place) -> tuple[Node, int] | None:
    found = None if place.linked else _ADDRESS.match(text, index)
    if found is None:
        return None
    address = found[0]
    while address.endswith(")") and address.count(")") > address.count("("):
        address = address[:-1]
    return Link(address, (Text(address),)), index + len(address)


def _autolink(text: str, index: int, place: _Place) -> tuple[Node, int] | None:
    found = None if place.linked else _AUTOLINK.match(text, index)
    return found and (Link(found[1], (Text(found[1]),)), found.end())


def _styled(text: str, index: int, place: _Place) -> tuple[Node, int] | None:
    """Return the longest of the styles that start here, as simple-markdown does."""
    matches = [(style, found) for style, pattern in _STYLES if (found := pattern.match(text, index))]
    if not matches:
        return None
    style, found = max(matches, key=lambda match: match[1].end())
    return Styled(style, _inner(found[1], place)), found.end()


def _mention(text: str, index: int, _place: _Place) -> tuple[Node, int] | None:
    found = _MENTION.match(text, index)
    if found is None:
        return None
    for kind in ("user", "role", "channel"):
        if found[kind]:
            return Mention(found[0], kind, id=found[kind]), found.end()
    for named in ("command", "emoji"):
        if found[named]:
            return Mention(found[0], named, name=found[named]), found.end()
    return Mention(found[0], "everyone", name=found["everyone"]), found.end()


def _moment(text: str, index: int, _place: _Place) -> tuple[Node, int] | None:
    found = _MOMENT.match(text, index)
    return found and (Moment(found[0], int(found[1]), found[2] or "f"), found.end())


_BLOCKS: tuple[_Rule, ...] = (_quote, _heading, _list)
_INLINE: dict[str, tuple[_Rule, ...]] = {
    "\\": (_escape,),
    "`": (_block_code, _code),
    "[": (_masked,),
    "h": (_bare,),
    "<": (_mention, _moment, _autolink),
    "@": (_mention,),
    **dict.fromkeys("*_~|", (_styled,)),
}
