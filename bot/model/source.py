"""What was fetched and read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class MediaKind(StrEnum):
    """What a media file is for the reader."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


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
    link: str = ""
    """The header `Link` (RFC 8288) as sent."""
    total: int | None = None
    """WordPress's `X-WP-Total`: how many posts there are in all."""
    total_pages: int | None = None
    """WordPress's `X-WP-TotalPages`."""


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
    older: str = ""
    """Where the posts before these are (RFC 5005's `next` and `prev-archive`, JSON Feed's `next_url`), absolute; ""
    where the document does not say."""
    complete: bool = False
    """The document says that it holds every post there is (RFC 5005's `complete`)."""
    total: int | None = None
    """How many posts there are in all, where the document says it (Tumblr's `total_posts`)."""


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed behind an address that a person pasted."""

    url: str
    title: str = ""
    tag: str = ""
    """A tag that the pasted address asked for and the feed itself cannot select."""
