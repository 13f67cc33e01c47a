"""Feeds, who follows them, and what a poll decides and leaves."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.model.source import Entry, Validators


class Style(StrEnum):
    """The shape of a message."""

    CARD = "card"
    COMPACT = "compact"
    FULL = "full"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Rule:
    """Which entries a subscription wants. An empty tuple is no condition."""

    tags: tuple[str, ...] = ()
    exclude_tags: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    exclude_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subscription:
    """This channel follows this feed, with a rule and a style."""

    id: int
    feed_id: int
    channel_id: int
    rule: Rule = Rule()
    style: Style = Style.CARD
    mention_roles: tuple[int, ...] = ()
    paused: bool = False
    """New posts are kept for it and not sent."""
    baseline_due: bool = False
    """The next document is this subscription's first: seen, archived, not delivered."""


@dataclass(frozen=True, slots=True)
class ChannelDeclaration:
    """A channel under a feed of the config file."""

    channel_id: int
    rule: Rule = Rule()
    style: Style = Style.CARD
    mention_roles: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedDeclaration:
    """A feed of the config file."""

    url: str
    name: str = ""
    interval: timedelta | None = None
    """None: the default of all feeds."""
    channels: tuple[ChannelDeclaration, ...] = ()


@dataclass(frozen=True, slots=True)
class PostSettings:
    """How much is posted: the flood breaker and its neighbours."""

    first_run: int = 0
    burst_limit: int = 10
    max_age: timedelta | None = None
    ask_about_floods: bool = False
    """Hold all of a flood until an admin decides; else its newest go out at once."""


@dataclass(frozen=True, slots=True)
class PollSettings:
    """How often feeds are asked."""

    interval: timedelta = timedelta(minutes=10)
    minimum_interval: timedelta = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SiteBudget:
    """How a registrable domain may be asked: how many fetches at once, and the pause between their starts."""

    max_concurrent: int
    spacing: timedelta


@dataclass(frozen=True, slots=True)
class Feed:
    """An address that is polled, with its state."""

    id: int
    url: str
    site: str
    """Registrable domain, or the IP address: the unit of politeness."""
    name: str = ""
    """What people call it: the configured name, else the feed's own title, else the address."""
    interval: timedelta | None = None
    """None: the default of all feeds."""
    validators: Validators = Validators()  # noqa: RUF009 -- frozen
    failures: int = 0
    """Failed polls in a row."""


@dataclass(frozen=True, slots=True)
class Move:
    """A feed's address from now on."""

    url: str
    site: str
    budget: SiteBudget


@dataclass(frozen=True, slots=True)
class PollResult:
    """What a poll leaves at its feed."""

    next_poll_at: datetime
    move: Move | None = None
    validators: Validators | None = None
    """None: as before."""
    title: str = ""
    link: str = ""
    error: str = ""
    """One sentence; "": the poll went well."""
    ended: bool = False
    cooldown_until: datetime | None = None
    """Until when the whole site rests; None: it need not."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a poll really changed."""

    new: int = 0
    edited: int = 0
    deliveries: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """What the seen-table knows about a key."""

    entry_id: int
    fingerprint: str
    shared: bool = False
    """Two different entries of one document bore this key: it identifies neither, for ever."""


@dataclass(frozen=True, slots=True)
class Identified:
    """An entry with its identity."""

    entry: Entry
    keys: tuple[str, ...]
    """Strongest first, never empty; none is borne by another entry of the same document. The last, `whole:…`, is a
    hash of all there is."""
    fingerprint: str
    """Changes when what a reader sees changes."""
    shared_keys: tuple[str, ...] = ()
    """Keys that identify nothing, since another entry of the document bears them too."""


class DeliveryState(StrEnum):
    """Where a delivery stands. Only `pending` and `sending` are owed now; `held` waits for an admin, `paused` for its
    subscription."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    HELD = "held"
    PAUSED = "paused"
    SKIPPED = "skipped"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class PlannedDelivery:
    """An entry owed to a channel, or kept from it for a reason."""

    subscription_id: int
    channel_id: int
    state: DeliveryState
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry that no key of the feed knew."""

    identified: Identified
    keys: tuple[str, ...]
    """What the seen-table shall hold of it; never empty."""
    identity: str
    """What this post is called across feeds: one channel gets it once, whichever feed brought it."""
    deliveries: tuple[PlannedDelivery, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownChange:
    """An entry that was known, with what this document adds."""

    entry_id: int
    identified: Identified
    edited: bool
    new_keys: tuple[str, ...] = ()
    deliveries: tuple[PlannedDelivery, ...] = ()
    """Only for a subscription whose baseline this is."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What one document changes. Entries stand oldest first: deliveries are owed in this order."""

    new: tuple[NewEntry, ...] = ()
    known: tuple[KnownChange, ...] = ()
    shared_keys: tuple[str, ...] = ()
    baselined: tuple[int, ...] = ()
    """Subscriptions whose baseline this document was."""
    unchanged: int = 0
