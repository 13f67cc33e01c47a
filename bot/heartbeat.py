"""How a running bot is: what it writes down for other programs, and what waits in its database."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class GatewayState(StrEnum):
    """The connection to Discord's gateway."""

    CONNECTED = "connected"
    CONNECTING = "connecting"


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What a process of the bot last wrote down about itself."""

    process: str
    """"run"; one row for each."""
    version: str
    started_at: datetime
    beat_at: datetime
    gateway: GatewayState
    last_poll_at: datetime | None
    last_sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits in the database."""

    feeds: int
    """Those that are polled."""
    feed_due_at: datetime | None
    """When the poll that is due first may start; None: no feed is polled."""
    send_due_at: datetime | None
    """When the send that is due first may start, of channels that do not refuse the bot; None: nothing waits."""
    waiting: int
    oldest_at: datetime | None
    """Since when the oldest delivery waits."""
    uncertain: int
    """Deliveries that may have arrived."""
    held: int
    """Deliveries that wait for an admin's decision."""
    suspended: int
    """Channels that refuse the bot."""
