"""What discord.py, aiohttp and the network raise → Outcome, in one table.

Whether a message may stand all the same is not told here: `wire.Attempt` has watched the requests and knows.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import discord

from bot.chat.http_trace import NotRepeatedError
from bot.errors import ChatUnreachable
from bot.model import Dead, Outcome, Refused, Retry, Sent

_DETAIL_LENGTH = 300
_LATER = timedelta(minutes=10)
_THREADS_FULL = timedelta(hours=1)

UNREADABLE = (ValueError, TypeError, LookupError, AttributeError)
"""Errors that might be mistakes of ours as well: worth a traceback in the log."""


@dataclass(frozen=True, slots=True)
class Row:
    """An error that is an `error`, with one of these statuses and codes (empty: any), becomes `outcome`."""

    error: type[Exception]
    outcome: Callable[[Exception], Outcome]
    statuses: frozenset[int] = frozenset()
    codes: frozenset[int] = frozenset()
    when: Callable[[Exception], bool] | None = None

    def covers(self, error: Exception) -> bool:
        """Whether this row is the one for this error."""
        return (
            isinstance(error, self.error)
            and (not self.statuses or getattr(error, "status", 0) in self.statuses)
            and (not self.codes or getattr(error, "code", 0) in self.codes)
            and (self.when is None or self.when(error))
        )


def _detail(error: Exception) -> str:
    """Discord's own words, with the field's path where it names one; never HTML."""
    if not isinstance(error, discord.HTTPException):
        return type(error).__name__
    words = " ".join(error.text.split())
    shown = "" if _is_page(error) else words[:_DETAIL_LENGTH]
    return shown or f"HTTP {error.status}"


def _is_page(error: Exception) -> bool:
    """Cloudflare answers with a web page, or a bare line, where Discord would answer with JSON."""
    if not isinstance(error, discord.HTTPException) or error.code:
        return False
    text = error.text.lstrip().lower()
    return text.startswith(("<", "error code: 1")) or "cloudflare" in text


def _is_about_tags(error: Exception) -> bool:
    return isinstance(error, discord.HTTPException) and "applied_tags" in error.text


def _asked_to_wait(error: Exception) -> timedelta | None:
    """What a 429 says, in its exception or its header."""
    if isinstance(error, discord.RateLimited):
        return timedelta(seconds=error.retry_after)
    if isinstance(error, discord.HTTPException):
        seconds = error.response.headers.get("Retry-After", "")
        return timedelta(seconds=int(seconds)) if seconds.isdecimal() else None
    return None


def _retry(reason: str, after: timedelta | None = None) -> Callable[[Exception], Outcome]:
    return lambda error: Retry(reason.format(detail=_detail(error)), after=_asked_to_wait(error) or after)


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
    Row(discord.HTTPException, _retry("Discord asks for a pause."), statuses=_codes(429)),
    Row(
        discord.HTTPException,
        _retry("Discord has trouble of its own ({detail})."),
        codes=_codes(130000, 40004, 40006),
    ),
    Row(discord.DiscordServerError, _retry("Discord has trouble of its own ({detail}).")),
    Row(
        discord.HTTPException,
        _retry("Discord refuses the token; copy it again from the Developer Portal and restart.", _LATER),
        statuses=_codes(401),
    ),
    Row(
        discord.HTTPException,
        _retry(
            "Discord's shield (Cloudflare) turns this machine away; wait, or give it another address.", _LATER
        ),
        when=_is_page,
    ),
    Row(
        discord.HTTPException,
        _retry("Discord turns this request away for now ({detail})."),
        codes=_codes(40333),
    ),
    Row(
        discord.HTTPException,
        _retry("Slow mode or a limit on posts holds this channel ({detail})."),
        codes=_codes(20016, 20022, 20028, 20029, 40062),
    ),
    Row(
        discord.HTTPException,
        _retry("The server has as many open threads as Discord admits; archive some.", _THREADS_FULL),
        codes=_codes(160006, 160007),
    ),
    Row(
        discord.HTTPException,
        _refused("The channel is gone; choose another one, or remove it from the feed."),
        codes=_codes(10003, 10004),
    ),
    Row(
        discord.HTTPException,
        _refused("The bot cannot see the channel; invite it to the server, or grant it View Channel."),
        codes=_codes(50001),
    ),
    Row(
        discord.HTTPException,
        _refused(
            "The bot may not write in the channel; grant it Send Messages, in threads Send Messages in Threads."
        ),
        codes=_codes(50013),
    ),
    Row(
        discord.HTTPException,
        # By what was known of the forum it demanded none, or a tag was set.
        _retry("The forum demands a tag now; its tags are read again."),
        codes=_codes(40067),
    ),
    Row(
        discord.HTTPException,
        _refused("The thread is locked or archived; unlock it, or choose another channel."),
        codes=_codes(50083, 160005),
    ),
    Row(
        discord.HTTPException,
        _refused("This kind of channel holds no messages; choose a text, announcement or forum channel."),
        codes=_codes(50008, 50024),
    ),
    Row(
        discord.HTTPException,
        _dead("The server's moderation rules block this post ({detail})."),
        codes=_codes(20009, 20031, 200000, 200001, 240000),
    ),
    Row(
        discord.HTTPException,
        _retry("The forum's tags have changed; they are read again."),
        codes=_codes(50035),
        when=_is_about_tags,
    ),
    Row(
        discord.Forbidden,
        _refused("Discord does not let the bot write here ({detail}); check its permissions."),
    ),
    Row(
        discord.NotFound,
        _retry("Discord does not know the address asked ({detail}); check discord.api_url.", _LATER),
    ),
    Row(
        discord.HTTPException, _retry("Discord was too busy ({detail})."), statuses=_codes(408, 409, 423, 425)
    ),
    Row(discord.HTTPException, _dead("Discord does not take this post: {detail}")),
)

_NETWORK: tuple[Row, ...] = (
    Row(
        NotRepeatedError, _retry("Discord has trouble of its own; whether the post stands will be looked up.")
    ),
    Row(discord.RateLimited, _retry("Discord asks for a pause.")),
    Row(
        discord.InvalidData, _refused("This kind of channel is unknown here; choose a text or forum channel.")
    ),
    Row(discord.DiscordException, _retry("Talking to Discord failed ({detail}).")),
    Row(aiohttp.ClientConnectorError, _retry("Discord cannot be reached; check the network.")),
    Row(asyncio.TimeoutError, _retry("Discord did not answer in time.")),
    Row(aiohttp.ClientError, _retry("The connection to Discord broke ({detail}).")),
    Row(OSError, _retry("The connection to Discord broke ({detail}).")),
    Row(ChatUnreachable, _retry("The bot is not logged in to Discord yet.")),
    Row(RuntimeError, _retry("The connection to Discord is closed ({detail}).")),
    # discord.py reads an answer without looking: JSON that is none, or JSON of another shape.
    *(Row(error, _retry("Discord's answer cannot be read ({detail}).")) for error in UNREADABLE),
)

SEND_ROWS: tuple[Row, ...] = (
    # The nonce of a message that a moderator has deleted since.
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
        _dead("The channel is no announcement channel any more, so nothing is published."),
        codes=_codes(50024, 50068),
    ),
    *_HTTP,
    *_NETWORK,
)


INSPECT_ROWS: tuple[Row, ...] = (*_HTTP, *_NETWORK)

MAPPED: tuple[type[Exception], ...] = tuple(dict.fromkeys(row.error for row in (*SEND_ROWS, *PUBLISH_ROWS)))
"""What to catch. Each has a last row without a condition, so that `find_outcome` finds one."""


def find_outcome(error: Exception, rows: tuple[Row, ...]) -> Outcome:
    """By the first row that covers the error. Raises LookupError if none does."""
    for row in rows:
        if row.covers(error):
            return row.outcome(error)
    raise LookupError(type(error).__name__)
