"""Make the addresses in feeds and their HTML absolute, and drop those that are not http or https. In linear time."""

import re
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborNode

from bot.text.links import host_of
from bot.text.markup import parse_tree

MAX_LENGTH = 4_000
_MAX_CANDIDATES = 40

_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b\ufeff]")
_PLAIN = re.compile(
    r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?:/[\w/.~%+,=&@!*-]*)(?:\?[\w/.~%+,=&@!*:-]+)?(?:#[\w-]+)?",
    re.ASCII,
)
"""Most addresses: absolute, and so plain that nothing has to be fixed."""
_HOSTLESS = re.compile(r"https?:(?!//[^/?#])", re.IGNORECASE)
_WORD = re.compile(r"\S++")
_GAP = re.compile(r"[\s,]*+")
_DESCRIPTOR = re.compile(r"\s*+([^,]*+)")
_ADDRESS_ATTRIBUTES = ("href", "src", "poster", "cite", "data-src")


def absolute(address: str, base: str = "") -> str:
    """Resolve an address against the base; "" if the result is not http(s). White space and newlines are fixed."""
    if len(address) <= MAX_LENGTH and _PLAIN.fullmatch(address):
        return address
    address = _INVISIBLE.sub("", address).strip().replace(" ", "%20")
    if not address or len(address) > MAX_LENGTH or _HOSTLESS.match(address):
        return ""
    try:
        joined = urljoin(base or "https:", address)
        parts = urlsplit(joined)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return ""
    return joined if valid else ""


def base_of(xml_base: str, entry_link: str, feed_link: str, document_url: str) -> str:
    """Return the base of an entry's relative addresses: its xml:base, else the post's page, the site or the feed.

    The post's page counts only if it is at the feed's site: link blogs link to other sites.
    """
    if xml_base:
        return absolute(xml_base, feed_link or document_url) or document_url
    if entry_link and host_of(entry_link) in (host_of(feed_link), host_of(document_url)):
        return entry_link
    return feed_link or document_url or entry_link


def make_absolute(html: str, base: str) -> str:
    """Make every address in the HTML absolute. Removes addresses other than http(s) and mailto, and scripts."""
    if "<" not in html:
        return html
    body = parse_tree(html)
    for name in _ADDRESS_ATTRIBUTES:
        for node in body.css(f"[{name}]"):
            _set(node, name, _absolute_or_mailto(node.attributes.get(name) or "", base))
    for node in body.css("[srcset]"):
        _set(node, "srcset", absolute_srcset(node.attributes.get("srcset") or "", base))
    return body.inner_html or ""


def absolute_srcset(value: str, base: str) -> str:
    """Return the `srcset` with absolute addresses, without invalid candidates."""
    candidates: list[str] = []
    at = _end(_GAP, value, 0)
    while at < len(value) and len(candidates) < _MAX_CANDIDATES:
        word = _WORD.match(value, at)
        if word is None:
            break
        address, at = word[0], word.end()
        descriptor = ""
        if not address.endswith(","):
            match = _DESCRIPTOR.match(value, at)
            descriptor, at = (match[1].strip(), match.end()) if match else ("", at)
        if full := absolute(address.rstrip(","), base):
            candidates.append(f"{full} {descriptor}".strip())
        at = _end(_GAP, value, at)
    return ", ".join(candidates)


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _absolute_or_mailto(address: str, base: str) -> str:
    if address.strip().lower().startswith("mailto:"):
        return address.strip()
    return absolute(address, base)


def _set(node: LexborNode, name: str, value: str) -> None:
    if value:
        node.attrs[name] = value
    elif node.attributes.get(name):  # the selector also matches xlink:href, where this is empty
        del node.attrs[name]
