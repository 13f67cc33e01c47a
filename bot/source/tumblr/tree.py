"""Change the tree of a post's HTML. Every function is linear in the size of what it changes."""

import json
from html import escape

from selectolax.lexbor import LexborNode

from bot.source.values import Json, first_of, mapping_of, text_of
from bot.text.links import safe_url


def next_element(node: LexborNode) -> LexborNode | None:
    """Return the next sibling that is an element or text, without white space."""
    following = node.next
    while following is not None and _is_space(following):
        following = following.next
    return following


def previous_element(node: LexborNode) -> LexborNode | None:
    """Return the sibling before that is an element or text, without white space."""
    before = node.prev
    while before is not None and _is_space(before):
        before = before.prev
    return before


def _is_space(node: LexborNode) -> bool:
    return not node.is_element_node and not node.text(deep=True).strip()


def replace_content(node: LexborNode, html: str, *, keep: str = "") -> None:
    """Replace everything in the element with `html`, but keep its first elements with the tag `keep`."""
    for old in [child for child in node.iter(include_text=True) if child.tag != keep]:
        old.decompose()
    inner = node.inner_html or ""
    node.inner_html = inner + html


def replace_element(node: LexborNode, html: str) -> None:
    """Replace the element with `html`, in a `div`."""
    division = node.parser.create_node("div")
    division.inner_html = html
    node.replace_with(division)


def inner_first(body: LexborNode, selector: str) -> list[LexborNode]:
    """Return the elements that match, each once, in an order in which each can be removed: the last one first."""
    return list({node.mem_id: node for node in body.css(selector)}.values())[::-1]


def siblings_like(node: LexborNode, class_name: str) -> list[LexborNode]:
    """Return the element and those directly after it that have the class too."""
    run = [node]
    while (following := next_element(run[-1])) is not None and has_class(following, class_name):
        run.append(following)
    return run


def runs_of(body: LexborNode, class_name: str) -> list[list[LexborNode]]:
    """Return the elements with the class, in runs of neighbours. The last one is first: it may be inside another."""
    seen: set[int] = set()
    runs: list[list[LexborNode]] = []
    for node in body.css(f".{class_name}"):
        if node.mem_id not in seen:
            run = siblings_like(node, class_name)
            seen.update(each.mem_id for each in run)
            runs.append(run)
    return runs[::-1]


def has_class(node: LexborNode, name: str) -> bool:
    """Return whether the node is an element with this class."""
    return node.is_element_node and name in (node.attributes.get("class") or "").split()


def element(tag: str, **attributes: str) -> str:
    """Return an element without content as HTML, with the attributes that are not empty."""
    written = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items() if value)
    return f"<{tag}{written}></{tag}>"


def parse_npf(text: str | None) -> Json:
    """Return a block of Tumblr's Neue Post Format (NPF); an empty one if it is invalid."""
    try:
        return mapping_of(json.loads(text)) if text else {}
    except (ValueError, RecursionError):
        return {}


def url_in(media: object) -> str:
    """Return the address of an NPF media object, or of the first, largest one in a list; "" for an unsafe one."""
    url = text_of(first_of(media), "url")
    return url if safe_url(url) else ""
