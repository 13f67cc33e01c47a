"""Feeds, subscriptions, and the plan and result of a poll."""

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
    """The conditions that an entry must meet to be sent. An empty tuple is not a condition."""

    tags: tuple[str, ...] = ()
    exclude_tags: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    exclude_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subscription:
    """A channel that follows a feed, with a rule and a style."""

    id: int
    feed_id: int
    channel_id: int
    rule: Rule = Rule()
    style: Style = Style.CARD
    mention_roles: tuple[int, ...] = ()
    paused: bool = False
    """New posts are stored for it, but not sent."""
    baseline_due: bool = False
    """The next document is this subscription's first: its posts are archived but not delivered."""


@dataclass(frozen=True, slots=True)
class ChannelDeclaration:
    """A channel of a feed in the config file."""

    channel_id: int
    rule: Rule = Rule()
    style: Style = Style.CARD
    mention_roles: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedDeclaration:
    """A feed in the config file."""

    url: str
    name: str = ""
    interval: timedelta | None = None
    """None: the default of all feeds."""
    channels: tuple[ChannelDeclaration, ...] = ()


@dataclass(frozen=True, slots=True)
class PostSettings:
    """The settings that decide which posts are held back."""

    first_run: int = 0
    burst_limit: int = 10
    max_age: timedelta | None = None
    ask_about_floods: bool = False
    """Hold an entire flood until an admin decides. If False, its newest posts are sent at once."""


@dataclass(frozen=True, slots=True)
class PollSettings:
    """The settings that decide how often feeds are polled."""

    interval: timedelta = timedelta(minutes=10)
    minimum_interval: timedelta = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SiteBudget:
    """The limits of a registrable domain: concurrent fetches, and the time between their starts."""

    max_concurrent: int
    spacing: timedelta


@dataclass(frozen=True, slots=True)
class Feed:
    """A polled address with its state."""

    id: int
    url: str
    site: str
    """The registrable domain or IP address, which has the budget."""
    name: str = ""
    """The configured name, else the feed's own title, else the address."""
    interval: timedelta | None = None
    """None: the default of all feeds."""
    validators: Validators = Validators()  # noqa: RUF009 -- frozen
    failures: int = 0
    """Failed polls in a row."""


@dataclass(frozen=True, slots=True)
class Move:
    """A feed's new address."""

    url: str
    site: str
    budget: SiteBudget


@dataclass(frozen=True, slots=True)
class PollResult:
    """The change of a feed after a poll."""

    next_poll_at: datetime
    move: Move | None = None
    validators: Validators | None = None
    """None: unchanged."""
    title: str = ""
    link: str = ""
    error: str = ""
    """One sentence; "" if the poll succeeded."""
    ended: bool = False
    cooldown_until: datetime | None = None
    """When the site's cool-down ends; None: no cool-down."""


@dataclass(frozen=True, slots=True)
class RecordResult:
    """The numbers of rows that a poll really changed."""

    new: int = 0
    edited: int = 0
    deliveries: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """The row of a key in the `seen` table."""

    entry_id: int
    fingerprint: str
    shared: bool = False
    """Whether two entries of one document had this key. Then it never identifies an entry again."""


@dataclass(frozen=True, slots=True)
class Identified:
    """An entry with its keys."""

    entry: Entry
    keys: tuple[str, ...]
    """Strongest first, never empty, unique in the document. The last one, `whole:…`, is a hash of everything."""
    fingerprint: str
    """Changes when what a reader sees changes."""
    shared_keys: tuple[str, ...] = ()
    """Keys that identify nothing, since another entry of the document has them, too."""


class DeliveryState(StrEnum):
    """The state of a delivery. `held` waits for an admin, `paused` for its subscription."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    HELD = "held"
    PAUSED = "paused"
    SKIPPED = "skipped"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class PlannedDelivery:
    """A delivery to create, with the reason if it is not sent."""

    subscription_id: int
    channel_id: int
    state: DeliveryState
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry without a known key."""

    identified: Identified
    keys: tuple[str, ...]
    """The keys to add to the `seen` table; never empty."""
    identity: str
    """Identifies the post across feeds: a channel gets it once, even if several feeds contain it."""
    deliveries: tuple[PlannedDelivery, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownChange:
    """The additions of a document to a known entry."""

    entry_id: int
    identified: Identified
    edited: bool
    new_keys: tuple[str, ...] = ()
    deliveries: tuple[PlannedDelivery, ...] = ()
    """Only for subscriptions whose baseline this document is."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes that follow from one document. Entries are sorted oldest first, the order of their deliveries."""

    new: tuple[NewEntry, ...] = ()
    known: tuple[KnownChange, ...] = ()
    shared_keys: tuple[str, ...] = ()
    baselined: tuple[int, ...] = ()
    """Subscriptions whose baseline this document was."""
    unchanged: int = 0
