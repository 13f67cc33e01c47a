"""A page of found posts as an embed. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

import discord

from bot.chat.words import _, n_, plain, told
from bot.model import Found, Posted, Query, SearchHit
from bot.text import escape, limits
from bot.text.links import safe_url
from bot.text.markdown import literal, masked
from bot.text.snippet import Piece, snippet
from bot.text.summary import clip

PER_PAGE = 5
_ROOM = 700
"""UTF-16 units for one post: five of them and the head are within an embed."""
_HEAD = 500
_TITLE = 120
_NAME = 60
"""UTF-16 units of its text that name a post without title."""
_LONGEST_LINK = 300
_FEED = 60
_TAG = 30
_MOST_TAGS = 5
_SNIPPETS = (240, 160, 80)
"""Room for a snippet, the next one where the one before does not fit once it is escaped."""
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Page:
    """What is shown of what was found."""

    query: Query
    head: str
    """What is said above the posts."""
    found: Found
    total: int
    """Of posts that are shown on all pages."""
    number: int
    jumps: Mapping[str, Posted]
    """Where posts stand that the reader may go to, by identity."""

    @property
    def last(self) -> int:
        """The last page that is known of."""
        return max(1, -(-self.total // PER_PAGE))


def lay_out(page: Page, guild_id: int, title: str) -> discord.Embed:
    """The posts of a page."""
    text = "\n\n".join(filter(None, (_head(page), write_hits(page, guild_id))))
    embed = discord.Embed(title=title or None, description=text)
    if page.last > 1:
        pages = f"{page.last}+" if page.found.is_more else str(page.last)
        embed.set_footer(text=_("Page {number} of {pages}").format(number=page.number, pages=pages))
    return embed


def count_posts(total: int, *, is_more: bool = False) -> str:
    """ "12 posts", or "at least 1000 posts"."""
    if is_more:
        return n_("at least {count} post", "at least {count} posts", total)
    return n_("{count} post", "{count} posts", total)


def write_hits(page: Page, guild_id: int) -> str:
    """The posts of a page."""
    hits = page.found.hits
    return "\n\n".join(write_hit(hit, page.query, page.jumps.get(hit.identity), guild_id) for hit in hits)


def write_hit(hit: SearchHit, query: Query, posted: Posted | None, guild_id: int) -> str:
    """A post in lines: its title, the part that matches, and what is known of it."""
    head, foot = f"**{_title(hit)}**", f"-# {_about(hit, posted, guild_id)}"
    for room in _SNIPPETS:
        part = emphasised(snippet(hit.text, query, room))
        lines = "\n".join(filter(None, (head, part, foot)))
        if limits.units(lines) <= _ROOM:
            return lines
    return f"{head}\n{foot}"


def emphasised(pieces: Iterable[Piece]) -> str:
    """Pieces of a feed's text as one line that is shown as it is, the hits bold."""
    parts: list[str] = []
    for is_hit, group in groupby(pieces, key=lambda piece: piece.is_hit):
        text = _SPACE.sub(" ", escape.clean("".join(piece.text for piece in group)))
        words = text.strip()
        if is_hit and words and not escape.is_blank(words):
            before, _words, after = text.partition(words)
            parts += [before, f"**{literal(words)}**", after]
        else:
            parts.append(literal(text))
    line = _SPACE.sub(" ", "".join(parts)).strip()
    return escape.inert(escape.line_starts(escape.isolated(line)))


def _head(page: Page) -> str:
    head = clip(page.head, _HEAD)
    if not page.found.is_partial:
        return head
    cut = _("The search was cut short: name a feed, or one more word, to have all that there is.")
    return f"{head}\n{cut}"


def _title(hit: SearchHit) -> str:
    title = plain(hit.title, _TITLE) or plain(hit.text, _NAME) or _("a post without title")
    url = safe_url(hit.link)
    return (
        masked(escape.isolated(title), url) if url and len(url) <= _LONGEST_LINK else told(title, 2 * _TITLE)
    )


def _about(hit: SearchHit, posted: Posted | None, guild_id: int) -> str:
    tags = ", ".join(told(tag, _TAG) for tag in hit.tags[:_MOST_TAGS])
    parts = [told(hit.feed_name, _FEED), discord.utils.format_dt(hit.published or hit.first_seen, "D"), tags]
    if posted is not None:
        parts.append(f"[{_('jump')}]({_jump(posted, guild_id)})")
    return " · ".join(filter(None, parts))


def _jump(posted: Posted, guild_id: int) -> str:
    return f"https://discord.com/channels/{guild_id}/{posted.channel_id}/{posted.message_id}"
