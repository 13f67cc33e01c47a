"""Choose what names a post: its title, or the first words of its text, or its kind if it has no words at all."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.i18n import _, n_
from bot.model import Media, MediaKind
from bot.text.document import Block, Document, Run
from bot.text.escape import is_blank, isolate_direction, strip_controls
from bot.text.fold import fold, one_line
from bot.text.lines import clean_line
from bot.text.links import host_of
from bot.text.repetition import complete_title, drop_repetition, letters_of, plain_start, repeats
from bot.text.summary import clip, find_cut

_MAX_LINE_LENGTH = 120
"""UTF-16 units of the text that names a post in one line."""
_MIN_LINE_LENGTH = 20
"""Characters; a shorter first line is joined with the next."""
_MIN_SENTENCE_LENGTH = 8
"""Letters and digits; a shorter sentence does not name a post."""
_MAX_COMPLETED_LENGTH = 160
"""Characters; a title that was cut from the text is completed to its end if it is no longer than this."""
_MAX_REPEATED_TITLE_LENGTH = 200
"""UTF-16 units; a longer title that repeats the text is not a title but the text."""
_MAX_NAME_LENGTH = 80
"""UTF-16 units of a name or link in a generated title, which then fits however much of it needs escaping."""
_PLACEHOLDER_TITLE = re.compile(
    r"\W*(?:untitled|no title|photo|photoset|image|video|audio)\W*|https?://\S+", re.IGNORECASE
)
_PLACEHOLDER_ALT = re.compile(
    r"\W*(?:(?:an?\ )?(?:image|photo|picture|img|pic|untitled|thumbnail|cover|screenshot|alt(?:\ text)?)(?:\W*\d+)?"
    r"|(?:img|dsc\w?|pxl|image)?[\s_-]*[\d_-]+|\S+\.(?:jpe?g|png|gif|webp|avif|heic|pnj))\W*",
    re.IGNORECASE | re.VERBOSE,
)
_ADDRESS = re.compile(r"https?://\S+|(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}/\S*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Headline:
    """What names a post. Texts are clean lines, not escaped."""

    title: str
    """The post's own title, or the start of its text, or its kind, such as "Photo" or "Reblog from X"."""
    is_kind: bool
    """Whether the post has no words, so that the title is only its kind."""
    line: str
    """Names the post without its body: the title, or as much of the text as fits into a line."""
    body: Document
    """The document without what the title says already."""


def choose_headline(raw_title: str, document: Document, media: tuple[Media, ...], link: str = "") -> Headline:
    """Return the headline of a post with this title and body, with all these media, at this address."""
    title = clean_line(raw_title)
    if is_blank(title) or _PLACEHOLDER_TITLE.fullmatch(title):
        title = ""
    is_start_without_words = not letters_of(title) and fold(document.text).startswith(fold(title))
    if title and not is_start_without_words:
        return _from_title(title, document, link)
    if line := _first_line(document):
        start = _first_sentence(document, line, link)
        return Headline(start, False, line, drop_repetition(start, document, link, is_cut=True))
    if described := title or _description(media):
        return Headline(described, False, described, document)
    kind = _kind(document, media)
    return Headline(kind, True, kind, document)


def _from_title(title: str, document: Document, link: str) -> Headline:
    """Keep the title, completed where it was cut. If it is so long that it is the text, its start is the title."""
    title = complete_title(title, document, _MAX_COMPLETED_LENGTH)
    shorter = _clip_at_sentence(title, _MAX_REPEATED_TITLE_LENGTH)
    if shorter != title and not document.blocks:
        document = replace(document, blocks=(Block((Run(title),)),))
    if shorter != title and repeats(title, document):
        return Headline(shorter, False, shorter, drop_repetition(shorter, document, link, is_cut=True))
    return Headline(title, False, title, drop_repetition(title, document, link))


def _first_line(document: Document) -> str:
    """Return the start of the text as a line, without addresses; "" if it has no words."""
    line = ""
    for text in document.text.split("\n"):
        line = f"{line} {one_line(_ADDRESS.sub('', text))}".strip()
        if len(line) >= _MIN_LINE_LENGTH and letters_of(line):
            break
    return _clip_at_sentence(line, _MAX_LINE_LENGTH) if letters_of(line) else ""


def _first_sentence(document: Document, line: str, link: str) -> str:
    """Return the part of the line that can be left out of the body without losing a link; else the line."""
    plain = plain_start(document, link)
    if not letters_of(plain) or plain == document.text.partition("\n")[0]:
        return line
    start, tail = find_cut(f"{plain.rstrip()} ", len(plain))
    is_sentence = not tail and len(letters_of(plain[:start])) >= _MIN_SENTENCE_LENGTH
    return one_line(plain[:start]) if is_sentence else line


def _clip_at_sentence(text: str, limit: int) -> str:
    """Return the start of a line, at most `limit` UTF-16 units, cut at the end of a sentence or else of a word."""
    clipped = clip(text, limit)
    if clipped == text:
        return text
    index, tail = find_cut(text, limit)
    return clipped if tail else text[:index].rstrip()


def _description(media: tuple[Media, ...]) -> str:
    """Return the description of the first picture that has one."""
    texts = (one_line(strip_controls(each.alt)) for each in media if not is_blank(each.alt))
    return clip(next((text for text in texts if not _PLACEHOLDER_ALT.fullmatch(text)), ""), _MAX_LINE_LENGTH)


def _kind(document: Document, media: tuple[Media, ...]) -> str:
    if name := _reblogged_author(document):
        return _("Reblog from {author}").format(author=isolate_direction(clip(name, _MAX_NAME_LENGTH)))
    kinds = [each.kind for each in media]
    if MediaKind.VIDEO in kinds:
        return _("Video")
    if MediaKind.AUDIO in kinds:
        return _("Audio")
    if host := next(_linked_hosts(document), ""):
        return _("Link: {site}").format(site=isolate_direction(clip(host, _MAX_NAME_LENGTH)))
    if photos := kinds.count(MediaKind.IMAGE):
        return _("Photo") if photos == 1 else n_("{count} photo", "{count} photos", photos)
    return _("Post")


def _reblogged_author(document: Document) -> str:
    """Return the author of the first post in a reblog trail; "" if this isn't a reblog."""
    authors = (quote.author for block in document.blocks for quote in reversed(block.quotes) if quote.author)
    return next(authors, "")


def _linked_hosts(document: Document) -> Iterator[str]:
    urls = (run.url or run.text.strip() for block in document.blocks for run in block.runs)
    yield from (host for url in urls if _ADDRESS.fullmatch(url) and (host := host_of(url)))
