"""Keep the cookies that redirects set, for one chain of redirects (RFC 6265, stricter). Pure.

A cookie goes back only to the origin that set it, or to the same host's https. `Domain` cannot widen that.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.source.http.cache_headers import parse_date
from bot.source.http.url import host_of, is_same_origin_or_upgrade

MAX_COOKIES = 20
MAX_COOKIE_LENGTH = 4096
"""Characters of name and value."""
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\x21-\x3a\x3c-\x7e ]*")
_MAX_AGE = re.compile(r"-?[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie and where it goes."""

    name: str
    value: str = field(repr=False)
    url: str
    """The address whose response set it."""
    path: str
    secure: bool = False
    """Whether it is sent only over https."""


def with_new_cookies(
    cookies: tuple[Cookie, ...], set_cookie: Iterable[str], url: str, headers: Mapping[str, str]
) -> tuple[Cookie, ...]:
    """Return the cookies after a response from `url`: new, replaced or deleted ones. Unusable ones are ignored.

    `headers`: the response's; their `Date` says whether a cookie has expired.
    """
    kept = {_key(cookie): cookie for cookie in cookies}
    for line in set_cookie:
        cookie, is_expired = _parse(line, url, headers)
        if cookie is None:
            continue
        kept.pop(_key(cookie), None)
        if not is_expired:
            kept[_key(cookie)] = cookie
    return tuple(kept.values())[-MAX_COOKIES:]


def cookies_for(cookies: Collection[Cookie], url: str) -> str:
    """Return the value of the header `Cookie` for a request; "" if no cookie goes there."""
    if not cookies:
        return ""
    parts = urlsplit(url)
    sent = [
        cookie
        for cookie in cookies
        if is_same_origin_or_upgrade(cookie.url, url)
        and (parts.scheme == "https" or not cookie.secure)
        and _path_matches(parts.path or "/", cookie.path)
    ]
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in sorted(sent, key=_by_path))


def _by_path(cookie: Cookie) -> int:
    """Sort longer paths first (RFC 6265, 5.4)."""
    return -len(cookie.path)


def _key(cookie: Cookie) -> tuple[str, str, str]:
    return host_of(cookie.url), cookie.path, cookie.name


def _parse(line: str, url: str, headers: Mapping[str, str]) -> tuple[Cookie | None, bool]:
    """Return the cookie in one `Set-Cookie`, None for an unusable one, and whether it has expired."""
    pair, *rest = line.split(";")
    name, has_value, value = (part.strip() for part in pair.partition("="))
    attributes = {
        key.strip().lower(): text.strip() for key, _, text in (part.partition("=") for part in rest)
    }
    is_https, secure = url.startswith("https:"), "secure" in attributes
    usable = (
        bool(has_value)
        and len(name) + len(value) <= MAX_COOKIE_LENGTH
        and _NAME.fullmatch(name)
        and _VALUE.fullmatch(value)
        and (is_https or not secure)
        and (secure or not name.lower().startswith(("__secure-", "__host-")))
        and _covers(attributes.get("domain", ""), host_of(url))
    )
    if not usable:
        return None, False
    path = attributes.get("path", "")
    cookie = Cookie(name, value, url, path if path.startswith("/") else _default_path(url), secure)
    return cookie, _is_expired(attributes, headers)


def _covers(domain: str, host: str) -> bool:
    """Return whether a `Domain` includes the host that sent it. A cookie for any other host is refused."""
    bare = domain.removeprefix(".").lower()
    return not bare or host == bare or host.endswith(f".{bare}")


def _is_expired(attributes: Mapping[str, str], headers: Mapping[str, str]) -> bool:
    max_age = attributes.get("max-age", "")
    if _MAX_AGE.fullmatch(max_age):
        return int(max_age) <= 0
    end, now = parse_date(attributes.get("expires", "")), parse_date(headers.get("Date", ""))
    return end is not None and now is not None and end <= now


def _default_path(url: str) -> str:
    """Return the folder of the address (RFC 6265, 5.1.4)."""
    return urlsplit(url).path.rpartition("/")[0] or "/"


def _path_matches(path: str, cookie_path: str) -> bool:
    """Return whether a path is the cookie's path or below it (RFC 6265, 5.1.4)."""
    return path == cookie_path or path.startswith(f"{cookie_path.rstrip('/')}/")
