"""A title as one line of plain text, whatever its feed made of it."""

import re

from bot.text.fold import one_line, unescape

_LONGEST = 1_000
_BREAK = re.compile(r"<(?:br|/p|/div|/h[1-6]|/li)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[/!?a-zA-Z][^<>]*>")
# Markup that was escaped once more than its type says; a lone `<b>` is what the title is about.
_PAIRED = re.compile(r"</(b|i|em|strong|span|a|font|u|sup|sub|code|small|p|h[1-6])>", re.IGNORECASE)


def title_text(value: str, markup: bool) -> str:
    """`markup`: the feed says that the value is HTML, so its tags are no text."""
    value = value[: 4 * _LONGEST]
    text = unescape(_without_tags(value) if markup else value)
    if paired := {match.lower() for match in _PAIRED.findall(text)}:
        text = re.sub(rf"</?(?:{'|'.join(sorted(paired))})\b[^<>]*>", "", text, flags=re.IGNORECASE)
    return one_line(text)[:_LONGEST].rstrip()


def _without_tags(value: str) -> str:
    return _TAG.sub("", _BREAK.sub(" ", value))
