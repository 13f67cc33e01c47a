"""Normalise the addresses of posts, so that two addresses of the same post compare equal."""

import re
from functools import lru_cache
from itertools import starmap
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

_TRACKING = re.compile(
    r"(?:utm_\w+|ga_\w+|mc_[ce]id|at_\w+|(?:fb|g|ms|d|y|tw)clid|gbraid|wbraid|igshid|igsh|_hs\w+|mkt_tok|cmpid|ocid|"
    r"ref_src|ref_url|ncid|soc_\w+)=.*|(?:source|src|from|ref|partner|feature|cmp)=(?:rss|feed|atom)\w*|rss=1?|"
    r"(?:phpsessid|jsessionid|aspsessionid\w*|cfid|cftoken|oscsid|zenid|x-(?:amz|goog)-[\w-]+)=.*|s(?:id)?=[\da-f]{26,}",
    re.IGNORECASE,
)
"""Parameters that only track where readers came from, or hold a reader's session or signature.

Other values of `ref=` or `from=` may identify the post; a short `sid=` may be the number of a story.
"""

_TRACKING_FRAGMENT = re.compile(
    r"(?:(?:xtor|utm_\w+|ref|source|at_\w+)=|:~:|(?:rss|feed|atom|comments?|respond|more(?:-\d+)?|top)$).*",
    re.IGNORECASE,
)
"""Fragments that trackers and themes append to the address of one post."""

_PATH_SESSION = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
_PLAIN = re.compile(r"[A-Za-z0-9_.~/-]*")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SAFE = "%/!$&'()*+,;=:@~?"
_NUMBERED = re.compile(
    r"\w*id|[apvnt]|story|article|post|page|item|news|no|nr|num\w*|entry|thread|topic|issue|ep\w*",
    re.IGNORECASE,
)
"""Names of parameters whose value may be the number of a post."""

_CACHED = 1024
"""Addresses that are remembered: a poll needs each post's many times, and several polls take turns."""

_MAX_NUMBER_LENGTH = 9
"""Digits of a number that may be a post's; a time in seconds since 1970 has ten."""


@lru_cache(maxsize=_CACHED)
def canonical_link(url: str) -> str:
    """Return the address without scheme, `www.`, usual port, final slash, tracking parameters and fragment.

    Percent-encoding is normalised as RFC 3986, section 6.2.2, says. "" if it is not a web address.
    """
    parts = split_url(url)
    if parts is None:
        return ""
    host, path, query = parts
    kept = _lasting_pairs(query)
    return host + _normal(path).rstrip("/") + (f"?{urlencode(kept, encoding='latin-1')}" if kept else "")


def fragment_of(url: str) -> str:
    """Return the normalised part of an address after `#`; "" if it has none that may identify a post."""
    fragment = url.partition("#")[2]
    if not fragment or split_url(url) is None or _TRACKING_FRAGMENT.match(fragment):
        return ""
    return _normal(fragment)


def differ_by_token(one: str, other: str) -> bool:
    """Return whether two addresses differ only in parameters that look like a session, a signature or a time."""
    first, second = split_url(one), split_url(other)
    if first is None or second is None or first[:2] != second[:2]:
        return False
    pairs, others = set(_lasting_pairs(first[2])), set(_lasting_pairs(second[2]))
    return pairs <= others or pairs >= others or all(starmap(_may_be_token, pairs ^ others))


def without_tokens(url: str) -> str:
    """Return the canonical link without parameters that look like a token: equal for links that differ by those."""
    parts = split_url(url)
    if parts is None:
        return ""
    kept = sorted(pair for pair in _lasting_pairs(parts[2]) if not _may_be_token(*pair))
    return f"{parts[0]}{_normal(parts[1])}?{urlencode(kept, encoding='latin-1')}"


def _lasting_pairs(query: str) -> list[tuple[str, str]]:
    if not query:  # most addresses
        return []
    pairs = parse_qsl(
        _normal(query), keep_blank_values=True, encoding="latin-1"
    )  # any octets, not only UTF-8
    return [pair for pair in pairs if not _TRACKING.fullmatch("=".join(pair))]


def _may_be_token(name: str, value: str) -> bool:
    is_number = value.isdigit() and len(value) <= _MAX_NUMBER_LENGTH
    return not (is_number and _NUMBERED.fullmatch(name))


def _normal(part: str) -> str:
    """Return a path or fragment with percent-encoding where it is needed, in upper case, and nowhere else."""
    if _PLAIN.fullmatch(part):  # most
        return part
    return _PERCENT.sub(_normal_octet, quote(part, safe=_SAFE, errors="replace"))


def _normal_octet(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return character if character in _UNRESERVED else found[0].upper()


@lru_cache(maxsize=_CACHED)
def split_url(url: str) -> tuple[str, str, str] | None:
    """Return host (without `www.` and the usual port), path and query; None if it is not a web address."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return None
    site = _ascii_host(host).removeprefix("www.") + (f":{port}" if port not in {None, 80, 443} else "")
    return site, _PATH_SESSION.sub("", parts.path), parts.query


def _ascii_host(host: str) -> str:
    """Return an international name as `xn--…`; any other host as it is."""
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host
