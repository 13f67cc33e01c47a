"""Find where a page's meta refresh leads. Pure."""

import re

from selectolax.lexbor import LexborHTMLParser

from bot.source.http.url import usable_url

MAX_DELAY = 15
"""Seconds. A page that stays longer is meant to be read, and reloads itself now and then."""
_MAX_SCAN = 1 << 17  # characters
# https://html.spec.whatwg.org/multipage/semantics.html#attr-meta-http-equiv-refresh
_CONTENT = re.compile(
    r"\s*+(\d*+)[\d.]*+(?:\s*+[;,]|\s)\s*+(?:url\s*+=\s*+)?+(.*+)", re.IGNORECASE | re.DOTALL
)
_MAX_CONTENT_LENGTH = 4096


def refresh_target(page: str, url: str) -> str:
    """Return the address that a page's meta refresh leads to; "" if there is none, or if it comes late.

    A page that only reloads itself leads nowhere. `url`: the page's own address.
    """
    head = page[:_MAX_SCAN]
    if "refresh" not in head.lower():
        return ""
    tree = LexborHTMLParser(head)
    base = tree.css_first("base[href]")
    start = usable_url((base.attributes.get("href") or "").strip(), url) if base is not None else url
    for node in tree.css("meta[http-equiv='refresh' i]"):
        target = usable_url(_written_target(node.attributes.get("content") or ""), start or url)
        if target and target != usable_url(url):
            return target
    return ""


def _written_target(content: str) -> str:
    match = _CONTENT.match(content[:_MAX_CONTENT_LENGTH])
    if match is None or int(match[1][:9] or 0) > MAX_DELAY:
        return ""
    text = match[2]
    quote = text[:1]
    return (text[1:].partition(quote)[0] if quote in {"'", '"'} else text).strip()
