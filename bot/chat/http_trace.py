"""An aiohttp trace that sees every HTTP request to Discord: it limits their rate and knows which may have been stored.

discord.py respects each route's limit but not the bot's limit of 50 requests a second, and it automatically repeats a
request after a 5xx. Creating a message has a nonce and may be repeated. Opening a forum post has none, so repeating one
that was stored makes a second post.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import SimpleNamespace

import aiohttp

from bot.chat.rate_limiter import RateLimiter

_UNLIMITED = ("/interactions/", "/webhooks/")
"""Responses to interactions don't count towards the limit and must not wait behind posts."""

_NOTHING_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
"""There was no connection, so nothing can have arrived."""

_MAY_HAVE_ACTED = (408, 499)
"""A proxy gave up waiting for Discord. Other 4xx are refusals."""


class NotRepeatedError(Exception):
    """The first request may have been stored, so repeating it could make a duplicate.

    Not an OSError or discord.py error, so that discord.py doesn't catch it.
    """


class Attempt:
    """The known facts about one call of the sender and its request."""

    __slots__ = ("_unsent", "repeatable", "searched", "uncertain")

    def __init__(self) -> None:
        self.repeatable = True
        self.uncertain = False
        """A request was sent, and no response says that Discord didn't act on it."""
        self.searched = False
        """An earlier request was uncertain, and a search showed that it did nothing."""
        self._unsent = False

    def begin(self) -> None:
        """Begin a request. Raises NotRepeatedError if a repeated one could make a duplicate."""
        if self.uncertain and not self.repeatable:
            raise NotRepeatedError
        self._unsent = True

    def sent(self) -> None:
        """Record that the request is being written to a connection."""
        self._unsent = False

    def answered(self, status: int) -> None:
        """Record a response. 2xx is uncertain until its body is read; then the result counts, not this."""
        self.uncertain |= not 400 <= status < 500 or status in _MAY_HAVE_ACTED

    def failed(self, error: BaseException) -> None:
        """Record that the request ended without a response."""
        self.uncertain |= not self._unsent and not isinstance(error, _NOTHING_SENT)


_current: ContextVar[Attempt | None] = ContextVar("attempt", default=None)


@contextmanager
def record_requests(attempt: Attempt, *, repeatable: bool = True) -> Iterator[None]:
    """Record this task's requests in `attempt` while the context is open."""
    attempt.repeatable = repeatable
    token = _current.set(attempt)
    try:
        yield
    finally:
        _current.reset(token)


def _attempt() -> Attempt:
    """Return the record of this task, or one that nobody reads."""
    return _current.get() or Attempt()


def create_trace(rate_limiter: RateLimiter) -> aiohttp.TraceConfig:
    """Return the trace for discord.Client's `http_trace`."""

    async def on_start(
        _session: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestStartParams
    ) -> None:
        context.slot = None
        if not any(part in params.url.path for part in _UNLIMITED):
            context.slot = await rate_limiter.take()
        _attempt().begin()

    def release(context: SimpleNamespace) -> None:
        """Count the request from now on for one more second."""
        if context.slot is not None:
            rate_limiter.written(context.slot)

    async def on_headers_sent(
        _session: aiohttp.ClientSession,
        context: SimpleNamespace,
        _params: aiohttp.TraceRequestHeadersSentParams,
    ) -> None:
        release(context)
        _attempt().sent()

    async def on_end(
        _session: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestEndParams
    ) -> None:
        release(context)
        rate_limiter.answered(params.response.status, params.response.headers)
        _attempt().answered(params.response.status)

    async def on_exception(
        _session: aiohttp.ClientSession,
        context: SimpleNamespace,
        params: aiohttp.TraceRequestExceptionParams,
    ) -> None:
        release(context)
        _attempt().failed(params.exception)

    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(on_start)
    trace.on_request_headers_sent.append(on_headers_sent)
    trace.on_request_end.append(on_end)
    trace.on_request_exception.append(on_exception)
    return trace
