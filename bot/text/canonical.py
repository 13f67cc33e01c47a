"""Normalise the addresses of posts, so that two addresses of the same post compare equal."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

_TRACKING = re.compile(
    r"(?:utm_\w+|ga_\w+|mc_[ce]id|at_\w+|(?:fb|g|ms|d|y|tw)clid|gbraid|wbraid|igshid|igsh|_hs\w+|mkt_tok|cmpid|ocid|"
    r"ref_src|ref_url|ncid|soc_\w+)=.*|(?:source|src|from|ref|partner|feature|cmp)=(?:rss|feed|atom)\w*|rss=1?",
    re.IGNORECASE,
)
"""Parameters that only track where readers came from. Other values of `ref=` or `from=` may identify the post."""


def canonical_link(url: str) -> str:
    """Return the address without scheme, `www.`, usual port, final slash, tracking parameters and fragment.

    "" if it is not a web address.
    """
    parts = split_url(url)
    if parts is None:
        return ""
    host, path, query = parts
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = [pair for pair in pairs if not _TRACKING.fullmatch("=".join(pair))]
    return host + path.rstrip("/") + (f"?{urlencode(kept, errors='replace')}" if kept else "")


def label_of(url: str) -> str:
    """Return a name for a feed that has none: its address without login and query, which may contain secrets."""
    parts = split_url(url)
    return f"{parts[0]}{parts[1]}" if parts else "a feed"


def split_url(url: str) -> tuple[str, str, str] | None:
    """Return host (without `www.` and the usual port), path and query; None if it is not a web address."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return None
    site = host.removeprefix("www.") + (f":{port}" if port not in {None, 80, 443} else "")
    return site, parts.path, parts.query
