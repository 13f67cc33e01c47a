"""An aiohttp trace for every HTTP request to Discord: limits their rate, and records whether Discord may have acted.

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

_RESPONSES = ("/interactions/", "/webhooks/")

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


def is_response(path: str) -> bool:
    """Return whether a request responds to an interaction.

    It has a token of its own, which expires. It doesn't count towards the limit and must not wait behind posts.
    """
    return any(part in path for part in _RESPONSES)


def _attempt() -> Attempt:
    """Return the record of this task, or one that nobody reads."""
    return _current.get() or Attempt()


class _Hooks:
    """What happens at each step of a request; `context` is aiohttp's, one for each request."""

    def __init__(self, rate_limiter: RateLimiter) -> None:
        self._rate_limiter = rate_limiter

    async def on_start(
        self,
        _session: aiohttp.ClientSession,
        context: SimpleNamespace,
        params: aiohttp.TraceRequestStartParams,
    ) -> None:
        _attempt().begin()  # first: aiohttp reports no end of a request whose start raised
        context.slot = None
        if not is_response(params.url.path):
            context.slot = await self._rate_limiter.take()

    async def on_headers_sent(
        self,
        _session: aiohttp.ClientSession,
        context: SimpleNamespace,
        _params: aiohttp.TraceRequestHeadersSentParams,
    ) -> None:
        if context.slot is not None:
            self._rate_limiter.written(context.slot)
        _attempt().sent()

    async def on_end(
        self, _session: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestEndParams
    ) -> None:
        self._release(context)
        self._rate_limiter.answered(params.response.status, params.response.headers)
        _attempt().answered(params.response.status)

    async def on_exception(
        self,
        _session: aiohttp.ClientSession,
        context: SimpleNamespace,
        params: aiohttp.TraceRequestExceptionParams,
    ) -> None:
        self._release(context)
        _attempt().failed(params.exception)

    def _release(self, context: SimpleNamespace) -> None:
        """Count the request towards the limit for one more second."""
        if context.slot is not None:
            self._rate_limiter.ended(context.slot)


def create_trace(rate_limiter: RateLimiter) -> aiohttp.TraceConfig:
    """Return the trace for discord.Client's `http_trace`."""
    hooks, trace = _Hooks(rate_limiter), aiohttp.TraceConfig()
    trace.on_request_start.append(hooks.on_start)
    trace.on_request_headers_sent.append(hooks.on_headers_sent)
    trace.on_request_end.append(hooks.on_end)
    trace.on_request_exception.append(hooks.on_exception)
    return trace
