"""The web as the bot asks it, with Tumblr's API behind the addresses that have no feed of their own.

Such an address is what is stored, shown and logged; the call that it stands for, and the key, are made up here, for the
one request. What comes back is called by that address again.
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
from bot.source.tumblr.calls import API, NO_KEY, call_of, hash_of, max_age, refused, spacing_at
from bot.source.tumblr.tags import normalise_tag_url

_NONE = Validators()


class TumblrFetcher:
    """As `Fetcher`, whose place it takes; `async with` opens and closes it."""

    def __init__(
        self,
        limits: FetchLimits,
        contact: str = "",
        *,
        key: str = "",
        api_url: str = "",
        spacing: timedelta | None = None,
    ) -> None:
        """`key` "": addresses that need the API are refused, with what to do. `api_url` "": Tumblr's own. `spacing`:
        between two calls, whoever makes them, if not as Tumblr's limits want it.
        """
        self._web = Fetcher(limits, contact)
        # Where an operator has put the API is no address of a feed: the guard against those does not concern it.
        self._api = Fetcher(replace(limits, allow_private_addresses=True), contact) if api_url else self._web
        self._api_url = api_url or API
        self._key = key
        pause = spacing_at(self._api_url) if spacing is None else spacing
        self._turn = rate_limited(_turn, lambda _: pause)
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._open.enter_async_context(self._web)
        if self._api is not self._web:
            await self._open.enter_async_context(self._api)
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._open.aclose()

    async def fetch(self, url: str, validators: Validators = _NONE) -> Fetched | NotModified:
        """The feed at an address, if it changed since these validators. Raises SourceError, for pages too."""
        call = call_of(url)
        if not call:
            return await self._web.fetch(url, validators)
        fetched = await self._call(url, call)
        if fetched.validators.body_hash == validators.body_hash:
            return NotModified(fetched.url, fetched.validators, max_age=fetched.max_age)
        return fetched

    async def fetch_page(self, url: str) -> Fetched:
        """What stands at an address, be it a feed or a page. Raises SourceError; walls in front of it too."""
        call = call_of(url)
        return await (self._call(url, call) if call else self._web.fetch_page(url))

    async def _call(self, url: str, call: str) -> Fetched:
        """The API has no conditional requests; the hash of what it says stands in for them."""
        shown = public_url(normalise_tag_url(url))
        if not self._key:
            raise NotAFeed(shown, NO_KEY)
        api = Api(f"api_key={quote(self._key, safe='')}", partial(refused, shown), max_age)
        await self._turn(self._api_url)
        fetched = await self._api.fetch_api(f"{self._api_url}{call}", api)
        validators = Validators(body_hash=hash_of(fetched.body))
        return replace(fetched, url=normalise_tag_url(url), validators=validators)


async def _turn(_url: str) -> None:
    """A call may be made now."""
