"""The bot in Discord: one client that writes, over REST alone, and beside it the gateway, restarted as needed.

They are two, so that trouble at the gateway (discord.py closes everything when it gives up) never reaches a send.
"""

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from urllib.parse import urlsplit

import aiohttp
import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.chat.gateway import Gateway, OnOpen
from bot.chat.http_trace import RateLimiter, create_trace
from bot.chat.permissions import AnyChannel, create_invite_url
from bot.chat.sender import Sender
from bot.chat.services import Services
from bot.errors import ChatUnreachable, ConfigError, LoginRefused
from bot.source.http.url import is_loopback

_DISCORD_API = Route.BASE
_DISCORD_GATEWAY = DiscordWebSocket.DEFAULT_GATEWAY

FIRST_PAUSE = 2.0
"""Seconds before the first restart of the gateway; then twice as long each time."""
LONGEST_PAUSE = 300.0
PATIENCE = 45.0
"""Seconds to log in, and for the first shard to connect: discord.py would try for ever, each time one call deeper."""
_CLOSE_PATIENCE = 5.0
_STEADY = 60.0
"""Seconds after which a life of the gateway counts as a good one."""

_BAD_TOKEN = 4004
_BAD_INTENTS = (4013, 4014)
_UNREACHABLE = (discord.DiscordException, aiohttp.ClientError, OSError, ValueError, TypeError, LookupError)
"""What login and gateway raise when Discord, or what stands in its place, does not behave."""

# It does not speak, and need not say so at every start.
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False

_log = structlog.get_logger(__name__)


class Chat:
    """Logs in, sends, and listens until it is closed."""

    def __init__(
        self,
        token: str,
        *,
        on_open: OnOpen,
        services: Services | None = None,
        api_url: str = "",
        first_pause: float = FIRST_PAUSE,
        patience: float = PATIENCE,
    ) -> None:
        """`on_open` gets the ids of channels that can be written to (again), as Discord's events tell.

        `api_url`: a proxy or a stand-in, with its version ("…/api/v10"); "" is Discord. discord.py keeps it for the
        whole process. Raises ConfigError for one that would show the token to the network.
        `services`: where members who ask are served; None: the bot answers nobody.
        """
        _check_api_url(api_url)
        Route.BASE = api_url.rstrip("/") or _DISCORD_API
        self._is_discord = not api_url
        self._token = token
        self._on_open = on_open
        self._services = services
        self._first_pause = first_pause
        self._patience = patience
        self._trace = create_trace(RateLimiter())
        self._closing = asyncio.Event()
        self._rest: discord.Client | None = None
        self._gateway: Gateway | None = None
        self._life: asyncio.Task[None] | None = None
        self.sender = Sender(self._logged_in, self._cached_channel)

    async def login(self) -> None:
        """Enough for sending. Raises LoginRefused, ChatUnreachable; may be called again after the latter."""
        rest = discord.Client(
            intents=discord.Intents(guilds=True),
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=60,
            http_trace=self._trace,
        )
        try:
            await self._login(rest)
        except BaseException:
            await _close(rest)
            raise
        if self._rest is not None:
            await _close(self._rest)
        self._rest = rest

    def invite_url(self) -> str:
        """Invites the bot with exactly the permissions it needs. Raises ChatUnreachable before the login."""
        application_id = self._logged_in().application_id
        if application_id is None:
            raise ChatUnreachable
        return create_invite_url(application_id)

    async def run(self) -> None:
        """Listens to Discord's events until `close`. Raises LoginRefused when the token dies; mends all else."""
        clock = asyncio.get_running_loop().time
        pauses = _pauses(self._first_pause)
        while not self._closing.is_set():
            began = clock()
            trouble = await self._end_of_life()
            if self._closing.is_set():
                return
            if clock() - began > _STEADY:
                pauses = _pauses(self._first_pause)
            pause = next(pauses)
            _log.warning("gateway down", error=trouble, retry_in=round(pause, 1))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), pause)

    async def close(self) -> None:
        """Ends `run` and gives up every connection, within seconds whatever the other side does."""
        self._closing.set()
        if self._life is not None:
            self._life.cancel()
            await asyncio.wait({self._life})
        if self._rest is not None:
            await _close(self._rest)

    async def _end_of_life(self) -> str:
        """Why the gateway went down. Raises LoginRefused."""
        self._life = life = asyncio.create_task(self._live())
        try:
            await asyncio.wait({life})
        finally:
            life.cancel()
            await asyncio.wait({life})
        error = None if life.cancelled() else life.exception()
        if isinstance(error, LoginRefused):
            raise error
        if error is not None and not isinstance(error, (ChatUnreachable, *_UNREACHABLE)):
            _log.error("gateway failed by a bug", exc_info=error)
        return _describe(error)

    async def _live(self) -> None:
        """One life of the gateway, until discord.py gives it up. Raises LoginRefused, and whatever ended it."""
        gateway = Gateway(
            on_open=self._on_open,
            channels=self.sender.channels,
            http_trace=self._trace,
            services=self._services,
        )
        try:
            async with asyncio.timeout(self._patience) as patience:
                gateway.on_launch = partial(patience.reschedule, None)
                await self._login(gateway)
                DiscordWebSocket.DEFAULT_GATEWAY = await self._find_gateway(gateway)
                self._gateway = gateway
                await gateway.connect()
        except discord.ClientException as error:
            _raise_refusal(error)
            raise
        finally:
            self._gateway = None
            await _close(gateway)

    async def _find_gateway(self, gateway: Gateway) -> yarl.URL:
        """Where a session begins anew; discord.py knows Discord's own address only."""
        if self._is_discord:
            return _DISCORD_GATEWAY
        _shards, url, _limits = await gateway.http.get_bot_gateway()
        return yarl.URL(url)

    async def _login(self, client: discord.Client) -> None:
        """Raises LoginRefused, ChatUnreachable."""
        try:
            async with asyncio.timeout(self._patience):
                await client.login(self._token)
        except discord.LoginFailure as error:
            raise LoginRefused from error
        except _UNREACHABLE as error:
            raise ChatUnreachable from error

    def _logged_in(self) -> discord.Client:
        if self._rest is None or self._closing.is_set():
            raise ChatUnreachable
        return self._rest

    def _cached_channel(self, channel_id: int) -> AnyChannel | None:
        gateway = self._gateway
        return None if gateway is None else gateway.get_channel(channel_id)


def _check_api_url(api_url: str) -> None:
    parts = urlsplit(api_url)
    if not api_url or (parts.scheme == "https" and parts.hostname):
        return
    if parts.scheme != "http" or not is_loopback(parts.hostname or ""):
        raise ConfigError((f"discord.api_url: {api_url!r} would show the token; write an https:// address.",))


def _pauses(first: float) -> Iterator[float]:
    """Twice as long each time, and never in step with other bots."""
    pause = first
    while True:
        yield pause * (0.5 + secrets.randbelow(501) / 1000)
        pause = min(pause * 2, LONGEST_PAUSE)


def _raise_refusal(error: Exception) -> None:
    if isinstance(error, discord.ConnectionClosed) and error.code == _BAD_TOKEN:
        raise LoginRefused from error
    if isinstance(error, discord.PrivilegedIntentsRequired) or (
        isinstance(error, discord.ConnectionClosed) and error.code in _BAD_INTENTS
    ):
        raise LoginRefused(
            "Discord refuses what the bot wants to hear; check its intents in the Developer Portal."
        )


def _describe(error: BaseException | None) -> str:
    """For the log; foreign messages may hold anything, so only discord.py's own are told."""
    if error is None:
        return "closed"
    cause = error.__cause__ or error
    told = isinstance(cause, discord.DiscordException) and not isinstance(cause, discord.HTTPException)
    return f"{type(cause).__name__}: {cause}" if told else type(cause).__name__


async def _close(client: discord.Client) -> None:
    """A peer that does not answer a close is dropped, as are all when there is no time to wait."""
    closing = asyncio.create_task(client.close())
    try:
        await asyncio.wait({closing}, timeout=_CLOSE_PATIENCE)
    finally:
        if not closing.done():
            await client.http.close()
            closing.cancel()
            await asyncio.wait({closing})
