"""Find the feeds that a page links to, best first, and the addresses where feeds usually are. Pure."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.source.http.url import usable_url

_FEED_TYPES = frozenset({
    "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml",
    "application/x-rss+xml", "application/xml", "text/xml", "application/rss", "text/rss+xml",
})  # fmt: skip
_COMMENTS = re.compile(r"comment|kommentar|coment|replies", re.IGNORECASE)
_JSON_FEED = re.compile(r"feed[^/]*\.json|/feed/json|feed\.json", re.IGNORECASE)
_FEED_PATH = re.compile(
    r"(?:^|/)(?:rss|feed|atom|feeds)/?$|\.(?:rss|atom|rdf)$|(?:^|/)(?:rss|feed|atom|index)\.(?:xml|json|rdf)$",
    re.IGNORECASE,
)
_PATH_END = re.compile(r"[?#].*", re.DOTALL)
_COMMON_PATHS = (
    "feed", "rss", "feed.xml", "rss.xml", "atom.xml", "index.xml", "feed.json", "feeds/posts/default",
)  # fmt: skip


def linked_feeds(url: str, body: bytes) -> tuple[str, ...]:
    """Return the feeds in a page's head, then those that its text links to. Feeds of comments are last."""
    tree = LexborHTMLParser(body)
    base = usable_url(_attribute(tree.css_first("base[href]"), "href"), url) or url
    head = [
        (usable_url(_attribute(node, "href"), base), _attribute(node, "title"))
        for node in tree.css("link[rel~=alternate i], link[rel~=feed i], link[type='application/rss+xml']")
        if _is_feed_link(node)
    ]
    links = [
        (usable_url(_attribute(node, "href"), base), node.text()[:100])
        for node in tree.css("a[href]")
        if _FEED_PATH.search(_PATH_END.sub("", _attribute(node, "href")))
        or _attribute(node, "type").lower() in _FEED_TYPES
    ]
    return _best_first([*head, *links], url)


def canonical_address(url: str, body: bytes) -> str:
    """Return the page's canonical address; "" if it has none."""
    return usable_url(_attribute(LexborHTMLParser(body).css_first("link[rel=canonical i]"), "href"), url)


def common_feed_urls(url: str) -> tuple[str, ...]:
    """Return where most blog engines have their feed: at the site's root and in the page's first folder."""
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}/"
    first = parts.path.strip("/").split("/")[0]
    folder = f"{root}{first}/" if first and "." not in first else root
    most_common = [f"{base}{path}" for base in (root, folder) for path in _COMMON_PATHS[:2]]
    return tuple(dict.fromkeys([*most_common, *(f"{root}{path}" for path in _COMMON_PATHS)]))


def _is_feed_link(node: LexborNode) -> bool:
    kind = _attribute(node, "type").partition(";")[0].strip().lower()
    if kind == "application/json":  # also the type of WordPress's API
        return bool(_JSON_FEED.search(_attribute(node, "href")))
    return kind in _FEED_TYPES


def _best_first(links: Iterable[tuple[str, str]], page: str) -> tuple[str, ...]:
    """Sort links of addresses and titles; drop the empty ones, duplicates and the page itself."""
    ranked = sorted(
        (link for link in links if link[0]), key=lambda link: bool(_COMMENTS.search(" ".join(link)))
    )
    return tuple(url for url in dict.fromkeys(url for url, _ in ranked) if url != page)


def _attribute(node: LexborNode | None, name: str) -> str:
    return (node.attributes.get(name) or "").strip() if node is not None else ""
