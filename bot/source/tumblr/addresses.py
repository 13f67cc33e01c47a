"""Tumblr's addresses: which feed an address means, and which number a post has. Pure."""

import re
from collections.abc import Iterable
from urllib.parse import unquote_plus, urlsplit

from bot.model import FoundFeed
from bot.text.fold import one_line

_NO_BLOGS = frozenset({
    "www", "tagged", "explore", "dashboard", "search", "blog", "settings", "tips", "about", "policy",
    "api", "assets", "static", "media", "embed", "at", "login", "register", "help", "docs",
    "developers", "apps", "press", "jobs", "privacy", "likes", "following", "followers", "inbox",
    "queue",
})  # fmt: skip
_BLOG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_POST_PATH = re.compile(r"/(?:post|private)/(\d{1,20})(?:[/?#]|$)")
_WWW_POST_PATH = re.compile(r"/(?:blog/view/|@)?[\w-]+/(\d{1,20})(?:[/?#]|$)")


def blog_feed(pasted: str) -> FoundFeed | None:
    """The feed behind a Tumblr address; None if it is not one of a blog.

    A tag page becomes the blog's feed with that tag: feeds of tag pages exist for some blogs only.
    """
    host, path = _split(pasted)
    if host in ("tumblr.com", "www.tumblr.com"):
        return _in_dashboard(path)
    name = host.removesuffix(".tumblr.com")
    if name == host or not _is_blog(name):
        return None
    if len(path) == 3 and (path[0], path[2]) == ("tagged", "rss"):
        return FoundFeed(f"https://{host}/tagged/{path[1]}/rss")
    return _feed_of(name, path)


def _in_dashboard(path: list[str]) -> FoundFeed | None:
    """www.tumblr.com shows every blog under its name, and pages of its own beside them."""
    for prefix in (["blog", "view"], ["dashboard", "blog"], ["blog"]):
        if path[: len(prefix)] == prefix:
            path = path[len(prefix) :]
            break
    name = path[0].removeprefix("@").lower() if path else ""
    return _feed_of(name, path[1:]) if _is_blog(name) else None


def _feed_of(name: str, path: list[str]) -> FoundFeed:
    tag = one_line(unquote_plus(path[1])) if len(path) > 1 and path[0] == "tagged" else ""
    return FoundFeed(f"https://{name}.tumblr.com/rss", tag=tag)


def _split(pasted: str) -> tuple[str, list[str]]:
    text = pasted.strip().strip("<>")
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        return (parts.hostname or "").rstrip("."), [part for part in parts.path.split("/") if part]
    except ValueError:
        return "", []


def _is_blog(name: str) -> bool:
    return name not in _NO_BLOGS and bool(_BLOG.fullmatch(name))


def is_tumblr(host: str, generator: str, links: Iterable[str]) -> bool:
    """Whether Tumblr made the feed. Themes of other engines copy its generator: elsewhere the links must agree."""
    if host == "tumblr.com" or host.endswith(".tumblr.com"):
        return True
    return generator.startswith("Tumblr (") and any(_POST_PATH.search(link) for link in links)


def post_id(url: str) -> str:
    """The digits by which Tumblr knows the post, whichever address it goes by; "" if there are none."""
    host, _ = _split(url)
    path = urlsplit(url).path if host else ""
    pattern = _WWW_POST_PATH if host in ("tumblr.com", "www.tumblr.com") else _POST_PATH
    found = pattern.match(path)
    return found[1].lstrip("0") if found else ""
