"""How others learn that the state changed: people who wait, and the gateway that tells the bot."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntFlag

from bot.sandbox.discord.models import Json


class Intent(IntFlag):
    """What a gateway session asked to be told; the values are Discord's."""

    ALWAYS = 0
    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_MESSAGES = 1 << 9


@dataclass(frozen=True, slots=True)
class Event:
    """Something that the gateway tells the bot."""

    name: str
    data: Json
    guild_id: int
    intent: Intent = Intent.GUILDS


class ChangeNotifier:
    """What changes calls `touch`; whoever waits on `changed` is then woken."""

    def __init__(self) -> None:
        self.changed = asyncio.Condition()
        self.loop: asyncio.AbstractEventLoop | None = None
        """Where waiters are woken; before one is set, nobody waits."""
        self._announcement: asyncio.Task[None] | None = None
        self._listeners: list[Callable[[Event], None]] = []

    def touch(self) -> None:
        """Wake all who wait on `changed`, as soon as the event loop gets to it."""
        if self._announcement is None and self.loop is not None:
            self._announcement = self.loop.create_task(self._announce())

    async def _announce(self) -> None:
        async with self.changed:
            self._announcement = None
            self.changed.notify_all()

    async def wait_for(self, condition: Callable[[], object], *, timeout: float = 10.0) -> None:  # noqa: ASYNC109 - part of the tests' vocabulary
        """Return as soon as `condition()` is true; TimeoutError after `timeout` seconds."""
        self.loop = asyncio.get_running_loop()
        async with asyncio.timeout(timeout), self.changed:
            await self.changed.wait_for(lambda: bool(condition()))

    def add_listener(self, listener: Callable[[Event], None]) -> None:
        """Call `listener` with each event for the bot."""
        self._listeners.append(listener)

    def dispatch(self, event: Event) -> None:
        """Hand an event to the listeners."""
        for listener in self._listeners:
            listener(event)
