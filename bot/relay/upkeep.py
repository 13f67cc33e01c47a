"""Open threads below sent messages, and edit them after a change of their look: claim, do, settle.

New posts go first: a channel with a post to send has to wait, and few requests run at the same time.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.model import Dead, Message, Outcome, Upkeep, UpkeepKind
from bot.relay import retry
from bot.relay.rendering import render_or_give_up
from bot.relay.tasks import Tasks
from bot.store.outbox import Outbox

log = structlog.get_logger(__name__)

MAX_REQUESTS = 2
"""How many messages to work on at a time. A new post may have to wait for as many requests."""

LEASE = timedelta(minutes=10)


class Editor(Protocol):
    """Changes messages that were sent."""

    async def edit(self, channel_id: int, message_id: int, message: Message) -> Outcome:
        """Replace what a message shows. Nobody is pinged."""

    async def open_thread(
        self, channel_id: int, message_id: int, name: str, hidden_after: timedelta
    ) -> Outcome:
        """Open the thread of a message, unless it has one."""


class Upkeeper:
    """Opens threads of sent messages, and edits messages, when that is due."""

    def __init__(
        self,
        outbox: Outbox,
        editor: Editor,
        summary_length: int,
        clock: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        """`wake` is called after each settled piece of work."""
        self._outbox = outbox
        self._editor = editor
        self._summary_length = summary_length
        self._clock = clock
        self._wake = wake
        self._tasks = Tasks(
            "upkeep", self.work, _log_fields, lambda upkeep: (upkeep.delivery_id, upkeep.kind)
        )
        self.drain = self._tasks.drain
        self.abandon = self._tasks.abandon
        self.finish = self._tasks.finish

    async def tick(self) -> int:
        """Start what is due, and return how much; `drain` waits for it."""
        room = self._tasks.room(MAX_REQUESTS)
        if not room or not await self._outbox.has_upkeep(self._clock()):
            return 0
        working = [upkeep.delivery_id for upkeep in self._tasks.items]
        return self._tasks.start(await self._outbox.claim_upkeep(self._clock(), LEASE, room, working))

    async def work(self, upkeep: Upkeep) -> None:
        """Do one claimed piece of work and settle it."""
        if not await self._outbox.is_upkeep_leased(upkeep):
            log.info("work taken over, or requested again", **_log_fields(upkeep))
            return
        outcome = await self._do(upkeep)
        now = self._clock()
        retry_at = retry.upkeep_retry_at(upkeep, outcome, now)
        await self._outbox.settle_upkeep(upkeep, outcome, retry_at)
        if retry_at is None and isinstance(outcome, Dead):
            log.warning("message not changed", reason=outcome.reason, **_log_fields(upkeep))
        self._wake()

    async def _do(self, upkeep: Upkeep) -> Outcome:
        message = render_or_give_up(
            upkeep.entry,
            upkeep.feed_name,
            upkeep.style,
            summary_length=self._summary_length,
            language=upkeep.language,
        )
        if isinstance(message, Dead):
            return message
        if upkeep.kind is UpkeepKind.EDIT:
            return await self._editor.edit(upkeep.channel_id, upkeep.message_id, message)
        if upkeep.thread is None:
            return Dead("Posts of this subscription have no threads now.")
        return await self._editor.open_thread(
            upkeep.channel_id, upkeep.message_id, message.thread_name, upkeep.thread
        )


def _log_fields(upkeep: Upkeep) -> dict[str, object]:
    return {"kind": upkeep.kind.value, "delivery": upkeep.delivery_id, "channel": upkeep.channel_id}
