"""Make feed text harmless for Discord: no Markdown, mention, invite or control character in it works."""

import re
import unicodedata

ZERO_WIDTH_SPACE = "\u200b"
"""Breaks a mention. Unlike a backslash, it also works, and is invisible, where Discord renders no Markdown (author,
footer, thread name), and where Discord's server parses the raw content."""

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
_INVISIBLE_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_MAX_STACKED_MARKS = 6
CONTROL_CATEGORIES = frozenset({"Cc", "Cs", "Co", "Cn"})
"""Unicode categories of controls, surrogates, private-use and unassigned characters."""


def strip_controls(text: str) -> str:
    """Remove what could reorder, overflow or break a message: controls, surrogates, bidi overrides, stacked marks."""
    if text.isascii() and text.isprintable():  # most titles and names
        return text
    kept: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFC", text.replace("\r\n", "\n")):
        category = unicodedata.category(char)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if char in _BIDI_OVERRIDES or marks > _MAX_STACKED_MARKS:
            continue
        if char != "\n" and char.isspace():
            kept.append(" ")
        elif category not in CONTROL_CATEGORIES or char == "\n":
            kept.append(char)
    return "".join(kept)


def escape_markdown(text: str) -> str:
    """Escape inline Markdown. Use `escape_line_starts` as well where the text may start a line."""
    return _MARKDOWN.sub(r"\\\g<0>", text)


def escape_line_starts(text: str) -> str:
    """Escape the start of each line that would become a heading, quote or list."""
    return _LINE_START.sub(lambda match: f"{match[0]}\\", text)


def escape_mentions(text: str) -> str:
    """Return finished Markdown in which no mention, emoji, timestamp, command or invite works."""
    return _INVITE.sub(rf"\1{ZERO_WIDTH_SPACE}", _MENTION.sub(rf"\g<0>{ZERO_WIDTH_SPACE}", text))


def is_blank(text: str) -> bool:
    """Return whether nothing in `text` is visible."""
    return all(c in _INVISIBLE_LETTERS or unicodedata.category(c)[0] in "ZCM" for c in text)


def isolate_direction(text: str) -> str:
    """Isolate right-to-left text, so that it does not reorder the text around it."""
    is_rtl = not text.isascii() and any(unicodedata.bidirectional(c) in {"R", "AL", "AN"} for c in text)
    return isolate(text) if is_rtl else text


def isolate(text: str) -> str:
    """Isolate text from the direction of the text around it."""
    return f"\u2068{text}\u2069"
