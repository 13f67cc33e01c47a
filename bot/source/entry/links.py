"""Addresses in feeds and their HTML: absolute, and http or https only. In linear time, whatever the HTML."""

import re
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborNode

from bot.text.links import host_of
from bot.text.markup import parse_tree

LENGTH = 4_000
_CANDIDATES = 40

_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b\ufeff]")
_HOSTLESS = re.compile(r"https?:(?!//[^/?#])", re.IGNORECASE)
_WORD = re.compile(r"\S++")
_GAP = re.compile(r"[\s,]*+")
_DESCRIPTOR = re.compile(r"\s*+([^,]*+)")
_ADDRESSES = ("href", "src", "poster", "cite", "data-src")


def absolute(address: str, base: str = "") -> str:
    """The address against the base, or "" if that is no http(s) address. White space and newlines in it are mended."""
    address = _INVISIBLE.sub("", address).strip().replace(" ", "%20")
    if not address or len(address) > LENGTH or _HOSTLESS.match(address):
        return ""
    try:
        joined = urljoin(base or "https:", address)
        parts = urlsplit(joined)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return ""
    return joined if usable else ""


def base_of(xml_base: str, entry_link: str, feed_link: str, document_url: str) -> str:
    """What relative addresses in an entry start from: the author's word, else the post's page, the site, the feed.

    A post of a link blog points to another site, whose address says nothing about this one's pictures.
    """
    if xml_base:
        return absolute(xml_base, feed_link or document_url) or document_url
    if entry_link and host_of(entry_link) in (host_of(feed_link), host_of(document_url)):
        return entry_link
    return feed_link or document_url or entry_link


def make_absolute(html: str, base: str) -> str:
    """Every address in the HTML made absolute. Those that are neither http(s) nor mail go, and so do scripts."""
    if "<" not in html:
        return html
    body = parse_tree(html)
    for name in _ADDRESSES:
        for node in body.css(f"[{name}]"):
            _set(node, name, _rewritten(node.attributes.get(name) or "", base))
    for node in body.css("[srcset]"):
        _set(node, "srcset", srcset(node.attributes.get("srcset") or "", base))
    return body.inner_html or ""


def srcset(value: str, base: str) -> str:
    """The candidates made absolute; those that cannot be are left out."""
    found: list[str] = []
    at = _end(_GAP, value, 0)
    while at < len(value) and len(found) < _CANDIDATES:
        word = _WORD.match(value, at)
        if word is None:
            break
        address, at = word[0], word.end()
        descriptor = ""
        if not address.endswith(","):
            match = _DESCRIPTOR.match(value, at)
            descriptor, at = (match[1].strip(), match.end()) if match else ("", at)
        if full := absolute(address.rstrip(","), base):
            found.append(f"{full} {descriptor}".strip())
        at = _end(_GAP, value, at)
    return ", ".join(found)


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _rewritten(address: str, base: str) -> str:
    """A fragment alone points into the page that the text came from; mail addresses stay."""
    if address.strip().lower().startswith("mailto:"):
        return address.strip()
    return absolute(address, base)


def _set(node: LexborNode, name: str, value: str) -> None:
    if value:
        node.attrs[name] = value
    elif node.attributes.get(name):  # an xlink:href matches too, and is no link of ours
        del node.attrs[name]
