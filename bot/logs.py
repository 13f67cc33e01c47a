"""Logs on stderr, for people or as JSON, without secrets. The libraries' logs get the same format."""

import logging
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.log_format import Format, Level
from bot.text.address import hide_secrets

_HIDDEN = "[hidden]"
_TOKEN_SHAPED = re.compile(r"[\w-]{20,30}\.[\w-]{5,8}\.[\w-]{20,}")
"""The format of Discord's bot tokens, complete or cut off: an id, a time and a signature."""
_KEY_SHAPED = re.compile(
    r"(?<![A-Za-z0-9])(?=[a-z0-9]*[A-Z])(?=[A-Z0-9]*[a-z])(?=[A-Za-z]*[0-9])[A-Za-z0-9]{50}(?![A-Za-z0-9])"
)
"""The format of Tumblr's API keys: 50 digits and letters of both cases."""
_TOKEN_IN_PATH = re.compile(r"(?<=/)((?:interactions|webhooks)/\d+/)[^/\s?'\"]+")
"""Anyone who knows such an address may reply or post there."""
_QUIET = ("discord", "aiohttp", "apscheduler", "asyncio", "aiosqlite")
"""Libraries that log a lot at INFO. Their warnings are wanted, and when debugging also their INFO.

At DEBUG they log what passes through them: aiosqlite each value of a statement, discord.py each option of a command.
"""

MAX_REPEATS = 100
"""Lines about the same problem within REPEAT_WINDOW. The database has the state of each feed and post anyway."""
REPEAT_WINDOW = 60.0
"""Seconds."""
_MAX_PROBLEMS = 256
"""How many different problems are counted at a time, since messages of libraries may contain anything."""

_NETWORK_LIBRARIES = ("aiohttp", "discord")
"""Their exceptions report problems of the network or Discord. Exceptions of our own event handlers are bugs."""


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to the current sys.stderr, without secrets. A closed stderr is not an error."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        super().__init__(sys.stderr)
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        return scrub(super().format(record), self._secrets)

    def emit(self, record: logging.LogRecord) -> None:
        if sys.stderr is not None:  # if the process was started with stderr closed
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        if not isinstance(sys.exception(), BrokenPipeError):
            super().handleError(record)


@dataclass(slots=True)
class _Problem:
    since: float
    lines: int = 0


class LimitRepeats(logging.Filter):
    """Leaves out warnings and errors that repeat too often, and adds to the next one how many were left out."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._problems: dict[str, _Problem] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """See logging.Filter."""
        if record.levelno < logging.WARNING:
            return True
        name = str(record.msg["event"] if isinstance(record.msg, dict) else record.msg)
        problem = self._problems.get(name)
        if problem is None or self._clock() - problem.since >= REPEAT_WINDOW:
            self._begin(name, record, 0 if problem is None else problem.lines - MAX_REPEATS)
            return True
        problem.lines += 1
        return problem.lines <= MAX_REPEATS

    def _begin(self, name: str, record: logging.LogRecord, left_out: int) -> None:
        self._problems.pop(name, None)
        if len(self._problems) >= _MAX_PROBLEMS:
            del self._problems[next(iter(self._problems))]
        self._problems[name] = _Problem(self._clock(), lines=1)
        if left_out <= 0:
            return
        if isinstance(record.msg, dict):
            record.msg["left_out"] = left_out
        else:
            record.msg, record.args = f"{record.getMessage()} (left out before: {left_out})", ()


def configure(level: Level, shape: Format, secrets: tuple[str, ...] = ()) -> None:
    """Send all logs of the process to stderr, without `secrets`. May be called again with better values."""
    handler = _Stderr(tuple(secret for secret in secrets if secret))
    handler.setFormatter(_formatter(shape))
    handler.addFilter(_shorten_outage)
    handler.addFilter(LimitRepeats())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel("INFO" if level is Level.DEBUG else "WARNING")
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _shorten_outage(record: logging.LogRecord) -> bool:
    """Log one line if discord.py cannot connect, instead of its traceback."""
    error = record.exc_info[1] if record.exc_info else None
    outage = isinstance(error, OSError) or type(error).__module__.partition(".")[0] in _NETWORK_LIBRARIES
    if outage and record.name.startswith("discord"):
        record.msg, record.args = "%s (%s)", (record.getMessage(), type(error).__name__)
        record.exc_info = record.exc_text = None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
    return True


def scrub(text: str, secrets: tuple[str, ...] = ()) -> str:
    """Return the text without secrets, anything that looks like a token or key, and credentials in addresses."""
    for secret in secrets:
        text = text.replace(secret, _HIDDEN)
    text = _TOKEN_IN_PATH.sub(rf"\1{_HIDDEN}", text)
    text = _KEY_SHAPED.sub(_HIDDEN, _TOKEN_SHAPED.sub(_HIDDEN, text))
    return hide_secrets(text, login=f"{_HIDDEN}@")


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.UnicodeDecoder(),
    ]


def _formatter(shape: Format) -> logging.Formatter:
    ending: list[Processor]
    if shape is Format.JSON:
        ending = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    else:
        ending = [_one_line, _console()]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared(),
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
    )


def _console() -> structlog.dev.ConsoleRenderer:
    """Return a renderer with plain tracebacks: the pretty ones show local variables, and so the token."""
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr is not None and sys.stderr.isatty(),
        pad_event_to=0,
        exception_formatter=structlog.dev.plain_traceback,
    )


def _one_line(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Escape control characters, so that text from feeds and servers cannot forge log lines or control a terminal."""
    kept = ("exception", "exc_info", "stack")
    return {
        key: value if key in kept or not isinstance(value, str) else _plain(value)
        for key, value in event.items()
    }


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
