"""A search as it stands now: for who asks or presses, over what they may see at this moment."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.chat.commands.common.resolve import find_feed
from bot.chat.commands.common.responses import Interaction, UserError, guild_of, services_of
from bot.chat.commands.member.search_page import Page, count_posts
from bot.chat.commands.member.search_request import Asked, describe, read, understand, write
from bot.chat.commands.member.visibility import Visible, demand_visible, viewable
from bot.chat.messages import _, escape_text
from bot.model import Found, Posted, Query, SearchHit, SearchRequest
from bot.store.search import PAGE

FEED = " feed"
"""What `Asked.without` calls the feeds that were named."""


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody asked for, over the feeds that they may see."""

    token: int
    asked: Asked
    query: Query
    visible: Visible
    feeds: frozenset[int]
    """That are searched."""
    named: Mapping[int, str]
    """The feeds that were asked for by name; empty: all."""

    @property
    def words(self) -> str:
        """The conditions in plain words."""
        return describe(self.query, tuple(self.named.values()))


async def remember(interaction: Interaction, asked: Asked) -> SearchRequest:
    """Keep what is asked, for the buttons of the answer. Raises UserError for what cannot be understood."""
    services = services_of(interaction)
    guild_id, user_id, now = guild_of(interaction).id, interaction.user.id, services.clock()
    understand(asked, now)
    written = write(asked)
    token = await services.store.search_requests.keep(guild_id, user_id, written, now)
    return SearchRequest(token, guild_id, user_id, written, now)


async def recall(interaction: Interaction, token: str) -> SearchRequest:
    """What was asked, by who asked it, in the server where it was. Raises UserError for anything else."""
    question = await services_of(interaction).store.search_requests.get(int(token or 0))
    here = (guild_of(interaction).id, interaction.user.id)
    if question is None or (question.guild_id, question.user_id) != here:
        raise UserError(
            _("This button is too old, or below somebody else's answer; run the command yourself.")
        )
    return question


async def resume(interaction: Interaction, question: SearchRequest) -> Search:
    """The search that a question means now. Raises UserError, too, if a feed is named that the asker may not see."""
    visible = await demand_visible(interaction)
    asked = read(question.request)
    query = understand(asked, question.created_at)
    named = {} if FEED in asked.without else resolve(visible, query.feeds, asked.feed)
    feeds = frozenset(named) if named else visible.feeds
    return Search(question.token, asked, query, visible, feeds, named)


def resolve(visible: Visible, typed: Sequence[str], chosen: str) -> dict[int, str]:
    """The feeds that the query names, any of them, and that the option names, too, with their names.

    Raises UserError if one is not among those that the asker may see, whether or not it exists.
    """
    in_query = [_find(visible, each) for each in typed if each.strip()]
    in_option = [_find(visible, chosen)] if chosen.strip() else []
    found = {feed_id: name for each in in_query for feed_id, name in each.items()}
    for each in in_option:
        found = {feed_id: name for feed_id, name in each.items() if not in_query or feed_id in found}
        if not found:
            raise UserError(_("The feeds in `query` and in `feed` are not the same; leave one of them out."))
    return found


async def find_page(interaction: Interaction, search: Search, number: int) -> Page:
    """A page of what is found now. Raises UserError if there is no such page (any more)."""
    room = PAGE if search.asked.most is None else min(PAGE, search.asked.most - (number - 1) * PAGE)
    if number < 1 or room < 1:
        raise UserError(_gone(search))
    found = await services_of(interaction).store.search.find(
        search.query, search.feeds, order=search.asked.order, limit=room, offset=(number - 1) * PAGE
    )
    if not found.hits and number > 1:
        raise UserError(_gone(search))
    jumps = await find_jumps(interaction, found.hits)
    found, total = _counted(search, found)
    return Page(found.query, _head(search, found, total), found, total, number, jumps)


async def find_jumps(
    interaction: Interaction, hits: Iterable[SearchHit], among: Callable[[int], bool] = lambda _channel: True
) -> dict[str, Posted]:
    """Where posts stand that the asker may go to, by identity: where they are now, or else where it came first.

    `among`: whether a channel may be named. Who may not read what was said before would be led to an empty channel, so
    they get no link.
    """
    identities = [hit.identity for hit in hits]
    guild_id = guild_of(interaction).id
    posted = await services_of(interaction).store.search.posted(identities, guild_id) if identities else ()
    standing = [each for each in posted if each.message_id and among(each.channel_id)]
    seen = await viewable(interaction, (each.channel_id for each in standing), history=True)
    return choose_jumps(standing, seen, interaction.channel_id)


def choose_jumps(
    posted: Iterable[Posted], channel_ids: frozenset[int], here: int | None
) -> dict[str, Posted]:
    """One place a post, among these channels: this channel, else the first message."""
    jumps: dict[str, Posted] = {}
    for each in sorted(posted, key=lambda each: (each.channel_id != here, each.message_id)):
        if each.channel_id in channel_ids:
            jumps.setdefault(each.identity, each)
    return jumps


def _head(search: Search, found: Found, total: int) -> str:
    """How many there are of what; the newest ones are not counted."""
    if search.asked.most is not None:
        return _("Posts {words}").format(words=search.words) if search.words else ""
    counted = f"**{count_posts(total, is_more=found.is_more)}**"
    if not search.words:
        return counted
    begins = any(term.is_prefix for term in found.query.terms if term not in search.query.terms)
    sentence = _("{posts} with words that begin with {words}") if begins else _("{posts} for {words}")
    return sentence.format(posts=counted, words=search.words)


def _counted(search: Search, found: Found) -> tuple[Found, int]:
    """What was found as far as it is shown, and how many posts all pages have."""
    most = search.asked.most
    if most is None or (found.total <= most and not found.is_more):
        return found, found.total
    return replace(found, is_more=False), most


def _find(visible: Visible, name: str) -> dict[int, str]:
    found = {each.subscription.feed_id: each.feed_name for each in find_feed(visible.followed, name)}
    if not found:
        raise UserError(
            _("No feed that you can see is called {name}; choose one that Discord offers as you type."),
            name=escape_text(name),
        )
    return found


def _gone(search: Search) -> str:
    return _("This page is no longer there; run `{command}` again.").format(command=search.asked.command)
