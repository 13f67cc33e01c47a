"""What sites hang on every post for feed readers: "Continue reading", "The post … appeared first on …"."""

import re
from dataclasses import replace

from bot.text.document import Block, Document, Kind
from bot.text.runs import tidy_runs

_ENDINGS = re.compile(
    r"""\W*(?:
        (?:continue|keep)\ reading | read\ (?:more|on|the\ (?:rest|full|whole)|full) | (?:click\ here\ )?to\ read
      | the\ post\b.*\b(?:appeared|was)\ (?:first|published)\b | this\ (?:post|article|entry)\b.*\bappeared\ first
      | the\ article\b.*\bappeared\ first | der\ beitrag\b.*\berschien\ zuerst | l['’]article\b.*\best\ apparu\ en
      | .{1,150}\bwas\ originally\ published\ (?:in|on)
      | la\ entrada\b.*\b(?:aparece|se\ public[oó])\ primero | o\ post\b.*\bapareceu\ primeiro
      | weiterlesen | mehr\ lesen | lire\ la\ suite | leer\ m[aá]s | seguir\ leyendo | leia\ mais | continue\ lendo
    )\b.*""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_LONGEST = 240
_MOST = 4
_SENTENCE_ENDS = tuple(".!?…])”’\"'»。！？")
_AFTER_LINK = re.compile(r"\s*(?:\([^()]{1,40}\))?[^\w()]*")


def strip_boilerplate(document: Document) -> Document:
    """The document without such blocks, and such a link, at its end, as long as something of it stays."""
    blocks = document.blocks
    for _ in range(_MOST):
        if len(blocks) > 1 and _is_ending(blocks[-1]):
            blocks = blocks[:-1]
    if blocks:
        blocks = (*blocks[:-1], _without_link(blocks[-1]))
    return Document(blocks, document.media)


def _is_ending(block: Block) -> bool:
    if block.kind is Kind.RULE:
        return True
    linked = bool(block.runs) and all(run.url or not run.text.strip() for run in block.runs)
    if linked and not any(char.isalnum() for char in block.text):
        return True
    has_link = any(run.url for run in block.runs)
    return has_link and len(block.text) <= _LONGEST and _ENDINGS.fullmatch(block.text) is not None


def _without_link(block: Block) -> Block:
    """The block without a link "Read more" behind its last sentence."""
    runs = block.runs
    end = max((index + 1 for index, run in enumerate(runs) if run.url), default=0)
    start = max((index + 1 for index, run in enumerate(runs[:end]) if not run.url), default=0)
    before, label, after = (
        "".join(run.text for run in part) for part in (runs[:start], runs[start:end], runs[end:])
    )
    hangs_on = _ENDINGS.fullmatch(label) and _AFTER_LINK.fullmatch(after)
    if not hangs_on or len(label) > _LONGEST or not before.rstrip().endswith(_SENTENCE_ENDS):
        return block
    return replace(block, runs=tidy_runs(runs[:start]))
