"""Read Tumblr's addresses: the feed of a blog and the id of a post. Pure."""

import re
from collections.abc import Iterable
from urllib.parse import unquote_plus, urlsplit

from bot.model import FoundFeed
from bot.source.http.blocked_pages import is_tumblr_host
from bot.text.fold import one_line

MAIN_HOSTS = frozenset({"tumblr.com", "www.tumblr.com"})
"""The hosts of Tumblr's own pages. They also show every blog."""

_RESERVED_NAMES = frozenset({
    "www", "tagged", "explore", "dashboard", "search", "blog", "settings", "tips", "about", "policy",
    "api", "assets", "static", "media", "embed", "at", "login", "register", "help", "docs",
    "developers", "apps", "press", "jobs", "privacy", "likes", "following", "followers", "inbox",
    "queue",
})  # fmt: skip
_BLOG_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_POST_PATH = re.compile(r"/(?:post|private)/(\d{1,20})(?:[/?#]|$)")
_MAIN_POST_PATH = re.compile(r"/(?:blog/view/|@)?[\w-]+/(\d{1,20})(?:[/?#]|$)")


def blog_feed(pasted: str) -> FoundFeed | None:
    """Return the feed of a blog from any of its addresses; None for an address of no blog.

    A tag page of a blog becomes the blog's feed with that tag, because only some blogs have feeds of tags.
    """
    host, path = _split(pasted)
    if host in MAIN_HOSTS:
        return _feed_on_main_host(path)
    name = host.removesuffix(".tumblr.com")
    if name == host or not _is_blog_name(name):
        return None
    if len(path) == 3 and (path[0], path[2]) == ("tagged", "rss"):
        return FoundFeed(f"https://{host}/tagged/{path[1]}/rss")
    return _feed_of(name, path)


def _feed_on_main_host(path: list[str]) -> FoundFeed | None:
    """Return the feed of a blog shown on www.tumblr.com; None for Tumblr's own pages."""
    for prefix in (["blog", "view"], ["dashboard", "blog"], ["blog"]):
        if path[: len(prefix)] == prefix:
            path = path[len(prefix) :]
            break
    name = path[0].removeprefix("@").lower() if path else ""
    return _feed_of(name, path[1:]) if _is_blog_name(name) else None


def _feed_of(name: str, path: list[str]) -> FoundFeed:
    tag = one_line(unquote_plus(path[1])) if len(path) > 1 and path[0] == "tagged" else ""
    return FoundFeed(f"https://{name}.tumblr.com/rss", tag=tag)


def _split(pasted: str) -> tuple[str, list[str]]:
    """Return the host and the parts of the path; "" and no parts for an invalid address."""
    text = pasted.strip().strip("<>")
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        return (parts.hostname or "").rstrip("."), [part for part in parts.path.split("/") if part]
    except ValueError:
        return "", []


def _is_blog_name(name: str) -> bool:
    return name not in _RESERVED_NAMES and bool(_BLOG_NAME.fullmatch(name))


def names_tumblr(generator: str) -> bool:
    """Return whether a feed's generator is Tumblr, or a copy of its name."""
    return generator.startswith("Tumblr (")


def is_tumblr_feed(host: str, generator: str, links: Iterable[str]) -> bool:
    """Return whether Tumblr generated the feed.

    Other engines' themes copy Tumblr's generator, so on a custom domain a link must look like a Tumblr post as well.
    """
    if is_tumblr_host(host):
        return True
    return names_tumblr(generator) and any(_POST_PATH.search(link) for link in links)


def post_id(url: str) -> str:
    """Return Tumblr's id of a post from any of its addresses, as digits; "" if there is none."""
    host, _ = _split(url)
    path = urlsplit(url).path if host else ""
    pattern = _MAIN_POST_PATH if host in MAIN_HOSTS else _POST_PATH
    match = pattern.match(path)
    return match[1].lstrip("0") if match else ""
