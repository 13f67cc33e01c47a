"""Remove what sites add to every post: "Continue reading", "The post … appeared first on …", "Subscribe now"."""

import re
from dataclasses import replace

from bot.text.document import Block, Document, Kind
from bot.text.runs import tidy_runs

_BOILERPLATE = re.compile(
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
_BUTTON = re.compile(
    r"""\W*(?:
        subscribe(?:\ (?:now|here|today|for\ free))? | sign\ up(?:\ (?:now|here|today|for\ free))? | upgrade\ to\ paid
      | share(?:\ this\ (?:post|article))? | (?:leave|add|write)\ a\ comment | give\ a\ gift\ subscription
      | (?:jetzt\ )?abonnieren | s['’]abonner | suscr[ií]bete | suscribirse | assine | inscreva-se | iscriviti(?:\ ora)?
      | refer\ a\ friend | become\ a\ (?:paid\ )?(?:subscriber|member|patron)
    )\W*""",
    re.VERBOSE | re.IGNORECASE,
)
_BUTTON_ADDRESS = re.compile(
    r"/subscribe/?(?:[?#]|$)|[?&]action=share\b|[?&]showWelcomeOnShare=", re.IGNORECASE
)
_MAX_BUTTON_LENGTH = 60
_MAX_LENGTH = 240
"""Characters; a longer block or link is part of the post."""
_MAX_BLOCKS = 4
_SENTENCE_ENDS = tuple(".!?…])”’\"'»。！？")
_AFTER_LINK = re.compile(r"\s*(?:\([^()]{1,40}\))?[^\w()]*")


def strip_boilerplate(document: Document) -> Document:
    """Remove buttons, and boilerplate blocks and a "Read more" link from the end. At least one block remains."""
    blocks = tuple(block for block in document.blocks if not _is_button(block)) or document.blocks
    for _ in range(_MAX_BLOCKS):
        if len(blocks) > 1 and _is_boilerplate(blocks[-1]):
            blocks = blocks[:-1]
    if blocks:
        blocks = (*blocks[:-1], _strip_link(blocks[-1]))
    return replace(document, blocks=blocks)


def _is_button(block: Block) -> bool:
    """Return whether the block is nothing but a link to subscribe to the site, to share or to comment on the post."""
    urls = {run.url for run in block.runs if run.text.strip()}
    if block.kind is not Kind.TEXT or len(urls) != 1 or "" in urls:
        return False
    return _BUTTON.fullmatch(block.text) is not None or (
        len(block.text) <= _MAX_BUTTON_LENGTH and _BUTTON_ADDRESS.search(urls.pop()) is not None
    )


def _is_boilerplate(block: Block) -> bool:
    if block.kind is Kind.RULE:
        return True
    linked = bool(block.runs) and all(run.url or not run.text.strip() for run in block.runs)
    if linked and not any(char.isalnum() for char in block.text):
        return True
    has_link = any(run.url for run in block.runs)
    return has_link and len(block.text) <= _MAX_LENGTH and _BOILERPLATE.fullmatch(block.text) is not None


def _strip_link(block: Block) -> Block:
    """Remove a "Read more" link after the last sentence of the block."""
    runs = block.runs
    end = max((index + 1 for index, run in enumerate(runs) if run.url), default=0)
    start = max((index + 1 for index, run in enumerate(runs[:end]) if not run.url), default=0)
    before, label, after = (
        "".join(run.text for run in part) for part in (runs[:start], runs[start:end], runs[end:])
    )
    is_read_more = _BOILERPLATE.fullmatch(label) and _AFTER_LINK.fullmatch(after)
    if not is_read_more or len(label) > _MAX_LENGTH or not before.rstrip().endswith(_SENTENCE_ENDS):
        return block
    return replace(block, runs=tidy_runs(runs[:start]))
