"""Follow redirects, and decide which of them change the feed's address. Pure."""

from dataclasses import dataclass, field, replace

from bot.errors import HttpError, InvalidAddress, TooManyRedirects
from bot.source.http.cookies import Cookie, cookies_for
from bot.source.http.url import (
    clean_url,
    is_same_origin_or_upgrade,
    login_of,
    public_url,
    with_login,
    without_login,
)

REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_MAX_REDIRECTS = 5
_BAD_TARGET = (
    "The site redirects to an invalid address; tell the site's owner, or follow another of its feeds."
)
_NO_TARGET = (
    "The site redirects without an address to go to; tell the site's owner, the bot will try again later."
)
_LOOP = "The address redirects in a loop; open it in a browser and use the address you end up at."
_KEY_NOT_SENT = (
    "The API redirects, and the bot does not send its key to another address; wait until the API is back, or check"
    " its address."
)


@dataclass(frozen=True, slots=True)
class RedirectChain:
    """The redirects from the requested address to the current one."""

    requested_url: str
    url: str
    """The current address, without user and password."""
    login: tuple[str, str] | None = None
    moved_to: str = ""
    """The end of the unbroken series of permanent redirects from the start; "" if there is none."""
    permanent: bool = True
    """Whether all redirects so far were permanent."""
    visited: tuple[tuple[str, str], ...] = ()
    """The addresses so far, each with the cookies that were sent there."""
    cookies: tuple[Cookie, ...] = ()
    """The cookies that the redirects have set so far."""
    key: str = field(default="", repr=False)
    """An API key as a query parameter, `name=value`. Only the request itself combines it with the address."""


def start_chain(url: str, key: str = "") -> RedirectChain:
    """Return the chain before the first request. Raises InvalidAddress."""
    requested = clean_url(url)
    return RedirectChain(
        requested_url=requested, url=without_login(requested), login=login_of(requested), key=key
    )


def follow_redirect(
    chain: RedirectChain, status: int, location: str, cookies: tuple[Cookie, ...] = ()
) -> RedirectChain:
    """Return the chain after one more redirect. `cookies`: all that the chain has now.

    An address may be requested again if it gets other cookies. Raises TooManyRedirects, InvalidAddress, or HttpError
    for a redirect without a target or of a request with a key.
    """
    shown = public_url(chain.requested_url)
    if chain.key:
        raise HttpError(shown, status, f"{_KEY_NOT_SENT} (HTTP {status})")
    if not location.strip():
        raise HttpError(shown, status, f"{_NO_TARGET} (HTTP {status})")
    target = _target(chain, location)
    url = without_login(target)
    visited = (*chain.visited, (chain.url, cookies_for(chain.cookies, chain.url)))
    if (url, cookies_for(cookies, url)) in visited:
        raise TooManyRedirects(shown, _LOOP)
    if len(visited) > _MAX_REDIRECTS:
        raise TooManyRedirects(shown)
    login = _login_for(chain, url)
    permanent = chain.permanent and status in _PERMANENT and not _is_downgrade(chain.url, url)
    moved_to = with_login(url, login) if permanent else chain.moved_to
    if url == without_login(chain.requested_url):  # back again: the site has only set a cookie
        permanent, moved_to = False, ""
    return replace(
        chain, url=url, login=login, permanent=permanent, moved_to=moved_to, visited=visited, cookies=cookies
    )


def follow_refresh(chain: RedirectChain, location: str, cookies: tuple[Cookie, ...] = ()) -> RedirectChain:
    """Return the chain after a page's meta refresh, which counts as a redirect. Raises as `follow_redirect` does.

    Only the new address can lead to a feed later, because polls do not read pages. So it counts as moved.
    """
    followed = follow_redirect(chain, 302, location, cookies)
    return replace(followed, permanent=True, moved_to=with_login(followed.url, followed.login))


def _target(chain: RedirectChain, location: str) -> str:
    try:
        return clean_url(location, base=chain.url)
    except InvalidAddress:  # the target may contain secrets, so the error names the requested address
        raise InvalidAddress(public_url(chain.requested_url), _BAD_TARGET) from None


def _login_for(chain: RedirectChain, url: str) -> tuple[str, str] | None:
    return chain.login if is_same_origin_or_upgrade(chain.url, url) else None


def _is_downgrade(old: str, new: str) -> bool:
    """Return whether https redirects to http: followed, but an eavesdropper must not change the stored address."""
    return old.startswith("https:") and new.startswith("http:")
