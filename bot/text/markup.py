"""Feed HTML is bounded before it is parsed, since the tree builder is not linear.

HTML5's tree construction walks the stack of open elements at every tag and opens formatting elements again in
every block: 100,000 nested `<div>` take Lexbor a minute. So the markup is tokenised here in one pass, and what
would nest too deep or cost too much is left out; its text stays. Comments and what is never text (scripts,
styles) go on the way, which makes both readers see the same tags.
"""

import re
from collections.abc import Callable, Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_DEPTH = 100
_MAX_WORK = 500_000
"""Sum over all tags of the elements open there. A long article needs a tenth of it."""

VOID = frozenset(
    {
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    }
)
_RAW = "script|style|noembed|noframes|xmp|plaintext|textarea|title|template"
_CLOSED_BY_ITSELF = frozenset({"p", "li", "dt", "dd", "tr", "td", "th", "option"})

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


def tree(html: str) -> LexborNode:
    """The body of the parsed markup, no deeper than a small multiple of MAX_DEPTH."""
    body = LexborHTMLParser(bounded(html)).body
    assert body is not None  # noqa: S101 - the HTML5 algorithm always makes one
    return body


def walk(root: LexborNode, skip: frozenset[str]) -> Iterator[tuple[LexborNode, bool]]:
    """Each node under `root` as it opens (True) and each element as it closes (False), without the `skip`ped ones."""
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


def bounded(html: str) -> str:
    """The same markup without comments and scripts, and without the tags that nest too deep."""
    return _TOKEN.sub(_budget(), html.replace("\0", ""))


def _budget() -> Callable[[re.Match[str]], str]:
    open_names: list[str] = []
    work = 0

    def keep(token: re.Match[str]) -> str:
        nonlocal work
        name = (token["name"] or "").lower()
        whole = token[0]
        if not name or whole[-1] != ">":
            return ""
        work += 1 + len(open_names)
        if work > _MAX_WORK:
            return ""
        if token["end"]:
            if open_names and open_names[-1] == name:
                open_names.pop()
            return whole
        if name in VOID:
            return whole
        if open_names and open_names[-1] == name and name in _CLOSED_BY_ITSELF:
            return whole
        if len(open_names) >= MAX_DEPTH:
            return ""
        open_names.append(name)
        return whole

    return keep
