"""Convert plain text to HTML, with the line breaks that its author made, and without those of a line wrapper."""

import re
from collections.abc import Callable
from html import escape
from itertools import pairwise

_TAG = re.compile(r"<[/!?a-zA-Z][^<>]*>")
_LAYOUT = re.compile(
    r"<(?:address|article|aside|blockquote|br|center|dd|div|dl|dt|figure|h[1-6]|hr|li|ol|p|pre|section|table|td|tr|ul)"
    r"(?=[\s/>])",
    re.IGNORECASE,
)
_LINE_END = re.compile(r"\r\n?|\u2028|\u2029")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_ITEM = re.compile(r"[-–—*•·‣◦+]\s|\(?\d{1,3}[.)]\s")
_MIN_WIDTH = 55
"""Characters; a wrapper makes no shorter lines."""
_MIN_WRAPPED_LINES = 3
"""Two long lines can be chance."""


def paragraphs(text: str) -> str:
    """Return plain text as HTML: blank lines separate paragraphs, other newlines become `<br>`."""
    return _to_html(text, lambda line: escape(line, quote=False))


def keep_line_breaks(html: str) -> str:
    """Return HTML that shows its line breaks if it is in fact plain text: without tags, or without any for layout.

    Inline tags alone do not say so. Then a blank line must do.
    """
    html = html.strip()
    if "\r" in html or not html.isascii():
        html = _LINE_END.sub("\n", html)
    if "\n" not in html or _LAYOUT.search(html) or (_TAG.search(html) and not _BLANK_LINE.search(html)):
        return html
    return _to_html(html, lambda line: line)


def _to_html(text: str, write: Callable[[str], str]) -> str:
    blocks = _BLANK_LINE.split(_LINE_END.sub("\n", text).strip())
    return "".join(f"<p>{_join_lines(block.split(chr(10)), write)}</p>" for block in blocks if block)


def _join_lines(lines: list[str], write: Callable[[str], str]) -> str:
    separator = " " if _is_wrapped(lines) else "<br>"
    return separator.join(write(line.strip()) for line in lines)


def _is_wrapped(lines: list[str]) -> bool:
    """Return whether a program broke these lines: each is full, or all are indented as in a formatted document."""
    bare = [line.strip() for line in lines]
    width = max(map(len, bare))
    if width < _MIN_WIDTH or any(map(_ITEM.match, bare)):
        return False
    if all(line[:1].isspace() for line in lines[1:]):
        return True
    full = (len(line) + 1 + len(following.split(" ")[0]) > width for line, following in pairwise(bare))
    return len(lines) >= _MIN_WRAPPED_LINES and all(full)
