"""Find the feeds that a page links to, best first, and the addresses where feeds usually are. Pure."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.model import Fetched
from bot.source.http.decode import decode
from bot.source.http.link_header import parse_links
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


_TYPED, _IN_TEXT, _UNTYPED = range(3)
"""How a link says that it leads to a feed; the first is the surest."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A link that may lead to a feed."""

    url: str
    title: str
    rank: int | None
    """None: it leads to no feed."""


def linked_feeds(page: Fetched) -> tuple[str, ...]:
    """Return the feeds that a page names: in the `Link` header and its head, then in its text.

    Feeds of comments are last in each group.
    """
    return tuple(link.url for link in _links_of(page) if link.rank != _UNTYPED)


def untyped_alternates(page: Fetched) -> tuple[str, ...]:
    """Return the alternates of a page that do not say what they are."""
    return tuple(link.url for link in _links_of(page) if link.rank == _UNTYPED)


def names_feeds(page: Fetched) -> bool:
    """Return whether the response names a feed in its `Link` header, whatever its body is."""
    return any(link.rank == _TYPED for link in _header_links(page))


def canonical_address(page: Fetched) -> str:
    """Return the page's canonical address; "" if it has none."""
    return usable_url(_attribute(_parse(page).css_first("link[rel=canonical i]"), "href"), page.url)


def common_feed_urls(url: str) -> tuple[str, ...]:
    """Return where most blog engines have their feed: at the site's root and in the page's first folder."""
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}/"
    first = parts.path.strip("/").split("/")[0]
    folder = f"{root}{first}/" if first and "." not in first else root
    most_common = [f"{base}{path}" for base in (root, folder) for path in _COMMON_PATHS[:2]]
    return tuple(dict.fromkeys([*most_common, *(f"{root}{path}" for path in _COMMON_PATHS)]))


def _links_of(page: Fetched) -> list[_Candidate]:
    """Return the links that may lead to feeds, best first, without duplicates and the page itself."""
    tree = _parse(page)
    base = usable_url(_attribute(tree.css_first("base[href]"), "href"), page.url) or page.url
    links = [*_header_links(page), *_head_links(tree, base), *_body_links(tree, base)]
    usable = [link for link in links if link.rank is not None and link.url not in ("", page.url)]
    best: dict[str, _Candidate] = {}
    for link in sorted(usable, key=_sort_key):
        best.setdefault(link.url, link)
    return list(best.values())


def _header_links(page: Fetched) -> list[_Candidate]:
    return [
        _Candidate(
            link.url,
            link.parameter("title"),
            _rank(link.relations, link.parameter("type"), link.url, other=bool(link.parameter("hreflang"))),
        )
        for link in parse_links(page.link, page.url)
    ]


def _head_links(tree: LexborHTMLParser, base: str) -> list[_Candidate]:
    found: list[_Candidate] = []
    for node in tree.css("link[rel~=alternate i], link[rel~=feed i], link[type='application/rss+xml' i]"):
        href, relations = _attribute(node, "href"), frozenset(_attribute(node, "rel").lower().split())
        other = bool(_attribute(node, "hreflang") or _attribute(node, "media"))
        rank = _rank(relations, _attribute(node, "type"), href, other=other)
        found.append(_Candidate(usable_url(href, base), _attribute(node, "title"), rank))
    return found


def _body_links(tree: LexborHTMLParser, base: str) -> list[_Candidate]:
    return [
        _Candidate(usable_url(_attribute(node, "href"), base), node.text()[:100], _IN_TEXT)
        for node in tree.css("a[href]")
        if _looks_like_feed(_attribute(node, "href"))
        or "feed" in _attribute(node, "rel").lower().split()
        or _media_type(_attribute(node, "type")) in _FEED_TYPES
    ]


def _rank(relations: frozenset[str], kind: str, address: str, *, other: bool) -> int | None:
    """Return how likely a link leads to a feed; None: not at all.

    `other`: whether the link says that it leads to the page in another language or for another screen.
    """
    kind = _media_type(kind)
    if kind == "application/json":  # also the type of WordPress's API
        return _TYPED if _JSON_FEED.search(address) else None
    if kind:
        return _TYPED if kind in _FEED_TYPES else None
    if "feed" in relations:
        return _TYPED
    if "alternate" not in relations or "stylesheet" in relations:
        return None
    if _looks_like_feed(address):
        return _TYPED
    return None if other else _UNTYPED


def _looks_like_feed(address: str) -> bool:
    return bool(_FEED_PATH.search(_PATH_END.sub("", address)))


def _media_type(value: str) -> str:
    return value.partition(";")[0].strip().lower()


def _sort_key(link: _Candidate) -> tuple[int, bool]:
    return link.rank or 0, bool(_COMMENTS.search(f"{link.url} {link.title}"))


def _parse(page: Fetched) -> LexborHTMLParser:
    return LexborHTMLParser(decode(page.body, page.content_type))


def _attribute(node: LexborNode | None, name: str) -> str:
    return (node.attributes.get(name) or "").strip() if node is not None else ""
