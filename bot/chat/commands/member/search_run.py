"""A search as it is now: what the user may see at this moment, whether they run a command or press a button."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.chat.commands.common.access import viewable, viewer_of
from bot.chat.commands.common.resolve import find_feed
from bot.chat.commands.common.responses import Interaction, UserError, guild_of, services_of
from bot.chat.commands.member.search_describe import (
    describe,
    explain_facets,
    explain_guesses,
    explain_mending,
)
from bot.chat.commands.member.search_jumps import find_jumps
from bot.chat.commands.member.search_page import Page, count_posts
from bot.chat.commands.member.search_request import SearchOptions, from_json, parse_options, to_json
from bot.chat.commands.member.search_scope import Scope, choose_scope
from bot.chat.commands.member.visibility import VisibleFeeds, require_visible_feeds
from bot.chat.messages import _, escape_text
from bot.model import (
    Narrowing,
    Query,
    SearchRequest,
    SearchResult,
    Term,
)
from bot.search.facets import narrow
from bot.store.search import PAGE
from bot.store.store import Store
from bot.store.subscriptions import FollowedFeed
from bot.text.address import hide_secrets

FEED, CHANNEL = " feed", " channel"
"""In `SearchOptions.without`: leave out the restriction to certain feeds, or to a channel."""


@dataclass(frozen=True, slots=True)
class Search:
    """A request over the feeds that its user may see."""

    token: int
    options: SearchOptions
    query: Query
    visible: VisibleFeeds
    scope: Scope
    """The posts to search."""
    named: Mapping[int, str]
    """Names of the feeds in the query and the options; empty: all feeds are searched."""
    channel: int
    """The only channel to search; 0: all."""
    chosen: Narrowing
    """The chosen facets."""

    @property
    def conditions(self) -> str:
        """The conditions in words, as `describe` returns them."""
        return self.describe(narrow(self.query, self.chosen))

    def describe(self, query: Query, widened: Collection[Term] = ()) -> str:
        """Return the conditions of the query that was run in words, as `describe` returns them."""
        return describe(query, tuple(self.named.values()), widened, channel=self.channel, chosen=self.chosen)


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
    """Return the search of a stored request, within what the user may see now.

    Raises UserError if it names a feed or a channel that the user may not see.
    """
    visible = await require_visible_feeds(interaction)
    options, zone = from_json(request.request), await _zone(interaction)
    query = parse_options(options, request.created_at, zone)
    channel = 0 if CHANNEL in options.without else options.channel
    await _require_visible_channel(interaction, channel)
    names = choose_names(visible.followed, channel, interaction.channel_id)
    named = {} if FEED in options.without else resolve_feeds(visible, query.feeds, options.feed)
    return Search(
        request.token,
        options,
        query,
        visible,
        choose_scope(visible, channel, named or None),
        {feed_id: names.get(feed_id, name) for feed_id, name in named.items()},
        channel,
        Narrowing(options.year or None, options.facet, zone),
    )


async def _require_visible_channel(interaction: Interaction, channel_id: int) -> None:
    """Raise UserError if the user may not view the channel, whether or not it exists."""
    if channel_id and not await viewable(services_of(interaction), viewer_of(interaction), [channel_id]):
        raise UserError(_("You can't see that channel; choose another one."))


def choose_names(followed: Iterable[FollowedFeed], *channels: int | None) -> dict[int, str]:
    """Return the name of each feed: the one that it has in the first of these channels, or in any other."""
    order = {channel: place for place, channel in reversed(list(enumerate(channels)))}
    names: dict[int, str] = {}
    for each in sorted(followed, key=lambda each: order.get(each.channel_id, len(order))):
        names.setdefault(each.feed_id, each.feed_name)
    return names


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
    in_query = [_find_named(visible, each) for each in typed if each.strip()]
    in_option = [_find_named(visible, chosen)] if chosen.strip() else []
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
    services = services_of(interaction)
    found = await _find(services.store, search, limit, (number - 1) * PAGE, services.clock())
    if not found.hits and number > 1:
        raise _no_page_error(search)
    jumps = await find_jumps(interaction, found.hits)
    names = choose_names(search.visible.followed, search.channel, interaction.channel_id)
    found, total = _within_limit(search, found)
    return Page(found.query, _head(search, found, total), found, total, number, jumps, names)


async def _find(store: Store, search: Search, limit: int, offset: int, now: datetime) -> SearchResult:
    """Return what is found now; `/latest` has no facets."""
    scope, order = search.scope, search.options.order
    if search.options.limit is not None:
        return await store.search.find(
            search.query,
            scope.feeds,
            order=order,
            limit=limit,
            offset=offset,
            posted=scope.posted,
            wanted=scope.wanted,
        )
    return await store.search.find_narrowed(
        search.query,
        scope.feeds,
        search.chosen,
        order=order,
        limit=limit,
        offset=offset,
        posted=scope.posted,
        wanted=scope.wanted,
        now=now,
    )


def _head(search: Search, found: SearchResult, total: int) -> str:
    """Return how many posts were found, with which conditions, and how dates were read."""
    lines = (
        _count(search, found, total),
        *explain_mending(found),
        *explain_guesses(search.query),
        *explain_facets(found.facets),
    )
    return "\n".join(filter(None, lines))


def _count(search: Search, found: SearchResult, total: int) -> str:
    """Return how many posts were found, and with which conditions; `/latest` shows no count."""
    if search.options.limit is not None:
        return _("Posts {conditions}").format(conditions=search.conditions) if search.conditions else ""
    posts = f"**{count_posts(total, is_more=found.is_more)}**"
    widened = [term for term in found.query.terms if term.is_prefix and term not in search.query.terms]
    conditions = search.describe(found.query, widened)
    return _("{posts} {conditions}").format(posts=posts, conditions=conditions) if conditions else posts


def _within_limit(search: Search, found: SearchResult) -> tuple[SearchResult, int]:
    """Return what was found as far as the limit allows, and how many posts all pages have."""
    limit = search.options.limit
    if limit is None or (found.total <= limit and not found.is_more):
        return found, found.total
    return replace(found, is_more=False), limit


def _find_named(visible: VisibleFeeds, name: str) -> dict[int, str]:
    found = {each.feed_id: each.feed_name for each in find_feed(visible.named, name)}
    if not found:
        raise UserError(
            _("No feed that you can see is called {name}; pick one from the list as you type."),
            name=escape_text(hide_secrets(name)),
        )
    return found


def _no_page_error(search: Search) -> UserError:
    return UserError(_("This page no longer exists; run `{command}` again."), command=search.options.command)
