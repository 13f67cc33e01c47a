"""Where well-known platforms keep their feeds: an address of a page → the addresses of its feeds. Pure.

Each rule saves a person the search and the site a download; what no rule knows is found in the page itself.
"""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

_Rule = Callable[[str, str, str], str]
"""host without www, path without slashes around it, query → feed address, "" if the rule does not know it."""

_NO_FEDIVERSE = (
    "tiktok.com",
    "threads.net",
    "threads.com",
    "youtube.com",
    "medium.com",
    "tumblr.com",
    "pinterest.com",
)
_CHANNEL = re.compile(r"channel/(UC[\w-]{22})(?:/|$)")
_PLAYLIST = re.compile(r"[\w-]+")
_REDDIT = re.compile(r"((?:r|u|user)/[\w+-]+(?:/(?:new|top|hot|rising))?)(?:/comments/.*)?", re.IGNORECASE)
_FEDIVERSE = re.compile(r"(?:web/)?(@[\w.-]+)(?:/.*)?")
_REPOSITORY = re.compile(r"([\w.-]+/[\w.-]+)(?:/(?:releases|tags|commits).*)?")
_GITHUB_PAGES = frozenset(
    {"orgs", "features", "topics", "sponsors", "settings", "marketplace", "search", "login", "about"}
)
_BLUESKY = re.compile(r"profile/([\w.:-]+)(?:/.*)?")
_MEDIUM = re.compile(r"(@[\w.-]+|[a-z][\w-]+)(?:/.*)?")
_HOSTED_BLOGS = {
    "wordpress.com": "feed/",
    "blogspot.com": "feeds/posts/default",
    "substack.com": "feed",
    "livejournal.com": "data/rss",
    "dreamwidth.org": "data/rss",
    "medium.com": "feed",
    "bearblog.dev": "feed/",
}


def known_feed(url: str) -> str:
    """The feed of a page whose platform is known by its address; "" if it is not, or if the address is a feed's."""
    parts = urlsplit(url)
    host, path = (parts.hostname or "").removeprefix("www.").removeprefix("m."), parts.path.strip("/")
    for rule in _RULES:
        feed = rule(host, path, parts.query)
        if feed:
            return feed if feed != url else ""
    return ""


def _youtube(host: str, path: str, query: str) -> str:
    if host != "youtube.com":
        return ""
    channel = _CHANNEL.match(path)
    playlist = parse_qs(query).get("list", [""])[0] if path == "playlist" else ""
    if channel:
        return f"https://www.youtube.com/feeds/videos.xml?channel_id={channel[1]}"
    return (
        f"https://www.youtube.com/feeds/videos.xml?playlist_id={playlist}"
        if _PLAYLIST.fullmatch(playlist)
        else ""
    )


def _reddit(host: str, path: str, _query: str) -> str:
    found = _REDDIT.fullmatch(path) if host in {"reddit.com", "old.reddit.com", "new.reddit.com"} else None
    return f"https://www.reddit.com/{found[1]}/.rss" if found else ""


def _github(host: str, path: str, _query: str) -> str:
    found = _REPOSITORY.fullmatch(path)
    if (
        host != "github.com"
        or not found
        or path.split("/", maxsplit=1)[0] in _GITHUB_PAGES
        or path.endswith(".atom")
    ):
        return ""
    kind = next((kind for kind in ("tags", "commits") if f"/{kind}" in path), "releases")
    return f"https://github.com/{found[1]}/{kind}.atom"


def _bluesky(host: str, path: str, _query: str) -> str:
    found = _BLUESKY.fullmatch(path) if host == "bsky.app" and not path.endswith("/rss") else None
    return f"https://bsky.app/profile/{found[1]}/rss" if found else ""


def _medium(host: str, path: str, _query: str) -> str:
    found = _MEDIUM.fullmatch(path) if host == "medium.com" and not path.startswith("feed/") else None
    return f"https://medium.com/feed/{found[1]}" if found else ""


def _hosted_blog(host: str, path: str, _query: str) -> str:
    name, _, platform = host.partition(".")
    if platform.startswith("blogspot."):  # Blogger serves each blog under its reader's country too
        platform = "blogspot.com"
    ending = _HOSTED_BLOGS.get(platform, "")
    is_feed = path.endswith(
        (".xml", ".rss", "feed", "rss", "atom", "feeds/posts/default")
    ) or path.startswith("feeds/")
    return f"https://{name}.{platform}/{ending}" if ending and not is_feed else ""


def _fediverse(host: str, path: str, _query: str) -> str:
    """`/@user` is Mastodon's, and that of most servers that speak like it."""
    found = _FEDIVERSE.fullmatch(path)
    foreign = any(host == other or host.endswith(f".{other}") for other in _NO_FEDIVERSE)
    if not found or foreign or found[1].endswith((".rss", ".atom")):
        return ""
    return f"https://{host}/{found[1]}.rss"


_RULES: tuple[_Rule, ...] = (_youtube, _reddit, _github, _bluesky, _medium, _hosted_blog, _fediverse)
