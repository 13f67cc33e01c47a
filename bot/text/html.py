"""HTML as blogs write it, read for what a person would see."""

import re

from bot.text.fold import one_line
from bot.text.markup import tree, walk

NEVER_SHOWN = frozenset(
    {
        "audio", "button", "canvas", "datalist", "embed", "form", "head", "iframe", "input", "math", "map",
        "noscript", "object", "script", "select", "style", "svg", "template", "textarea", "title", "video",
    }
)  # fmt: skip
BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "dialog",
        "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6",
        "header", "hgroup", "hr", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary",
        "table", "tbody", "tfoot", "thead", "tr", "ul",
    }
)  # fmt: skip
_CELLS = frozenset({"td", "th"})
_LINES = re.compile(r"[^\n]+")


def plain(html: str) -> str:
    """The visible text, one line for each block and none empty, without markup: to search, match and identify."""
    parts: list[str] = []
    inside_pre = 0
    for node, opens in walk(tree(html), NEVER_SHOWN):
        tag = node.tag or ""
        if node.is_text_node:
            text = node.text_content or ""
            parts.append(text if inside_pre else text.replace("\n", " "))
        elif tag in BLOCKS:
            parts.append("\n")
            inside_pre += (1 if opens else -1) if tag == "pre" else 0
        elif tag in _CELLS:
            parts.append(" ")
    lines = (one_line(line) for line in _LINES.findall("".join(parts)))
    return "\n".join(line for line in lines if line)
