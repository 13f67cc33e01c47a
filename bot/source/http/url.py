"""Normalise web addresses that people and sites write."""

import re
from ipaddress import ip_address
from urllib.parse import urljoin

from yarl import URL

from bot.errors import InvalidAddress
from bot.text.address import without_secrets

_FEED_SCHEME = re.compile(r"^feed:(?://)?(?=https?:)|^feed:/*", re.IGNORECASE)
_BLANK = re.compile(r"[\x00-\x20\x7f]+")
_HOST = re.compile(r"[a-z0-9._-]{1,253}\.?|[0-9a-f]*:[0-9a-f:.]+", re.IGNORECASE)

_BLOCKED_PORT = (
    "The bot does not read web pages at port {port}, which belongs to another service; paste an address that starts "
    "with https:// and has the port of the site."
)

# The ports that browsers block (fetch.spec.whatwg.org, "port blocking") whose services may take a line of an HTTP
# request for a command.
_BLOCKED_PORTS = frozenset({
    7, 9, 13, 19, 21, 22, 23, 25, 53, 69, 110, 111, 119, 135, 139, 143, 161, 389, 445, 465, 514, 515, 548, 587, 636,
    993, 995, 1719, 1720, 2049, 3659, 5060, 5061, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6697, 11211,
})  # fmt: skip


def clean_url(url: str, base: str = "") -> str:
    """Return the address as it is requested: http(s), host in lower-case ASCII, rest escaped, no fragment.

    `base`: the address that a relative one is resolved against. Raises InvalidAddress.
    """
    text = _FEED_SCHEME.sub(_http_scheme, url.strip())
    parsed = _parsed(text, base)
    if parsed is None:
        raise InvalidAddress(public_url(text), _blocked_port(text))
    cleaned = str(parsed.with_fragment(None))
    return f"{cleaned}/" if cleaned.count("/") == 2 else cleaned  # so that a site's root has one form


def usable_url(url: str, base: str = "") -> str:
    """Return the result of `clean_url`, or "" for an empty or invalid address."""
    try:
        return clean_url(url, base) if url else ""
    except InvalidAddress:
        return ""


def _parsed(text: str, base: str) -> URL | None:
    """Return None for an invalid address. yarl's own error would quote it, including secrets."""
    try:
        url = URL(urljoin(base, text) if base else text)
        valid = url.scheme in {"http", "https"} and _is_valid_host(url) and _is_allowed_port(url.port)
    except ValueError:
        return None
    return url if valid else None


def _blocked_port(text: str) -> str:
    """Return the message for an address with a port of another service; "" for any other."""
    port = re.match(r"https?://[^/?#]*:(\d{1,5})(?=[/?#]|$)", text, re.IGNORECASE)
    return _BLOCKED_PORT.format(port=port[1]) if port and int(port[1]) in _BLOCKED_PORTS else ""


def _http_scheme(match: re.Match[str]) -> str:
    return "" if match.string[match.end() :].lower().startswith(("http:", "https:")) else "https://"


def _is_valid_host(url: URL) -> bool:
    host = url.raw_host or ""
    return bool(_HOST.fullmatch(host)) and any(label for label in host.split("."))


def _is_allowed_port(port: int | None) -> bool:
    return port is not None and port != 0 and port not in _BLOCKED_PORTS


def public_url(url: str) -> str:
    """Return the address for logs and people: without user, password and fragment, secrets as `***`."""
    return without_secrets(_BLANK.sub(" ", url).partition("#")[0])


def without_login(url: str) -> str:
    """Return the address without user and password."""
    return str(URL(url).with_user(None)) if "@" in url else url


def login_of(url: str) -> tuple[str, str] | None:
    """Return the user and password of an address, unescaped; None if it has neither."""
    if "@" not in url:
        return None
    user, password = URL(url).user, URL(url).password
    return None if user is None and password is None else (user or "", password or "")


def with_login(url: str, login: tuple[str, str] | None) -> str:
    """Return the address with this user and password; unchanged for None."""
    return str(URL(url).with_user(login[0]).with_password(login[1] or None)) if login else url


def origin_of(url: str) -> tuple[str, str, int | None]:
    """Return the scheme, host and port."""
    parsed = URL(url)
    return parsed.scheme, parsed.raw_host or "", parsed.port


def is_same_origin_or_upgrade(old: str, new: str) -> bool:
    """Return whether `new` may get what `old` may have: it has the same origin, or is the same host's https."""
    before, after = origin_of(old), origin_of(new)
    return before == after or (before[1] == after[1] and (before[0], after[0]) == ("http", "https"))


def host_of(url: str) -> str:
    """Return the host in lower-case ASCII, without a final dot; "" if there is none."""
    return (URL(url).raw_host or "").rstrip(".").lower()


def is_loopback(host: str) -> bool:
    """Return whether a host is "localhost" or a loopback address."""
    try:
        return host.lower() == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
