"""Leave out of a post's body what its headline says already."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from bot.text.canonical import canonical_link
from bot.text.document import Block, Document, Kind, Mark, Run
from bot.text.fold import fold, one_line
from bot.text.links import host_of
from bot.text.runs import tidy_runs
from bot.text.summary import ELLIPSIS

_MIN_REPEATED_LENGTH = 24
"""Letters and digits; the text does not start with so long a title by chance."""
_MAX_PARAGRAPHS = 3
"""A paragraph further down that is the title was meant there."""
_MIN_PARAGRAPH_LENGTH = 8
"""Letters and digits; a shorter paragraph may be the title by chance."""
_TRUNCATED = re.compile(r"\s*(?:…|\.{3}|\[\s*(?:…|\.{3})\s*\])\s*$")
_CONTINUATION = re.compile(r"\s*[,;:(–—-]")
_NOT_LETTERS = re.compile(r"[\W_]+")
_SENTENCE = re.compile(r"""[^.!?。！？]*(?:[.!?]+["'”’»)\]]*(?=\s)|[。！？]+[」』”’）]*)""")
_URL = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_CLOSERS = frozenset(" .,;:!?…。！？、，；：؟۔।)]}”’»›\"'–—-")
"""What may follow the last word of a title that the text continues."""
_ENDS = frozenset(".!?…。！？؟۔।:")
"""What ends a sentence: after it, the text needs no ellipsis."""
_MAX_OTHER_CHARACTERS = 1_000
"""Spaces, punctuation and symbols up to the end of a title."""
_MAX_WORD_LENGTH = 20
"""Characters; a longer word is a sentence in a script without spaces."""


def letters_of(text: str) -> str:
    """Return the folded letters and digits of a text, for comparison."""
    return _NOT_LETTERS.sub("", fold(text))


def repeats(title: str, document: Document) -> bool:
    """Return whether the title is just the start of the text, or all of it."""
    return _end_of_title(title, document, is_cut=False) is not None


def drop_repetition(title: str, document: Document, link: str, *, is_cut: bool = False) -> Document:
    """Return the document without the title at its start, and without a paragraph near it that is the title.

    Nothing is dropped from other people's posts, nor a part of a quotation or list, nor a link to another site than
    `link`. `is_cut`: whether we cut the title from this text; then it repeats the text, however short it is.
    """
    return _drop_paragraph(title, _drop_start(title, document, link, is_cut=is_cut), link)


def _drop_start(title: str, document: Document, link: str, *, is_cut: bool) -> Document:
    end = _end_of_title(title, document, is_cut=is_cut)
    if end is None:
        return document
    index, offset = end
    head, rest = _split(document.blocks[index], offset)
    dropped = (*document.blocks[:index], head)
    if not all(_is_droppable(block, link) for block in dropped) or not _may_end(head, rest, is_cut=is_cut):
        return document
    blocks = document.blocks[index + 1 :]
    while not rest.runs and blocks and blocks[0].kind is Kind.RULE:
        blocks = blocks[1:]
    return replace(document, blocks=(rest, *blocks) if rest.runs else blocks)


def complete_title(title: str, document: Document, limit: int) -> str:
    """Return a title that was cut from the text, up to the end of its line or else of its sentence if that is near."""
    letters = letters_of(_TRUNCATED.sub("", title))
    end = _find_letters(letters, document) if letters and _TRUNCATED.search(title) else None
    if end is None or end[0]:
        return title
    text = document.blocks[0].text
    start = text.rfind("\n", 0, end[1]) + 1
    line = text[start:].partition("\n")[0]
    if letters_of(text[:start]):
        return title
    sentence = _SENTENCE.match(line, end[1] - start)
    for whole in (line, line[: sentence.end()] if sentence else line):
        if len(whole) <= limit:
            return one_line(whole)
    return title


def plain_start(document: Document, link: str) -> str:
    """Return the first line up to a link to another site."""
    plain = ""
    for run in next((block.runs for block in document.blocks), ()):
        address = next((url for url in _URL.finditer(run.text) if _is_foreign(url[0], link)), None)
        plain += "" if _is_foreign(run.url, link) else run.text[: address.start() if address else None]
        if address or _is_foreign(run.url, link):
            break
    return plain.partition("\n")[0]


def _drop_paragraph(title: str, document: Document, link: str) -> Document:
    """Leave out one of the first paragraphs if it is the title, such as a poll's question or a caption below a credit.

    A refrain stays, and so does what "Anonymous asked:" introduces.
    """
    letters = letters_of(title)
    if len(letters) < _MIN_PARAGRAPH_LENGTH:
        return document
    blocks = document.blocks
    same = [index for index, block in enumerate(blocks) if _is_written_as(letters, block)]
    index = same[0] if len(same) == 1 else _MAX_PARAGRAPHS
    is_introduced = 0 < index < len(blocks) and blocks[index - 1].text.rstrip().endswith((":", "："))
    if index >= _MAX_PARAGRAPHS or is_introduced or not _is_paragraph(blocks[index], link):
        return document
    return replace(document, blocks=(*blocks[:index], *blocks[index + 1 :]))


def _is_written_as(letters: str, block: Block) -> bool:
    return len(block.text) <= 2 * len(letters) + 20 and letters_of(block.text) == letters


def _is_paragraph(block: Block, link: str) -> bool:
    is_plain = block.kind in {Kind.TEXT, Kind.HEADING} and not (block.quotes or block.indent)
    return is_plain and _is_droppable(block, link)


def _end_of_title(title: str, document: Document, *, is_cut: bool) -> tuple[int, int] | None:
    """Return the block in which the title ends and the offset after it; None if the text does not start with it."""
    letters = letters_of(_TRUNCATED.sub("", title))
    end = _find_letters(letters, document) if letters else None
    if end is None:
        return _end_of_contained_text(title, document)
    index, offset = end
    line = document.blocks[index].text[offset:].partition("\n")[0]
    if (
        is_cut
        or not letters_of(line)
        or _TRUNCATED.search(title)
        or _is_end_of_link(document.blocks[index], offset)
    ):
        return end
    is_chosen = len(letters) < _MIN_REPEATED_LENGTH or _CONTINUATION.match(line)
    return None if is_chosen else end


def _is_end_of_link(block: Block, offset: int) -> bool:
    for run in block.runs:
        offset -= len(run.text)
        if offset <= 0:
            return offset == 0 and bool(run.url)
    return False


def _find_letters(letters: str, document: Document) -> tuple[int, int] | None:
    """Return the block and offset where these letters end; None if the document does not start with them."""
    found = others = 0
    for index, block in enumerate(document.blocks):
        for offset, char in enumerate(block.text):
            folded = letters_of(char)
            others += not folded
            if not letters.startswith(folded, found) or others > _MAX_OTHER_CHARACTERS:
                return None
            found += len(folded)
            if found == len(letters):
                return index, _word_start(block.text, offset + 1)
    return None


def _word_start(text: str, offset: int) -> int:
    """Return where the word that is cut at this offset starts; the offset itself if no word is cut."""
    if not text[offset : offset + 1].isalnum():
        return offset
    start = offset
    while start and text[start - 1].isalnum():
        start -= 1
    return start if offset - start <= _MAX_WORD_LENGTH else offset


def _end_of_contained_text(title: str, document: Document) -> tuple[int, int] | None:
    """Return the end of the text if the title starts with all of it, as "Text - Name of the site" does."""
    text = document.text
    words = _words(text) if len(text) <= 2 * len(title) else []
    if not words or _words(title)[: len(words)] != words:
        return None
    return len(document.blocks) - 1, len(document.blocks[-1].text)


def _words(text: str) -> list[str]:
    return [letters for word in text.split() if (letters := letters_of(word))]


def _is_droppable(block: Block, link: str) -> bool:
    is_attributed = any(quote.author for quote in block.quotes)
    is_plain_item = block.indent and not any(run.url for run in block.runs)
    return not (is_attributed or is_plain_item) and not any(
        Mark.SPOILER in run.marks
        or _is_foreign(run.url, link)
        or any(_is_foreign(url[0], link) for url in _URL.finditer(run.text))
        for run in block.runs
        if run.text
    )


def _may_end(head: Block, rest: Block, *, is_cut: bool) -> bool:
    """Return whether the body may begin with the rest. Quotations and items of a list are dropped only as a whole."""
    return not (head.quotes or head.indent) or not (is_cut or rest.runs)


def _is_foreign(url: str, link: str) -> bool:
    """Return whether this is the address of another site than the post's."""
    return bool(url) and host_of(url) != host_of(link) and canonical_link(url) != canonical_link(link)


def _split(block: Block, offset: int) -> tuple[Block, Block]:
    """Return the block before and after the offset, the second without the punctuation at its start."""
    head, tail = list[Run](), list[Run]()
    for run in block.runs:
        head.append(replace(run, text=run.text[: max(0, offset)]))
        tail.append(replace(run, text=run.text[max(0, offset) :]))
        offset -= len(run.text)
    return replace(block, runs=tuple(head)), replace(block, runs=_continue(head, tail, block.kind))


def _continue(head: list[Run], tail: list[Run], kind: Kind) -> tuple[Run, ...]:
    """Return the runs after a title; with an ellipsis if they continue its sentence."""
    text = "".join(run.text for run in tail)
    closing = _closing_length(text)
    if not letters_of(text):
        return ()
    before = "".join(run.text for run in head).rstrip()
    at_link = next((run.url for run in reversed(head) if run.text), "") != next(
        (run.url for run in tail if run.text), ""
    )
    is_new = at_link or not _ENDS.isdisjoint(f"{before[-1:]}{text[:closing]}") or text[closing] == "\n"
    kept = tidy_runs(_skip(tail, closing), preformatted=kind is Kind.CODE)
    return kept if is_new or not kept else (replace(kept[0], text=f"{ELLIPSIS}{kept[0].text}"), *kept[1:])


def _closing_length(text: str) -> int:
    """Return the length of the punctuation, marks and spaces at the start."""
    is_closing = (char in _CLOSERS or unicodedata.category(char)[0] == "M" for char in text)
    return next((index for index, closes in enumerate(is_closing) if not closes), len(text))


def _skip(runs: list[Run], length: int) -> Iterator[Run]:
    for run in runs:
        yield replace(run, text=run.text[max(0, length) :])
        length -= len(run.text)
