"""Fetch addresses with conditional GET, a deadline, a size cap and checked redirects."""

import asyncio
from base64 import b64encode
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from bot import __version__
from bot.errors import EmptyDocument, HtmlPage, HttpError, NotAFeed, PrivateAddress
from bot.model import Fetched, NotModified, Validators
from bot.source.http import blocked_pages, cache_headers, ssrf_guard
from bot.source.http.body import Body, is_binary, read_body, read_error_page
from bot.source.http.cookies import Cookie, cookies_for, with_new_cookies
from bot.source.http.decode import decode
from bot.source.http.errors import NETWORK_ERRORS, cut_short, error_from_exception, error_from_status
from bot.source.http.redirects import (
    REDIRECT_STATUSES,
    RedirectChain,
    follow_redirect,
    follow_refresh,
    start_chain,
)
from bot.source.http.refresh import refresh_target
from bot.source.http.url import host_of, public_url

_FEEDS = "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml"
_ACCEPT_FEED = f"{_FEEDS}, application/json;q=0.9, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
_ACCEPT_PAGE = f"text/html, application/xhtml+xml, {_FEEDS}, application/xml;q=0.9, */*;q=0.1"
_ACCEPT_PICTURE = "image/avif, image/webp, image/png, image/jpeg, image/gif"
_ACCEPT_JSON = "application/json"
_CONDITIONAL_HEADERS = frozenset({"If-None-Match", "If-Modified-Since"})
_NO_VALIDATORS = Validators()
_MAX_HEADER_LENGTH = 1 << 15  # some sites exceed aiohttp's 8 KiB with Content-Security-Policy and Link


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """The limits of one fetch."""

    timeout: timedelta
    """For the whole fetch, including redirects and the body."""
    max_body: int
    """Maximum size of the decompressed body, in bytes."""
    allow_private_addresses: bool | Collection[str] = False
    """True: all; or a collection of the allowed ones, each as "127.0.0.1:8080"."""

    @property
    def exempt(self) -> Collection[str] | None:
        """The private addresses that are allowed; None: all."""
        allowed = self.allow_private_addresses
        return (None if allowed else ()) if isinstance(allowed, bool) else allowed


@dataclass(frozen=True, slots=True)
class Api:
    """The settings for requests to an API."""

    key: str = field(repr=False)
    """A query parameter, `name=value`. Only the request itself combines it with the address."""
    error_from_status: Callable[[int, Mapping[str, str]], HttpError]
    """Return our error for a status without a document, from the status and the headers."""
    max_age: Callable[[Mapping[str, str]], timedelta | None]
    """Return from a good response's headers how long it stays fresh."""


@dataclass(frozen=True, slots=True)
class _Response:
    """The response at the end of the redirects."""

    chain: RedirectChain
    status: int
    headers: Mapping[str, str]
    body: bytes
    short: bool
    """Whether the body is shorter than announced."""
    conditional: bool
    """Whether the request had validators, so that a 304 is valid."""
    link: str
    """All `Link` headers, joined; `headers` returns only the first."""
    cookies: tuple[Cookie, ...]
    """What the chain would have after this response."""
    page: NotAFeed | None
    """The error for a web page that came in place of a feed."""


class Fetcher:
    """One HTTP session for all feeds. `async with` opens and closes it."""

    def __init__(
        self,
        limits: FetchLimits,
        contact: str = "",
        *,
        version: str = __version__,
        resolver: AbstractResolver | None = None,
    ) -> None:
        """`contact`: a URL or mail address for site owners, added to the User-Agent. `resolver`: for tests."""
        self._limits = limits
        self._resolver = resolver
        self._user_agent = _user_agent(version, contact)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=self._resolver,
                socket_factory=None
                if self._limits.exempt is None
                else partial(ssrf_guard.guarded_socket, exempt=self._limits.exempt),
            ),
            headers={"User-Agent": self._user_agent},
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),  # `_request` sets one deadline for all redirects
            trust_env=False,  # a proxy or .netrc would bypass the guard
            max_line_size=_MAX_HEADER_LENGTH,
            max_field_size=_MAX_HEADER_LENGTH,
        )
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def fetch(self, url: str, validators: Validators = _NO_VALIDATORS) -> Fetched | NotModified:
        """Fetch a feed; NotModified if these validators still apply. Raises SourceError, including for web pages."""
        response = await self._request(start_chain(url), _ACCEPT_FEED, validators)
        max_age = cache_headers.max_age(response.headers)
        if response.status == 304:
            chain = response.chain
            return NotModified(chain.url, validators, chain.moved_to, max_age)
        if response.page is not None:
            raise response.page
        fetched = _to_fetched(response, max_age)
        if fetched.validators.body_hash == validators.body_hash:
            return NotModified(fetched.url, fetched.validators, fetched.moved_to, max_age)
        return fetched

    async def fetch_page(self, url: str) -> Fetched:
        """Fetch a feed or a web page. A meta refresh counts as a redirect, unless its page names a feed.

        Raises SourceError, including for bot checks, consent pages and login pages.
        """
        response = await self._request(start_chain(url), _ACCEPT_PAGE, _NO_VALIDATORS, refresh=True)
        if response.page is not None and not isinstance(response.page, HtmlPage):
            raise response.page
        if response.page is not None and response.short:
            raise cut_short(public_url(url))
        return _to_fetched(response, cache_headers.max_age(response.headers))

    async def fetch_picture(self, url: str) -> bytes:
        """Fetch a picture, or whatever else there is: the caller looks at the bytes. Raises SourceError."""
        response = await self._request(start_chain(url), _ACCEPT_PICTURE, _NO_VALIDATORS)
        if response.short:
            raise cut_short(public_url(url))
        return response.body

    async def fetch_api(self, url: str, api: Api) -> Fetched:
        """Fetch from an API. A redirect is an error, because it could send the key elsewhere. Raises SourceError."""
        response = await self._request(start_chain(url, api.key), _ACCEPT_JSON, _NO_VALIDATORS, api)
        if response.page is not None:
            raise response.page
        if response.short:
            raise cut_short(public_url(url))
        return _to_fetched(response, api.max_age(response.headers))

    async def _request(
        self,
        chain: RedirectChain,
        accept: str,
        validators: Validators,
        api: Api | None = None,
        *,
        refresh: bool = False,
    ) -> _Response:
        """Request an address and follow its redirects, within the deadline."""
        try:
            async with asyncio.timeout(self._limits.timeout.total_seconds()):
                response = await self._follow(chain, accept, validators, refresh=refresh)
        except NETWORK_ERRORS as error:
            failure = error_from_exception(error, public_url(chain.requested_url))
            raise failure from None  # aiohttp's message quotes the address, including secrets
        if response.status not in {200, 203, 204} and not (response.status == 304 and response.conditional):
            raise response.page or _status_error(response, api)
        return response

    async def _follow(
        self, chain: RedirectChain, accept: str, validators: Validators, *, refresh: bool
    ) -> _Response:
        """Follow redirects, and with `refresh` also pages that lead on."""
        while True:
            step = await self._get(chain, {"Accept": accept, **_conditional_headers(chain, validators)})
            if isinstance(step, _Response):
                target = _refresh_target(step) if refresh else ""
                if not target:
                    return step
                step = follow_refresh(step.chain, target, step.cookies)
            blocked = blocked_pages.classify_redirect(step.url)
            if blocked is not None:
                raise blocked
            chain = step

    async def _get(self, chain: RedirectChain, headers: Mapping[str, str]) -> _Response | RedirectChain:
        """Send one GET. If the site's compression is broken, repeat it without, and ignore any header about it.

        Some servers name a compression that they do not use, even if none was asked for.
        """
        try:
            return await self._get_once(chain, headers)
        except aiohttp.ClientPayloadError as error:
            if not isinstance(error.__cause__, aiohttp.http_exceptions.ContentEncodingError):
                raise
            plain = {**headers, "Accept-Encoding": "identity"}
            answer = await self._get_once(chain, plain, decompress=False)
            if isinstance(answer, _Response) and is_binary(answer.body):
                raise
            return answer

    async def _get_once(
        self, chain: RedirectChain, headers: Mapping[str, str], *, decompress: bool = True
    ) -> _Response | RedirectChain:
        if self._session is None:
            raise RuntimeError("use a Fetcher inside `async with`")
        self._require_public(chain.url)
        async with self._session.get(
            _with_key(chain),
            headers={**headers, **_authorization(chain), **_cookie(chain)},
            allow_redirects=False,
            auto_decompress=decompress,
        ) as response:
            set_cookie = response.headers.getall("Set-Cookie", ())
            cookies = with_new_cookies(chain.cookies, set_cookie, chain.url, response.headers)
            if response.status in REDIRECT_STATUSES:
                return follow_redirect(chain, response.status, response.headers.get("Location", ""), cookies)
            if response.status >= 400:
                body = Body(await read_error_page(response))
            else:
                body = await read_body(response, self._limits.max_body, chain.requested_url)
            return _Response(
                chain,
                response.status,
                response.headers,
                body.data,
                body.short,
                not _CONDITIONAL_HEADERS.isdisjoint(headers),
                ", ".join(response.headers.getall("Link", ())),
                cookies,
                _page_error(chain.url, response.status, response.headers, body.data),
            )

    def _require_public(self, url: str) -> None:
        """Refuse a private address early and with a clear error; the guard would refuse it at the socket."""
        if self._limits.exempt is None:
            return
        host, port = host_of(url), URL(url).port or 0
        if ssrf_guard.is_local_name(host):
            allowed = f"127.0.0.1:{port}" in self._limits.exempt
        else:
            ip = ssrf_guard.parse_ip(host)
            allowed = ip is None or ssrf_guard.is_allowed(ip, port, self._limits.exempt)
        if not allowed:
            raise PrivateAddress(public_url(url))


def _user_agent(version: str, contact: str) -> str:
    printable = "".join(c for c in contact if c.isprintable()).strip()
    return f"feed-relay/{version} (+{printable})" if printable else f"feed-relay/{version}"


def _conditional_headers(chain: RedirectChain, validators: Validators) -> dict[str, str]:
    """Return the headers that make the GET conditional.

    The validators came from the end of the last redirect chain, where this chain most likely ends again. So the ETag
    is always sent: it identifies one document. A date could also match an older document on another host that was
    never read, so it is sent only to the requested host.
    """
    wanted = {"If-None-Match": validators.etag}
    if chain.url == chain.requested_url or _bare_host(chain.url) == _bare_host(chain.requested_url):
        wanted["If-Modified-Since"] = validators.last_modified
    return {
        name: value for name, value in wanted.items() if value and value.isascii() and value.isprintable()
    }


def _authorization(chain: RedirectChain) -> dict[str, str]:
    if chain.login is None:
        return {}
    return {"Authorization": f"Basic {b64encode(':'.join(chain.login).encode()).decode()}"}


def _cookie(chain: RedirectChain) -> dict[str, str]:
    value = cookies_for(chain.cookies, chain.url)
    return {"Cookie": value} if value else {}


def _refresh_target(response: _Response) -> str:
    """Return where a page leads; "" for a feed, for a page that cannot be used, and for one that names a feed."""
    if response.status not in {200, 203} or not isinstance(response.page, HtmlPage):
        return ""
    page = decode(response.body, response.headers.get("Content-Type", ""))
    if blocked_pages.names_a_feed(page) or blocked_pages.names_a_feed(response.link):
        return ""
    return refresh_target(page, response.chain.url)


def _with_key(chain: RedirectChain) -> URL:
    separator = "&" if "?" in chain.url else "?"
    return URL(f"{chain.url}{separator}{chain.key}" if chain.key else chain.url, encoded=True)


def _status_error(response: _Response, api: Api | None) -> HttpError:
    if api is not None:
        return api.error_from_status(response.status, response.headers)
    return error_from_status(public_url(response.chain.url), response.status, response.headers)


def _bare_host(url: str) -> str:
    return host_of(url).removeprefix("www.")


def _page_error(url: str, status: int, headers: Mapping[str, str], body: bytes) -> NotAFeed | None:
    if status in {304, 410, 429}:  # these statuses matter more than any page
        return None
    return blocked_pages.classify(url, status, headers, body)


def _to_fetched(response: _Response, max_age: timedelta | None) -> Fetched:
    headers = response.headers
    if not response.body or response.body.isspace():
        raise EmptyDocument(public_url(response.chain.requested_url))
    return Fetched(
        url=response.chain.url,
        body=response.body,
        content_type=headers.get("Content-Type", ""),
        short=response.short,
        validators=Validators(
            etag=headers.get("ETag", ""),
            last_modified=headers.get("Last-Modified", ""),
            body_hash=sha256(response.body).hexdigest(),
        ),
        moved_to=response.chain.moved_to,
        max_age=max_age,
        link=response.link,
        total=cache_headers.header_number(headers, "X-WP-Total"),
        total_pages=cache_headers.header_number(headers, "X-WP-TotalPages"),
    )
