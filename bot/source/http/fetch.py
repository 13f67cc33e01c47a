"""Conditional GET with a deadline, a size cap and checked redirects: an address → Fetched or NotModified, or one of
our errors.
"""

import asyncio
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from bot import __version__
from bot.errors import EmptyDocument, HtmlPage, HttpError, NotAFeed, PrivateAddress
from bot.model import Fetched, NotModified, Validators
from bot.source.http import blocked_pages, cache_headers, ssrf_guard
from bot.source.http.body import excerpt, whole
from bot.source.http.errors import NETWORK_ERRORS, explained, refused
from bot.source.http.redirects import REDIRECTS, RedirectChain, begin, follow
from bot.source.http.url import host_of, public_url

_FEEDS = "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml"
_ACCEPT_FEED = f"{_FEEDS}, application/json;q=0.9, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
_ACCEPT_PAGE = f"text/html, application/xhtml+xml, {_FEEDS}, application/xml;q=0.9, */*;q=0.1"
_ACCEPT_JSON = "application/json"
_CONDITIONS = frozenset({"If-None-Match", "If-Modified-Since"})
_NONE = Validators()
_LONGEST_HEADER = 1 << 15  # some sites send Content-Security-Policy and Link headers beyond aiohttp's 8 KiB


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What one fetch may take."""

    timeout: timedelta
    """Redirects and body included."""
    max_body: int
    """Bytes, decompressed."""
    allow_private_addresses: bool = False


@dataclass(frozen=True, slots=True)
class Api:
    """How an API is asked, beside its addresses."""

    key: str = field(repr=False)
    """A query, `name=value`; only the request itself ever holds it."""
    refused: Callable[[int, Mapping[str, str]], HttpError]
    """Our error for a status that brings no document, and its headers."""
    max_age: Callable[[Mapping[str, str]], timedelta | None]
    """How long the headers of a good answer say that asking again is pointless."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the end of the redirects sent."""

    trail: RedirectChain
    status: int
    headers: Mapping[str, str]
    body: bytes
    conditional: bool
    """Whether validators were sent, so that 304 has a meaning."""
    link: str
    """Every `Link` header: there may be several, of which `headers` knows the first."""


class Fetcher:
    """One HTTP session for all feeds; `async with` opens and closes it."""

    def __init__(
        self,
        limits: FetchLimits,
        contact: str = "",
        *,
        version: str = __version__,
        resolver: AbstractResolver | None = None,
    ) -> None:
        """`contact`: a URL or mail address that site owners find in the User-Agent. `resolver`: for tests."""
        self._limits = limits
        self._resolver = resolver
        self._user_agent = _user_agent(version, contact)
        self._opened: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._opened = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=self._resolver,
                socket_factory=None if self._limits.allow_private_addresses else ssrf_guard.guarded_socket,
            ),
            headers={"User-Agent": self._user_agent},
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),  # the deadline is set around all redirects
            trust_env=False,  # a proxy or a .netrc would go around the guard
            max_line_size=_LONGEST_HEADER,
            max_field_size=_LONGEST_HEADER,
        )
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._opened is not None:
            await self._opened.close()

    async def fetch(self, url: str, validators: Validators = _NONE) -> Fetched | NotModified:
        """The feed at an address, if it changed since these validators. Raises SourceError, for pages too."""
        answer = await self._ask(begin(url), _ACCEPT_FEED, validators)
        max_age = cache_headers.max_age(answer.headers)
        if answer.status == 304:
            return NotModified(
                answer.trail.url, _renewed(validators, answer.headers), answer.trail.moved_to, max_age
            )
        page = _page(answer)
        if page is not None:
            raise page
        fetched = _fetched(answer, max_age)
        if fetched.validators.body_hash == validators.body_hash:
            return NotModified(fetched.url, fetched.validators, fetched.moved_to, max_age)
        return fetched

    async def fetch_page(self, url: str) -> Fetched:
        """What stands at an address, be it a feed or a page. Raises SourceError; walls in front of it too."""
        answer = await self._ask(begin(url), _ACCEPT_PAGE, _NONE)
        page = _page(answer)
        if page is not None and not isinstance(page, HtmlPage):
            raise page
        return _fetched(answer, cache_headers.max_age(answer.headers))

    async def fetch_api(self, url: str, api: Api) -> Fetched:
        """What an API sends. A redirect would carry the key elsewhere, and is an error. Raises SourceError."""
        answer = await self._ask(begin(url, api.key), _ACCEPT_JSON, _NONE, api)
        page = _page(answer)
        if page is not None:
            raise page
        return _fetched(answer, api.max_age(answer.headers))

    async def _ask(
        self, trail: RedirectChain, accept: str, validators: Validators, api: Api | None = None
    ) -> _Answer:
        try:
            async with asyncio.timeout(self._limits.timeout.total_seconds()):
                answer = await self._follow(trail, accept, validators)
        except NETWORK_ERRORS as error:
            failure = explained(error, public_url(trail.asked))
            raise failure from None  # aiohttp's text quotes the address, secrets included
        if answer.status not in {200, 203, 204} and not (answer.status == 304 and answer.conditional):
            raise _page(answer) or _refusal(answer, api)
        return answer

    async def _follow(self, trail: RedirectChain, accept: str, validators: Validators) -> _Answer:
        while True:
            step = await self._get(trail, {"Accept": accept, **_conditions(trail, validators)})
            if isinstance(step, _Answer):
                return step
            wall = blocked_pages.wall_at(step.url)
            if wall is not None:
                raise wall
            trail = step

    async def _get(self, trail: RedirectChain, headers: Mapping[str, str]) -> _Answer | RedirectChain:
        """One request; once more without compression if the site's compression is broken."""
        try:
            return await self._request(trail, headers)
        except aiohttp.ClientPayloadError as error:
            if not isinstance(error.__cause__, aiohttp.http_exceptions.ContentEncodingError):
                raise
            return await self._request(trail, {**headers, "Accept-Encoding": "identity"})

    async def _request(self, trail: RedirectChain, headers: Mapping[str, str]) -> _Answer | RedirectChain:
        if self._opened is None:
            raise RuntimeError("a Fetcher is used inside `async with`")
        self._admit(trail.url)
        async with self._opened.get(
            _with_key(trail), headers={**headers, **_authorization(trail)}, allow_redirects=False
        ) as response:
            if response.status in REDIRECTS:
                return follow(trail, response.status, response.headers.get("Location", ""))
            if response.status >= 400:
                body = await excerpt(response)
            else:
                body = await whole(response, self._limits.max_body, public_url(trail.asked))
            return _Answer(
                trail,
                response.status,
                response.headers,
                body,
                not _CONDITIONS.isdisjoint(headers),
                ", ".join(response.headers.getall("Link", ())),
            )

    def _admit(self, url: str) -> None:
        """Refuse early, and in words, what the guard would refuse at the socket."""
        if self._limits.allow_private_addresses:
            return
        host = host_of(url)
        literal = ssrf_guard.literal_address(host)
        if ssrf_guard.is_local_name(host) or (literal is not None and not ssrf_guard.is_public(literal)):
            raise PrivateAddress(public_url(url))


def _user_agent(version: str, contact: str) -> str:
    said = "".join(c for c in contact if c.isprintable()).strip()
    return f"feed-relay/{version} (+{said})" if said else f"feed-relay/{version}"


def _conditions(trail: RedirectChain, validators: Validators) -> dict[str, str]:
    """The headers that make the GET conditional.

    Validators came from the end of the last chain of redirects, and this chain most likely leads there again, so
    the ETag goes along: it means one document or none. A date would also match an older document on another host,
    one that was never read, so it is only sent to the host that was asked.
    """
    wanted = {"If-None-Match": validators.etag}
    if _bare_host(trail.url) == _bare_host(trail.asked):
        wanted["If-Modified-Since"] = validators.last_modified
    return {
        name: value for name, value in wanted.items() if value and value.isascii() and value.isprintable()
    }


def _authorization(trail: RedirectChain) -> dict[str, str]:
    if trail.login is None:
        return {}
    return {"Authorization": f"Basic {b64encode(':'.join(trail.login).encode()).decode()}"}


def _with_key(trail: RedirectChain) -> URL:
    joint = "&" if "?" in trail.url else "?"
    return URL(f"{trail.url}{joint}{trail.key}" if trail.key else trail.url, encoded=True)


def _refusal(answer: _Answer, api: Api | None) -> HttpError:
    if api is not None:
        return api.refused(answer.status, answer.headers)
    return refused(public_url(answer.trail.url), answer.status, answer.headers)


def _bare_host(url: str) -> str:
    return host_of(url).removeprefix("www.")


def _renewed(old: Validators, headers: Mapping[str, str]) -> Validators:
    return Validators(
        etag=headers.get("ETag", old.etag),
        last_modified=headers.get("Last-Modified", old.last_modified),
        body_hash=old.body_hash,
    )


def _page(answer: _Answer) -> NotAFeed | None:
    if answer.status in {304, 410, 429}:  # what these ask for outweighs any page
        return None
    return blocked_pages.classify(answer.trail.url, answer.status, answer.headers, answer.body)


def _fetched(answer: _Answer, max_age: timedelta | None) -> Fetched:
    if not answer.body or answer.body.isspace():
        raise EmptyDocument(public_url(answer.trail.asked))
    return Fetched(
        url=answer.trail.url,
        body=answer.body,
        content_type=answer.headers.get("Content-Type", ""),
        validators=Validators(
            etag=answer.headers.get("ETag", ""),
            last_modified=answer.headers.get("Last-Modified", ""),
            body_hash=sha256(answer.body).hexdigest(),
        ),
        moved_to=answer.trail.moved_to,
        max_age=max_age,
        link=answer.link,
        total=_count(answer.headers.get("X-WP-Total", "")),
        total_pages=_count(answer.headers.get("X-WP-TotalPages", "")),
    )


def _count(header: str) -> int | None:
    return int(header) if re.fullmatch(r"[0-9]{1,9}", header) else None
