"""What any format says of a post → Entry: bounded, absolute, plain where it must be plain."""

import html as entities
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from bot.model import Entry
from bot.source.entry.links import absolute, base_of, make_absolute
from bot.source.entry.media import Offer, choose
from bot.source.tumblr import addresses
from bot.source.tumblr import html as tumblr
from bot.text.fold import fold, fold_tag, one_line, unescape
from bot.text.html import html_to_text

Raw = TypeVar("Raw")

_ENTRIES = 500
_BODY = 500_000
_SUMMARY = 100_000
_FAR_MORE = 200
_GUID = 2_000
_TITLE = 1_000
_TAGS, _TAG = 100, 200
_AUTHORS, _AUTHOR = 20, 1_000

_TAGS_OF_HTML = re.compile(r"<[/!?a-zA-Z][^<>]*>")
_BREAK = re.compile(r"<(?:br|/p|/div|/h[1-6]|/li)\b[^<>]*>", re.IGNORECASE)
# Markup that was escaped once more than its type says; a lone `<b>` is what the title is about.
_PAIRED = re.compile(r"</(b|i|em|strong|span|a|font|u|sup|sub|code|small|p|h[1-6])>", re.IGNORECASE)
_LINE_END = re.compile(r"\s*[\r\n\t]\s*")
_MAIL = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>()]+")


@dataclass(frozen=True, slots=True)
class Body:
    """A text of a post, as HTML, with the xml:base that holds for it."""

    html: str
    base: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A post as its document has it."""

    guid: str = ""
    link: str = ""
    title: str = ""
    title_is_markup: bool = False
    bodies: tuple[Body, ...] = ()
    """The one that the format means as the whole text first."""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()
    thumbnails: tuple[Offer, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    source_id: str = ""
    """As `Entry` has it, where the document says it; else it is looked for in the addresses."""


@dataclass(frozen=True, slots=True)
class DocumentContext:
    """What a post's document tells about it."""

    url: str
    """The address that the document came from."""
    link: str = ""
    authors: tuple[str, ...] = ()
    """Of the whole feed, where the format says that they wrote every post."""
    from_tumblr: bool = False


def entries_of(
    raws: Sequence[Raw], draft: Callable[[Raw], Draft], around: DocumentContext
) -> tuple[tuple[Entry, ...], int]:
    """The document's posts, at most 500, and how many said nothing or could not be read."""
    entries: list[Entry] = []
    skipped = 0
    for raw in raws[:_ENTRIES]:
        try:
            entry = entry_of(draft(raw), around)
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            entry = Entry()
        if entry.guid or entry.link or entry.title or entry.content or entry.media:
            entries.append(entry)
        else:
            skipped += 1
    return tuple(entries), skipped


def entry_of(draft: Draft, around: DocumentContext) -> Entry:
    """The post, normalised."""
    link = absolute(draft.link, around.link or around.url)
    fullest, shorter = _whole_and_summary(draft.bodies)
    content = _cleaned(fullest, link, around)
    summary = _cleaned(shorter, link, around)[:_SUMMARY]
    title = title_text(draft.title, draft.title_is_markup)
    base = base_of(fullest.base, link, around.link, around.url)
    guid = _LINE_END.sub("", draft.guid[: 2 * _GUID]).strip()[:_GUID]
    return Entry(
        guid=guid,
        link=link,
        title="" if around.from_tumblr and title in tumblr.GENERIC_TITLES else title,
        content=content,
        summary=summary,
        text=html_to_text(content) or html_to_text(summary),
        authors=names(draft.authors) or around.authors,
        tags=distinct_tags(draft.tags),
        media=choose(draft.offers, draft.thumbnails, content, base),
        published=draft.published,
        updated=draft.updated,
        source_id=draft.source_id or (_source_id(link, guid) if around.from_tumblr else ""),
    )


def title_text(value: str, markup: bool) -> str:
    """`markup`: the feed says that the value is HTML, so its tags are no text."""
    value = value[: 4 * _TITLE]
    text = unescape(_without_tags(value) if markup else value)
    if paired := {match.lower() for match in _PAIRED.findall(text)}:
        text = re.sub(rf"</?(?:{'|'.join(sorted(paired))})\b[^<>]*>", "", text, flags=re.IGNORECASE)
    return one_line(text)[:_TITLE].rstrip()


def _without_tags(value: str) -> str:
    return _TAGS_OF_HTML.sub("", _BREAK.sub(" ", value))


def _whole_and_summary(bodies: Sequence[Body]) -> tuple[Body, Body]:
    """The whole text, and another that says something else in fewer words.

    What the format means as the whole text is believed, unless another body has far more of it: some sites put
    their summary in the content, and the article in the description.
    """
    if not bodies:
        return Body(""), Body("")
    lengths = {body: len(_bare(body.html)) for body in bodies}
    whole = max(bodies, key=lambda body: lengths[body] > 2 * lengths[bodies[0]] + _FAR_MORE and lengths[body])
    said = {_bare(whole.html), ""}
    others = (body for body in bodies if lengths[body] <= lengths[whole] or body is bodies[0])
    return whole, next((body for body in others if _bare(body.html) not in said), Body(""))


def _bare(html: str) -> str:
    return fold(unescape(_TAGS_OF_HTML.sub(" ", html[:_BODY])))


def _cleaned(body: Body, link: str, around: DocumentContext) -> str:
    html = body.html[:_BODY].strip()
    if around.from_tumblr:
        html = tumblr.neutral_html(html)
    return make_absolute(html, base_of(body.base, link, around.link, around.url))[:_BODY].strip()


def _source_id(link: str, guid: str) -> str:
    post = addresses.post_id(link) or addresses.post_id(guid)
    return f"tumblr:{post}" if post else ""


def names(authors: Iterable[str]) -> tuple[str, ...]:
    """Each once, as people call them: a mail address only where there is no name."""
    found: dict[str, str] = {}
    for author in authors:
        name = one_line(unescape(author[: 4 * _AUTHOR]))
        bare = _MAIL.sub("", name).strip(" ()<>,;\"'")
        if kept := (bare or name)[:_AUTHOR]:
            found.setdefault(fold(kept), kept)
    return tuple(found.values())[:_AUTHORS]


def distinct_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """In the author's spelling and order; what folds alike stands once."""
    found: dict[str, str] = {}
    for tag in tags:
        spelt = one_line(unescape(tag[: 4 * _TAG])).lstrip("#").strip()[:_TAG]
        if folded := fold_tag(spelt):
            found.setdefault(folded, spelt)
    return tuple(found.values())[:_TAGS]


def paragraphs(text: str) -> str:
    """Plain text as HTML: blank lines part paragraphs, newlines stay."""
    blocks = re.split(r"\n[ \t]*\n\s*", text.replace("\r\n", "\n").replace("\r", "\n").strip())
    escaped = (entities.escape(block, quote=False).replace("\n", "<br>") for block in blocks if block)
    return "".join(f"<p>{block}</p>" for block in escaped)
