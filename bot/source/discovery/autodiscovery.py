"""A page → the feeds that it names, best first; and where feeds lie when it names none. Pure."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.source.http.url import usable_url

_KINDS = frozenset({
    "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml",
    "application/x-rss+xml", "application/xml", "text/xml", "application/rss", "text/rss+xml",
})  # fmt: skip
_COMMENTS = re.compile(r"comment|kommentar|coment|replies", re.IGNORECASE)
_JSON_FEED = re.compile(r"feed[^/]*\.json|/feed/json|feed\.json", re.IGNORECASE)
_FEED_LIKE = re.compile(
    r"(?:^|/)(?:rss|feed|atom|feeds)/?$|\.(?:rss|atom|rdf)$|(?:^|/)(?:rss|feed|atom|index)\.(?:xml|json|rdf)$",
    re.IGNORECASE,
)
_PATH_END = re.compile(r"[?#].*", re.DOTALL)
_USUAL_PLACES = (
    "feed",
    "rss",
    "feed.xml",
    "rss.xml",
    "atom.xml",
    "index.xml",
    "feed.json",
    "feeds/posts/default",
)


def named_feeds(url: str, body: bytes) -> tuple[str, ...]:
    """The feeds that a page's head names, then those that it links to, comments last."""
    tree = LexborHTMLParser(body)
    base = usable_url(_attribute(tree.css_first("base[href]"), "href"), url) or url
    head = [
        (usable_url(_attribute(node, "href"), base), _attribute(node, "title"))
        for node in tree.css("link[rel~=alternate i], link[rel~=feed i], link[type='application/rss+xml']")
        if _names_a_feed(node)
    ]
    links = [
        (usable_url(_attribute(node, "href"), base), node.text()[:100])
        for node in tree.css("a[href]")
        if _FEED_LIKE.search(_PATH_END.sub("", _attribute(node, "href")))
        or _attribute(node, "type").lower() in _KINDS
    ]
    return _best_first([*head, *links], url)


def canonical_address(url: str, body: bytes) -> str:
    """What a page calls its own address; "" if it does not."""
    return usable_url(_attribute(LexborHTMLParser(body).css_first("link[rel=canonical i]"), "href"), url)


def usual_places(url: str) -> tuple[str, ...]:
    """Where most blog engines keep their feed: first beside the page, then at the top of its site."""
    parts = urlsplit(url)
    top = f"{parts.scheme}://{parts.netloc}/"
    below = parts.path.strip("/").split("/")[0]
    folder = f"{top}{below}/" if below and "." not in below else top
    beside = [f"{folder}{place}" for place in _USUAL_PLACES[:2]] if folder != top else []
    return tuple(
        dict.fromkeys(
            [
                *(f"{top}{place}" for place in _USUAL_PLACES[:2]),
                *beside,
                *(f"{top}{p}" for p in _USUAL_PLACES),
            ]
        )
    )


def _names_a_feed(node: LexborNode) -> bool:
    kind = _attribute(node, "type").partition(";")[0].strip().lower()
    if kind == "application/json":  # WordPress names its API so
        return bool(_JSON_FEED.search(_attribute(node, "href")))
    return kind in _KINDS


def _best_first(found: Iterable[tuple[str, str]], page: str) -> tuple[str, ...]:
    ranked = sorted(
        (pair for pair in found if pair[0]), key=lambda pair: bool(_COMMENTS.search(" ".join(pair)))
    )
    return tuple(url for url in dict.fromkeys(url for url, _ in ranked) if url != page)


def _attribute(node: LexborNode | None, name: str) -> str:
    return (node.attributes.get(name) or "").strip() if node is not None else ""
