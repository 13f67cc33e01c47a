"""Fetched documents and parsed feeds."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class MediaKind(StrEnum):
    """The kind of a media file."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


@dataclass(frozen=True, slots=True)
class Validators:
    """The validators of the next conditional GET (RFC 9110, section 13), and a hash that saves parsing."""

    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A response with a body, decompressed and within the size cap."""

    url: str
    """The address that responded, after redirects."""
    body: bytes
    content_type: str = ""
    """The header as sent, including the charset."""
    short: bool = False
    """Whether the body is shorter than announced."""
    validators: Validators = Validators()
    moved_to: str = ""
    """Where an unbroken series of 301 and 308 leads from the requested address; "" if there is none."""
    max_age: timedelta | None = None
    """How long the response stays fresh, as the server says; None if it does not say."""
    link: str = ""
    """The header `Link` (RFC 8288) as sent."""
    total: int | None = None
    """WordPress's `X-WP-Total`: the number of all posts."""
    total_pages: int | None = None
    """WordPress's `X-WP-TotalPages`."""
    last_parse_time: timedelta = timedelta()
    """How long the feed's last document took to parse, if it is known."""


@dataclass(frozen=True, slots=True)
class NotModified:
    """A 304 response, or one whose body has the same hash as the last one."""

    url: str
    validators: Validators = Validators()
    """The validators for the next request: of a 304 those that were sent, as RFC 9111 requires in section 4.3.4.

    Another ETag in a 304 belongs to a document that was never read; with it, the document might never be.
    """
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
    """The name of the site that plays it ("YouTube"), if it can only be linked."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One post of a feed, normalised: it no longer depends on the format of its document."""

    guid: str = ""
    """As the document has it (RSS guid, Atom id, JSON Feed id)."""
    link: str = ""
    """Absolute, http or https."""
    title: str = ""
    """One line of plain text: no tags, entities unescaped until stable, NFC."""
    content: str = ""
    """HTML of the fullest body, addresses absolute. Hostile."""
    summary: str = ""
    """HTML of the shorter body, if the source has one besides the content. Hostile."""
    text: str = ""
    """Plain text of the content (or else of the summary): for search, matching and identity."""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    """In the author's spelling and order, without duplicates."""
    media: tuple[Media, ...] = ()
    """Enclosures and media:* elements, without media that the HTML already contains."""
    published: datetime | None = None
    updated: datetime | None = None
    source_id: str = ""
    """The source's own permanent id of the post, if it has one: "tumblr:736339394445918208"."""
    warning: str = ""
    """What the feed itself warns of, such as "Sensitive" or its author's words. Then no picture is shown openly."""

    def __hash__(self) -> int:
        """Hash a few fields: entries are looked up often, and all fields cost ten times as much."""
        return hash((self.guid, self.link, self.title, self.text))


@dataclass(frozen=True, slots=True)
class Items:
    """How the entries of a document follow from its items."""

    entries: tuple[int, ...]
    """For each item, the place of its entry among the feed's entries; -1 if it has none."""
    independent: bool
    """Whether each entry depends only on its own item and on what surrounds all items."""


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A parsed document."""

    format: str
    """"rss20", "atom10", "rdf", "json11", …"""
    title: str = ""
    link: str = ""
    """The page that the feed belongs to."""
    language: str = ""
    ttl: timedelta | None = None
    entries: tuple[Entry, ...] = ()
    """In the document's order."""
    skipped: int = 0
    """Entries that could not be read."""
    left_out: int = 0
    """The oldest entries of a document that has more than are read at once."""
    torn: bool = False
    """Whether the document breaks off. It is read up to its last complete entry, and what is missing may exist."""
    older: str = ""
    """The absolute address of the next older page (RFC 5005's `next` and `prev-archive`, JSON Feed's `next_url`); ""
    if the document has none."""
    complete: bool = False
    """Whether the document says that it contains every post (RFC 5005's `complete`)."""
    total: int | None = None
    """The number of all posts, if the document reports it (Tumblr's `total_posts`)."""
    parse_time: timedelta = timedelta()
    """How long parsing took."""
    items: Items | None = None
    """None if the document is not well-formed, or of a kind whose items are not found before it is parsed."""


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed behind an address that a person pasted."""

    url: str
    title: str = ""
    tag: str = ""
    """A tag that the pasted address selects and the feed itself does not."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed in a list of feeds."""

    url: str
    title: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class OpmlDocument:
    """What an OPML document contains."""

    outlines: tuple[Outline, ...]
    """The feeds, each once."""
    dropped: tuple[str, ...] = ()
    """A sentence for each entry that is not a feed or has no usable address."""
    duplicates: int = 0
    """How often a feed was in it again."""
