"""Parses single values of the config: durations, sizes, Discord ids, addresses, lists.

Each function takes a value from TOML or the environment and returns the parsed one, or raises a ValueError that says
what is wrong and what to write.
"""

import difflib
import re
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from bot.errors import InvalidAddress
from bot.model import ARCHIVE_TIMES, MAX_SNOWFLAKE
from bot.source.http.url import clean_url, is_loopback, public_url
from bot.source.tumblr.tags import normalise_tag_url
from bot.text.fold import fold, fold_tag

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(?:\d{1,9}\s*[smhd]\s*)+", re.IGNORECASE)
_DURATION_PART = re.compile(r"(\d+)\s*([smhd])", re.IGNORECASE)
_MAX_DURATION = timedelta(days=3650)

_AGE = re.compile(r"(\d{1,3})\s*(mo|y)", re.IGNORECASE)
_DAYS = {"mo": 30, "y": 365}
_MIN_AGE = timedelta(days=7)
"""A post that is pruned sooner could still be in its feed."""

_BYTES = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}
_SIZE = re.compile(r"(\d{1,12})\s*([KMG]?I?B|)", re.IGNORECASE)

_TRUE, _FALSE = {"true", "1", "yes", "on", "y", "t"}, {"false", "0", "no", "off", "n", "f"}

_MAX_QUOTE_LENGTH = 60


def quote(value: object) -> str:
    """Return the value for use in a message: on one line, shortened."""
    text = repr(value)
    return text if len(text) <= _MAX_QUOTE_LENGTH else text[:_MAX_QUOTE_LENGTH] + "…"


def duration(value: object) -> timedelta:
    """Parse `"90s"`, `"5m"`, `"2h"`, `"1d"` or a combination: `"1h30m"`."""
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str) or not _DURATION.fullmatch(value.strip()):
        raise ValueError(f'{quote(value)} is not a duration; write "30s", "5m", "2h", "1d" or "1h30m"')
    parts = _DURATION_PART.findall(value)
    length = sum(int(number) * _SECONDS[unit.lower()] for number, unit in parts)
    if length > _MAX_DURATION.total_seconds():
        raise ValueError(f'{quote(value)} is too long; write at most "{_MAX_DURATION.days}d"')
    return timedelta(seconds=length)


def positive(value: timedelta) -> timedelta:
    """Return a duration; raise ValueError if it is zero."""
    if not value:
        raise ValueError('must be longer than zero; write at least "1s"')
    return value


def duration_or_none(value: object) -> timedelta | None:
    """Parse a positive duration; None for empty text."""
    return None if value is None or value == "" else positive(duration(value))


def age_or_forever(value: object) -> timedelta | None:
    """Parse `"2y"`, `"18mo"` or a duration; None for `"forever"`."""
    if value is None or (isinstance(value, str) and value.strip().lower() == "forever"):
        return None
    match = _AGE.fullmatch(value.strip()) if isinstance(value, str) else None
    try:
        found = timedelta(days=int(match[1]) * _DAYS[match[2].lower()]) if match else duration(value)
    except ValueError:
        raise ValueError(f'{quote(value)} is not an age; write "forever", "2y", "18mo" or "90d"') from None
    if found < _MIN_AGE:
        raise ValueError(f'{quote(value)} is too short; write at least "{_MIN_AGE.days}d"')
    return found


def size(value: object) -> int:
    """Parse `"5MB"`, `"500kB"`, `"2MiB"`, or a number of bytes."""
    match = None if isinstance(value, bool) else _SIZE.fullmatch(str(value).strip())
    if match is None or match[2].upper() not in _BYTES:
        raise ValueError(f'{quote(value)} is not a size; write "500KB" or "5MB"')
    return int(match[1]) * _BYTES[match[2].upper()]


def integer(value: object) -> int:
    """Parse a whole number, as a number or digits. True and False are refused."""
    if (
        isinstance(value, str)
        and value.strip().isascii()
        and value.strip().isdigit()
        and len(value) <= len(str(2**64))
    ):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError(f"{quote(value)} is not a whole number; write only digits")


def snowflake(value: object) -> int:
    """Parse a Discord id, as a number or digits."""
    try:
        number = integer(value)
    except ValueError:
        number = 0
    if not 0 < number <= MAX_SNOWFLAKE:
        raise ValueError(
            f"{quote(value)} is not a Discord id; turn on Developer Mode in Discord, right-click it, choose "
            "Copy ID and write that number"
        )
    return number


def require_list(value: object) -> object:
    """Return a list with any content; from the environment it comes as JSON."""
    if not isinstance(value, list | tuple):
        raise ValueError(  # noqa: TRY004 - pydantic collects only ValueErrors
            f'{quote(value)} is not a list; write it in brackets: ["one", "two"], or [123, 456]'
        )
    return value


def require_sections(value: object) -> object:
    """Return a list of sections; from the environment it comes as JSON."""
    if not isinstance(value, list | tuple):
        raise ValueError(  # noqa: TRY004 - pydantic collects only ValueErrors
            "must be a list of sections; write [[feeds]] and [[feeds.channels]], each in two brackets, or as JSON "
            '[{"url": "https://…", "channels": [{"id": 123}]}]'
        )
    return value


def word(value: object) -> str:
    """Return a word or phrase that is not empty when folded."""
    return _folded(value, fold, "word")


def tag(value: object) -> str:
    """Return a tag that is not empty when folded."""
    return _folded(value, fold_tag, "tag")


def choice(kind: type[StrEnum], value: object) -> StrEnum:
    """Parse a member of an enumeration, in any case."""
    names = [member.value for member in kind]
    if isinstance(value, str) and value.strip().lower() in names:
        return kind(value.strip().lower())
    similar = difflib.get_close_matches(str(value).lower(), names, n=1)
    hint = f'did you mean "{similar[0]}"?' if similar else f"write one of {', '.join(names)}"
    raise ValueError(f"{quote(value)} is unknown; {hint}")


def archive_time(value: object) -> timedelta | None:
    """Parse after how long Discord hides an unused thread; None for empty text."""
    found = duration_or_none(value)
    if found is not None and found not in ARCHIVE_TIMES:
        raise ValueError(
            f'{quote(value)} is not a time that Discord has for threads; write "1h", "1d", "3d" or "7d"'
        )
    return found


def private_addresses(value: object) -> bool | tuple[str, ...]:
    """Parse whether private addresses are allowed, or which: `["192.168.1.5:8080"]`."""
    if isinstance(value, list | tuple):
        return tuple(_address_and_port(each) for each in value)
    text = str(value).strip().lower()
    if text not in _TRUE | _FALSE:
        raise ValueError(
            f"{quote(value)} is neither true nor false; write one of them without quotes, or a list such as "
            '["192.168.1.5:8080"]'
        )
    return text in _TRUE


def _address_and_port(value: object) -> str:
    try:
        parts = urlsplit(f"//{value}")
        address, port = ip_address(parts.hostname or ""), int(parts.port or "none")
    except ValueError:
        raise ValueError(
            f'{quote(value)} is not an IP address with a port; write "192.168.1.5:8080"'
        ) from None
    return f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"


def web_address(value: object) -> str:
    """Parse an http or https address, in the spelling that is fetched."""
    try:
        return normalise_tag_url(clean_url(value if isinstance(value, str) else ""))
    except InvalidAddress as error:
        if str(error) != InvalidAddress.__doc__:
            raise ValueError(str(error)) from None
        public = public_url(value) if isinstance(value, str) else value
        raise ValueError(
            f'{quote(public)} is not a web address; write one that starts with "https://"'
        ) from None


def api_address(value: object) -> str:
    """Parse the address of an API, or "". It gets the token or key, so it must be https, or http on this machine."""
    if value == "":
        return ""
    parts = _split(value)
    if parts is None or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f'{quote(value)} is not an address; write "https://host/path"')
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        raise ValueError(
            f'{quote(value)} would send the secret unencrypted; write "https://…", or http on 127.0.0.1'
        )
    return str(value).strip().rstrip("/")


def path_or_none(value: object) -> object:
    """Return a path; None for empty text."""
    return None if value == "" else value


def header_text(value: object) -> str:
    """Return text for an HTTP header: one line of printable ASCII."""
    if not isinstance(value, str) or not value.isascii() or (value and not value.isprintable()):
        raise ValueError(f"{quote(value)} cannot be used in an HTTP header; write a URL or an e-mail address")
    return value.strip()


def token(value: object) -> str:
    """Return a bot token. Errors do not show it."""
    return _secret(value, "token")


def api_key(value: object) -> str:
    """Return an API key. Errors do not show it."""
    return _secret(value, "key")


def database_address(value: object) -> str:
    """Return the address of a PostgreSQL database, or "". Errors do not show it."""
    address = _secret(value, "address")
    if address and (not address.startswith(("postgresql://", "postgres://")) or _split(address) is None):
        raise ValueError(
            "this is not the address of a database; write postgresql://user:password@host/database"
        )
    return address


def _folded(value: object, fold_value: Callable[[str], str], noun: str) -> str:
    if not isinstance(value, str) or not fold_value(value):
        raise ValueError(f"{quote(value)} is not a {noun}; write text in quotes, or remove it from the list")
    return value.strip()


def _secret(value: object, noun: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"the {noun} must be text; write it in quotes")  # noqa: TRY004 - pydantic collects only ValueErrors
    bare = value.strip()
    if any(c.isspace() or not c.isprintable() or c in "\"'`<>" for c in bare) or not bare.isascii():
        raise ValueError(
            f"the {noun} contains a space or an unusual character; copy it alone, without a word before it"
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
