"""How single values are written in the config: durations, sizes, Discord ids, addresses, lists.

Each function takes what TOML or the environment gave and returns the value, or raises a ValueError whose text
says what is wrong and what to write.
"""

import difflib
import ipaddress
import re
from datetime import timedelta
from enum import StrEnum
from urllib.parse import SplitResult, urlsplit

from bot.errors import InvalidAddress
from bot.source.http.url import clean_url, public_url
from bot.source.tumblr.tags import normalise_tag_url
from bot.text.fold import fold, fold_tag

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(?:\d{1,9}\s*[smhd]\s*)+", re.IGNORECASE)
_DURATION_PART = re.compile(r"(\d+)\s*([smhd])", re.IGNORECASE)
_LONGEST = timedelta(days=3650)

_AGE = re.compile(r"(\d{1,3})\s*(mo|y)", re.IGNORECASE)
_DAYS = {"mo": 30, "y": 365}
_SHORTEST_AGE = timedelta(days=7)
"""A post that is pruned sooner may still stand in its feed."""

_BYTES = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}
_SIZE = re.compile(r"(\d{1,12})\s*([KMG]?I?B|)", re.IGNORECASE)

_LARGEST_ID = 2**63 - 1
_SHOWN = 60


def shown(value: object) -> str:
    """The value as a message quotes it: one line, never long."""
    text = repr(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def duration(value: object) -> timedelta:
    """`"90s"`, `"5m"`, `"2h"`, `"1d"` or several together, `"1h30m"`."""
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str) or not _DURATION.fullmatch(value.strip()):
        raise ValueError(f'{shown(value)} is no duration; write "30s", "5m", "2h", "1d" or "1h30m"')
    parts = _DURATION_PART.findall(value)
    length = sum(int(number) * _SECONDS[unit.lower()] for number, unit in parts)
    if length > _LONGEST.total_seconds():
        raise ValueError(f'{shown(value)} is too long; write at most "{_LONGEST.days}d"')
    return timedelta(seconds=length)


def positive(value: timedelta) -> timedelta:
    """Longer than no time at all."""
    if not value:
        raise ValueError('no time at all will not do; write at least "1s"')
    return value


def duration_or_none(value: object) -> timedelta | None:
    """As `duration`; an empty text means that there is none."""
    return None if value is None or value == "" else positive(duration(value))


def age(value: object) -> timedelta | None:
    """`"2y"`, `"18mo"`, or as `duration`; None for `"forever"`."""
    if value is None or (isinstance(value, str) and value.strip().lower() == "forever"):
        return None
    match = _AGE.fullmatch(value.strip()) if isinstance(value, str) else None
    try:
        found = timedelta(days=int(match[1]) * _DAYS[match[2].lower()]) if match else duration(value)
    except ValueError:
        raise ValueError(f'{shown(value)} is no age; write "forever", "2y", "18mo" or "90d"') from None
    if found < _SHORTEST_AGE:
        raise ValueError(f'{shown(value)} is too short; write at least "{_SHORTEST_AGE.days}d"')
    return found


def size(value: object) -> int:
    """`"5MB"`, `"500kB"`, `"2MiB"`, or a number of bytes."""
    match = None if isinstance(value, bool) else _SIZE.fullmatch(str(value).strip())
    if match is None or match[2].upper() not in _BYTES:
        raise ValueError(f'{shown(value)} is no size; write "500KB" or "5MB"')
    return int(match[1]) * _BYTES[match[2].upper()]


def whole(value: object) -> int:
    """A whole number, in digits; Python's True is none."""
    if (
        isinstance(value, str)
        and value.strip().isascii()
        and value.strip().isdigit()
        and len(value) <= len(str(2**64))
    ):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError(f"{shown(value)} is no whole number; write digits only")


def snowflake(value: object) -> int:
    """A Discord id, as a number or as a text of digits."""
    try:
        number = whole(value)
    except ValueError:
        number = 0
    if not 0 < number <= _LARGEST_ID:
        raise ValueError(
            f"{shown(value)} is no Discord id; turn on Developer Mode in Discord, right-click it, Copy ID, "
            "and write that number"
        )
    return number


def listed(value: object) -> object:
    """A list, whatever stands in it; from the environment it comes as JSON."""
    if not isinstance(value, list | tuple):
        raise ValueError(  # noqa: TRY004 - pydantic gathers ValueErrors only
            f'{shown(value)} is no list; write it in brackets: ["one", "two"], or [123, 456]'
        )
    return value


def word(value: object) -> str:
    """A word or phrase in which something is left to compare."""
    if not isinstance(value, str) or not fold(value):
        raise ValueError(f"{shown(value)} is no word; write text in quotes, or take it out of the list")
    return value.strip()


def tag(value: object) -> str:
    """A tag in which something is left to compare."""
    if not isinstance(value, str) or not fold_tag(value):
        raise ValueError(f"{shown(value)} is no tag; write text in quotes, or take it out of the list")
    return value.strip()


def choice(kind: type[StrEnum], value: object) -> StrEnum:
    """One of the names of an enumeration."""
    names = [member.value for member in kind]
    if isinstance(value, str) and value.strip().lower() in names:
        return kind(value.strip().lower())
    meant = difflib.get_close_matches(str(value).lower(), names, n=1)
    hint = f'did you mean "{meant[0]}"?' if meant else f"write one of {', '.join(names)}"
    raise ValueError(f"{shown(value)} is not known; {hint}")


def web_address(value: object) -> str:
    """An http or https address, in the spelling that is asked."""
    try:
        return normalise_tag_url(clean_url(value if isinstance(value, str) else ""))
    except InvalidAddress:
        public = public_url(value) if isinstance(value, str) else value
        raise ValueError(
            f'{shown(public)} is no web address; write one that starts with "https://"'
        ) from None


def api_address(value: object) -> str:
    """ "", or where an API answers: https, since the token or key travels there, or http on this machine."""
    if value == "":
        return ""
    parts = _split(value)
    if parts is None or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f'{shown(value)} is no address; write "https://host/path"')
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname)):
        raise ValueError(
            f'{shown(value)} would show the secret to the network; write "https://…", or http on 127.0.0.1'
        )
    return str(value).strip().rstrip("/")


def header_text(value: object) -> str:
    """What can stand in an HTTP header: printable ASCII on one line."""
    if not isinstance(value, str) or not value.isascii() or (value and not value.isprintable()):
        raise ValueError(f"{shown(value)} cannot stand in a header; write a plain URL or an e-mail address")
    return value.strip()


def token(value: object) -> str:
    """A bot token. What is wrong is told without showing it."""
    return _secret(value, "token")


def api_key(value: object) -> str:
    """The key of an API. What is wrong is told without showing it."""
    return _secret(value, "key")


def _secret(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"the {what} is text; write it in quotes")  # noqa: TRY004 - pydantic gathers ValueErrors only
    bare = value.strip()
    if any(c.isspace() or not c.isprintable() for c in bare) or not bare.isascii():
        raise ValueError(
            f"the {what} has a space or a strange character in it; copy it alone, without a word before it"
        )
    return bare


def _split(value: object) -> SplitResult | None:
    try:
        parts = urlsplit(str(value).strip()) if isinstance(value, str) else None
        if parts is not None:
            _ = parts.port
    except ValueError:
        return None
    return None if parts is None or any(c.isspace() for c in parts.geturl()) else parts


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
