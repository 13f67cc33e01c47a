"""A model of Discord's inline Markdown, mentions and limits.

Written from Discord's documentation and simple-markdown, the published grammar that its clients build on, and
independent of the code under test: where the two disagree, one has a bug.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.model import Embed, Message

ZERO_WIDTH = "\u200b"

_ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")
_AUTOLINK = re.compile(r"<(https?://[^\s<>]+)>")
_BARE_URL = re.compile(r"https?://[^\s<]+[^<.,:;\"'\]\s]")
_LINK = re.compile(r"\[((?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*)\]\(\s*<?((?:[^\s\\]|\\.)*?)>?\s*\)")
_CODE = re.compile(r"(`+)([\s\S]*?[^`])\1(?!`)")
_MARKS = {
    "em": re.compile(
        r"(?=(?P<whole>\b_((?:__|\\[\s\S]|[^\\_])+?)_\b"
        r"|\*(?=\S)(?P<star>(?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)))"
    ),
    "strong": re.compile(r"(?=(?P<whole>\*\*(?P<star>(?:\\[\s\S]|[^\\])+?)\*\*(?!\*)))"),
    "u": re.compile(r"(?=(?P<whole>__(?P<star>(?:\\[\s\S]|[^\\])+?)__(?!_)))"),
}
_STRIKE = re.compile(r"~~([\s\S]+?)~~(?!_)")
_SPOILER = re.compile(r"\|\|([\s\S]+?)\|\|")
_LOOKS_LIKE_URL = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True)
class Span:
    """A visible character and how it is shown."""

    char: str
    shape: frozenset[str]
    url: str = ""


def shown(source: str, shape: frozenset[str] = frozenset(), url: str = "") -> list[Span]:
    """Return what a client shows for one line of Markdown, by character and without zero-width ones."""
    spans: list[Span] = []
    index = 0
    while index < len(source):
        length, inner = _next(source, index, shape, url)
        spans += inner
        index += length
    return [span for span in spans if span.char != ZERO_WIDTH]


def text(source: str) -> str:
    """Return the visible characters of one line."""
    return "".join(span.char for span in shown(source))


def _next(source: str, index: int, shape: frozenset[str], url: str) -> tuple[int, list[Span]]:
    rest = source[index:]
    if found := _ESCAPE.match(rest):
        return 2, [Span(found[1], shape, url)]
    if found := _AUTOLINK.match(rest):
        return len(found[0]), [Span(c, shape, found[1]) for c in found[1]]
    if found := _BARE_URL.match(rest):
        return len(found[0]), [Span(c, shape | {"live"}, found[0]) for c in found[0]]
    if (found := _LINK.match(rest)) and not _LOOKS_LIKE_URL.search(found[1]):
        return len(found[0]), shown(found[1], shape, found[2])
    candidates = [(name, found) for name, pattern in _MARKS.items() if (found := pattern.match(rest))]
    if candidates:
        name, found = max(candidates, key=lambda one: len(one[1]["whole"]))
        return len(found["whole"]), shown(found["star"] or found["whole"][1:-1], shape | {name}, url)
    for name, pattern, group in (("strike", _STRIKE, 1), ("spoiler", _SPOILER, 1)):
        if found := pattern.match(rest):
            return len(found[0]), shown(found[group], shape | {name}, url)
    if found := _CODE.match(rest):
        return len(found[0]), [Span(c, shape | {"code"}, url) for c in found[2].strip()]
    return 1, [Span(rest[0], shape, url)]


def mentions(source: str) -> list[str]:
    """Return what Discord resolves in a raw text: mentions, emoji, timestamps, commands, guild links, bare invites."""
    tokens = [piece.split(">")[0] for piece in source.split("<")[1:] if ">" in piece]
    return [
        *re.findall(r"@everyone|@here", source),
        *(token for token in tokens if _resolves(token)),
        *re.findall(r"discord\.gg/\w+|discord(?:app)?\.com/invite/\w+", source),
    ]


def _resolves(token: str) -> bool:
    if token[:1] in {"@", "#"}:
        return token.lstrip("@#&!").isdigit()
    return re.fullmatch(r"a?:\w+:\d+|/[\w -]+:\d+|t:-?\d+(?::\w)?|id:\w+", token) is not None


def units(value: str) -> int:
    """Return the length in UTF-16 units, as Discord counts."""
    return len(value.encode("utf-16-le", "surrogatepass")) // 2


def broken_limits(message: Message) -> list[str]:
    """Return the limits that the message breaks."""
    broken = []
    if max(map(units, (message.content, message.opening or ""))) > 2000:
        broken.append("content")
    contents = [message.content, message.content if message.opening is None else message.opening]
    if not all(content.strip() or message.embeds for content in contents):
        broken.append("empty")
    if not 1 <= units(message.thread_name) <= 100 or not message.thread_name.strip():
        broken.append("thread_name")
    if len(message.embeds) > 10 or sum(map(_size, message.embeds)) > 6000:
        broken.append("embeds")
    return broken + [problem for embed in message.embeds for problem in _broken_embed(embed)]


def _size(embed: Embed) -> int:
    return sum(map(units, (embed.title, embed.description, embed.author, embed.footer)))


def _broken_embed(embed: Embed) -> list[str]:
    sizes = {"title": 256, "description": 4096, "author": 256, "footer": 2048}
    broken = [name for name, most in sizes.items() if units(getattr(embed, name)) > most]
    for url in filter(None, (embed.url, embed.image_url)):
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or "." not in (parts.hostname or "") or len(url) > 2048:
            broken.append(url)
    if not any((embed.title, embed.description, embed.author, embed.footer, embed.image_url)):
        broken.append("empty embed")
    return broken
