"""What sites hang on every post for feed readers: "Continue reading", "The post … appeared first on …"."""

import re

from bot.text.document import Block, Document

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
_MOST = 3


def without_endings(document: Document) -> Document:
    """The document without such blocks at its end, as long as something of it stays."""
    blocks = document.blocks
    for _ in range(_MOST):
        if len(blocks) > 1 and _is_ending(blocks[-1]):
            blocks = blocks[:-1]
    return Document(blocks, document.media)


def _is_ending(block: Block) -> bool:
    linked = bool(block.runs) and all(run.url or not run.text.strip() for run in block.runs)
    if linked and not any(char.isalnum() for char in block.text):
        return True
    has_link = any(run.url for run in block.runs)
    return has_link and len(block.text) <= _LONGEST and _ENDINGS.fullmatch(block.text) is not None
