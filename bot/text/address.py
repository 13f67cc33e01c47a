"""Shows addresses without the secrets in them.

A secret gives access to a feed that is not public: a login, a parameter whose name says so, or a long random part.
docs/decisions.md has the rules.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from bot.text.canonical import split_url
from bot.text.randomness import has_odd_pairs, random_spans

MASK = "***"

NAMES_VERSION = "1"
"""The version of names without secrets. Increase it after a change here, so that stored names are made again."""

_SECRET_NAME = re.compile(
    r"token|secret|sess(?:ion)?_?id|passw|passkey|passphrase|credential|jwt|hmac|bearer|saml|signature|auth(?!or)|authori[sz]"
    r"|keys?$|^key|(?:^|[_.-])(?:k|key|sig|sign|pass|pwd|pw|session|sess|sid|code|hash|otp|pin|private|policy|login|ticket"
    r"|cookie|invite|cred|creds|digest)(?:$|[_.-])",
    re.IGNORECASE,
)
"""Names of parameters whose value is a secret. `author`, `keyword` and the like are not."""
_NO_SECRET_NAME = re.compile(r"key(?:word|board|note|stone)s?", re.IGNORECASE)
_SECRET_SEGMENT = re.compile(
    r"(?:\w*token|secret|private|\w*key|api[-_]key|auth|jwt|password|session|sid|signature)s?", re.IGNORECASE
)
"""Parts of a path after which a secret follows, unless that is a word."""
_PUBLIC_SEGMENT = re.compile(
    r"p|posts?|status(?:es)?|notice|objects|activities|shows?|episodes?|playlists?|tracks?|albums?|artists?|videos?|watch"
    r"|w|articles?|stor(?:y|ies)|topics?|sections|publications|commits?|comments|gallery",
    re.IGNORECASE,
)
"""Parts of a path after which the id of something public follows."""
_PUBLIC_ID = re.compile(r"(?:UC|UU|HC|FL|LL)[\w-]{22}|(?:PL|UU|RD|OLAK5uy_)[\w-]{11,41}|did:plc:[a-z2-7]{24}")
"""Ids of YouTube's channels and playlists, and of Bluesky's users."""
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_READABLE_NAME = re.compile(
    r"channel_id|playlist_id|user_id|tags?|cat(?:egory)?|topics?|q|query|s|search|feed|format|type|post_type|lang|hl|gl|ceid"
    r"|p|id|f|t|board|forum|section|page_id|title|action|view|user|name|blog|c|bridge",
    re.IGNORECASE,
)
"""Parameters that say which feed of a site this is. Only they are in a label."""

_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s'\"<>\\]*[^\s'\"<>\\.,:;!?)\]}]", re.IGNORECASE)
_PAIR_IN_TEXT = re.compile(r"(?<=[?&;])[\w.\[\]-]+=[^\s&;'\"<>\\]*[^\s&;'\"<>\\.,:!?)\]}]")
_PARTS = re.compile(
    r"(?P<start>(?:[a-z][a-z0-9+.-]*:)?//)?(?P<login>[^/?#]*@)?(?P<host>[^/?#]*)(?P<path>[^?#]*)(?P<query>\?[^#]*)?(?P<rest>#.*)?",
    re.IGNORECASE | re.DOTALL,
)
_PAIR = re.compile(r"(?P<name>[^=:]+)(?P<mark>[=:]).+", re.DOTALL)
_SEPARATOR = re.compile(r"([&;])")
_NESTED = re.compile(r"[a-z][a-z0-9+.-]*:/", re.IGNORECASE)

_MIN_PATH = 14
"""The length of random parts of a path that are secrets. Ids of videos have 11 characters, Medium's of posts 12."""
_MIN_VALUE = 12
_MIN_HOST = 20
_MIN_SCRUBBED = 6
"""A shorter secret is not searched for in other text, where it may be an ordinary word."""
_MAX_NESTING = 3


class _Piece(NamedTuple):
    text: str
    secret: bool = False


def without_secrets(url: str, login: str = "") -> str:
    """Return the address with `***` in place of each secret, and with `login` in place of user, password and `@`."""
    return _join(_pieces(url), login)


def has_secret(url: str) -> bool:
    """Return whether an address holds a secret."""
    return any(piece.secret for piece in _pieces(url))


def secrets_of(url: str) -> tuple[str, ...]:
    """Return the secrets of an address that are long enough to be recognised elsewhere, escaped and unescaped."""
    found = [part for piece in _pieces(url) if piece.secret for part in _parts_of_secret(piece.text)]
    spelled = dict.fromkeys(text for each in found for text in (each, unquote(each)))
    return tuple(sorted((each for each in spelled if len(each) >= _MIN_SCRUBBED), key=len, reverse=True))


@lru_cache(maxsize=2048)  # a list of feeds names each of them more than once
def label_of(url: str) -> str:
    """Return a name for a feed that has none: its address without scheme, login, secrets and most parameters."""
    parts = split_url(url)
    if parts is None:
        return "a feed"
    host, path, query = parts
    pairs = (pair for pair in _SEPARATOR.split(query)[::2] if _is_readable(pair))
    shown = "&".join(pairs)
    return _join((*_host(host), *_path(path))) + (f"?{shown}" if shown else "")


def safe_title(title: str, *urls: str) -> str:
    """Return a feed's title without the secrets of addresses in it, and without those of the feed's own addresses."""
    return hide_secrets(title, [secret for url in urls for secret in secrets_of(url)])


def hide_secrets(text: str, known: Iterable[str] = (), login: str = "") -> str:
    """Return text with `***` in place of the secrets of the addresses in it, and of these known ones.

    `login`: what is shown in place of user, password and `@`.
    """
    for secret in known:
        text = text.replace(secret, MASK)
    text = _ADDRESS.sub(lambda found: without_secrets(found[0], login), text)
    return _PAIR_IN_TEXT.sub(lambda found: _join(_pair(found[0])), text)


def _join(pieces: Iterable[_Piece], login: str = "") -> str:
    hidden = {True: login, False: MASK}
    return "".join(hidden[piece.text.endswith("@")] if piece.secret else piece.text for piece in pieces)


def _parts_of_secret(text: str) -> list[str]:
    """Return the password of a login, or the user if it has none; any other secret as it is."""
    if not text.endswith("@"):
        return [text]
    user, mark, password = text[:-1].partition(":")
    return [password if mark else user]


def _pieces(url: str, depth: int = 0) -> Iterator[_Piece]:
    parts = _PARTS.fullmatch(url)
    if parts is None:  # unreachable: every part may be empty
        return
    yield _Piece(parts["start"] or "")
    yield _Piece(parts["login"] or "", secret=bool(parts["login"]))
    yield from _host(parts["host"])
    yield from _path(parts["path"], depth)
    for part in (parts["query"], parts["rest"]):
        if part:
            yield _Piece(part[0])
            yield from _query(part[1:], depth)


def _host(host: str) -> Iterator[_Piece]:
    for number, label in enumerate(host.split(".")):
        yield _Piece("." if number else "")
        yield from [_Piece(label)] if label.lower().startswith("xn--") else _random(label, _MIN_HOST)


def _path(path: str, depth: int = 0) -> Iterator[_Piece]:
    before = ""
    hidden = False
    for number, segment in enumerate(path.split("/")):
        yield _Piece("/" if number else "")
        yield from _segment(segment, before, hidden=hidden, depth=depth)
        hidden = hidden or bool(_SECRET_SEGMENT.fullmatch(segment))
        before = segment or before


def _segment(segment: str, before: str, *, hidden: bool, depth: int) -> Iterator[_Piece]:
    if before.endswith(":") and "@" in segment:  # the login of an address inside this one
        yield _Piece(segment[: segment.rindex("@") + 1], secret=True)
        segment = segment[segment.rindex("@") + 1 :]
    pair = _PAIR.fullmatch(segment)
    if _PUBLIC_ID.fullmatch(unquote(segment)):
        yield _Piece(segment)
    elif ";" in segment:
        yield from _query(segment, depth)
    elif pair and _is_secret_name(pair["name"]):
        yield from _pair(segment, depth, pair["mark"])
    elif _SECRET_SEGMENT.fullmatch(before) and not _is_word(segment):
        yield from _before_extension(segment)
    elif _PUBLIC_SEGMENT.fullmatch(before) and not hidden:
        yield _Piece(segment)
    else:
        yield from _random(segment, _MIN_PATH)


def _before_extension(segment: str) -> Iterator[_Piece]:
    stem, dot, extension = segment.rpartition(".")
    known = bool(dot) and extension.isalpha() and len(extension) <= 4
    yield _Piece(stem if known else segment, secret=True)
    yield _Piece(dot + extension if known else "")


def _is_word(segment: str) -> bool:
    """Return whether a part of a path is words, with an ending at most: `feed.xml`, `garden-notes`."""
    runs = re.findall(r"\w+", unquote(segment))
    return all(run.isalpha() and not has_odd_pairs(run) for run in runs if run.isascii())


def _query(query: str, depth: int) -> Iterator[_Piece]:
    for part in _SEPARATOR.split(query):
        yield from [_Piece(part)] if part in {"&", ";"} else _pair(part, depth)


def _pair(pair: str, depth: int = 0, mark: str = "=") -> Iterator[_Piece]:
    name, mark, value = pair.partition(mark)
    yield from _random(name, _MIN_VALUE)
    yield _Piece(mark)
    if value and _is_secret_name(unquote(name)):
        yield _Piece(value, secret=True)
    elif depth < _MAX_NESTING and _NESTED.match(_unquote(value)):
        yield from _pieces(_unquote(value), depth + 1)
    elif _PUBLIC_ID.fullmatch(value):
        yield _Piece(value)
    else:
        yield from _random(value, _MIN_VALUE)


def _unquote(value: str) -> str:
    """Return an address inside another one, which may be escaped several times, on one line."""
    for _ in range(_MAX_NESTING):
        value = unquote(value)
    return "".join(char if char.isprintable() else " " for char in value)


def _is_secret_name(name: str) -> bool:
    return bool(_SECRET_NAME.search(name)) and not _NO_SECRET_NAME.search(name)


def _is_readable(pair: str) -> bool:
    name, _, value = pair.partition("=")
    if _PUBLIC_ID.fullmatch(value):
        return True
    plain = all(
        run.isdigit() or not has_odd_pairs(run) for run in re.findall(r"[A-Za-z0-9]+", unquote(value))
    )
    return (
        bool(value and _READABLE_NAME.fullmatch(name))
        and plain
        and not any(piece.secret for piece in _pair(pair))
    )


def _random(text: str, min_length: int) -> Iterator[_Piece]:
    """Split text into random parts, which are secret, and the others."""
    if len(text) < min_length:
        yield _Piece(text)
        return
    plain = unquote(text)
    if plain != text and _random_spans(plain, min_length):
        yield _Piece(text, secret=True)
        return
    at = 0
    for start, end in _random_spans(text, min_length):
        yield _Piece(text[at:start])
        yield _Piece(text[start:end], secret=True)
        at = end
    yield _Piece(text[at:])


def _random_spans(text: str, min_length: int) -> list[tuple[int, int]]:
    uuids = [match.span() for match in _UUID.finditer(text)]
    return uuids or random_spans(text, min_length)
