"""Hide line numbers beside code, which sites add as text."""

import re

from selectolax.lexbor import LexborNode

_CANDIDATES = (
    '[class*="gutter"], [class*="lineno"], [class*="line-no"], [class*="linenum"], [class*="line-num"],'
    ' [class*="line_num"], [class*="crayon-num"], [class*="blob-num"], [class*="lnum"], .ln, .lnt, .lntd'
)
_TAGS = frozenset({"td", "th", "pre", "code", "span", "a"})
"""Other elements are parts of the page, unless they are inside code."""
_NUMBERS = re.compile(r"\s*\d[\d\s.:|]*")
_MAX_LENGTH = 40_000
"""Characters of text; a longer element isn't a column of line numbers."""


def hide_line_numbers(root: LexborNode) -> None:
    """Set `hidden` on the elements that sites use for line numbers, if they contain nothing else."""
    for node in root.css(_CANDIDATES):
        if (node.tag in _TAGS or _is_in_code(node)) and _contains_only_numbers(node):
            node.attrs["hidden"] = ""


def _contains_only_numbers(node: LexborNode) -> bool:
    text = node.text(deep=True, separator="\n")
    return len(text) <= _MAX_LENGTH and _NUMBERS.fullmatch(text) is not None


def _is_in_code(node: LexborNode) -> bool:
    parent = node.parent
    while parent is not None and parent.tag != "pre":
        parent = parent.parent
    return parent is not None
