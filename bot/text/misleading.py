"""Recognise the text of a link that looks like another address than the one it leads to."""

import re
import unicodedata
from collections.abc import Iterator

from bot.text.links import host_of

_DOMAIN_SUFFIX = re.compile(
    r"""com|net|org|gov|edu|mil|int|info|biz|name|pro|app|dev|shop|store|online|site|website|web|tech|cloud|blog|page|link
    |live|club|fun|space|xyz|top|vip|bank|pay|gift|gifts|games|chat|support|help|email|finance|money|trade|world|social|media
    |news|art|zone|one|win|bid|click|zip|mov|example|test|xn--\S+|[^\W\d_a-z]{2,}
    |(?!js|ts|md|py|sh|rs|cc|pl|so|cs|go|hs|ml|ps)[a-z]{2}""",
    re.VERBOSE,
)
"""The end of a bare domain. Of country domains, those that are also file suffixes are left out."""
_NET_PRODUCTS = frozenset({"asp.net", "ado.net", "ml.net", "vb.net"})
_PLATFORM = re.compile(r"^(?:.+\.)?(?:discord(?:app)?\.(?:com|gg|gift|new)|dis(?:cord)?\.gd)$")
"""Discord's own hosts: readers trust them most."""
_DOTS = str.maketrans({"。": ".", "．": ".", "｡": ".", "․": ".", "／": "/", "⁄": "/", "∕": "/", "：": ":"})
_ADDRESS = re.compile(
    r"""(?P<scheme>https?:/{1,3}|www\.)?
    (?:[^\s/@:?\#]+(?::[^\s/@]*)?@)?  # a login
    (?P<host>(?:[^\W_](?:[\w-]{0,62})\.)+[^\W\d_][\w-]{1,62}|\d{1,3}(?:\.\d{1,3}){3})\.?
    (?::\d{1,5})?(?P<path>/\S*)?(?:[?\#]\S*)?""",
    re.VERBOSE | re.IGNORECASE,
)
_EDGES = " \t\n.,;:!?…'\"“”„‘’«»()[]{}<>*_~|`→←➜»›‹-–—"
_MAX_WORDS = 200
"""A longer label is checked up to here."""


def is_misleading(label: str, url: str) -> bool:
    """Return whether a word of a link's text names another site than the link's."""
    return any(not _is_same_site(host, url) for host, _ in _addresses(_words(label)))


def is_misleading_title(title: str, url: str) -> bool:
    """Return whether a title looks like an address of another site.

    Titles often mention a site ("Example.com is down"), so a bare domain counts only if the title has no other words.
    """
    words = _words(title)
    return any(
        (is_explicit or len(words) == 1 or _PLATFORM.match(host)) and not _is_same_site(host, url)
        for host, is_explicit in _addresses(words)
    )


def _words(text: str) -> list[str]:
    visible = "".join(char for char in text if unicodedata.category(char) != "Cf")
    words = unicodedata.normalize("NFKC", visible.translate(_DOTS)).split()[:_MAX_WORDS]
    return [word for each in words if (word := each.strip(_EDGES))]


def _addresses(words: list[str]) -> Iterator[tuple[str, bool]]:
    """Yield the host of each word that is an address, and whether more than a bare domain shows that."""
    for word in words:
        if match := _ADDRESS.fullmatch(word):
            host = match["host"].lower()
            is_explicit = bool(match["scheme"] or match["path"])
            if is_explicit or _is_domain(host):
                yield host, is_explicit


def _is_domain(host: str) -> bool:
    return _DOMAIN_SUFFIX.fullmatch(host.rpartition(".")[2]) is not None and host not in _NET_PRODUCTS


def _is_same_site(host: str, url: str) -> bool:
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:
        return False
    return host_of(host) == host_of(url)
