"""One way to compare the addresses of posts: without what sites change at will."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

_TRACKING = re.compile(
    r"(?:utm_\w+|ga_\w+|mc_[ce]id|at_\w+|(?:fb|g|ms|d|y|tw)clid|gbraid|wbraid|igshid|igsh|_hs\w+|mkt_tok|cmpid|ocid|"
    r"ref_src|ref_url|ncid|soc_\w+)=.*|(?:source|src|from|ref|partner|feature|cmp)=(?:rss|feed|atom)\w*|rss=1?",
    re.IGNORECASE,
)
"""`name=value` of what only says whence the reader came. A bare `ref=` or `from=` may name the post, and stays."""


def canonical_link(url: str) -> str:
    """The address without what sites change at will: scheme, `www.`, port, last slash, tracking, fragment."""
    parts = split_url(url)
    if parts is None:
        return ""
    host, path, query = parts
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = [pair for pair in pairs if not _TRACKING.fullmatch("=".join(pair))]
    return host + path.rstrip("/") + (f"?{urlencode(kept, errors='replace')}" if kept else "")


def label_of(url: str) -> str:
    """What a feed without a name is called: its address without login and query, where secrets may stand."""
    parts = split_url(url)
    return f"{parts[0]}{parts[1]}" if parts else "a feed"


def split_url(url: str) -> tuple[str, str, str] | None:
    """Host without `www.` and usual port, path, query; None for what is no web address."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return None
    place = host.removeprefix("www.") + (f":{port}" if port not in {None, 80, 443} else "")
    return place, parts.path, parts.query
