"""The pictures of messages. The page asks only its own server, which fetches them through the product's guard.

Only addresses that the server signed are fetched, so that a page elsewhere can't use it to fetch others. A browser
asks for pictures without the token.
"""

import asyncio
import hmac
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import timedelta
from hashlib import sha256
from urllib.parse import quote

from aiohttp import web

from bot.errors import SourceError
from bot.source.http.fetch import Fetcher, FetchLimits

TIMEOUT = timedelta(seconds=10)
MAX_SIZE = 8_000_000
"""Bytes of one picture."""
_MAX_CACHE = 64_000_000
_MAX_FETCHES = 6
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF8", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"ftypavif", 4, "image/avif"),
)
"""How each type begins, from which byte on. SVG isn't among them: it can contain scripts."""


def fetch_limits(*own: str) -> FetchLimits:
    """Return the limits for pictures; `own`: the sandbox's addresses, the only private ones that are fetched."""
    return FetchLimits(TIMEOUT, MAX_SIZE, own)


def type_of(body: bytes) -> str | None:
    """Return the type of a picture by its first bytes; None: it isn't one that browsers show safely."""
    found = (kind for start, offset, kind in _SIGNATURES if body[offset : offset + len(start)] == start)
    return next(found, None)


class Pictures:
    """Fetches and remembers pictures. `async with` opens the connections."""

    def __init__(self, fetcher: Fetcher, key: str) -> None:
        """`key`: signs addresses."""
        self._key = key.encode()
        self._fetch: Callable[[str], Awaitable[bytes]] = fetcher.fetch_picture
        self._fetches = asyncio.Semaphore(_MAX_FETCHES)
        self._cache: OrderedDict[str, bytes] = OrderedDict()

    def path(self, url: str) -> str:
        """Return the path on the page's server at which a picture is served."""
        return f"/picture/{self._sign(url)}?url={quote(url, safe='')}"

    def _sign(self, url: str) -> str:
        return hmac.new(self._key, url.encode(), sha256).hexdigest()

    async def serve(self, request: web.Request) -> web.Response:
        """Serve a picture whose address is signed."""
        url = request.query.get("url", "")
        if not hmac.compare_digest(request.match_info["signature"].encode(), self._sign(url).encode()):
            return web.Response(status=403, text="This address isn't one of the page's pictures.")
        try:
            body = await self._picture(url)
        except SourceError as error:
            return web.Response(status=502, text=f"The picture can't be fetched: {error}")
        kind = type_of(body)
        if kind is None:
            return web.Response(status=415, text="This isn't a picture.")
        # The address names the picture, so the browser may keep it for as long as the page is open.
        return web.Response(body=body, content_type=kind, headers={"Cache-Control": "private, max-age=3600"})

    async def _picture(self, url: str) -> bytes:
        if url in self._cache:
            self._cache.move_to_end(url)
            return self._cache[url]
        async with self._fetches:
            body = await self._fetch(url)
        self._cache[url] = body
        while sum(map(len, self._cache.values())) > _MAX_CACHE:
            self._cache.popitem(last=False)
        return body
