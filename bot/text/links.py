"""Check and quote the addresses from a feed before they are written into a message."""

import re
from functools import lru_cache
from urllib.parse import quote, urlsplit, urlunsplit

from bot.text.limits import URL

_UNQUOTED = "!$&'*+,;=:@/?%~-._"
"""Characters that RFC 3986 allows, without brackets and parentheses, which would end a masked link."""
_BREAKS = re.compile(r"[\t\r\n]+")
_MASS_MENTION = re.compile(r"@(?=everyone|here)", re.IGNORECASE)
_INVITE = re.compile(
    r"(?:^|\.)(?:discord(?:app)?\.com/(?:invite|template)|discord\.gg|discord\.new|dis\.gd|discord\.gift)/",
    re.IGNORECASE,
)
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]", re.IGNORECASE)
_NUMERIC_HOST = re.compile(r"\d+(?:\.\d+){3}")


def safe_url(url: str) -> str:
    """Return `url` in ASCII, as Discord accepts it in an embed or a link.

    "" if it isn't http or https, its host isn't a domain or IPv4 address, or it has a login, is an invite or too long.
    """
    try:
        parts = urlsplit(_BREAKS.sub("", url.strip()))
        host = (parts.hostname or "").encode("idna").decode("ascii") if parts.hostname else ""
        port = f":{parts.port}" if parts.port else ""
    except (ValueError, UnicodeError):
        return ""
    if parts.scheme.lower() not in {"http", "https"} or parts.username is not None:
        return ""
    if not (_HOST.fullmatch(host) or _NUMERIC_HOST.fullmatch(host)) or _INVITE.search(f"{host}{parts.path}"):
        return ""
    path, query, fragment = (_quoted(part) for part in (parts.path, parts.query, parts.fragment))
    written = urlunsplit((parts.scheme.lower(), f"{host}{port}", path, query, fragment))
    return written if len(written) <= URL else ""


@lru_cache(maxsize=1024)  # a document's posts have the same few addresses
def host_of(url: str) -> str:
    """Return the host in lower case without `www.`; "" if there is none."""
    try:
        return (urlsplit(url if "://" in url else f"http://{url}").hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _quoted(part: str) -> str:
    return _MASS_MENTION.sub("%40", quote(part, safe=_UNQUOTED, errors="ignore"))
