"""The bot's fetcher, which uses Tumblr's API for addresses that have no feed.

Only the address is stored, shown and logged. The API call and the key exist here, for one request, and the result has
the original address again.
"""

from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Self
from urllib.parse import quote

from bot.errors import NotAFeed
from bot.model import Fetched, NotModified, Validators
from bot.source.http.fetch import Api, Fetcher, FetchLimits
from bot.source.http.rate_limit import rate_limited
from bot.source.http.url import public_url
from bot.source.tumblr.calls import (
    API,
    NO_KEY,
    call_for,
    call_spacing,
    error_from_status,
    hash_posts,
    max_age,
)
from bot.source.tumblr.tags import normalise_tag_url

_NO_VALIDATORS = Validators()


class TumblrFetcher:
    """A `Fetcher` that also reads what only Tumblr's API offers. `async with` opens and closes it."""

    def __init__(
        self,
        limits: FetchLimits,
        contact: str = "",
        *,
        key: str = "",
        api_url: str = "",
        spacing: timedelta | None = None,
    ) -> None:
        """`key`: the API key; "" makes addresses that need the API an error. `api_url`: "" for Tumblr's own.

        `spacing`: the time between two API calls; None for what Tumblr's limits require.
        """
        self._web = Fetcher(limits, contact)
        # The operator chose the API's address, so it may be private.
        self._api = Fetcher(replace(limits, allow_private_addresses=True), contact) if api_url else self._web
        self._api_url = api_url or API
        self._key = key
        pause = call_spacing(self._api_url) if spacing is None else spacing
        self._wait_for_call = rate_limited(_no_request, lambda _: pause)
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._open.enter_async_context(self._web)
        if self._api is not self._web:
            await self._open.enter_async_context(self._api)
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._open.aclose()

    async def fetch(self, url: str, validators: Validators = _NO_VALIDATORS) -> Fetched | NotModified:
        """Fetch a feed; NotModified if these validators still apply. Raises SourceError, including for web pages."""
        call = call_for(url)
        if not call:
            return await self._web.fetch(url, validators)
        fetched = await self._call(url, call)
        if fetched.validators.body_hash == validators.body_hash:
            return NotModified(fetched.url, fetched.validators, max_age=fetched.max_age)
        return fetched

    async def fetch_page(self, url: str) -> Fetched:
        """Fetch a feed or a web page. Raises SourceError, including for bot checks, consent pages and login pages."""
        call = call_for(url)
        return await (self._call(url, call) if call else self._web.fetch_page(url))

    async def _call(self, url: str, call: str) -> Fetched:
        """Make an API call. The API has no conditional requests, so a hash of the posts replaces the ETag."""
        shown = public_url(normalise_tag_url(url))
        if not self._key:
            raise NotAFeed(shown, NO_KEY)
        api = Api(f"api_key={quote(self._key, safe='')}", partial(error_from_status, shown), max_age)
        await self._wait_for_call(self._api_url)
        fetched = await self._api.fetch_api(f"{self._api_url}{call}", api)
        validators = Validators(body_hash=hash_posts(fetched.body))
        return replace(fetched, url=normalise_tag_url(url), validators=validators)


async def _no_request(_url: str) -> None:
    """Do nothing: `rate_limited` only waits."""
