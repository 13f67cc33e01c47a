"""Bound feed HTML before it is parsed, since building the tree does not take linear time.

HTML5 tree construction walks the stack of open elements at every tag and reopens formatting elements in every block:
100,000 nested `<div>` take Lexbor a minute. So this module first tokenises the markup in one pass and drops the tags
that nest too deeply or cost too much, but not their text. It also drops comments, scripts and styles, so that it sees
the same tags as the parser.
"""

import re
from collections.abc import Callable, Iterator
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_DEPTH = 100
_MAX_WORK = 500_000
"""The sum over all tags of the elements open at each. A long article needs a tenth of it."""

VOID = frozenset(
    {
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
    }
)  # fmt: skip
_RAW = "script|style|noembed|noframes|xmp|plaintext|textarea|title|template"
_ESCAPED_MARKUP = re.compile(
    r"&lt;/?(?:p|br|div|a|img|b|i|em|strong|span|ul|li|blockquote)(?:\s[^&]*)?/?&gt;", re.IGNORECASE
)
_ENDS_PARAGRAPH = frozenset(
    {
        "address", "article", "aside", "blockquote", "center", "details", "dir", "div", "dl", "fieldset",
        "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
        "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "ul",
    }
)  # fmt: skip
_ENDS: dict[str, frozenset[str]] = {name: frozenset({"p"}) for name in _ENDS_PARAGRAPH} | {
    "li": frozenset({"p", "li"}),
    "dt": frozenset({"p", "dt", "dd"}),
    "dd": frozenset({"p", "dt", "dd"}),
    "td": frozenset({"p", "td", "th"}),
    "th": frozenset({"p", "td", "th"}),
    "tr": frozenset({"p", "td", "th", "tr"}),
    "option": frozenset({"option"}),
}
"""The open elements that end where another starts, because their end tags are optional."""

_TOKEN = re.compile(
    rf"""
      (?P<comment> <!--(?:-?>|.*?(?:--!?>|\Z)) | <!\[CDATA\[ | <[!?][^>]*(?:>|\Z) | </[^a-zA-Z][^>]*(?:>|\Z) )
    | <(?P<raw>{_RAW})(?=[\s/>]).*?(?:</(?P=raw)(?=[\s/>])[^>]*>|\Z)
    | <(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*)
       (?: [\s/]++
         | [^\s/>][^\s/>=]*+ (?: \s*+=\s*+ (?: "[^"]*+(?:"|\Z) | '[^']*+(?:'|\Z) | [^\s>"'][^\s>]*+ )? )?+
       )*+ (?:>|\Z)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)

_DROPPED = re.compile(rf"<(?:[!?]|/?(?:{_RAW})(?=[\s/>])|/[^a-zA-Z])", re.IGNORECASE)
"""What starts a token that is dropped, or whose content is not markup."""


def parse_tree(html: str) -> LexborNode:
    """Return the body of the parsed markup, whose depth is at most a small multiple of MAX_DEPTH."""
    body = LexborHTMLParser("<body>" + limit_nesting(_unescape_markup(html))).body
    assert body is not None  # noqa: S101 - the HTML5 algorithm always makes one
    return body


def _unescape_markup(html: str) -> str:
    """Unescape the markup of a feed that escapes it once too often."""
    return unescape(html) if "<" not in html and _ESCAPED_MARKUP.search(html) else html


def walk(root: LexborNode, skip: frozenset[str]) -> Iterator[tuple[LexborNode, bool]]:
    """Yield each node under `root` as it opens (True) and each element as it closes (False), except `skip`ped tags."""
    open_nodes: list[LexborNode] = []
    node = root.first_child
    while node is not None or open_nodes:
        if node is None:
            node = open_nodes.pop()
            yield node, False
            node = node.next
        elif node.is_element_node and node.tag not in skip:
            yield node, True
            open_nodes.append(node)
            node = node.first_child
        else:
            if node.is_text_node:
                yield node, True
            node = node.next


def limit_nesting(html: str) -> str:
    """Return the markup without comments and scripts, and without the tags that nest too deeply."""
    html = html.replace("\0", "")
    return html if _has_nothing_to_drop(html) else _TOKEN.sub(_token_filter(), html)


def _has_nothing_to_drop(html: str) -> bool:
    """Return whether it is easy to see that all is kept: complete plain tags, too few to nest deeply or cost much."""
    tags = html.count("<")
    few = tags - html.count("</") <= MAX_DEPTH and tags * (1 + MAX_DEPTH) <= _MAX_WORK
    return few and html.rfind("<") <= html.rfind(">") and not _DROPPED.search(html)


def _token_filter() -> Callable[[re.Match[str]], str]:
    open_names: list[str] = []
    work = 0

    def filter_token(token: re.Match[str]) -> str:
        nonlocal work
        name = (token["name"] or "").lower()
        if not name or token[0][-1] != ">" or work > _MAX_WORK:
            return ""
        kept = _close(open_names, name) if token["end"] else _open(open_names, name)
        work += 1 + len(open_names) if kept else 1
        return token[0] if kept else ""

    return filter_token


def _open(open_names: list[str], name: str) -> bool:
    """Open an element, and return whether to keep its tag."""
    ended = _ENDS.get(name, frozenset())
    while open_names and open_names[-1] in ended:
        open_names.pop()
    if name in VOID:
        return True
    open_names.append(name)
    return len(open_names) <= MAX_DEPTH


def _close(open_names: list[str], name: str) -> bool:
    """Close an element if it is the innermost; a misnested one still counts as open. Return whether to keep its tag."""
    kept = len(open_names) <= MAX_DEPTH
    if open_names and open_names[-1] == name:
        open_names.pop()
    return kept
