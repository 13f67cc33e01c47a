"""Map pages of well-known platforms to their feeds. Pure.

Each rule saves a download of the page. The feeds of other pages are found on the page itself.
"""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

_Rule = Callable[[str, str, str], str]
"""From the host without `www.`, the path without outer slashes and the query to the feed's address; "" if unknown."""

_NOT_FEDIVERSE = (
    "tiktok.com", "threads.net", "threads.com", "youtube.com", "medium.com", "tumblr.com", "pinterest.com",
)  # fmt: skip
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
_FEED_ENDINGS = (".xml", ".rss", "feed", "rss", "atom", "feeds/posts/default")


def platform_feed(url: str) -> str:
    """Return the feed of a page by the rules of its platform; "" for unknown platforms and for addresses of feeds."""
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
    if not _PLAYLIST.fullmatch(playlist):
        return ""
    return f"https://www.youtube.com/feeds/videos.xml?playlist_id={playlist}"


def _reddit(host: str, path: str, _query: str) -> str:
    match = _REDDIT.fullmatch(path) if host in {"reddit.com", "old.reddit.com", "new.reddit.com"} else None
    return f"https://www.reddit.com/{match[1]}/.rss" if match else ""


def _github(host: str, path: str, _query: str) -> str:
    match = _REPOSITORY.fullmatch(path) if host == "github.com" and not path.endswith(".atom") else None
    if not match or path.split("/", maxsplit=1)[0] in _GITHUB_PAGES:
        return ""
    kind = next((kind for kind in ("tags", "commits") if f"/{kind}" in path), "releases")
    return f"https://github.com/{match[1]}/{kind}.atom"


def _bluesky(host: str, path: str, _query: str) -> str:
    match = _BLUESKY.fullmatch(path) if host == "bsky.app" and not path.endswith("/rss") else None
    return f"https://bsky.app/profile/{match[1]}/rss" if match else ""


def _medium(host: str, path: str, _query: str) -> str:
    match = _MEDIUM.fullmatch(path) if host == "medium.com" and not path.startswith("feed/") else None
    return f"https://medium.com/feed/{match[1]}" if match else ""


def _hosted_blog(host: str, path: str, _query: str) -> str:
    name, _, platform = host.partition(".")
    if platform.startswith("blogspot."):  # Blogger also has domains for countries
        platform = "blogspot.com"
    ending = _HOSTED_BLOGS.get(platform, "")
    is_feed = path.startswith("feeds/") or path.endswith(_FEED_ENDINGS)
    return f"https://{name}.{platform}/{ending}" if ending and not is_feed else ""


def _fediverse(host: str, path: str, _query: str) -> str:
    """Mastodon and most compatible servers have an account's page at `/@user`."""
    match = _FEDIVERSE.fullmatch(path)
    excluded = any(host == other or host.endswith(f".{other}") for other in _NOT_FEDIVERSE)
    if not match or excluded or match[1].endswith((".rss", ".atom")):
        return ""
    return f"https://{host}/{match[1]}.rss"


_RULES: tuple[_Rule, ...] = (_youtube, _reddit, _github, _bluesky, _medium, _hosted_blog, _fediverse)
