"""Feed text made harmless for Discord: what must not be Markdown, mention, link or invite."""

import re
import unicodedata

ZERO_WIDTH_SPACE = "\u200b"
"""Parts a mention from what makes it one. Unlike a backslash it works, and stays unseen, where Discord renders no
Markdown (author, footer, thread name), and in what Discord's server parses from the raw content."""

_MENTION = re.compile(
    r"@(?=everyone|here)|<(?=@[!&]?\d|#\d|a?:\w+:\d|t:-?\d|/[^\n:>]{1,100}:\d|id:\w|sound:\d)", re.IGNORECASE
)
_INVITE = re.compile(
    r"(discord(?:app)?\.(?:gg|com/(?:invite|template))|(?:discord|dis)\.gd|discord\.new)(?=/\w)",
    re.IGNORECASE,
)
_MARKDOWN = re.compile(r"[\\*_~`|\[\]]|(?<=\])\(|:(?!\d+:)(?=[\w+-]{2,64}:)")
_LINE_START = re.compile(
    r"^([ \t]*)(?=#{1,3}(?:\s|$)|-#|>|[-+](?:\s|$))|^([ \t]*\d+)(?=\.(?:\s|$))", re.MULTILINE
)
_BIDI_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNSEEN_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_LONGEST_STACK_OF_MARKS = 6
_DROPPED = frozenset({"Cc", "Cs", "Co", "Cn"})


def strip_controls(text: str) -> str:
    """Without what could reorder, overflow or break a message: controls, surrogates, bidi overrides, piled marks."""
    kept: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFC", text.replace("\r\n", "\n")):
        category = unicodedata.category(char)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if char in _BIDI_OVERRIDES or marks > _LONGEST_STACK_OF_MARKS:
            continue
        if char != "\n" and char.isspace():
            kept.append(" ")
        elif category not in _DROPPED or char == "\n":
            kept.append(char)
    return "".join(kept)


def escape_markdown(text: str) -> str:
    """`text` as Markdown that shows it literally, wherever in a line it stands."""
    return _MARKDOWN.sub(r"\\\g<0>", text)


def escape_line_starts(text: str) -> str:
    """`text` with no line that begins a heading, quote or list."""
    return _LINE_START.sub(lambda found: f"{found[0]}\\", text)


def escape_mentions(text: str) -> str:
    """A finished text in which nothing resolves as a mention, emoji, timestamp, command or invite."""
    return _INVITE.sub(rf"\1{ZERO_WIDTH_SPACE}", _MENTION.sub(rf"\g<0>{ZERO_WIDTH_SPACE}", text))


def is_blank(text: str) -> bool:
    """Whether nothing of `text` can be seen."""
    return all(c in _UNSEEN_LETTERS or unicodedata.category(c)[0] in "ZCM" for c in text)


def isolate_direction(text: str) -> str:
    """`text` so that, if it runs from right to left, it leaves the words beside it where they are."""
    turns = any(unicodedata.bidirectional(c) in {"R", "AL", "AN"} for c in text)
    return f"\u2068{text}\u2069" if turns else text
