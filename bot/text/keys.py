"""Entry → keys, which find a known post again even if its feed gives it a new guid, link or date.

A key only says which known posts an entry may be. `relay/recognise.py` weighs the evidence.
"""

import re
from dataclasses import dataclass
from datetime import datetime, time
from hashlib import sha256

from bot.model import Entry
from bot.text.canonical import canonical_link, fragment_of, split_url
from bot.text.fold import fold

VERSION = "1"
"""Change it when the same entry gets other keys: then the store rebuilds them, and no item of a document is known."""

LASTING_KINDS = ("tumblr:", "guid:", "anchor:", "link:", "path:")
"""The kinds of keys that survive an edit. They are added to a known entry; hashes are not."""

WORDS_KIND = "words:"
"""The kind of the key of an entry's words."""

HINT_KINDS = (WORDS_KIND, "date:")
"""The kinds of keys that different posts may share. They follow the entry's edits."""

WHOLE_KIND = "whole:"
"""The kind of the key that every entry has: a hash of everything."""

_MAX_KEY_LENGTH = 200
_PLACEHOLDERS = frozenset(
    {"na", "null", "none", "nil", "nan", "undefined", "unknown", "empty", "blank", "default", "false", "true"}
    | {"guid", "id", "uuid", "item", "post", "entry", "test", "todo", "tbd", "permalink", "link", "url"}
)
"""What sites write where they have no guid, without punctuation. Zeros count, too."""

_NO_NAME = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Site:
    """What a document says about where its posts live."""

    link: str
    """The site behind the feed; "" if the document names none."""
    url: str
    """The feed's own address."""

    @property
    def hosts(self) -> frozenset[str]:
        """The feed's own hosts."""
        return frozenset(filter(None, (_host(self.link), _host(self.url))))

    def is_front(self, link: str) -> bool:
        """Return whether a canonical link is that of the site or the feed, and so of no post."""
        return link in {canonical_link(self.link), canonical_link(self.url)} or _is_front(link)


def post_keys(entry: Entry, site: Site, whole: str = "") -> tuple[str, ...]:
    """Return the keys of an entry, strongest first. The last one, a hash of everything, is never missing.

    `whole`: that hash, if it is known.
    """
    addresses = [url for url in (entry.guid, entry.link) if split_url(url)]
    hosts, own = site.hosts, [url for url in addresses if not site.is_front(canonical_link(url))]
    keys = [
        entry.source_id,
        guid_key(entry, site),
        anchor_key(entry.link),
        *map(link_key, own),
        *(_key("path", _path_at_home(url, hosts)) for url in own),
        f"{WHOLE_KIND}{whole or _hash_of_everything(entry)}",
    ]
    return tuple(dict.fromkeys(filter(None, keys)))


def hints(entry: Entry, words: str | None = None) -> tuple[str, ...]:
    """Return the keys that different posts may share: the words, and the second of the date.

    `words`: the hash of the words, if it is known.
    """
    date = entry.published
    keys = [
        _key("words", _hash_of_words(entry) if words is None else words),
        _key("date", date.strftime("%Y%m%dT%H%M%S") if date and is_exact(date) else ""),
    ]
    return tuple(filter(None, keys))


def guid_key(entry: Entry, site: Site | None = None) -> str:
    """Return the key of an entry's guid; "" if it has none, or only a placeholder."""
    bare = _NO_NAME.sub("", entry.guid.casefold())
    link = canonical_link(entry.guid)
    if bare.strip("0") == "" or bare in _PLACEHOLDERS or (link and site and site.is_front(link)):
        return ""
    return _key("guid", with_fragment(entry.guid) or entry.guid)


def anchor_key(link: str) -> str:
    """Return the key of an address with a fragment; "" if it has none."""
    return _key("anchor", with_fragment(link)) if fragment_of(link) else ""


def link_key(link: str) -> str:
    """Return the key of an address without its fragment; "" if it isn't a web address."""
    return _key("link", canonical_link(link))


def with_fragment(url: str) -> str:
    """Return the canonical link with its fragment; "" if it isn't a web address."""
    fragment = fragment_of(url)
    return canonical_link(url) + (f"#{fragment}" if fragment else "")


def is_exact(date: datetime) -> bool:
    """Return whether a date has a time of day; midnight counts as none."""
    return date.time() != time()


def _path_at_home(url: str, hosts: frozenset[str]) -> str:
    """Return the path of a post on the feed's own host, which stays when the blog moves to another domain."""
    host = _host(url)
    return canonical_link(url).removeprefix(host) if host in hosts else ""


def _is_front(link: str) -> bool:
    return "/" not in link and "?" not in link


def _hash_of_everything(entry: Entry) -> str:
    published = entry.published.isoformat() if entry.published else ""
    files = (media.url for media in entry.media)
    return _hash(entry.guid, entry.link, entry.title, entry.text, published, *files)


def _hash_of_words(entry: Entry) -> str:
    words = f"{fold(entry.title)}\n{fold(entry.text)}"
    return _hash(words) if words.strip() else ""


def _key(kind: str, value: str) -> str:
    if not value:
        return ""
    return f"{kind}:{value if len(value) <= _MAX_KEY_LENGTH else _hash(value)}"


def _host(url: str) -> str:
    parts = split_url(url)
    return parts[0] if parts else ""


def _hash(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
