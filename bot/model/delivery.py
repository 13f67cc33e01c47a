"""Deliveries and the outcomes of sends."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model.feed import DeliveryState
from bot.model.settings import Style
from bot.model.source import Entry

MAX_SNOWFLAKE = 2**63 - 1
"""The largest id of Discord's that the database can hold; Discord's own clock reaches it in 2084."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A claimed delivery with everything that its message is rendered from."""

    id: int
    channel_id: int
    entry_id: int
    entry: Entry
    feed_name: str
    style: Style
    mention_roles: tuple[int, ...]
    attempts: int
    """Earlier sends."""
    uncertain_since: datetime | None = None
    """Since when a send's result is unknown, so that the message may be in the channel; None: nothing is uncertain."""
    probes: int = 0
    """Sends in a row that the channel refused."""
    uncertain_until: datetime | None = None
    """When the last send with an unknown result ended; None: as `uncertain_since`."""
    link_keys: tuple[str, ...] = ()
    """The keys of all links that the entry has had, if a send's result is unknown."""
    silent: bool = False
    """Whether the message notifies no device."""
    thread: timedelta | None = None
    """After how long without messages the thread below the message is hidden; None: it gets no thread."""
    ping_cooldown: timedelta = timedelta()
    """The time after a ping in which the subscription's posts don't ping."""
    pinged_at: datetime | None = None
    """When a post of the subscription last pinged; None: never."""
    leased_until: datetime | None = None
    """The end of the claim. Each claim of a delivery has another one, so a late settlement is recognised by it."""
    language: str = ""
    """The language of what the bot posts in the guild; "": English."""


@dataclass(frozen=True, slots=True)
class Publication:
    """A sent message that must still be published to the followers of its announcement channel."""

    delivery_id: int
    channel_id: int
    message_id: int
    attempts: int
    leased_until: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """The message is in the channel."""

    message_id: int
    """0: it was sent, and a moderator has deleted it."""
    publishable: bool = False
    """Whether it can be published to the followers of its announcement channel."""
    note: str = ""
    """A sentence about what Discord refused of it; "" if it is complete."""


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """A message may have been sent already."""

    since: datetime
    until: datetime | None = None
    """When the last such send ended; None: that is unknown."""
    arrives_within: timedelta = timedelta()
    """For how long the message may still arrive after it was not found."""
    others: frozenset[int] = frozenset()
    """Messages of the channel that are known to be other posts, although they may look the same."""
    nonce_holds: bool = False
    """Discord still responds to a second send with the first message."""


@dataclass(frozen=True, slots=True)
class Retry:
    """The send failed and is tried again."""

    reason: str
    after: timedelta | None = None
    """How long Discord asks to wait; None: use our own back-off."""
    uncertain: bool = False
    """Whether the message may have arrived, by this send or an earlier one."""
    lost: bool = False
    """Whether it may have arrived by this send."""
    searched: bool = False
    """Whether a search has shown that it had not arrived by an earlier one."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The channel was deleted or does not let the bot write, so nothing can be sent there until that changes."""

    reason: str
    """A sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Dead:
    """This message can never be sent."""

    reason: str


Outcome = Sent | Retry | Refused | Dead


@dataclass(frozen=True, slots=True)
class Settlement:
    """The change of a delivery after a send."""

    state: DeliveryState
    due_at: datetime
    reason: str = ""
    message_id: int | None = None
    publishable: bool = False
    uncertain_since: datetime | None = None
    uncertain_until: datetime | None = None
    probe_at: datetime | None = None
    """When to probe the channel, which is suspended until then; None: it did not refuse."""
    pinged: bool = False
    """Whether the message pinged roles."""
