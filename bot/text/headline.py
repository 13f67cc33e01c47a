"""Choose what names a post: its title, or the kind of post where the title is missing or only repeats the text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.model import Media, MediaKind
from bot.text.document import Block, Document, Kind
from bot.text.escape import is_blank, isolate_direction, strip_controls
from bot.text.fold import fold, one_line
from bot.text.lines import clean_line
from bot.text.links import host_of
from bot.text.summary import clip

_POST, _PHOTO, _VIDEO, _AUDIO, _QUOTE = "Post", "Photo", "Video", "Audio", "Quote"
_MAX_LINE_LENGTH = 120
"""UTF-16 units of the text that names a post in one line."""
_MIN_LINE_LENGTH = 20
"""Characters; a shorter first paragraph is joined with the next."""
_MAX_NAME_LENGTH = 80
"""UTF-16 units of a name or link in a generated title, so that the title fits even if all of it needs escaping."""
_MIN_REPEATED_LENGTH = 24
"""Letters and digits. If a text starts with a title this long, that is no coincidence."""
_MAX_MEDIA_TEXT_LENGTH = 800
"""Characters; a post with more text is about its text, not its pictures."""
_MAX_LINK_TEXT_LENGTH = 600
"""Characters of a post that is about a link."""
_PLACEHOLDER_TITLE = re.compile(
    r"\W*(?:untitled|no title|photo|photoset|image|video|audio)\W*|https?://\S+", re.IGNORECASE
)
_TRUNCATED = re.compile(r"\s*(?:…|\.{3}|\[\s*(?:…|\.{3})\s*\])\s*$")
_CONTINUATION = re.compile(r"\s*[,;:(–—-]")
_NOT_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Headline:
    """The name of a post. Texts are clean lines, not escaped."""

    title: str
    """The post's own title, or its kind, such as "Photo" or "Reblog from X"."""
    is_own: bool
    """Whether the title is the post's own."""
    line: str
    """Names the post without its body: its own title, the start of its text, or its kind."""
    body: Document
    """The document without a first heading that repeats the title."""


def choose_headline(raw_title: str, document: Document, media: tuple[Media, ...]) -> Headline:
    """Return the headline of a post with this title and body and with all these media."""
    title = clean_line(raw_title)
    body = document
    if _starts_with_heading(document, title):
        body = replace(document, blocks=document.blocks[1:])
    elif is_blank(title) or _PLACEHOLDER_TITLE.fullmatch(title) or _repeats(title, document):
        title = ""
    if title:
        return Headline(title, True, title, body)
    kind = _kind(document, media)
    return Headline(kind, False, _first_line(document, media) or kind, body)


def _first_line(document: Document, media: tuple[Media, ...]) -> str:
    """Return the start of the text, or else the description of the first picture that has one."""
    line = ""
    for block in document.blocks:
        line = f"{line} {one_line(block.text)}".strip()
        if len(line) >= _MIN_LINE_LENGTH:
            break
    if not line:
        line = next((one_line(strip_controls(each.alt)) for each in media if not is_blank(each.alt)), "")
    return clip(line, _MAX_LINE_LENGTH)


def _starts_with_heading(document: Document, title: str) -> bool:
    first = next(iter(document.blocks), None)
    return first is not None and first.kind is Kind.HEADING and _letters(first.text) == _letters(title)


def _repeats(title: str, document: Document) -> bool:
    """Return whether the title is just the start of the text, of the author's own words, or of a quoted post."""
    letters = _letters(_TRUNCATED.sub("", title))
    if not letters:
        return fold(document.text).startswith(fold(title))
    is_certain = _TRUNCATED.search(title) is not None or len(letters) >= _MIN_REPEATED_LENGTH
    return any(
        _letters("".join(texts)[: 4 * len(title)]).startswith(letters)
        and (is_certain or letters in {_letters(texts[0]), _letters("".join(texts))})
        and not _continues(title, texts[0])
        for texts in _texts_by_author(document)
    )


def _continues(title: str, text: str) -> bool:
    """Return whether the text continues the sentence after the title. If so, a person chose the title."""
    start, rest = text[: len(title)], text[len(title) :]
    return fold(start) == fold(title) and _CONTINUATION.match(rest) is not None


def _texts_by_author(document: Document) -> Iterator[list[str]]:
    """Yield the texts that a site may have made the title from: the blocks of all authors, then of each author."""
    parts: dict[int, list[str]] = {}
    for block in document.blocks:
        parts.setdefault(block.quotes[-1].number if block.quotes else 0, []).append(block.text)
    yield [block.text for block in document.blocks] or [""]
    yield from parts.values()


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub("", fold(text))


def _kind(document: Document, media: tuple[Media, ...]) -> str:
    if name := _reblogged_author(document):
        return f"Reblog from {isolate_direction(clip(name, _MAX_NAME_LENGTH))}"
    if len(document.text) > _MAX_MEDIA_TEXT_LENGTH:
        return _POST
    kinds = [each.kind for each in media]
    if MediaKind.VIDEO in kinds:
        return _VIDEO
    if MediaKind.AUDIO in kinds:
        return _AUDIO
    if label := _link_label(document):
        return f"Link: {isolate_direction(clip(label, _MAX_NAME_LENGTH))}"
    if photos := kinds.count(MediaKind.IMAGE):
        return _PHOTO if photos == 1 else f"{photos} photos"
    return _QUOTE if _is_quote(document) else _POST


def _reblogged_author(document: Document) -> str:
    """Return the author of the first post in a reblog trail; "" if this is not a reblog."""
    authors = (quote.author for block in document.blocks for quote in reversed(block.quotes) if quote.author)
    return next(authors, "")


def _link_label(document: Document) -> str:
    """Return the text of the link that the post is about; "" if this is not a link post."""
    first = next(iter(document.blocks), None)
    if first is None or first.quotes or first.marker or len(document.text) > _MAX_LINK_TEXT_LENGTH:
        return ""
    urls = {run.url for run in first.runs if run.text.strip()}
    if len(urls) != 1 or "" in urls:
        return ""
    label = one_line(first.text)
    return host_of(urls.pop()) if label.startswith("http") else label


def _is_quote(document: Document) -> bool:
    def length(blocks: Iterator[Block]) -> int:
        return sum(len(block.text) for block in blocks)

    quoted = length(block for block in document.blocks if block.quotes)
    return quoted > length(block for block in document.blocks if not block.quotes)
