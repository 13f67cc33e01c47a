"""The numbers of the strip: read from the bot's log and its database, once a second."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from bot.errors import StoreError
from bot.model import DeliveryState
from bot.sandbox.discord.models import Json
from bot.sandbox.discord.payloads import moment
from bot.store.store import Store

INTERVAL = 1.0
"""Seconds between two samples."""
_HISTORY = 300
_POLLS = frozenset({"polled", "posts held", "feed failed", "feed ended"})
_RETRIES = frozenset({"send postponed", "channel suspended"})


@dataclass(frozen=True, slots=True)
class Sample:
    """The numbers at one moment."""

    at: datetime
    polls: int = 0
    new: int = 0
    waiting: int = 0
    held: int = 0
    sent: int = 0
    retried: int = 0

    def json(self) -> Json:
        """Return the sample for the page."""
        names = ("polls", "new", "waiting", "held", "sent", "retried")
        return {"at": moment(self.at), **{name: getattr(self, name) for name in names}}


def counted(sample: Sample, line: Json) -> Sample:
    """Return the totals after a line of the bot's log."""
    event = line.get("event")
    new = line.get("new")
    return replace(
        sample,
        polls=sample.polls + (event in _POLLS),
        new=sample.new + (new if event in _POLLS and isinstance(new, int) else 0),
        sent=sample.sent + (event == "sent"),
        retried=sample.retried + (event in _RETRIES),
    )


@dataclass
class RelayNumbers:
    """The numbers of the last five minutes."""

    database: Path
    clock: Callable[[], datetime]
    send: Callable[[Json], None]
    """Called with each sample's event for the page."""
    history: deque[Sample] = field(default_factory=lambda: deque(maxlen=_HISTORY))

    def __post_init__(self) -> None:
        self._now = Sample(self.clock())
        self._is_stale = True

    def on_log(self, line: Json) -> None:
        """Count a line of the bot's log."""
        self._now = counted(self._now, line)
        self._is_stale = True

    async def run(self) -> None:
        """Take samples until cancelled."""
        while True:
            await self._take()
            await asyncio.sleep(INTERVAL)

    async def _take(self) -> None:
        if self._is_stale:
            self._is_stale = False
            with suppress(StoreError):  # not there yet, or busy: the next sample has the numbers
                by_state = await Store.read(self.database, lambda store: store.archive.deliveries())
                self._now = replace(
                    self._now,
                    waiting=sum(by_state.get(each, 0) for each in _WAITING),
                    held=by_state.get(DeliveryState.HELD, 0),
                )
        self._now = replace(self._now, at=self.clock())
        self.history.append(self._now)
        self.send({"type": "relay", "sample": self._now.json()})


_WAITING = (DeliveryState.PENDING, DeliveryState.SENDING)
