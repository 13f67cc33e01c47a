"""SandboxDiscord: the simulated Discord on a loopback port, as tests and the demo use it."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from mimetypes import guess_type
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from aiohttp import web

from bot.sandbox.discord import openapi as documents
from bot.sandbox.discord.actions import Actions
from bot.sandbox.discord.endpoints import Platform
from bot.sandbox.discord.faults import Faults
from bot.sandbox.discord.gateway import Gateway
from bot.sandbox.discord.interactions import ACKNOWLEDGE_TIMEOUT, Interactions
from bot.sandbox.discord.models import InvalidBody, LoggedRequest
from bot.sandbox.discord.rate_limits import RateLimits
from bot.sandbox.discord.rest import BASE, RestApi
from bot.sandbox.local_server import serve

TOKEN = "sandbox.token.of-no-worth"  # noqa: S105 - it is valid for the sandbox only
NONCE_WINDOW = timedelta(minutes=5)
_GATEWAY_PATH = "/gateway/"
_FILES_PATH = "/attachments/"
_OPENED = frozenset({"image/avif", "image/gif", "image/jpeg", "image/png", "image/webp"})


def _now() -> datetime:
    return datetime.now(UTC)


class SandboxDiscord(Actions):
    """A Discord on this machine. Add servers and channels, let a bot log in, and look at what it did.

    async with SandboxDiscord() as discord:
        guild = discord.add_guild("Garden club")
        news = discord.add_channel(guild.id, "news")
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        port: int = 0,
        openapi: Path | None = None,
        shards: int = 1,
        nonce_window: timedelta = NONCE_WINDOW,
        clock: Callable[[], datetime] = _now,
        monotonic: Callable[[], float] = time.monotonic,
        acknowledge_timeout: float = ACKNOWLEDGE_TIMEOUT,
    ) -> None:
        """`port`: 0 picks a free one. `openapi`: Discord's document, which request bodies are checked against.

        `acknowledge_timeout`: seconds for the bot's first response to an interaction. Tests of other things allow more,
        because a busy machine may be slower than Discord's limit.
        """
        super().__init__(clock=clock, monotonic=monotonic, nonce_window=nonce_window)
        self.token = token
        self.port = port
        interactions = self.interactions = Interactions(self, acknowledge_timeout)
        self.interact, self.complete = interactions.interact, interactions.complete
        self.interact_with = interactions.interact_with
        self.press, self.submit = interactions.press, interactions.submit
        self._platform = Platform(self, interactions, shards=shards)
        document = None if openapi is None else documents.load(openapi)
        self._rest = RestApi(self._platform, token=lambda: self.token, openapi=document)
        self.gateway = Gateway(self, token=lambda: self.token, url=lambda: self.gateway_url)
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start to serve; after a `stop`, on the same port and with the same state."""
        self.loop = asyncio.get_running_loop()
        app = web.Application(client_max_size=32 * 1024 * 1024)
        app.router.add_get(_GATEWAY_PATH, self.gateway.serve)
        app.router.add_get(f"{_FILES_PATH}{{id}}/{{name}}", self._serve_upload)
        app.add_routes(self._rest.routes())
        self._runner, self.port = await serve(app, self.port, shutdown_timeout=1.0)
        self._platform.gateway_url = self.gateway_url
        self.files_url = f"http://127.0.0.1:{self.port}{_FILES_PATH}"

    async def _serve_upload(self, request: web.Request) -> web.Response:
        """Serve a file as Discord's CDN does: only pictures open in the browser."""
        number = request.match_info["id"]
        found = self.uploads.get(int(number)) if number.isdecimal() else None
        if found is None:
            return web.Response(status=404)
        kind, _ = guess_type(found.name)
        disposition = "inline" if kind in _OPENED else "attachment"
        headers = {"Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(found.name)}"}
        return web.Response(body=found.body, content_type=kind or "application/octet-stream", headers=headers)

    async def stop(self) -> None:
        """Stop serving: close connections and release hanging requests."""
        self.faults.clear()
        self.gateway.faults.clear()
        await self.gateway.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def api_url(self) -> str:
        """The value for `discord.http.Route.BASE`."""
        return f"http://127.0.0.1:{self.port}{BASE}"

    @property
    def gateway_url(self) -> str:
        """The value for `DiscordWebSocket.DEFAULT_GATEWAY`."""
        return f"ws://127.0.0.1:{self.port}{_GATEWAY_PATH}"

    @property
    def faults(self) -> Faults:
        """The scripted faults."""
        return self._rest.faults

    @property
    def rates(self) -> RateLimits:
        """The rate limits, which tests may tighten, and the peak of requests."""
        return self._rest.rates

    @property
    def requests(self) -> tuple[LoggedRequest, ...]:
        """All REST requests, oldest first."""
        return tuple(self._rest.requests)

    @property
    def invalid_bodies(self) -> list[InvalidBody]:
        """Bodies that were refused as invalid. A test that sends them on purpose clears the list."""
        return self._rest.invalid_bodies

    @property
    def invalid_requests(self) -> int:
        """How many responses were 401, 403 or 429."""
        return self._rest.invalid_requests

    @property
    def peak_requests_per_second(self) -> int:
        """The highest number of requests within one second; Discord allows 50."""
        return self.rates.peak

    def on_answer(self, note: Callable[[web.Response], None]) -> None:
        """Call `note` with each answer that is not lost, before it is sent."""
        self._rest.on_answer = note

    def calls(self, operation: str) -> tuple[LoggedRequest, ...]:
        """Return the requests of an operation: "send", "edit", …"""
        return tuple(each for each in self._rest.requests if each.operation == operation)

    def cut_gateway(self, shard: int | None = None) -> None:
        """Reset the gateway's connections, or a shard's. The bot can resume."""
        self.gateway.cut(shard)

    def reconnect_gateway(self, shard: int | None = None) -> None:
        """Ask the bot, or one of its shards, to reconnect and resume."""
        self.gateway.ask_to_reconnect(shard)

    def invalidate_sessions(self, shard: int | None = None, *, resumable: bool = False) -> None:
        """Invalidate the sessions, or a shard's. Unless `resumable`, the bot must identify again."""
        self.gateway.invalidate(shard, resumable=resumable)

    async def reset_token(self, token: str) -> None:
        """Replace the bot's token, as its owner does in the Developer Portal: the old one is refused from now on."""
        self.token = token
        await self.gateway.close(4004)
