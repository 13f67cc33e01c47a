"""Show a post that its feed itself warns of: the warning openly, pictures not at all, hidden text behind spoilers."""

from dataclasses import replace

from bot.text.document import Block, Document, Kind, Mark
from bot.text.fold import fold
from bot.text.headline import Headline

SIGN = "⚠️"
_MAX_BLOCKS = 2


def split_hidden(document: Document, warning: str) -> tuple[Document, Document]:
    """Return the part that may name the post, and the body.

    Mastodon writes an author's warning, a line, and the text that the author hides. The text gets spoiler marks.
    """
    first, line = (*document.blocks, None, None)[:_MAX_BLOCKS]
    if first is None or line is None or line.kind is not Kind.RULE or not _contains(first.text, warning):
        return document, document
    hidden = tuple(map(_hide, document.blocks[_MAX_BLOCKS:]))
    return replace(document, blocks=(first,)), replace(document, blocks=hidden)


def mark_headline(headline: Headline, warning: str) -> Headline:
    """Return the headline with the warning before it, if it does not contain it anyway."""
    return replace(headline, title=_mark(headline.title, warning), line=_mark(headline.line, warning))


def _mark(text: str, warning: str) -> str:
    return f"{SIGN} {text}" if _contains(text, warning) else f"{SIGN} {warning}: {text}"


def _contains(text: str, warning: str) -> bool:
    return fold(warning) in fold(text)


def _hide(block: Block) -> Block:
    """Return the block behind spoilers. Code becomes text, because Discord shows spoiler marks in code as text."""
    kind = Kind.TEXT if block.kind is Kind.CODE else block.kind
    runs = (replace(run, marks=run.marks | {Mark.SPOILER}, code=False) for run in block.runs)
    return replace(block, runs=tuple(runs), kind=kind)
