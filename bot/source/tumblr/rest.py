"""Hide what an author put below "Keep reading". Pure.

Tumblr's documents mark the place with a comment, or end there with a link. Often a spoiler is below it. The words stay
in the HTML, so that tags and words in them are still matched and found, but a message does not show them.
"""

import re
from html import escape

from selectolax.lexbor import LexborNode

from bot.source.tumblr.tree import has_class, next_element
from bot.text.fold import one_line

_MARK = '<wbr data-rest="">'
_COMMENT = re.compile(r"<!--\s{0,20}more\b[^<>]{0,200}-->", re.IGNORECASE)
_SHORTCODE = re.compile(r"(?:(?<=>)|\A)\s{0,20}\[\[MORE\]\]\s{0,20}(?=<|\Z)")
_KEEP_READING = re.compile(
    r"\W*(?:keep reading|weiterlesen|continuer la lecture|lire la suite|seguir leyendo|leer más|continue lendo"
    r"|continua a leggere|lees verder|czytaj dalej|okumaya devam et|читать дальше|続きを読む|계속 읽기|继续阅读)\W*",
    re.IGNORECASE,
)
_MAX_LABEL_LENGTH = 60
_MAX_MARKS = 100  # one for each post of a trail


def mark_rest(html: str) -> str:
    """Replace the comments that mark the place, which the parser would drop, with an element."""
    return _SHORTCODE.sub(_MARK, _COMMENT.sub(_MARK, html))


def above_rest(html: str) -> str:
    """Return the HTML up to the first comment that marks the place; all of it if there is none."""
    return mark_rest(html).partition(_MARK)[0] if _MARK in mark_rest(html) else html


def hide_rest(body: LexborNode) -> None:
    """Set `hidden` on everything from a mark to the end of its post, which in a trail of reblogs is a quote.

    The mark keeps `data-rest`, and in `cite` the address of the rest if it is not at the post's own page.
    """
    for link in body.css("a[href]"):
        if _leads_to_rest(link):
            _replace_with_mark(link)
    for mark in body.css("wbr[data-rest]")[:_MAX_MARKS]:
        if not _is_hidden(mark):
            _hide_from(mark)


def _leads_to_rest(link: LexborNode) -> bool:
    """Return whether this is a "Keep reading" link after everything else of a post."""
    if has_class(link, "tmblr-truncated-link"):
        return True
    label = link.text()
    if len(label) > _MAX_LABEL_LENGTH or not _KEEP_READING.fullmatch(label):
        return False
    node: LexborNode | None = link
    while node is not None and node.tag not in {"blockquote", "body"}:
        if next_element(node) is not None or (node.tag == "p" and one_line(node.text()) != one_line(label)):
            return False
        node = node.parent
    return True


def _replace_with_mark(link: LexborNode) -> None:
    mark = link.parser.create_node("wbr")
    mark.attrs["data-rest"] = ""
    mark.attrs["cite"] = link.attributes.get("href") or ""
    link.replace_with(mark)


def _is_hidden(node: LexborNode) -> bool:
    parent: LexborNode | None = node
    while parent is not None and "hidden" not in parent.attributes:
        parent = parent.parent
    return parent is not None


def _hide_from(mark: LexborNode) -> None:
    mark.attrs["hidden"] = ""
    node: LexborNode | None = mark
    while node is not None and node.tag not in {"blockquote", "body"}:
        following = node.next
        while following is not None:
            current, following = following, following.next
            _hide(current)
        node = node.parent


def _hide(node: LexborNode) -> None:
    if node.is_element_node:
        node.attrs["hidden"] = ""
    elif node.is_text_node and (node.text_content or "").strip():
        span = node.parser.create_node("span")
        span.attrs["hidden"] = ""
        span.inner_html = escape(node.text_content or "", quote=False)
        node.replace_with(span)
