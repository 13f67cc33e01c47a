"""Which addresses share a budget: politeness is owed to whoever answers, not to each host name."""

from functools import cache, lru_cache

from publicsuffixlist import PublicSuffixList

from bot.errors import InvalidAddress
from bot.source.http.ssrf_guard import literal_address
from bot.source.http.url import clean_url, host_of


@lru_cache(maxsize=4096)
def site_of(url: str) -> str:
    """The registrable domain of an address in lower-case ASCII; an IP address, or a name without one, is its own site.

    A bare host will do. What cannot be read is its own site as well, so that this never raises.
    """
    host = _host(url)
    literal = literal_address(host)
    if literal is not None:
        return str(literal)
    return _registries().privatesuffix(host) or host


def _host(url: str) -> str:
    try:
        return host_of(clean_url(url if "//" in url else f"https://{url}"))
    except InvalidAddress:
        return url.lower()


@cache
def _registries() -> PublicSuffixList:
    """Loaded at the first use, since it takes 40 ms.

    Only the list's section of registries: its private section would make each blog of blogspot.com, github.io or
    hatenablog.com a site, although one operator answers for all of them and counts one caller's requests together.
    That independent owners below a dynamic DNS name then share a budget costs them a little speed, nothing more.
    """
    return PublicSuffixList(only_icann=True)
