"""The bot in Discord: one client writes over REST, another keeps the gateway and is restarted as needed.

They are separate so that trouble at the gateway never affects a send: discord.py closes everything when it gives up.
"""

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from math import nan
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket, ReconnectWebSocket
from discord.http import Route

from bot.chat.answers import Answer, report_answers
from bot.chat.direct import open_direct
from bot.chat.gateway import Gateway
from bot.chat.http_trace import create_trace
from bot.chat.noted_changes import OnOpen
from bot.chat.permissions import AnyChannel, create_invite_url
from bot.chat.rate_limiter import MAX_REQUESTS_PER_SECOND, RateLimiter
from bot.chat.route_limits import set_route_limits
from bot.chat.sender import Sender
from bot.chat.services import Services
from bot.chat.session_begin import Sessions
from bot.errors import ChatUnreachable, ConfigError, LoginRefused
from bot.model import Outcome
from bot.source.http.url import is_loopback

_DISCORD_API = Route.BASE
_DISCORD_GATEWAY = DiscordWebSocket.DEFAULT_GATEWAY

FIRST_DELAY = 2.0
"""Seconds before the first restart of the gateway; doubled for each one after it."""
MAX_DELAY = 300.0
GATEWAY_PATIENCE = 10.0
"""Seconds after the start that sends wait for the gateway to report their channels."""
CONNECT_TIMEOUT = 45.0
"""Seconds to log in, and for the first shard to connect. On its own, discord.py would retry forever, recursively."""
_CLOSE_TIMEOUT = 5.0
_CANCEL_INTERVAL = 0.1
_STABLE_AFTER = 60.0
"""Seconds after which a gateway session resets the delay."""

_BAD_TOKEN = 4004
_BAD_INTENTS = (4013, 4014)
_UNREACHABLE = (discord.DiscordException, aiohttp.ClientError, OSError, ValueError, TypeError, LookupError)
"""Errors of login and gateway when Discord, or a proxy for it, misbehaves."""

_DISCONNECTED = (ChatUnreachable, ReconnectWebSocket, *_UNREACHABLE)
"""Errors that end a session. discord.py's shards let ReconnectWebSocket out if a cut connection is cut again."""

# No voice support; silence discord.py's voice warnings.
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False

_TIME_TIMEOUT = 10.0
_USER_AGENT = f"DiscordBot (https://github.com/Rapptz/discord.py {discord.__version__})"
"""In the form that Discord asks for: https://docs.discord.com/developers/reference#user-agent."""

_log = structlog.get_logger(__name__)

OnDate = Callable[[datetime, timedelta], None]


class Chat:
    """Logs in, sends messages, and receives events until it is closed."""

    def __init__(
        self,
        token: str,
        *,
        on_open: OnOpen,
        on_date: OnDate = lambda _date, _latency: None,
        on_status: Callable[[int], None] = lambda _status: None,
        services: Services | None = None,
        api_url: str = "",
        first_delay: float = FIRST_DELAY,
        timeout: float = CONNECT_TIMEOUT,
        per_second: int = MAX_REQUESTS_PER_SECOND,
        sessions: Sessions | None = None,
    ) -> None:
        """`on_open` gets the ids of channels that became writable, according to Discord's events.

        `on_date` gets the date of each answer, without fractions of a second, and how long the answer took.
        `on_status` gets its HTTP status.

        `api_url`: a proxy or a simulated Discord, with its version ("…/api/v10"); "" means Discord. discord.py keeps it
        for the whole process. Raises ConfigError for one that would send the token over an unencrypted network.
        `services`: what commands need; None: the bot has no commands. `per_second`: this process's share of the
        requests that Discord allows the whole bot. `sessions`: limits gateway sessions; None: no limit.
        """
        _check_api_url(api_url)
        Route.BASE = api_url.rstrip("/") or _DISCORD_API
        self._is_discord = not api_url
        self._token = token
        self._on_open = on_open
        self._on_date = on_date
        self._on_status = on_status
        self._services = services
        self._sessions = sessions
        self._first_delay = first_delay
        self._timeout = timeout
        self._unauthorized = asyncio.Event()
        self._trace = create_trace(RateLimiter(per_second))
        report_answers(self._trace, self._note)
        self._closing = asyncio.Event()
        self._rest: discord.Client | None = None
        self._gateway: Gateway | None = None
        self._session: asyncio.Task[None] | None = None
        self.sender = Sender(self._logged_in, self._cached_channel)

    def _note(self, answer: Answer) -> None:
        self._on_status(answer.status)
        if answer.unauthorized:
            self._unauthorized.set()
        if answer.date is not None:
            self._on_date(answer.date, answer.latency)

    async def login(self) -> None:
        """Log in for sending. Raises LoginRefused, ChatUnreachable; may be called again after the latter."""
        rest = discord.Client(
            intents=discord.Intents(guilds=True),
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            http_trace=self._trace,
        )
        set_route_limits(rest)
        try:
            await self._login(rest)
        except BaseException:
            await _close(rest)
            raise
        if self._rest is not None:
            await _close(self._rest)
        self._rest = rest

    async def ask_time(self) -> None:
        """Ask for Discord's time without a login, for a process that sends nothing. Raises ChatUnreachable.

        Asks twice, because the clock believes two answers that agree.
        """
        try:
            async with (
                asyncio.timeout(_TIME_TIMEOUT),
                aiohttp.ClientSession(
                    trace_configs=[self._trace], headers={"User-Agent": _USER_AGENT}
                ) as http,
            ):
                for _ in range(2):
                    async with http.get(f"{Route.BASE}/gateway"):
                        pass
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise ChatUnreachable from error

    async def open_direct(self, guild_id: int, member_id: int) -> int | Outcome:
        """Return the id of the channel for direct messages to a member; see `direct.open_direct`."""
        return await open_direct(self._logged_in, guild_id, member_id)

    @property
    def is_connected(self) -> bool:
        """Whether the gateway has a session, with a connection for each shard."""
        gateway = self._gateway
        if gateway is None or not gateway.is_ready():
            return False
        return not any(shard.is_closed() for shard in gateway.shards.values())

    @property
    def gateway_latency(self) -> float:
        """Seconds between a heartbeat and Discord's answer; NaN without a session."""
        return self._gateway.latency if self._gateway is not None else nan

    def invite_url(self) -> str:
        """Return the address that invites the bot. Raises ChatUnreachable before login."""
        application_id = self._logged_in().application_id
        if application_id is None:
            raise ChatUnreachable
        return create_invite_url(application_id)

    async def run(self, *, receives: bool = True) -> None:
        """Receive Discord's events until `close`, and reconnect after errors. If not `receives`, only wait for `close`.

        Raises LoginRefused, even if Discord refuses the token only later.
        """
        if receives:
            self.sender.channels.wait_for_gateway(GATEWAY_PATIENCE)
        until_closed = self._run_sessions() if receives else self._until_closed()
        tasks = {asyncio.create_task(until_closed), asyncio.create_task(self._watch_token())}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        for task in done:
            task.result()

    async def look_again(self) -> None:
        """Fetch each channel again before the next message to it: without a gateway, changes aren't reported."""
        self.sender.channels.forget_all()

    async def _until_closed(self) -> None:
        await self._closing.wait()

    async def _run_sessions(self) -> None:
        clock = asyncio.get_running_loop().time
        delays = _delays(self._first_delay)
        while not self._closing.is_set():
            started = clock()
            reason = await self._run_session()
            if self._closing.is_set():
                return
            if clock() - started > _STABLE_AFTER:
                delays = _delays(self._first_delay)
            delay = max(next(delays), self._sessions.seconds_left() if self._sessions is not None else 0.0)
            _log.warning("gateway down", error=reason, retry_in=round(delay, 1))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), delay)

    async def _watch_token(self) -> None:
        """Check the token whenever Discord refuses it somewhere. Raises LoginRefused."""
        while True:
            await self._unauthorized.wait()
            self._unauthorized.clear()
            try:
                async with asyncio.timeout(self._timeout):
                    await self._logged_in().application_info()
            except discord.HTTPException as error:
                if error.status == HTTPStatus.UNAUTHORIZED:
                    raise LoginRefused from error
            except (ChatUnreachable, *_UNREACHABLE) as error:
                _log.debug("token not checked", error=type(error).__name__)

    async def reconcile(self) -> None:
        """Record what changed in Discord and isn't in the database. Raises StoreError; the next call does the rest."""
        if self._gateway is not None:
            await self._gateway.reconcile()

    def hurry(self) -> None:
        """Stop the sends in progress from waiting for the gateway."""
        self.sender.channels.stop_waiting()

    async def close(self) -> None:
        """End `run` and close every connection, within seconds even if Discord doesn't respond."""
        self._closing.set()
        if self._session is not None:
            self._session.cancel()
            await asyncio.wait({self._session})
        if self._rest is not None:
            await _close(self._rest)

    async def _run_session(self) -> str:
        """Run one gateway session; return why it ended. Raises LoginRefused."""
        self._session = session = asyncio.create_task(self._connect())
        over = asyncio.create_task(self._sessions.over.wait() if self._sessions else asyncio.Event().wait())
        try:
            await asyncio.wait({session, over}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            over.cancel()
            session.cancel()
            await asyncio.wait({session})
        error = None if session.cancelled() else session.exception()
        if isinstance(error, LoginRefused):
            raise error
        if error is not None and not isinstance(error, _DISCONNECTED):
            _log.error("gateway failed unexpectedly", exc_info=error)
        return _describe(error)

    async def _connect(self) -> None:
        """Stay connected until discord.py gives up. Raises LoginRefused, or the error that ended the session."""
        gateway = Gateway(
            on_open=self._on_open,
            channels=self.sender.channels,
            http_trace=self._trace,
            services=self._services,
            sessions=self._sessions,
            shards=self._sessions.shards() if self._sessions is not None else None,
        )
        try:
            async with asyncio.timeout(self._timeout) as timeout:
                gateway.on_launch = partial(timeout.reschedule, None)
                await self._login(gateway)
                DiscordWebSocket.DEFAULT_GATEWAY = await self._find_gateway(gateway)
                self._gateway = gateway
                await _until_ended(gateway.connect())
        except discord.ClientException as error:
            _raise_refusal(error)
            raise
        finally:
            self._gateway = None
            await _close(gateway)

    async def _find_gateway(self, gateway: Gateway) -> yarl.URL:
        """Return the address for new sessions, and record `max_concurrency`, which discord.py ignores."""
        _shards, url, limits = await gateway.http.get_bot_gateway()
        gateway.max_concurrency = limits["max_concurrency"]
        return _DISCORD_GATEWAY if self._is_discord else yarl.URL(url)

    async def _login(self, client: discord.Client) -> None:
        """Log in. Raises LoginRefused, ChatUnreachable."""
        try:
            async with asyncio.timeout(self._timeout):
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


def _delays(first: float) -> Iterator[float]:
    """Yield delays, twice as long each time, with jitter so that bots don't reconnect in step."""
    delay = first
    while True:
        yield delay * (0.5 + secrets.randbelow(501) / 1000)
        delay = min(delay * 2, MAX_DELAY)


def _raise_refusal(error: Exception) -> None:
    if isinstance(error, discord.ConnectionClosed) and error.code == _BAD_TOKEN:
        raise LoginRefused from error
    if isinstance(error, discord.PrivilegedIntentsRequired) or (
        isinstance(error, discord.ConnectionClosed) and error.code in _BAD_INTENTS
    ):
        raise LoginRefused("Discord refuses the bot's intents; check them in the Developer Portal.")


def _describe(error: BaseException | None) -> str:
    """Return the error for the log: only discord.py's own messages, as others may contain anything."""
    if error is None:
        return "closed"
    cause = error.__cause__ or error
    is_safe = isinstance(cause, discord.DiscordException) and not isinstance(cause, discord.HTTPException)
    return f"{type(cause).__name__}: {cause}" if is_safe else type(cause).__name__


async def _until_ended(work: Coroutine[Any, Any, None]) -> None:
    """Await `work`; if cancelled, cancel it until it has ended, because discord.py's `Shard` swallows cancellations."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    finally:
        while not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=_CANCEL_INTERVAL)


async def _close(client: discord.Client) -> None:
    """Close a client's connections; drop them if the other side doesn't respond in time."""
    closing = asyncio.create_task(client.close())
    try:
        await asyncio.wait({closing}, timeout=_CLOSE_TIMEOUT)
    finally:
        if not closing.done():
            await client.http.close()
            closing.cancel()
            await asyncio.wait({closing})
