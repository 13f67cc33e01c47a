"""Publish sent messages of announcement channels to the servers that follow them: claim, publish, settle."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.model import Outcome, Publication
from bot.relay import retry
from bot.relay.tasks import Tasks
from bot.store.outbox import Outbox

MAX_PUBLICATIONS = 64
"""How many messages are published at the same time."""

LEASE = timedelta(minutes=10)

Publish = Callable[[int, int], Awaitable[Outcome]]
"""Publish a message, given its channel's id and its own."""


class Publisher:
    """Publishes the messages that are due."""

    def __init__(
        self, outbox: Outbox, publish: Publish, clock: Callable[[], datetime], wake: Callable[[], None]
    ) -> None:
        """`wake` is called after each settled publication."""
        self._outbox = outbox
        self._publish = publish
        self._clock = clock
        self._wake = wake
        self._tasks = Tasks(
            "publication", self.publish, _log_fields, lambda publication: publication.delivery_id
        )
        self.drain = self._tasks.drain
        self.abandon = self._tasks.abandon
        self.finish = self._tasks.finish

    async def tick(self) -> int:
        """Start publishing the messages that are due, and return how many; `drain` waits for them."""
        room = self._tasks.room(MAX_PUBLICATIONS)
        if not room or not await self._outbox.has_publications(self._clock()):
            return 0
        publishing = [publication.delivery_id for publication in self._tasks.items]
        return self._tasks.start(
            await self._outbox.claim_publications(self._clock(), LEASE, room, publishing)
        )

    async def publish(self, publication: Publication) -> None:
        """Publish one claimed message and settle it."""
        outcome = await self._publish(publication.channel_id, publication.message_id)
        now = self._clock()
        retry_at = retry.publication_retry_at(publication, outcome, now)
        await self._outbox.settle_publication(publication, outcome, retry_at, now)
        self._wake()


def _log_fields(publication: Publication) -> dict[str, object]:
    return {"delivery": publication.delivery_id, "channel": publication.channel_id}
