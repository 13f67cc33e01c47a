"""Normalise posts of any format: RawEntry → Entry, with limits, absolute links and plain text where needed."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from bot.model import Entry
from bot.source.entry.content_warning import choose_warning
from bot.source.entry.escaped_markup import unescape_markup
from bot.source.entry.links import absolute, base_of, make_absolute
from bot.source.entry.media import MediaCandidate, choose_media
from bot.source.entry.plaintext import keep_line_breaks
from bot.source.tumblr import addresses
from bot.source.tumblr import html as tumblr
from bot.text.fold import fold, fold_tag, one_line, unescape
from bot.text.html import html_to_text

Item = TypeVar("Item")

MAX_LANGUAGE_LENGTH = 35  # as RFC 5646 recommends
MAX_ENTRIES = 500
_MAX_BODY_LENGTH = 500_000
_MAX_SUMMARY_LENGTH = 100_000
_MAX_GUID_LENGTH = 2_000
_MAX_TITLE_LENGTH = 1_000
_MAX_TAGS, _MAX_TAG_LENGTH = 100, 200
_MAX_AUTHORS, _MAX_AUTHOR_LENGTH = 20, 1_000
_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, RecursionError)
_MUCH_LONGER = 200  # characters, see `_content_and_summary`

_TAGS_OF_HTML = re.compile(r"<[/!?a-zA-Z][^<>]*>")
_BREAK = re.compile(r"<(?:br|/p|/div|/h[1-6]|/li)\b[^<>]*>", re.IGNORECASE)
# Markup that was escaped once too often. A `<b>` without `</b>` is part of the title's text.
_PAIRED = re.compile(r"</(b|i|em|strong|span|a|font|u|sup|sub|code|small|p|h[1-6])>", re.IGNORECASE)
_LINE_END = re.compile(r"\s*[\r\n\t]\s*")
_MAIL = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>()]+")


@dataclass(frozen=True, slots=True)
class Body:
    """A text of a post, as HTML, with its xml:base."""

    html: str
    base: str = ""


@dataclass(frozen=True, slots=True)
class RawEntry:
    """A post as its document has it, before it is normalised."""

    guid: str = ""
    link: str = ""
    title: str = ""
    title_is_markup: bool = False
    bodies: tuple[Body, ...] = ()
    """All texts of the post, starting with the one that the format defines as its content."""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    media: tuple[MediaCandidate, ...] = ()
    thumbnails: tuple[MediaCandidate, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    source_id: str = ""
    """As in `Entry`, if the document has it; otherwise it is derived from the link or guid."""
    adult: bool = False
    """Whether the feed rates the post's pictures as not for everyone."""
    explicit: bool = False
    """Whether the feed calls the post explicit, as podcasts do."""


@dataclass(frozen=True, slots=True)
class Normalised:
    """The posts of a document."""

    entries: tuple[Entry, ...]
    """In the document's order."""
    skipped: int
    """How many entries were empty or unreadable."""
    left_out: int
    """The oldest ones of a document with more than are read."""
    places: tuple[int, ...]
    """For each item, the place of its entry; -1 if it has none."""


@dataclass(frozen=True, slots=True)
class DocumentContext:
    """The properties of a document that apply to all of its posts."""

    url: str
    """The address that the document came from."""
    link: str = ""
    """The page that the feed belongs to."""
    authors: tuple[str, ...] = ()
    """The feed's authors, if the format defines them as the authors of every post."""
    from_tumblr: bool = False


def normalise_entries(
    items: Sequence[Item], to_raw_entry: Callable[[Item], RawEntry], context: DocumentContext
) -> Normalised:
    """Return the document's posts, the newest 500 if it has more."""
    chosen = range(len(items)) if len(items) <= MAX_ENTRIES else _newest(items, to_raw_entry)
    entries: list[Entry] = []
    places = [-1] * len(items)
    for index in chosen:
        entry = _entry_or_none(items[index], to_raw_entry, context)
        if entry is not None:
            places[index] = len(entries)
            entries.append(entry)
    return Normalised(tuple(entries), len(chosen) - len(entries), len(items) - len(chosen), tuple(places))


def _entry_or_none(
    item: Item, to_raw_entry: Callable[[Item], RawEntry], context: DocumentContext
) -> Entry | None:
    """Return the post; None if it is empty or unreadable."""
    try:
        entry = normalise_entry(to_raw_entry(item), context)
    except _UNREADABLE:
        return None
    return entry if entry.guid or entry.link or entry.title or entry.content or entry.media else None


def _newest(items: Sequence[Item], to_raw_entry: Callable[[Item], RawEntry]) -> list[int]:
    """Return where the 500 newest items are, in the document's order.

    An item without a date counts as old as the one before it. Of items with the same date, and of items without dates,
    those near either end of the document are chosen: a new post is added at one of them.
    """
    dates = [_date_of(item, to_raw_entry) for item in items]
    known = next((date for date in dates if date is not None), datetime.min.replace(tzinfo=UTC))
    ranked: list[tuple[datetime, int, int]] = []
    for index, date in enumerate(dates):
        known = date or known
        ranked.append((known, -min(index, len(items) - 1 - index), index))
    newest = sorted(ranked, reverse=True)[:MAX_ENTRIES]
    return sorted(index for _, _, index in newest)


def _date_of(item: Item, to_raw_entry: Callable[[Item], RawEntry]) -> datetime | None:
    try:
        raw = to_raw_entry(item)
    except _UNREADABLE:
        return None
    return raw.published or raw.updated


def normalise_entry(raw: RawEntry, context: DocumentContext) -> Entry:
    """Return the post, normalised."""
    link = absolute(raw.link, context.link or context.url)
    longer, shorter = _content_and_summary(raw.bodies)
    content = _clean_body(longer, link, context)
    summary = _clean_body(shorter, link, context)[:_MAX_SUMMARY_LENGTH]
    title = title_text(raw.title, raw.title_is_markup)
    base = base_of(longer.base, link, context.link, context.url)
    media = choose_media(raw.media, raw.thumbnails, content, base)
    guid = _LINE_END.sub("", raw.guid[: 2 * _MAX_GUID_LENGTH]).strip()[:_MAX_GUID_LENGTH]
    return Entry(
        guid=guid,
        link=link,
        title="" if context.from_tumblr and title in tumblr.GENERIC_TITLES else title,
        content=content,
        summary=summary,
        text=html_to_text(content) or html_to_text(summary),
        authors=distinct_names(raw.authors) or context.authors,
        tags=distinct_tags(raw.tags),
        media=media,
        published=raw.published,
        updated=raw.updated,
        source_id=raw.source_id or (_source_id(link, guid) if context.from_tumblr else ""),
        warning=choose_warning(content, link, media, adult=raw.adult, explicit=raw.explicit),
    )


def title_text(value: str, markup: bool) -> str:
    """Return a title as one line of plain text. `markup`: whether the feed declares the value as HTML."""
    value = value[: 4 * _MAX_TITLE_LENGTH]
    text = unescape(_without_tags(value) if markup else value)
    if paired := {match.lower() for match in _PAIRED.findall(text)}:
        text = re.sub(rf"</?(?:{'|'.join(sorted(paired))})\b[^<>]*>", "", text, flags=re.IGNORECASE)
    return one_line(text)[:_MAX_TITLE_LENGTH].rstrip()


def _without_tags(value: str) -> str:
    return _TAGS_OF_HTML.sub("", _BREAK.sub(" ", value))


def _content_and_summary(bodies: Sequence[Body]) -> tuple[Body, Body]:
    """Return the full text, and a shorter one with different words.

    The full text is the one that the format defines as the content, unless another is much longer: some sites have
    their summary in the content and the article in the description.
    """
    if len(bodies) < 2:
        return bodies[0] if bodies else Body(""), Body("")
    words = {body: _plain_words(body.html) for body in bodies}
    minimum = 2 * len(words[bodies[0]]) + _MUCH_LONGER
    content = max(bodies, key=lambda body: len(words[body]) > minimum and len(words[body]))
    redundant = {words[content], ""}
    others = (body for body in bodies if len(words[body]) <= len(words[content]) or body is bodies[0])
    return content, next((body for body in others if words[body] not in redundant), Body(""))


def _plain_words(html: str) -> str:
    return fold(unescape(_TAGS_OF_HTML.sub(" ", html[:_MAX_BODY_LENGTH])))


def _clean_body(body: Body, link: str, context: DocumentContext) -> str:
    html = body.html[:_MAX_BODY_LENGTH].strip()
    html = tumblr.neutral_html(html) if context.from_tumblr else keep_line_breaks(unescape_markup(html))
    base = base_of(body.base, link, context.link, context.url)
    return make_absolute(html, base)[:_MAX_BODY_LENGTH].strip()


def _source_id(link: str, guid: str) -> str:
    post = addresses.post_id(link) or addresses.post_id(guid)
    return f"tumblr:{post}" if post else ""


def distinct_names(authors: Iterable[str]) -> tuple[str, ...]:
    """Return each author's name once. A mail address is removed unless there is no name."""
    distinct: dict[str, str] = {}
    for author in authors:
        full = one_line(unescape(author[: 4 * _MAX_AUTHOR_LENGTH]))
        without_mail = _MAIL.sub("", full).strip(" ()<>,;\"'")
        if name := (without_mail or full)[:_MAX_AUTHOR_LENGTH]:
            distinct.setdefault(fold(name), name)
    return tuple(distinct.values())[:_MAX_AUTHORS]


def distinct_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Return each tag once, in the author's order and first spelling. Tags that fold alike are the same."""
    distinct: dict[str, str] = {}
    for tag in tags:
        spelling = one_line(unescape(tag[: 4 * _MAX_TAG_LENGTH])).lstrip("#").strip()[:_MAX_TAG_LENGTH]
        if folded := fold_tag(spelling):
            distinct.setdefault(folded, spelling)
    return tuple(distinct.values())[:_MAX_TAGS]
