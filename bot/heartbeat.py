"""The state of a running bot: what it records for other programs, and what is waiting in its database."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self


class GatewayState(StrEnum):
    """The connection to Discord's gateway."""

    CONNECTED = "connected"
    CONNECTING = "connecting"


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The state that a process of the bot last recorded."""

    process: str
    """"run"; one row for each."""
    version: str
    started_at: datetime
    beat_at: datetime
    gateway: GatewayState
    last_poll_at: datetime | None
    last_sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class BackupState:
    """The state of the daily backups that the bot last recorded."""

    last_at: datetime | None
    """When the newest backup was made; None: there is none."""
    next_at: datetime
    """When the next one is due."""
    error: str = ""
    """Why the last attempt failed; "" if it succeeded."""

    def as_text(self) -> str:
        """Return the state as JSON, to be stored."""
        last = None if self.last_at is None else self.last_at.isoformat()
        return json.dumps({"last_at": last, "next_at": self.next_at.isoformat(), "error": self.error})

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Return the state that `as_text` wrote."""
        found = json.loads(text)
        last = found["last_at"] and datetime.fromisoformat(found["last_at"])
        return cls(last, datetime.fromisoformat(found["next_at"]), found["error"])


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits in the database."""

    feeds: int
    """Those that are polled."""
    feed_due_at: datetime | None
    """When the next poll may start; None: no feed is polled."""
    send_due_at: datetime | None
    """When the next send may start, in channels that accept the bot; None: nothing is waiting."""
    waiting: int
    oldest_at: datetime | None
    """Since when the oldest delivery has been waiting."""
    uncertain: int
    """Deliveries that may have arrived."""
    held: int
    """Deliveries that wait for an admin's decision."""
    suspended: int
    """Channels that refuse the bot."""
    no_session_until: datetime | None = None
    """Until when no session at Discord's gateway begins, since too many began within a day."""
