"""Work on messages that were sent: opening their threads, and giving them a new look."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.model.settings import Style
from bot.model.source import Entry


class UpkeepKind(StrEnum):
    """What to do with a message. Repeating it does no harm."""

    THREAD = "thread"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class Upkeep:
    """Claimed work on one message, with everything that the message is rendered from."""

    delivery_id: int
    kind: UpkeepKind
    channel_id: int
    message_id: int
    entry: Entry
    feed_name: str
    style: Style
    thread: timedelta | None
    """After how long without messages a thread is hidden."""
    attempts: int
    """How many attempts were made before."""
    leased_until: datetime
    """Identifies the claim: settling it doesn't settle work that was requested again meanwhile."""
    language: str = ""
    """The language of what the bot posts in the guild; "": English."""


@dataclass(frozen=True, slots=True)
class LookProgress:
    """The progress of the last request for a new look of a subscription's messages."""

    pending: int = 0
    done: int = 0
    failed: int = 0
    """Messages that were deleted, or that Discord doesn't let the bot change."""

    @property
    def all(self) -> int:
        """How many messages the request was about."""
        return self.pending + self.done + self.failed
