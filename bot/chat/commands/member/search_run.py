"""A search as it is now: what the user may see at this moment, whether they run a command or press a button."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.chat.commands.common.resolve import find_feed
from bot.chat.commands.common.responses import Interaction, UserError, guild_of, services_of
from bot.chat.commands.member.search_describe import describe, explain_guesses, explain_mending
from bot.chat.commands.member.search_page import Page, count_posts
from bot.chat.commands.member.search_request import SearchOptions, from_json, parse_options, to_json
from bot.chat.commands.member.visibility import VisibleFeeds, require_visible_feeds, viewable, viewer_of
from bot.chat.messages import _, escape_text
from bot.model import Posted, PostedMessage, Query, SearchHit, SearchRequest, SearchResult
from bot.store.search import PAGE
from bot.text.address import hide_secrets

FEED = " feed"
"""In `SearchOptions.without`: leave out the restriction to certain feeds."""


@dataclass(frozen=True, slots=True)
class Search:
    """A request over the feeds that its user may see."""

    token: int
    options: SearchOptions
    query: Query
    visible: VisibleFeeds
    feeds: frozenset[int]
    """The feeds to search."""
    posted: Posted | None
    """Posts of past feeds to search."""
    named: Mapping[int, str]
    """Names of the feeds in the query and the options; empty: all feeds are searched."""

    @property
    def conditions(self) -> str:
        """The conditions in words, as `describe` returns them."""
        return describe(self.query, tuple(self.named.values()))


async def store_request(interaction: Interaction, options: SearchOptions) -> SearchRequest:
    """Store the options for the buttons of the reply. Raises UserError if they can't be understood."""
    services = services_of(interaction)
    options = replace(options, language=interaction.locale.value)
    guild_id, user_id, now = guild_of(interaction).id, interaction.user.id, services.clock()
    parse_options(options, now, await _zone(interaction))
    stored = to_json(options)
    token = await services.store.search_requests.keep(guild_id, user_id, stored, now)
    return SearchRequest(token, guild_id, user_id, stored, now)


async def load_request(interaction: Interaction, token: str) -> SearchRequest:
    """Return a stored request to the member who made it, in its server. Raises UserError for anybody else."""
    request = await services_of(interaction).store.search_requests.get(int(token or 0))
    here = (guild_of(interaction).id, interaction.user.id)
    if request is None or (request.guild_id, request.user_id) != here:
        raise UserError(
            _("This button is too old or belongs to someone else's answer; run the command yourself.")
        )
    return request


async def start_search(interaction: Interaction, request: SearchRequest) -> Search:
    """Return the search that a request means now. Raises UserError if it names a feed that the user may not see."""
    visible = await require_visible_feeds(interaction)
    options = from_json(request.request)
    query = parse_options(options, request.created_at, await _zone(interaction))
    named = {} if FEED in options.without else resolve_feeds(visible, query.feeds, options.feed)
    feeds = visible.feeds & named.keys() if named else visible.feeds
    posted = visible.posted(named or None)
    return Search(request.token, options, query, visible, feeds, posted, named)


async def _zone(interaction: Interaction) -> tzinfo:
    """Return the server's time zone; UTC if nobody chose one, or this machine no longer knows it."""
    name = await services_of(interaction).store.guilds.time_zone(guild_of(interaction).id)
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def resolve_feeds(visible: VisibleFeeds, typed: Sequence[str], chosen: str) -> dict[int, str]:
    """Return the names, by id, of the feeds that match any `feed:` of the query, and the option too if it is set.

    Raises UserError if one isn't visible to the user, whether or not it exists.
    """
    in_query = [_find(visible, each) for each in typed if each.strip()]
    in_option = [_find(visible, chosen)] if chosen.strip() else []
    found = {feed_id: name for each in in_query for feed_id, name in each.items()}
    for each in in_option:
        found = {feed_id: name for feed_id, name in each.items() if not in_query or feed_id in found}
        if not found:
            raise UserError(_("`query` and `feed` name different feeds; leave one of them out."))
    return found


async def find_page(interaction: Interaction, search: Search, number: int) -> Page:
    """Return a page of what is found now. Raises UserError if there is no such page."""
    limit = PAGE if search.options.limit is None else min(PAGE, search.options.limit - (number - 1) * PAGE)
    if number < 1 or limit < 1:
        raise _no_page_error(search)
    found = await services_of(interaction).store.search.find(
        search.query,
        search.feeds,
        order=search.options.order,
        limit=limit,
        offset=(number - 1) * PAGE,
        posted=search.posted,
    )
    if not found.hits and number > 1:
        raise _no_page_error(search)
    jumps = await find_jumps(interaction, found.hits)
    found, total = _within_limit(search, found)
    return Page(found.query, _head(search, found, total), found, total, number, jumps)


async def find_jumps(
    interaction: Interaction, hits: Iterable[SearchHit], among: Callable[[int], bool] = lambda _channel: True
) -> dict[str, PostedMessage]:
    """Return a message for each post, by identity, as `choose_jumps` does; `among`: whether a channel may be named.

    Someone who may not read old messages gets no link, because it would lead to an empty channel.
    """
    identities = [hit.identity for hit in hits]
    if not identities:
        return {}
    services, viewer = services_of(interaction), viewer_of(interaction)
    posted = await services.store.search.posted(identities, viewer.guild.id)
    present = [each for each in posted if each.message_id and among(each.channel_id)]
    seen = await viewable(services, viewer, (each.channel_id for each in present), history=True)
    return choose_jumps(present, seen, viewer.channel_id)


def choose_jumps(
    posted: Iterable[PostedMessage], channel_ids: frozenset[int], here: int | None
) -> dict[str, PostedMessage]:
    """Return one message per post in these channels: the one in the channel `here`, or else the oldest."""
    jumps: dict[str, PostedMessage] = {}
    for each in sorted(posted, key=lambda each: (each.channel_id != here, each.message_id)):
        if each.channel_id in channel_ids:
            jumps.setdefault(each.identity, each)
    return jumps


def _head(search: Search, found: SearchResult, total: int) -> str:
    """Return how many posts were found, with which conditions, and how dates were read."""
    lines = (_count(search, found, total), *explain_mending(found), *explain_guesses(search.query))
    return "\n".join(filter(None, lines))


def _count(search: Search, found: SearchResult, total: int) -> str:
    """Return how many posts were found, and with which conditions; `/latest` shows no count."""
    if search.options.limit is not None:
        return _("Posts {conditions}").format(conditions=search.conditions) if search.conditions else ""
    posts = f"**{count_posts(total, is_more=found.is_more)}**"
    widened = [term for term in found.query.terms if term.is_prefix and term not in search.query.terms]
    conditions = describe(found.query, tuple(search.named.values()), widened)
    return _("{posts} {conditions}").format(posts=posts, conditions=conditions) if conditions else posts


def _within_limit(search: Search, found: SearchResult) -> tuple[SearchResult, int]:
    """Return what was found as far as the limit allows, and how many posts all pages have."""
    limit = search.options.limit
    if limit is None or (found.total <= limit and not found.is_more):
        return found, found.total
    return replace(found, is_more=False), limit


def _find(visible: VisibleFeeds, name: str) -> dict[int, str]:
    found = {each.feed_id: each.feed_name for each in find_feed(visible.named, name)}
    if not found:
        raise UserError(
            _("No feed that you can see is called {name}; pick one from the list as you type."),
            name=escape_text(hide_secrets(name)),
        )
    return found


def _no_page_error(search: Search) -> UserError:
    return UserError(_("This page no longer exists; run `{command}` again."), command=search.options.command)
