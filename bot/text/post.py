"""The parts of a post that a message can show, cleaned, for the styles in `render`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.model import Entry, Media, MediaKind
from bot.text.document import Document
from bot.text.escape import is_blank
from bot.text.fold import fold
from bot.text.headline import Headline, choose_headline
from bot.text.html import parse_html
from bot.text.lines import clean_line
from bot.text.links import safe_url
from bot.text.pictures import choose_pictures
from bot.text.providers import find_player
from bot.text.warning import mark_headline, split_hidden

_CUT = re.compile(r"[\s.…]{1,20}$")
_JOINTS = re.compile(r"[\s_-]+")
_NOT_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Post:
    """The parts of a post. Texts are clean lines but not yet escaped."""

    headline: Headline
    body: Document
    """Without what the headline says already."""
    link: str
    """Safe to write; "" if there is none."""
    feed_name: str
    """"" if nothing in it is visible."""
    authors: tuple[str, ...]
    """The authors' names, except one that equals the feed's name."""
    tags: tuple[str, ...]
    """The tags, without `#`."""
    pictures: tuple[Media, ...]
    """Best first."""
    players: tuple[Media, ...]
    """Videos and sounds, except one that the post itself links to."""
    timestamp: datetime | None
    warned: bool
    """Whether the feed itself warns of the post. Then it has no pictures, and nothing may preview its page."""


def build_post(entry: Entry, feed_name: str) -> Post:
    """Return the parts of `entry` that a message can show."""
    document = _choose_body(entry)
    name = clean_line(feed_name)
    name = "" if is_blank(name) else name
    authors = _visible(map(clean_line, entry.authors))
    link = safe_url(entry.link)
    pictures = choose_pictures(entry.media, document.media)
    players = _find_players((*document.media, *entry.media))
    linked = find_player(link)
    media = (*pictures, *players, *((linked,) if linked else ()))
    title = "" if _comes_from_rest(entry, document) else entry.title
    headline = choose_headline(title, document, media, link)
    warning = clean_line(entry.warning)
    if warning:
        headline, pictures = _choose_warned_headline(title, document, media, warning), ()
    return Post(
        headline=headline,
        body=headline.body,
        link=link,
        feed_name=name,
        authors=tuple(author for author in authors if _fold_name(author) != _fold_name(name)),
        tags=_visible(clean_line(tag).lstrip("#").strip() for tag in entry.tags),
        pictures=pictures,
        players=tuple(player for player in players if linked is None or player.url != linked.url),
        timestamp=entry.published or entry.updated,
        warned=bool(warning),
    )


def _choose_warned_headline(title: str, document: Document, media: Iterable[Media], warning: str) -> Headline:
    """Return a headline with the warning, and without words that the author hides."""
    named, body = split_hidden(document, warning)
    if named is not document and fold(title.rstrip(".… ")) in fold(body.text):
        title = ""
    headline = choose_headline(title, named, tuple(replace(each, alt="") for each in media))
    return mark_headline(headline if named is document else replace(headline, body=body), warning)


def _choose_body(entry: Entry) -> Document:
    """Return the content, or the summary where the content has no text; likewise for its media."""
    content = parse_html(entry.content)
    if (content.blocks and content.media) or content.rest is not None:
        return content
    summary = parse_html(entry.summary)
    return Document(content.blocks or summary.blocks, content.media or summary.media)


def _comes_from_rest(entry: Entry, document: Document) -> bool:
    """Return whether the title is the start of the text, and continues in the hidden part."""
    if document.rest is None:
        return False
    title, everything, shown = (
        _NOT_LETTERS.sub("", fold(text)) for text in (_CUT.sub("", entry.title), entry.text, document.text)
    )
    return bool(title) and everything.startswith(title) and not shown.startswith(title)


def _find_players(media: Iterable[Media]) -> tuple[Media, ...]:
    """Return the videos and sounds that can be linked, each once."""
    found: dict[str, Media] = {}
    for each in media:
        url = safe_url(each.url)
        if each.kind is not MediaKind.IMAGE and url:
            known = None if each.provider else find_player(url)
            found.setdefault(url, known or Media(url, each.kind, provider=each.provider))
    return tuple(found.values())


def _fold_name(name: str) -> str:
    """Return a name for comparison: a blog's name in its address has hyphens where its title has spaces."""
    return _JOINTS.sub("", fold(name)) or name


def _visible(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(line for line in lines if not is_blank(line))
