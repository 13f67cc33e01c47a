"""The values that flow through the bot, by life stage: feed, entry, plan, delivery, message, outcome.

All are frozen. Times are aware UTC. A string that a source did not give is "", a number or time it did not
give is None.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Style(StrEnum):
    """The shape of a message."""

    CARD = "card"
    COMPACT = "compact"
    FULL = "full"
    LINK = "link"


class MediaKind(StrEnum):
    """What a media file is for the reader."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


# Source: what was fetched and read.


@dataclass(frozen=True, slots=True)
class Validators:
    """What makes the next GET conditional (RFC 9110, section 13), and the hash that spares a parse."""

    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A body that a server sent, decompressed and within the size cap."""

    url: str
    """The address that answered, after redirects."""
    body: bytes
    content_type: str = ""
    """The header as sent, charset included."""
    validators: Validators = Validators()
    moved_to: str = ""
    """Where an unbroken chain of 301 and 308 leads from the address asked; "" if it leads nowhere new."""
    max_age: timedelta | None = None
    """How long the server says that asking again is pointless."""


@dataclass(frozen=True, slots=True)
class NotModified:
    """The server answered 304, or the body has the hash that the last one had."""

    url: str
    validators: Validators = Validators()
    """What to send next time; a 304 may bring a new ETag."""
    moved_to: str = ""
    max_age: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, video or sound that belongs to an entry."""

    url: str
    kind: MediaKind
    width: int | None = None
    height: int | None = None
    alt: str = ""
    provider: str = ""
    """Who shows it, in words ("YouTube"), for what can only be linked."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One post of a feed, normalised: what it says no longer depends on the format it came in."""

    guid: str = ""
    """As the document has it (RSS guid, Atom id, JSON Feed id)."""
    link: str = ""
    """Absolute, http or https."""
    title: str = ""
    """One line of plain text: no tags, entities unescaped until stable, NFC."""
    content: str = ""
    """HTML of the fullest body, addresses absolute. Hostile."""
    summary: str = ""
    """HTML of the shorter body, where the source gives one beside the content. Hostile."""
    text: str = ""
    """Plain text of the content (or else of the summary): for search, matching and identity."""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    """In the author's spelling and order; none twice."""
    media: tuple[Media, ...] = ()
    """Enclosures and media:* elements; what stands inside the HTML is not repeated here."""
    published: datetime | None = None
    updated: datetime | None = None
    source_id: str = ""
    """The source's own identity of the post where it has one that never changes: "tumblr:736339394445918208"."""


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A document that was read."""

    format: str
    """"rss20", "atom10", "rdf", "json11", …"""
    title: str = ""
    link: str = ""
    """The site behind the feed."""
    language: str = ""
    ttl: timedelta | None = None
    entries: tuple[Entry, ...] = ()
    """In the document's order."""
    skipped: int = 0
    """Entries that could not be read."""


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed behind an address that a person pasted."""

    url: str
    title: str = ""
    tag: str = ""
    """A tag that the pasted address asked for and the feed itself cannot select."""


# Relay: feeds, subscriptions, plans.


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

    at_once: int
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
    validators: Validators = Validators()
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
    cool_until: datetime | None = None
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


# Chat: deliveries, messages, outcomes.


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
    doubt_since: datetime | None = None
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
    in_doubt: bool = False
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
    doubt_since: datetime | None = None
    probe_at: datetime | None = None
    """The channel refused: suspend it and probe it then. None: the channel did not refuse."""


class Decision(StrEnum):
    """What an admin decides about held posts."""

    NEWEST = "newest"
    ALL = "all"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Hold:
    """Posts kept back for one subscription until an admin decides, once."""

    id: int
    guild_id: int | None
    channel_id: int
    feed_name: str
    waiting: int
    """Deliveries that are held; 0 once it is decided."""
    decision: Decision | None = None
    decided_by: int | None = None
    """A member's id."""


class NoticeKind(StrEnum):
    """What the bot tells admins of."""

    FEED_BROKEN = "feed broken"
    FEED_RECOVERED = "feed recovered"
    FEED_MOVED = "feed moved"
    FEED_ENDED = "feed ended"
    CHANNEL_SUSPENDED = "channel suspended"
    CHANNEL_RESUMED = "channel resumed"
    POSTS_HELD = "posts held"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that admins are told, once."""

    id: int
    kind: NoticeKind
    channel_id: int
    """Where it is told."""
    feed_name: str
    """"" where no feed is meant."""
    about_channel_id: int | None
    detail: str
    """A sentence: the error, the new address, the missing permission; "" where the kind says it all."""
    hold_id: int | None
    waiting: int
    """How many posts the hold keeps; 0 without one."""
    more: int
    """Further things of this day that are not told one by one."""
    attempts: int
    doubt_since: datetime | None


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag and how many entries bear it."""

    tag: str
    entries: int


@dataclass(frozen=True, slots=True)
class ArchivedEntry:
    """An entry as it stands in the archive."""

    id: int
    entry: Entry
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """How a feed does, for the admins of one guild."""

    feed_id: int
    url: str
    name: str
    ended: bool
    failures: int
    error: str
    last_poll: datetime | None
    next_poll: datetime | None
    last_new: datetime | None
    posts_last_month: int
    """Entries that came in the last 28 days."""
    waiting: int
    """Deliveries to this guild that are owed."""
    held: int
    paused: int


@dataclass(frozen=True, slots=True)
class TracedDelivery:
    """What became of an entry in one channel."""

    channel_id: int
    state: DeliveryState
    reason: str
    attempts: int
    message_id: int | None
    created: datetime
    settled: datetime | None


@dataclass(frozen=True, slots=True)
class Trace:
    """The way of a post through one feed."""

    feed_id: int
    feed_name: str
    entry_id: int
    entry: Entry
    first_seen: datetime
    edited: datetime | None
    keys: tuple[str, ...]
    deliveries: tuple[TracedDelivery, ...]
    """To channels of the asking guild."""


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A post of the archive."""

    entry_id: int
    title: str
    link: str
    feed_name: str
    tags: tuple[str, ...]
    published: datetime | None
    snippet: str = field(default="")
