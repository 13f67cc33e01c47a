"""Feeds, subscriptions, and the plan and result of a poll."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.model.recovery import ChannelPast, FoundMessage
from bot.model.settings import ALL_SETTINGS, Rule, Setting, Settings, Style
from bot.model.source import Entry, Validators

SAMPLE_LENGTH = 1_000
"""Characters of a known post's text that a poll reads, to see whether another text is an edit of it."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A channel that follows a feed, with its settings."""

    id: int
    feed_id: int
    channel_id: int
    rule: Rule = Rule()  # noqa: RUF009 -- frozen
    style: Style = Style.CARD
    mention_roles: tuple[int, ...] = ()
    paused: bool = False
    """New posts are stored for it, but not sent."""
    baseline_due: bool = False
    """The next document is this subscription's first: its posts are archived but not delivered."""
    name: str = ""
    silent: bool = False
    thread: timedelta | None = None
    ping_cooldown: timedelta = timedelta()
    interval: timedelta | None = None
    past: ChannelPast | None = None
    """What the channel shows about the time before a restore; None: the database was not restored recently."""

    @property
    def settings(self) -> Settings:
        """What may be set."""
        return Settings(
            self.rule,
            self.style,
            self.mention_roles,
            self.name,
            self.silent,
            self.thread,
            self.ping_cooldown,
            self.interval,
        )


@dataclass(frozen=True, slots=True)
class ChannelDeclaration:
    """A channel of a feed in the config file, or as somebody adds it."""

    channel_id: int
    rule: Rule = Rule()  # noqa: RUF009 -- frozen
    style: Style = Style.CARD
    mention_roles: tuple[int, ...] = ()
    silent: bool = False
    thread: timedelta | None = None
    ping_cooldown: timedelta = timedelta()
    fixed: frozenset[Setting] = ALL_SETTINGS
    """The settings that the config file names, so that admins can't change them."""

    @property
    def settings(self) -> Settings:
        """The settings, with defaults for those that the config file doesn't name."""
        return Settings(
            self.rule,
            self.style,
            self.mention_roles,
            silent=self.silent,
            thread=self.thread,
            ping_cooldown=self.ping_cooldown,
        )


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
    summary_length: int = 400
    """Characters of a summary in a message, by which a message without a link is found in its channel."""


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
    """As the config file says; None: as its subscriptions ask."""
    asked_interval: timedelta | None = None
    """The shortest that a subscription asks for; None: all use the default of all feeds."""
    asks_default: bool = True
    """Whether a subscription uses the default of all feeds."""
    validators: Validators = Validators()  # noqa: RUF009 -- frozen
    failures: int = 0
    """Failed polls in a row."""
    torn: int = 0
    """Documents in a row that broke off, or were shorter than announced."""
    last_full_at: datetime | None = None
    """When the server last sent a document, and not only a 304; None: never, or not known."""
    parse_time: timedelta = timedelta()
    """How long the last document took to parse."""
    read_from_start: bool = False
    """Whether an earlier version read the last document: its first posts, and not its newest."""
    items_hash: str = ""
    """A hash of the last document's items and what surrounds them; "" if its items are not known."""
    ttl: timedelta | None = None
    """How long the last document asked to wait between polls."""
    leased_until: datetime | None = None
    """When the claim ends; it also identifies the claim. None: nobody polls the feed."""


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
    torn: bool = False
    """Whether the document broke off, or was shorter than announced."""
    left_out: int | None = None
    """The oldest posts of a document with more than are read at once; None: unchanged."""
    error: str = ""
    """One sentence; "" if the poll succeeded."""
    ended: bool = False
    cooldown_until: datetime | None = None
    """When the site's cool-down ends; None: no cool-down."""
    full: bool = False
    """Whether the server sent a document, changed or not."""
    parse_time: timedelta | None = None
    """None: unchanged."""
    site_rest_until: datetime | None = None
    """When the next request to the site may start; None: as its budget says."""
    items_hash: str | None = None
    """As in Feed; None: this and `ttl` are unchanged."""
    ttl: timedelta | None = None
    items: "ReadItems | None" = None
    """The items of the document, if their entries depend on nothing else; None: unchanged."""
    leased_until: datetime | None = None
    """The claim that the poll belongs to. If it was lost, the feed stays as it is; None: the feed is always changed."""


@dataclass(frozen=True, slots=True)
class RecordResult:
    """The numbers of rows that a poll really changed."""

    new: int = 0
    edited: int = 0
    deliveries: int = 0
    held: int = 0
    entry_ids: Mapping["Identified", int] = field(default_factory=dict)
    """The document's entries in the store."""


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """What the store knows of an entry: enough to weigh whether a document's entry is the same post."""

    entry_id: int
    fingerprint: str
    entry: Entry = Entry()  # noqa: RUF009 -- frozen
    """Its first guid, its link, title, source id and date, and the first SAMPLE_LENGTH characters of its text."""
    is_pruned: bool = False
    """Whether its text was dropped for its age."""


@dataclass(frozen=True, slots=True)
class Known:
    """The known entries that a document's entries may be."""

    by_key: Mapping[str, Sequence[KnownEntry]] = field(default_factory=dict)
    """Entries by key; if several have one key, the newest ones, newest first."""
    up_to: int = 0
    """The feed's newest entry when this was read: entries after it were written meanwhile."""


@dataclass(frozen=True, slots=True)
class Identified:
    """An entry with its keys."""

    entry: Entry
    keys: tuple[str, ...]
    """Strongest first, never empty, unique in the document. The last one, `whole:…`, is a hash of everything."""
    fingerprint: str
    """Changes when what a reader sees changes."""
    shared_keys: tuple[str, ...] = ()
    """Keys that another entry of the document has, too."""
    hints: tuple[str, ...] = ()
    """Keys that different posts may share, such as a hash of the words."""

    @property
    def all_keys(self) -> tuple[str, ...]:
        """All keys that may find the entry again."""
        return (*self.keys, *self.shared_keys, *self.hints)

    def __hash__(self) -> int:
        """Hash the keys, which depend on everything in the entry."""
        return hash(self.keys)


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
    found: FoundMessage | None = None
    """The message of a post that was sent before the database was restored; None in all other states."""
    doubtful_since: datetime | None = None
    """The message may have been sent between this time and `doubtful_until`; None: it was not."""
    doubtful_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A post that is not known yet."""

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
    hints: tuple[str, ...] = ()
    """They replace the earlier hints if the entry's words or date changed."""
    deliveries: tuple[PlannedDelivery, ...] = ()
    """Only for subscriptions whose baseline this document is."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes that follow from one document. Entries are sorted oldest first, the order of their deliveries."""

    new: tuple[NewEntry, ...] = ()
    known: tuple[KnownChange, ...] = ()
    known_up_to: int = 0
    """The feed's newest entry when the plan was made."""
    shown: frozenset[int] = frozenset()
    """The known entries that the document has."""
    baselined: tuple[int, ...] = ()
    """Subscriptions whose baseline this document was."""
    unchanged: int = 0
    entry_ids: Mapping[Identified, int] = field(default_factory=dict)
    """Which known entries those of the document are."""
    planned_for: tuple[Subscription, ...] | None = None
    """The subscriptions as the plan knew them. It is not recorded if one is new or has changed; None: it always is."""


@dataclass(frozen=True, slots=True)
class Hashes:
    """The hashes of an entry, which cost more than everything else that recognises it."""

    digest: str
    """The hash of the whole entry."""
    whole: str
    """The hash that is the last of its keys."""
    words: str
    """The hash of its words; "" if it has none."""
    fingerprint: str


@dataclass(frozen=True, slots=True)
class ReadItem:
    """An item of a document, and the entry that was made of it."""

    hash: str
    identified: Identified
    hashes: Hashes


@dataclass(frozen=True, slots=True)
class ReadItems:
    """The items of a document that was read."""

    frame: str
    """A hash of what surrounds the items. Only a document with the same one may use their entries."""
    items: tuple[ReadItem, ...]


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An item of an earlier document, with its entry as it is stored now."""

    hash: str
    entry: Entry
    hashes: Hashes
    """The digest of the entry at that time. If the stored entry has another one, the item is parsed again."""


class DecideBaseline(Protocol):
    """Decides what changes when a document becomes the baseline of a new subscription."""

    def __call__(
        self, feed_id: int, known: Known, subscriptions: Sequence[Subscription], *, outdated: bool
    ) -> Plan:
        """Return the plan. `outdated`: whether the feed was polled after the document was read."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The document that an admin saw before they subscribed."""

    document: tuple[Identified, ...]
    link: str
    """The page that the feed belongs to."""
    read_at: datetime
    decide: DecideBaseline
    wanted: Callable[[Subscription, Entry], bool]
    """Whether a new subscription wants a post."""
