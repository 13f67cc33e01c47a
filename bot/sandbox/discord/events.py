"""Notifications of changes: for code that waits, and for the gateway, which sends events to the bot."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntFlag

from bot.sandbox.discord.models import Change, Json

TIMEOUT = 60.0
"""Seconds to wait for the bot. Only a failure takes so long, even on a busy machine."""


class Intent(IntFlag):
    """The events that a gateway session asked for; the values are Discord's."""

    ALWAYS = 0
    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_MESSAGES = 1 << 9


@dataclass(frozen=True, slots=True)
class Event:
    """An event that the gateway sends to the bot."""

    name: str
    data: Json
    guild_id: int
    intent: Intent = Intent.GUILDS


class ChangeNotifier:
    """Wakes all tasks that wait on `changed` after each call of `touch`."""

    def __init__(self) -> None:
        self.changed = asyncio.Condition()
        self.loop: asyncio.AbstractEventLoop | None = None
        """The event loop of the waiters; None: there are none yet."""
        self._announcement: asyncio.Task[None] | None = None
        self._listeners: list[Callable[[Event], None]] = []
        self._watchers: list[Callable[[Change], None]] = []

    def touch(self) -> None:
        """Wake everyone who waits on `changed`, in the event loop's next round."""
        if self._announcement is None and self.loop is not None:
            self._announcement = self.loop.create_task(self._announce())

    async def _announce(self) -> None:
        async with self.changed:
            self._announcement = None
            self.changed.notify_all()

    async def wait_for(self, condition: Callable[[], object], *, timeout: float = TIMEOUT) -> None:  # noqa: ASYNC109 - the tests' own timeout
        """Wait until `condition()` is true. Raises TimeoutError after `timeout` seconds."""
        self.loop = asyncio.get_running_loop()
        async with asyncio.timeout(timeout), self.changed:
            await self.changed.wait_for(lambda: bool(condition()))

    def add_listener(self, listener: Callable[[Event], None]) -> None:
        """Call `listener` with each event for the bot."""
        self._listeners.append(listener)

    def watch(self, watcher: Callable[[Change], None]) -> None:
        """Call `watcher` with everything that changes, whether or not the bot gets an event."""
        self._watchers.append(watcher)

    def note(self, change: Change) -> None:
        """Call the watchers, and wake everyone who waits."""
        for watcher in self._watchers:
            watcher(change)
        self.touch()

    def dispatch(self, event: Event) -> None:
        """Call the listeners with an event."""
        for listener in self._listeners:
            listener(event)
