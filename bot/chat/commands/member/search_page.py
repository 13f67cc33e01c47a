"""A page of found posts as an embed. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

import discord

from bot.chat.commands.common.pager import page_footer
from bot.chat.messages import _, escape_text, jump_url, n_, plain_text
from bot.model import Found, Posted, Query, SearchHit
from bot.search.snippet import SnippetPart, build_snippet
from bot.store.search import PAGE
from bot.text import escape, limits
from bot.text.links import safe_url
from bot.text.markdown import escape_line, masked_link

_ROOM = 690
"""UTF-16 units for one post: five of them and the head are within an embed."""
_TITLE = 100
_NAME = 60
"""UTF-16 units of its text that name a post without title."""
_LINKED = 390
"""UTF-16 units for a title with its address; a very long address is left out."""
_FEED = 50
_TAG = 24
_MOST_TAGS = 4
_SNIPPETS = (240, 160, 80)
"""Room for a snippet, the next one where the one before does not fit once it is escaped."""
_SPACE = re.compile(r"\s+")
_EDGES = re.compile(r"^(\s*)(.*?)(\s*)$")
"""Discord knows no bold that begins or ends with white space."""


@dataclass(frozen=True, slots=True)
class Page:
    """What is shown of what was found."""

    query: Query
    head: str
    """What is said above the posts, within 500 UTF-16 units or so."""
    found: Found
    total: int
    """Of posts that are shown on all pages."""
    number: int
    jumps: Mapping[str, Posted]
    """Where posts stand that the reader may go to, by identity."""

    @property
    def last(self) -> int:
        """The last page that is known of."""
        return max(1, -(-self.total // PAGE))


def lay_out(page: Page, guild_id: int, title: str) -> discord.Embed:
    """The posts of a page."""
    text = "\n\n".join(filter(None, (_head(page), write_hits(page, guild_id))))
    embed = discord.Embed(title=title or None, description=text)
    if page.last > 1:
        pages = f"{page.last}+" if page.found.is_more else str(page.last)
        embed.set_footer(text=page_footer(page.number, pages))
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
        part = emphasised(build_snippet(hit.text, query, room))
        lines = "\n".join(filter(None, (head, part, foot)))
        if limits.utf16_length(lines) <= _ROOM:
            return lines
    return f"{head}\n{foot}"


def emphasised(pieces: Iterable[SnippetPart]) -> str:
    """Pieces of a feed's text as one line that is shown as it is, the hits bold."""
    shown = [(_inert(piece.text), piece.is_hit and not escape.is_blank(piece.text)) for piece in pieces]
    parts: list[str] = []
    for is_hit, group in groupby((each for each in shown if each[0]), key=lambda each: each[1]):
        text = "".join(part for part, _is_hit in group)
        parts.append(_EDGES.sub(r"\1**\2**\3", text) if is_hit else text)
    line = _SPACE.sub(" ", "".join(parts)).strip()
    return escape.escape_mentions(escape.escape_line_starts(escape.isolate_direction(line)))


def _inert(text: str) -> str:
    return escape_line(_SPACE.sub(" ", escape.strip_controls(text)))


def _head(page: Page) -> str:
    if not page.found.is_partial:
        return page.head
    cut = _("The search was cut short: name a feed, or one more word, to have all that there is.")
    return f"{page.head}\n{cut}"


def _title(hit: SearchHit) -> str:
    title = plain_text(hit.title, _TITLE) or plain_text(hit.text, _NAME) or _("a post without title")
    linked = masked_link(escape.isolate_direction(title), safe_url(hit.link))
    return linked if limits.utf16_length(linked) <= _LINKED else escape_text(title, 2 * _TITLE)


def _about(hit: SearchHit, posted: Posted | None, guild_id: int) -> str:
    tags = ", ".join(filter(None, (escape_text(tag, _TAG) for tag in hit.tags[:_MOST_TAGS])))
    parts = [
        escape_text(hit.feed_name, _FEED),
        discord.utils.format_dt(hit.published or hit.first_seen, "D"),
        tags,
    ]
    if posted is not None:
        parts.append(f"[{_('jump')}]({jump_url(guild_id, posted.channel_id, posted.message_id)})")
    return " · ".join(filter(None, parts))
