"""What stands on top of a post: its own title, or what kind of post it is where the title only repeats the text."""

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
_LINE = 120
"""UTF-16 units of text that stand for a title in one line."""
_FEW_WORDS = 20
"""Characters: with fewer the next paragraph is taken too."""
_NAMED = 80
"""UTF-16 units of a name or link in a title of our own: it fits uncut, however much of it needs escaping."""
_LONG_TITLE = 24
"""Letters and digits: so long a title does not begin its text by chance."""
_LONG_TEXT = 800
"""Characters: a longer text is what a post is about, whatever else is in it."""
_LINK_POST = 600
_NO_TITLE = re.compile(
    r"\W*(?:untitled|no title|photo|photoset|image|video|audio)\W*|https?://\S+", re.IGNORECASE
)
_CUT_SHORT = re.compile(r"\s*(?:…|\.{3}|\[\s*(?:…|\.{3})\s*\])\s*$")
_GOES_ON = re.compile(r"\s*[,;:(–—-]")
_NOT_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Headline:
    """The words on top, plain."""

    title: str
    """The post's own title, or its kind: "Photo", "Reblog from X"."""
    is_own: bool
    line: str
    """What names the post in one line without its body: the own title, the beginning of the text, or the kind."""
    body: Document
    """The document without a first heading that says what the title says."""


def choose_headline(raw_title: str, document: Document, media: tuple[Media, ...]) -> Headline:
    """The headline of a post with this title, this body and all these media."""
    title = clean_line(raw_title)
    body = document
    if _begins_with_heading(document, title):
        body = replace(document, blocks=document.blocks[1:])
    elif is_blank(title) or _NO_TITLE.fullmatch(title) or _repeats(title, document):
        title = ""
    if title:
        return Headline(title, True, title, body)
    kind = _kind(document, media)
    return Headline(kind, False, _first_words(document, media) or kind, body)


def _first_words(document: Document, media: tuple[Media, ...]) -> str:
    """How the text begins, or else what the first described picture shows."""
    words = ""
    for block in document.blocks:
        words = f"{words} {one_line(block.text)}".strip()
        if len(words) >= _FEW_WORDS:
            break
    if not words:
        words = next((one_line(strip_controls(one.alt)) for one in media if not is_blank(one.alt)), "")
    return clip(words, _LINE)


def _begins_with_heading(document: Document, title: str) -> bool:
    first = next(iter(document.blocks), None)
    return first is not None and first.kind is Kind.HEADING and _letters(first.text) == _letters(title)


def _repeats(title: str, document: Document) -> bool:
    """Whether the title is only how the text, the author's own words, or a quoted post begins."""
    short = _letters(_CUT_SHORT.sub("", title))
    if not short:
        return fold(document.text).startswith(fold(title))
    certain = _CUT_SHORT.search(title) is not None or len(short) >= _LONG_TITLE
    return any(
        _letters("".join(words)[: 4 * len(title)]).startswith(short)
        and (certain or short in {_letters(words[0]), _letters("".join(words))})
        and not _is_part_of_a_sentence(title, words[0])
        for words in _voices(document)
    )


def _is_part_of_a_sentence(title: str, text: str) -> bool:
    """Whether the text goes on with a comma or the like where the title ends: a person wrote it, no machine cut it."""
    beginning, rest = text[: len(title)], text[len(title) :]
    return fold(beginning) == fold(title) and _GOES_ON.match(rest) is not None


def _voices(document: Document) -> Iterator[list[str]]:
    """The texts that a source may take a title from: everything, then each author's part."""
    parts: dict[int, list[str]] = {}
    for block in document.blocks:
        parts.setdefault(block.quotes[-1].number if block.quotes else 0, []).append(block.text)
    yield [block.text for block in document.blocks] or [""]
    yield from parts.values()


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub("", fold(text))


def _kind(document: Document, media: tuple[Media, ...]) -> str:
    if name := _reblogged(document):
        return f"Reblog from {isolate_direction(clip(name, _NAMED))}"
    if len(document.text) > _LONG_TEXT:
        return _POST
    kinds = [one.kind for one in media]
    if MediaKind.VIDEO in kinds:
        return _VIDEO
    if MediaKind.AUDIO in kinds:
        return _AUDIO
    if label := _linked(document):
        return f"Link: {isolate_direction(clip(label, _NAMED))}"
    if photos := kinds.count(MediaKind.IMAGE):
        return _PHOTO if photos == 1 else f"{photos} photos"
    return _QUOTE if _is_quote(document) else _POST


def _reblogged(document: Document) -> str:
    """Who wrote the post that the trail begins with."""
    named = (quoted.author for block in document.blocks for quoted in reversed(block.quotes) if quoted.author)
    return next(named, "")


def _linked(document: Document) -> str:
    """The words of the link that a link post is about."""
    first = next(iter(document.blocks), None)
    if first is None or first.quotes or first.marker or len(document.text) > _LINK_POST:
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
