"""Errors of discord.py, aiohttp and the network → Outcome, in one table.

Whether the message may have been sent anyway is recorded elsewhere, in `http_trace.Attempt`.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import discord

from bot.chat.http_trace import NotRepeatedError
from bot.errors import ChatUnreachable
from bot.model import Dead, Outcome, Refused, Retry, Sent

_MAX_DETAIL_LENGTH = 300
_LATER = timedelta(minutes=10)
_THREADS_FULL = timedelta(hours=1)
_MAX_RETRY_AFTER = 3600
"""Seconds; a longer wait is asked for again."""

UNREADABLE = (ValueError, TypeError, LookupError, AttributeError)
"""Errors that may also be our own bugs, so the log gets a traceback."""


@dataclass(frozen=True, slots=True)
class Row:
    """Turns errors of this type, with one of these statuses and codes (empty: any), into an outcome."""

    error: type[Exception]
    outcome: Callable[[Exception], Outcome]
    statuses: frozenset[int] = frozenset()
    codes: frozenset[int] = frozenset()
    when: Callable[[Exception], bool] | None = None

    def matches(self, error: Exception) -> bool:
        """Return whether this row is for this error."""
        return (
            isinstance(error, self.error)
            and (not self.statuses or getattr(error, "status", 0) in self.statuses)
            and (not self.codes or getattr(error, "code", 0) in self.codes)
            and (self.when is None or self.when(error))
        )


def _detail(error: Exception) -> str:
    """Return Discord's message, with the field's path if it names one; never HTML."""
    if not isinstance(error, discord.HTTPException):
        return type(error).__name__
    words = " ".join(error.text.split())
    shown = "" if _is_page(error) else words[:_MAX_DETAIL_LENGTH]
    return shown or f"HTTP {error.status}"


def _is_page(error: Exception) -> bool:
    """Return whether the response is a web page or plain line from Cloudflare instead of Discord's JSON."""
    if not isinstance(error, discord.HTTPException) or error.code:
        return False
    text = error.text.lstrip().lower()
    return text.startswith(("<", "error code: 1")) or "cloudflare" in text


def _is_foreign(error: Exception) -> bool:
    """Return whether the response comes from something between the bot and Discord, which always sends JSON."""
    if not isinstance(error, discord.HTTPException) or error.code:
        return False
    return not error.text or error.response.headers.get("Content-Type") != "application/json"


def _is_about_tags(error: Exception) -> bool:
    return isinstance(error, discord.HTTPException) and "applied_tags" in error.text


def _retry_after(error: Exception) -> timedelta | None:
    """Return how long a 429 says to wait, in its exception or its header; None if it makes no sense."""
    if isinstance(error, discord.RateLimited):
        return timedelta(seconds=min(error.retry_after, _MAX_RETRY_AFTER))
    if isinstance(error, discord.HTTPException):
        with suppress(ValueError):
            seconds = float(error.response.headers.get("Retry-After", ""))
            return timedelta(seconds=min(seconds, _MAX_RETRY_AFTER)) if seconds > 0 else None
    return None


def _retry(reason: str, after: timedelta | None = None) -> Callable[[Exception], Outcome]:
    return lambda error: Retry(reason.format(detail=_detail(error)), after=_retry_after(error) or after)


def _refused(reason: str) -> Callable[[Exception], Outcome]:
    return lambda error: Refused(reason.format(detail=_detail(error)))


def _dead(reason: str) -> Callable[[Exception], Outcome]:
    return lambda error: Dead(reason.format(detail=_detail(error)))


def _sent(_error: Exception) -> Outcome:
    return Sent(message_id=0)


def _codes(*codes: int) -> frozenset[int]:
    return frozenset(codes)


# Numbers: https://docs.discord.com/developers/topics/opcodes-and-status-codes
_HTTP: tuple[Row, ...] = (
    Row(discord.HTTPException, _retry("Discord asks the bot to slow down."), statuses=_codes(429)),
    Row(
        discord.HTTPException, _retry("Discord has a problem ({detail})."), codes=_codes(130000, 40004, 40006)
    ),
    Row(discord.DiscordServerError, _retry("Discord has a problem ({detail}).")),
    Row(
        discord.HTTPException,
        _retry(
            "Discord refuses the token; copy it again from the Developer Portal and restart the bot.", _LATER
        ),
        statuses=_codes(401),
    ),
    Row(
        discord.HTTPException,
        _retry(
            "Discord's firewall (Cloudflare) blocks this machine; wait, or use another IP address.", _LATER
        ),
        when=_is_page,
    ),
    Row(
        discord.HTTPException, _retry("Discord blocks this request for now ({detail})."), codes=_codes(40333)
    ),
    Row(
        discord.HTTPException,
        _retry("This channel has slow mode or a limit on posts ({detail})."),
        codes=_codes(20016, 20022, 20028, 20029, 40062),
    ),
    Row(
        discord.HTTPException,
        _retry("The server has as many open threads as Discord allows; archive some.", _THREADS_FULL),
        codes=_codes(160006, 160007),
    ),
    Row(
        discord.HTTPException,
        _refused("The channel is gone; choose another one, or remove it from the feed."),
        codes=_codes(10003, 10004),
    ),
    Row(
        discord.HTTPException,
        _refused("The bot can't see the channel; invite it to the server, or grant it View Channel."),
        codes=_codes(50001),
    ),
    Row(
        discord.HTTPException,
        _refused(
            "The bot can't write in the channel; grant it Send Messages, or in a thread Send Messages in Threads."
        ),
        codes=_codes(50013),
    ),
    Row(
        discord.HTTPException,
        # The cached forum required none, or a tag was set.
        _retry("The forum now requires a tag; the bot reads its tags again."),
        codes=_codes(40067),
    ),
    Row(
        discord.HTTPException,
        _refused("The thread is locked or archived; unlock it, or choose another channel."),
        codes=_codes(50083, 160005),
    ),
    Row(
        discord.HTTPException,
        _refused("This kind of channel can't hold messages; choose a text, announcement or forum channel."),
        codes=_codes(50008, 50024),
    ),
    Row(
        discord.HTTPException,
        _dead("The server's moderation rules block this post ({detail})."),
        codes=_codes(20009, 20031, 200000, 200001, 240000),
    ),
    Row(
        discord.HTTPException,
        _retry("The forum's tags have changed; the bot reads them again."),
        codes=_codes(50035),
        when=_is_about_tags,
    ),
    Row(
        discord.NotFound,
        _retry("Discord doesn't know the requested address ({detail}); check discord.api_url.", _LATER),
    ),
    Row(
        discord.HTTPException,
        _retry("Discord was too busy ({detail})."),
        statuses=_codes(408, 409, 423, 425, 499),
    ),
    Row(
        discord.HTTPException,
        _retry("Something between the bot and Discord refuses requests ({detail}); check proxies.", _LATER),
        when=_is_foreign,
    ),
    Row(
        discord.Forbidden,
        _refused("Discord doesn't let the bot write here ({detail}); check its permissions."),
    ),
    Row(discord.HTTPException, _dead("Discord rejects this post: {detail}")),
)

_NETWORK: tuple[Row, ...] = (
    Row(NotRepeatedError, _retry("Discord has a problem; the bot will check whether the post was sent.")),
    Row(discord.RateLimited, _retry("Discord asks the bot to slow down.")),
    Row(
        discord.InvalidData,
        _refused("The bot doesn't know this kind of channel; choose a text or forum channel."),
    ),
    Row(discord.DiscordException, _retry("Communication with Discord failed ({detail}).")),
    Row(aiohttp.ClientConnectorError, _retry("Discord can't be reached; check the network.")),
    Row(asyncio.TimeoutError, _retry("Discord didn't respond in time.")),
    Row(aiohttp.ClientError, _retry("The connection to Discord broke ({detail}).")),
    Row(OSError, _retry("The connection to Discord broke ({detail}).")),
    Row(ChatUnreachable, _retry("The bot is not logged in to Discord yet.")),
    Row(RuntimeError, _retry("The connection to Discord is closed ({detail}).")),
    # discord.py doesn't validate responses: invalid JSON, or JSON of another shape.
    *(Row(error, _retry("Discord's response can't be read ({detail}).")) for error in UNREADABLE),
)

SEND_ROWS: tuple[Row, ...] = (
    # The nonce belongs to a message that a moderator has deleted since.
    Row(discord.NotFound, _sent, codes=_codes(10008)),
    *_HTTP,
    *_NETWORK,
)

PUBLISH_ROWS: tuple[Row, ...] = (
    Row(discord.HTTPException, _sent, codes=_codes(40033)),
    Row(
        discord.NotFound, _dead("The message was deleted before it could be published."), codes=_codes(10008)
    ),
    Row(
        discord.HTTPException,
        _dead("The channel is no longer an announcement channel, so nothing is published."),
        codes=_codes(50024, 50068),
    ),
    *_HTTP,
    *_NETWORK,
)

_MESSAGE_GONE = Row(discord.NotFound, _dead("The message was deleted."), codes=_codes(10008))

EDIT_ROWS: tuple[Row, ...] = (
    _MESSAGE_GONE,
    Row(
        discord.HTTPException,
        _dead("The post is archived or locked; Discord lets nobody change it."),
        codes=_codes(50083, 160005),
    ),
    Row(discord.HTTPException, _dead("Another bot wrote the message."), codes=_codes(50005)),
    Row(
        discord.HTTPException,
        _retry("Discord limits changes of messages that are older than an hour.", _LATER),
        codes=_codes(30046),
    ),
    *_HTTP,
    *_NETWORK,
)

THREAD_ROWS: tuple[Row, ...] = (
    Row(discord.HTTPException, _sent, codes=_codes(160004)),
    _MESSAGE_GONE,
    *_HTTP,
    *_NETWORK,
)

DIRECT_ROWS: tuple[Row, ...] = (
    Row(
        discord.HTTPException,
        _refused("The member who added the feed has left the server."),
        codes=_codes(10007, 10013),
    ),
    *_HTTP,
    *_NETWORK,
)

INSPECT_ROWS: tuple[Row, ...] = (*_HTTP, *_NETWORK)

MAPPED: tuple[type[Exception], ...] = tuple(dict.fromkeys(row.error for row in (*SEND_ROWS, *PUBLISH_ROWS)))
"""The errors to catch. Each has a last row without a condition, so `find_outcome` always finds one."""


def find_outcome(error: Exception, rows: tuple[Row, ...]) -> Outcome:
    """Return the outcome of the first row that matches the error. Raises LookupError if none does."""
    for row in rows:
        if row.matches(error):
            return row.outcome(error)
    raise LookupError(type(error).__name__)
