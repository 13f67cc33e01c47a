"""What is owed to channels, what Discord shall show, and what became of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model.feed import DeliveryState, Style
from bot.model.source import Entry


@dataclass(frozen=True, slots=True)
class Delivery:
    """A claimed delivery with all that its message is rendered from."""

    id: int
    channel_id: int
    entry_id: int
    entry: Entry
    feed_name: str
    style: Style
    mention_roles: tuple[int, ...]
    attempts: int
    """Sends begun before this one."""
    uncertain_since: datetime | None = None
    """Since when a message may stand in the channel without our knowing; None: none does."""
    probes: int = 0
    """Sends in a row that the channel has refused."""


@dataclass(frozen=True, slots=True)
class Publication:
    """A sent message of an announcement channel that is owed to the channel's followers."""

    delivery_id: int
    channel_id: int
    message_id: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Embed:
    """A Discord embed within Discord's limits, its text already escaped."""

    title: str = ""
    url: str = ""
    description: str = ""
    author: str = ""
    image_url: str = ""
    footer: str = ""
    timestamp: datetime | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """A button below a message, that works after restarts."""

    label: str
    custom_id: str
    """What the press will carry, at most 100 characters."""
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """What Discord shall show, as plain data, within Discord's limits."""

    content: str = ""
    embeds: tuple[Embed, ...] = ()
    suppress_embeds: bool = False
    """Keep Discord from making its own preview of the links in `content`."""
    mention_roles: tuple[int, ...] = ()
    """The only roles that this message may ping."""
    thread_name: str = ""
    """The name of the forum post that this message would open; never empty in a rendered message."""
    tags: tuple[str, ...] = ()
    """The entry's tags, for a forum to choose its own from."""
    link: str = ""
    """By what this message can be recognised in its channel; "" if the entry has no link."""
    buttons: tuple[Button, ...] = ()
    """At most five."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The message stands."""

    message_id: int
    """0: it stood once, and a moderator has deleted it."""
    publishable: bool = False
    """It stands in an announcement channel and can be published to the channel's followers."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Not now."""

    reason: str
    after: timedelta | None = None
    """How long Discord asks to wait; None: by our own back-off."""
    uncertain: bool = False
    """The message may stand."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The channel is gone or does not let the bot write: nothing can be sent there until that changes."""

    reason: str
    """A sentence with what to do."""


@dataclass(frozen=True, slots=True)
class Dead:
    """This message can never be sent."""

    reason: str


Outcome = Sent | Retry | Refused | Dead


@dataclass(frozen=True, slots=True)
class Settlement:
    """What becomes of a delivery after a send."""

    state: DeliveryState
    due_at: datetime
    reason: str = ""
    message_id: int | None = None
    publishable: bool = False
    uncertain_since: datetime | None = None
    probe_at: datetime | None = None
    """The channel refused: suspend it and probe it then. None: the channel did not refuse."""
