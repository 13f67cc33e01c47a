"""Group addresses into sites. A site is the unit of rate limits, because one operator serves all of its hosts."""

from functools import cache, lru_cache

from publicsuffixlist import PublicSuffixList

from bot.errors import InvalidAddress
from bot.source.http.ssrf_guard import parse_ip
from bot.source.http.url import clean_url, host_of


@lru_cache(maxsize=4096)
def site_of(url: str) -> str:
    """Return the registrable domain of an address or a bare host, in lower-case ASCII. Never raises.

    An IP address, a name without a registrable domain and an invalid address are sites of their own.
    """
    host = _host(url)
    ip = parse_ip(host)
    if ip is not None:
        return str(ip)
    return _public_suffixes().privatesuffix(host) or host


def _host(url: str) -> str:
    try:
        return host_of(clean_url(url if "//" in url else f"https://{url}"))
    except InvalidAddress:
        return url.lower()


@cache
def _public_suffixes() -> PublicSuffixList:
    """Load the list on first use, which takes 40 ms.

    Only the section of registries is used. The private section would make each blog of blogspot.com, github.io or
    hatenablog.com its own site, although one operator serves all of them and counts a client's requests together. The
    price is that independent owners below a dynamic DNS name share a limit, which only slows them down.
    """
    return PublicSuffixList(only_icann=True)
