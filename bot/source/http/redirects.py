"""Where redirects lead, and what of it may be remembered. Pure."""

from dataclasses import dataclass, field, replace

from bot.errors import HttpError, InvalidAddress, TooManyRedirects
from bot.source.http.url import clean_url, login_of, origin_of, public_url, with_login, without_login

REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_MOST = 5
_NO_ADDRESS = (
    "The site redirects to something that is no web address; tell its owner, or follow another feed of it."
)
_KEY_STAYS = (
    "The API redirects, and its key is sent nowhere else; wait until it is back, or check its address."
)


@dataclass(frozen=True, slots=True)
class RedirectChain:
    """The way from the address asked to the one asked now."""

    asked: str
    url: str
    """Without user and password."""
    login: tuple[str, str] | None = None
    moved_to: str = ""
    """The end of the unbroken chain of permanent redirects; "" if it leads nowhere."""
    permanent: bool = True
    """Whether that chain is unbroken so far."""
    passed: tuple[str, ...] = ()
    key: str = field(default="", repr=False)
    """A query, `name=value`, for an API: nothing but the request itself holds the address with it."""


def begin(url: str, key: str = "") -> RedirectChain:
    """The trail before the first request. Raises InvalidAddress."""
    asked = clean_url(url)
    return RedirectChain(asked=asked, url=without_login(asked), login=login_of(asked), key=key)


def follow(trail: RedirectChain, status: int, location: str) -> RedirectChain:
    """The trail after a redirect. Raises TooManyRedirects, InvalidAddress, HttpError (no target, or with a key)."""
    if trail.key:
        raise HttpError(public_url(trail.asked), status, f"{_KEY_STAYS} (HTTP {status})")
    if not location.strip():
        raise HttpError(
            public_url(trail.asked),
            status,
            f"The site redirects without saying where; tell its owner, it is asked again later. (HTTP {status})",
        )
    target = _target(trail, location)
    url, passed = without_login(target), (*trail.passed, trail.url)
    if url in passed:
        raise TooManyRedirects(
            public_url(trail.asked),
            "The address redirects in a circle; open it in a browser and use where it ends.",
        )
    if len(passed) > _MOST:
        raise TooManyRedirects(public_url(trail.asked))
    login = _login_there(trail, url)
    permanent = trail.permanent and status in _PERMANENT and not _downgrades(trail.url, url)
    moved_to = with_login(url, login) if permanent else trail.moved_to
    return replace(trail, url=url, login=login, permanent=permanent, moved_to=moved_to, passed=passed)


def _target(trail: RedirectChain, location: str) -> str:
    try:
        return clean_url(location, base=trail.url)
    except InvalidAddress:
        raise InvalidAddress(public_url(trail.asked), _NO_ADDRESS) from None  # the target may hold secrets


def _login_there(trail: RedirectChain, url: str) -> tuple[str, str] | None:
    """User and password go on only to where they were meant for: the same host and port, or its https."""
    here, there = origin_of(trail.url), origin_of(url)
    upgraded = here[1] == there[1] and (here[0], there[0]) == ("http", "https")
    return trail.login if here == there or upgraded else None


def _downgrades(old: str, new: str) -> bool:
    """From https to http: followed, but whoever listens on the way must not get to set the address for good."""
    return old.startswith("https:") and new.startswith("http:")
