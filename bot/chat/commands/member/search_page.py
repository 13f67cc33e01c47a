"""A page of hits as an embed. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby

import discord

from bot.chat.commands.common.pager import page_footer
from bot.chat.messages import _, escape_text, jump_url, n_, plain_text
from bot.model import PostedMessage, Query, SearchHit, SearchResult
from bot.search.snippet import SnippetPart, build_snippet
from bot.store.search import PAGE
from bot.text import escape, limits
from bot.text.links import safe_url
from bot.text.markdown import escape_line, masked_link

_MAX_HIT_LENGTH = 690
"""UTF-16 units of one post: five of them and the head fit into an embed."""
_MAX_TITLE_LENGTH = 100
_MAX_UNTITLED_LENGTH = 60
"""UTF-16 units of text shown in place of a missing title."""
_MAX_LINKED_LENGTH = 390
"""UTF-16 units of a title with its address; a longer address is left out."""
_MAX_FEED_LENGTH = 50
_MAX_TAG_LENGTH = 24
_MAX_TAGS = 4
_SNIPPET_LENGTHS = (240, 160, 80)
"""Lengths of a snippet, in the order in which they are tried: escaping may make it too long."""
_SPACE = re.compile(r"\s+")
_EDGES = re.compile(r"^(\s*)(.*?)(\s*)$")
"""Discord shows no bold text that starts or ends with white space."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of hits and what is shown with them."""

    query: Query
    head: str
    """The line above the posts, about 500 UTF-16 units at most."""
    found: SearchResult
    total: int
    """Posts on all pages."""
    number: int
    jumps: Mapping[str, PostedMessage]
    """Messages that the reader may open, by the identity of their post; the id 0 is one that was deleted."""
    names: Mapping[int, str] = field(default_factory=dict)
    """What the reader's channels call their feeds, by id."""

    @property
    def last(self) -> int:
        """The number of the last known page."""
        return max(1, -(-self.total // PAGE))


def render_page(page: Page, guild_id: int, title: str) -> discord.Embed:
    """Return the page as an embed; `title` may be ""."""
    text = "\n\n".join(filter(None, (_head(page), render_hits(page, guild_id))))
    embed = discord.Embed(title=title or None, description=text)
    if page.last > 1:
        pages = f"{page.last}+" if page.found.is_more else str(page.last)
        embed.set_footer(text=page_footer(page.number, pages))
    return embed


def count_posts(total: int, *, is_more: bool = False) -> str:
    """Return "12 posts", or "at least 1000 posts" if counting stopped there."""
    if is_more:
        return n_("at least {count} post", "at least {count} posts", total)
    return n_("{count} post", "{count} posts", total)


def render_hits(page: Page, guild_id: int) -> str:
    """Return the posts of a page as text."""
    hits = [replace(hit, feed_name=page.names.get(hit.feed_id, hit.feed_name)) for hit in page.found.hits]
    return "\n\n".join(render_hit(hit, page.query, page.jumps.get(hit.identity), guild_id) for hit in hits)


def render_hit(hit: SearchHit, query: Query, posted: PostedMessage | None, guild_id: int) -> str:
    """Return a post's title, the part that matches, and its feed, date and tags, one per line."""
    head, foot = f"**{_title(hit)}**", f"-# {_details(hit, posted, guild_id)}"
    for length in _SNIPPET_LENGTHS:
        part = emphasise(build_snippet(hit.text, query, length))
        lines = "\n".join(filter(None, (head, part, foot)))
        if limits.utf16_length(lines) <= _MAX_HIT_LENGTH:
            return lines
    return f"{head}\n{foot}"


def emphasise(parts: Iterable[SnippetPart]) -> str:
    """Return a feed's text as one line that is shown literally, with the hits in bold."""
    literal = [(_literal(part.text), part.is_hit and not escape.is_blank(part.text)) for part in parts]
    shown: list[str] = []
    for is_hit, group in groupby((each for each in literal if each[0]), key=lambda each: each[1]):
        text = "".join(part for part, _is_hit in group)
        shown.append(_EDGES.sub(r"\1**\2**\3", text) if is_hit else text)
    line = _SPACE.sub(" ", "".join(shown)).strip()
    return escape.escape_mentions(escape.escape_line_starts(escape.isolate_direction(line)))


def _literal(text: str) -> str:
    return escape_line(_SPACE.sub(" ", escape.strip_controls(text)))


def _head(page: Page) -> str:
    if not page.found.is_partial:
        return page.head
    note = _("The search took too long, so some posts may be missing; pick a feed or add a word.")
    return f"{page.head}\n{note}"


def _title(hit: SearchHit) -> str:
    title = (
        plain_text(hit.title, _MAX_TITLE_LENGTH)
        or plain_text(hit.text, _MAX_UNTITLED_LENGTH)
        or _("an untitled post")
    )
    linked = masked_link(escape.isolate_direction(title), safe_url(hit.link))
    return (
        linked
        if limits.utf16_length(linked) <= _MAX_LINKED_LENGTH
        else escape_text(title, 2 * _MAX_TITLE_LENGTH)
    )


def _details(hit: SearchHit, posted: PostedMessage | None, guild_id: int) -> str:
    tags = ", ".join(filter(None, (escape_text(tag, _MAX_TAG_LENGTH) for tag in hit.tags[:_MAX_TAGS])))
    parts = [
        escape_text(hit.feed_name, _MAX_FEED_LENGTH),
        discord.utils.format_dt(hit.published or hit.first_seen, "D"),
        tags,
    ]
    if posted is not None and not posted.message_id:
        parts.append(_("message deleted"))
    elif posted is not None:
        parts.append(f"[{_('jump')}]({jump_url(guild_id, posted.channel_id, posted.message_id)})")
    return " · ".join(filter(None, parts))
