"""Remove what sites add to every post: "Continue reading", "The post … appeared first on …", "Subscribe now"."""

import re
from dataclasses import replace

from bot.text.document import Block, Document, Kind, Run
from bot.text.links import host_of
from bot.text.runs import tidy_runs

_APPEARED_FIRST = r"""
        the\ (?:post|article|entry|story|episode)\b.{0,300}?\b(?:first\ appeared|appeared\ first)\ (?:on|in|at)
      | (?:der\ beitrag|der\ artikel)\b.{0,300}?\berschien\ zuerst
      | (?:l['’]|cet\ )article\b.{0,300}?\best\ (?:d['’]abord\ )?(?:ap)?paru\ (?:en\ premier|d['’]abord|sur)
      | l['’]articolo\b.{0,300}?\bproviene\ da | la\ entrada\b.{0,300}?\b(?:aparece|apareció|se\ public[oó])\ primero
      | [oa]\ (?:post|publicação|artigo)\b.{0,300}?\bapareceu\ primeiro
      | het\ bericht\b.{0,300}?\bverscheen\ eerst | artykuł\b.{0,300}?\bpochodzi\ z
      | inlägget\b.{0,300}?\bdök\ först\ upp | indlægget\b.{0,300}?\bførst\ udgivet
      | innlegget\b.{0,300}?\bdukket\ først\ opp | сообщение\b.{0,300}?\bпоявил(?:ось|ись)\ сначала
"""
"""The sentence that WordPress adds to every post, in the language of the blog."""
_FIRST_PUBLISHED = r"""
        (?:the|this)\ (?:post|article|entry|story|piece|episode|column|essay)\b.{0,300}?\b
        (?:first|originally)?\ ?(?:appeared|published|posted|ran)(?:\ first|\ originally)?\ (?:in|on|at|by)
        (?!\ (?:\w+\ )?\d{4})
      | (?:first|originally|previously)\ (?:appeared|published|posted)\ (?:in|on|at|by)(?!\ (?:\w+\ )?\d{4})
      | .{1,150}\bwas\ (?:first|originally)\ published\ (?:in|on|at|by)(?!\ (?:\w+\ )?\d{4})
"""
"""How people say the same."""
_READ_MORE = r"""
        (?:continue|keep)\ reading | read\ (?:more|on|the\ (?:rest|full|whole)|full) | (?:click\ here\ )?to\ read
      | weiterlesen | mehr\ lesen | lire\ la\ suite | leer\ m[aá]s | seguir\ leyendo | leia\ mais | continue\ lendo
      | lees\ (?:meer|verder) | leggi\ (?:tutto|di\ più) | läs\ mer | читать\ (?:далее|дальше)
"""
_BOILERPLATE = re.compile(
    rf"\W*+(?: {_READ_MORE} | {_APPEARED_FIRST} | {_FIRST_PUBLISHED} )\b.*",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_BUTTON = re.compile(
    r"""\W*+(?:
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
_TEXT_ONLY = re.compile(rf"\W*+(?:{_APPEARED_FIRST})\b.*", re.VERBOSE | re.IGNORECASE | re.DOTALL)
"""Boilerplate that is recognised without its links too: a summary has none."""
_LAST_SENTENCE = re.compile(
    rf"(?<=[.!?…\]»”\"])\s+(?:{_APPEARED_FIRST})\b[^\n]{{0,200}}\s*\Z", re.VERBOSE | re.IGNORECASE
)
_JAPANESE = re.compile(r"投稿.{1,300}(?:最初に表示|最初に(?:投稿|公開)).*", re.DOTALL)
_REDDIT = re.compile(
    r"\s*submitted\ by\s+/?u/[\w-]+(?:\s+to\s+/?r/\w+)?\s*(?:\[link\]\s*)?(?:\[comments\]\s*)?", re.IGNORECASE
)
_REDDIT_HOST = re.compile(r"(?:.+\.)?(?:reddit\.com|redd\.it|redditmedia\.com|redditstatic\.com)")
_SIGN_UP = re.compile(
    r"""\W*+(?: (?:thank\ you|thanks)\ for\ reading\b.{0,120}\b(?:subscribe|share|support)\b
      | .{0,120}\bis\ a\ reader-supported\ publication\b
      | .{0,60}\b(?:subscribe|sign\ up|sign-up|signing\ up)\b.{0,80}\b
        (?:newsletters?|mailing\ list|inbox|new\ posts|by\ e?-?mail|e-?mail\ updates?|free\ weekly)\b
      | .{0,120}\b(?:delivered|straight|direct(?:ly)?)\ (?:right\ )?to\ your\ inbox\b
      | (?:enter|type)\ your\ e?-?mail\ address\b
      | .{0,80}\bnewsletter\b.{0,30}\babonnieren\b | abonniere\b.{0,80}\bnewsletter\b
      | .{0,60}\babonnez-vous\b.{0,80}\b(?:newsletter|infolettre)\b | suscr[ií]bete\b.{0,80}\b(?:newsletter|boletín)\b
    ).*""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
"""A sentence that asks readers to sign up."""
_MAX_LENGTH = 240
"""Characters; a longer block or link is part of the post."""
_MAX_BLOCKS = 4
_SENTENCE_ENDS = tuple(".!?…])”’\"'»。！？")
_AFTER_LINK = re.compile(r"\s*(?:\([^()]{1,40}\))?[^\w()]*")


def strip_boilerplate(document: Document) -> Document:
    """Remove buttons, and boilerplate blocks, sentences and a "Read more" link from the end.

    The last remaining block stays, unless it says only where the post comes from.
    """
    blocks = [block for block in document.blocks if not _is_button(block)] or list(document.blocks)
    for _ in range(_MAX_BLOCKS):
        if not blocks or not (_is_pure(blocks[-1]) or (len(blocks) > 1 and _is_boilerplate(blocks[-1]))):
            break
        linked = _linked_page(blocks.pop())
        if linked is not None:
            blocks.append(linked)
            break
    if blocks:
        blocks[-1] = _strip_link(_strip_sentence(blocks[-1]))
    return replace(document, blocks=tuple(blocks))


def _is_pure(block: Block) -> bool:
    """Return whether the block only says where the post comes from."""
    text = block.text
    if len(text) > _MAX_LENGTH:
        return False
    return bool(_REDDIT.fullmatch(text) or _TEXT_ONLY.fullmatch(text) or _JAPANESE.fullmatch(text))


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
    is_linked = bool(block.runs) and all(run.url or not run.text.strip() for run in block.runs)
    if is_linked and not any(char.isalnum() for char in block.text):
        return True
    if len(block.text) > _MAX_LENGTH:
        return False
    has_link = any(run.url for run in block.runs)
    return bool(_SIGN_UP.fullmatch(block.text) or (has_link and _BOILERPLATE.fullmatch(block.text)))


def _linked_page(block: Block) -> Block | None:
    """Return the page that a link post of Reddit is about, instead of its [link]; None if there is none."""
    pages = (run for run in block.runs if run.url and run.text.strip() == "[link]")
    page = next((run for run in pages if not _REDDIT_HOST.fullmatch(host_of(run.url))), None)
    if page is None or not _REDDIT.fullmatch(block.text):
        return None
    return Block((Run(host_of(page.url), url=page.url),))


def _strip_sentence(block: Block) -> Block:
    """Remove a last sentence that says where the post comes from."""
    match = _LAST_SENTENCE.search(block.text)
    if match is None:
        return block
    left = match.start()
    kept: list[Run] = []
    for run in block.runs:
        kept.append(replace(run, text=run.text[: max(0, left)]))
        left -= len(run.text)
    return replace(block, runs=tidy_runs(kept))


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
