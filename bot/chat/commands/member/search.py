"""`/search` and `/latest`: find posts in the archive, or say what to try if there are none."""

from dataclasses import replace
from typing import Literal, Self

import discord
from discord import app_commands

from bot.chat.commands.common.channels import Channel, NamedChannel
from bot.chat.commands.common.components import PersistentItem
from bot.chat.commands.common.pager import PagedList, RenderedPage, create_page_buttons
from bot.chat.commands.common.responses import Interaction, UserError, defer, guild_of, respond, services_of
from bot.chat.commands.common.turns import Acknowledge, defer_edit, search_turn
from bot.chat.commands.member.autocomplete import MemberAutocomplete
from bot.chat.commands.member.search_describe import explain_guesses
from bot.chat.commands.member.search_facets import ALL, MORE, tag_options, year_options
from bot.chat.commands.member.search_page import Page, render_page
from bot.chat.commands.member.search_request import (
    SearchOptions,
    choose_facet,
    from_json,
    removed_conditions,
    respell,
)
from bot.chat.commands.member.search_run import (
    CHANNEL,
    FEED,
    Search,
    find_page,
    load_request,
    start_search,
    store_request,
)
from bot.chat.commands.member.search_scope import Scope, choose_scope
from bot.chat.commands.member.search_share import ShareButton
from bot.chat.embeds import create_view
from bot.chat.messages import _, escape_text, plain_part
from bot.chat.services import Services
from bot.model import Advice, Facets, Order, SearchRequest, SearchResult
from bot.text import limits
from bot.text.summary import clip

MAX_QUERY_LENGTH = 300
MAX_LATEST = 20
DEFAULT_LATEST = 5
_FOUND = "found"
_ELSEWHERE = {"feed": (FEED,), "channel": (CHANNEL,)}
"""What the buttons that search elsewhere leave out."""
_MAX_CONDITION_LENGTH = 40
_MAX_SPELLED = 32
"""Characters of a word in the custom id of a button, which has room for 100."""

Words = app_commands.Range[str, 1, MAX_QUERY_LENGTH]
Name = app_commands.Range[str, 0, 100]
Date = app_commands.Range[str, 0, 30]
Sort = Literal["relevance", "newest"]


def create_search(services: Services) -> app_commands.Command[app_commands.Group, ..., None]:
    """Return the command."""
    complete = MemberAutocomplete(services)

    @app_commands.command(description="Find posts from the blogs that this server follows")
    @app_commands.describe(
        query='Words to find; also "a phrase", -not, OR, word*, tag:, title:, author:',
        tag="Only posts with this tag",
        feed="Only posts from this feed",
        channel="Only posts in this channel",
        after="Only posts from this day on: 2026-05-04, May 2026, last week, 7d",
        before="Only posts before this day",
        sort="What comes first (default: the best match)",
    )
    @app_commands.autocomplete(
        query=complete.titles,
        tag=complete.tags,
        feed=complete.feeds,
        after=complete.dates,
        before=complete.dates,
    )
    async def search(
        interaction: Interaction,
        query: Words = "",
        tag: Name = "",
        feed: Name = "",
        channel: Channel | None = None,
        after: Date = "",
        before: Date = "",
        sort: Sort = "relevance",
    ) -> None:
        if not any(map(str.strip, (query, tag, feed, after, before))) and channel is None:
            raise UserError(_("Type some words, or pick a tag, a feed, a channel or a date."))
        options = SearchOptions(query, tag, feed, after, before, Order(sort))
        await reply(interaction, replace(options, channel=id_of(channel)))

    return search


def create_latest(services: Services) -> app_commands.Command[app_commands.Group, ..., None]:
    """Return the command."""
    complete = MemberAutocomplete(services)

    @app_commands.command(description="Show the newest posts from the blogs that this server follows")
    @app_commands.describe(
        feed="Only posts from this feed",
        tag="Only posts with this tag",
        channel="Only posts in this channel",
        count="How many (default: 5)",
    )
    @app_commands.autocomplete(feed=complete.feeds, tag=complete.tags)
    async def latest(
        interaction: Interaction,
        feed: Name = "",
        tag: Name = "",
        channel: Channel | None = None,
        count: app_commands.Range[int, 1, MAX_LATEST] = DEFAULT_LATEST,
    ) -> None:
        options = SearchOptions(tag=tag, feed=feed, channel=id_of(channel), order=Order.NEWEST, limit=count)
        await reply(interaction, options)

    return latest


def id_of(channel: NamedChannel | None) -> int:
    """Return the id of the channel in an option; 0 if there is none."""
    return 0 if channel is None else channel.id


async def reply(interaction: Interaction, options: SearchOptions, acknowledge: Acknowledge = defer) -> None:
    """Respond to a command with the first page."""
    async with search_turn(interaction, acknowledge):
        embed, view = await _render(interaction, await store_request(interaction, options), 1)
    await respond(interaction, "", embeds=(embed,), view=view)


async def _render_stored(interaction: Interaction, token: str, number: int) -> RenderedPage:
    return await _render(interaction, await load_request(interaction, token), number)


FOUND_LIST = PagedList(_FOUND, _render_stored)


async def _render(interaction: Interaction, request: SearchRequest, number: int) -> RenderedPage:
    search = await start_search(interaction, request)
    page = await find_page(interaction, search, number)
    if not page.found.hits:
        return await _render_nothing(interaction, search, page)
    if await services_of(interaction).store.index.lag():
        page = replace(page, head=f"{page.head}\n{_explain_index()}")
    title = "" if search.options.limit is None else _("Newest posts")
    return render_page(page, guild_of(interaction).id, title), _create_view(search, page)


def _explain_index() -> str:
    return _("Older posts may be missing until the bot has indexed them; try again later.")


def _create_view(search: Search, page: Page) -> discord.ui.View | None:
    is_last = page.number >= page.last
    meant = offer_spellings(search, page.found) if page.number == 1 else []
    share = ShareButton.button(_("Share"), f"share:{search.token}:{page.number}")
    menus = offer_facets(search, page.found)
    if page.number == 1 and is_last:
        return create_view([share, *meant, *menus])
    turn = create_page_buttons(_FOUND, str(search.token), page.number, is_last=is_last)
    return create_view([*turn, share, *meant, *menus])


async def _render_nothing(interaction: Interaction, search: Search, page: Page) -> RenderedPage:
    store = services_of(interaction).store
    advice = await _advise(interaction, search)
    lines = [_explain_index()] if await store.index.lag() else _explain_nothing(search, advice)
    if page.found.is_partial:
        lines.append(_("The search took too long; pick a feed or try a rarer word."))
    embed = discord.Embed(
        title=_("Nothing found"), description=clip("\n".join(lines), limits.EMBED_DESCRIPTION)
    )
    elsewhere = await _offer_elsewhere(interaction, search)
    spellings, menus = offer_spellings(search, page.found), offer_facets(search, page.found)
    return embed, create_view([*spellings, *_offer_without(search, advice), *elsewhere, *menus])


async def _advise(interaction: Interaction, search: Search) -> Advice:
    scope = search.scope
    return await services_of(interaction).store.search.advise(
        search.query, scope.feeds, scope.posted, scope.wanted
    )


def _explain_nothing(search: Search, advice: Advice) -> list[str]:
    """Return what was searched for, and what to try."""
    if not search.conditions:
        return [_("The archive is empty; new posts will be added.")]
    lines = [
        _("Among the posts you can see, there are none {conditions}.").format(conditions=search.conditions),
        *explain_guesses(search.query),
    ]
    if advice.tag:
        lines.append(_("Did you mean the tag **{tag}**?").format(tag=escape_text(advice.tag)))
    if advice.query is None or not advice.total:
        lines.append(_("Try fewer or different words, or look through the tags with `/tags`."))
    return lines


def _offer_without(search: Search, advice: Advice) -> list["RelaxButton"]:
    if advice.query is None or not advice.total:
        return []
    dropped = plain_part(advice.dropped, _MAX_CONDITION_LENGTH)
    label = _("Search without {condition} ({count})").format(condition=dropped, count=advice.total)
    return [RelaxButton.button(label, f"relax:{search.token}:condition")]


async def _offer_elsewhere(interaction: Interaction, search: Search) -> list["RelaxButton"]:
    """Return buttons that search all feeds, and all channels, with what they find."""
    offers = []
    if search.named:
        total = await _count_in(interaction, search, choose_scope(search.visible, search.channel, None))
        label = _("Search in all feeds ({count})").format(count=total)
        offers += [RelaxButton.button(label, f"relax:{search.token}:feed")] if total else []
    if search.channel:
        total = await _count_in(interaction, search, choose_scope(search.visible, 0, search.named or None))
        label = _("Search in all channels ({count})").format(count=total)
        offers += [RelaxButton.button(label, f"relax:{search.token}:channel")] if total else []
    return offers


async def _count_in(interaction: Interaction, search: Search, scope: Scope) -> int:
    found = await services_of(interaction).store.search.find(
        search.query, scope.feeds, limit=1, posted=scope.posted, wanted=scope.wanted
    )
    return found.total


class RelaxButton(PersistentItem, template=r"relax:(?P<token>[0-9]{1,18}):(?P<what>condition|feed|channel)"):
    """Searches again without one condition, or without the feeds or the channel."""

    async def press(self, interaction: Interaction) -> None:
        """Search again and replace the reply with the results."""
        async with search_turn(interaction, defer_edit):
            search = await start_search(interaction, await load_request(interaction, self.fields["token"]))
            less = _ELSEWHERE.get(self.fields["what"]) or await _condition_to_drop(interaction, search)
            options = replace(search.options, without=(*search.options.without, *less))
            embed, view = await _render(interaction, await store_request(interaction, options), 1)
        await interaction.edit_original_response(embed=embed, view=view)


async def _condition_to_drop(interaction: Interaction, search: Search) -> tuple[str, ...]:
    """Return the condition whose removal helps most now. Raises UserError if none helps."""
    advice = await _advise(interaction, search)
    if advice.query is None:
        raise UserError(_("Removing one condition no longer helps; try different words."))
    return removed_conditions(search.query, advice.query)


class SpellButton(
    PersistentItem, template=r"mean:(?P<token>[0-9]{1,18}):(?P<typed>[^\W_]{1,32}):(?P<meant>[^\W_]{1,32})"
):
    """Searches again with another spelling of a word. Both are what somebody could type, so forging it is no use."""

    @staticmethod
    def is_word(word: str) -> bool:
        """Return whether a custom id can hold the word."""
        return word.isalnum() and len(word) <= _MAX_SPELLED

    async def press(self, interaction: Interaction) -> None:
        """Search again and replace the reply with the results."""
        async with search_turn(interaction, defer_edit):
            request = await load_request(interaction, self.fields["token"])
            options = respell(from_json(request.request), self.fields["typed"], self.fields["meant"])
            embed, view = await _render(interaction, await store_request(interaction, options), 1)
        await interaction.edit_original_response(embed=embed, view=view)


def offer_spellings(search: Search, found: SearchResult) -> list[SpellButton]:
    """Return a button for each spelling that may have been meant."""
    return [
        SpellButton.button(
            _("Did you mean {word}?").format(word=plain_part(each.meant)),
            f"mean:{search.token}:{each.typed}:{each.meant}",
        )
        for each in found.suggestions
        if SpellButton.is_word(each.typed) and SpellButton.is_word(each.meant)
    ]


class FacetMenu(PersistentItem, template=r"only:(?P<token>[0-9]{1,18}):(?P<what>year|tag)"):
    """Narrows an answer to a year or a tag, or undoes that."""

    @classmethod
    def menu(cls, custom_id: str, placeholder: str, options: list[discord.SelectOption]) -> Self:
        """Return a new menu."""
        return cls(discord.ui.Select(custom_id=custom_id, placeholder=placeholder, options=options))

    async def press(self, interaction: Interaction) -> None:
        """Search again and replace the reply with the results."""
        value = next(iter(self.values), ALL)
        if value == MORE:
            raise UserError(_explain_more(self.fields["what"]))
        async with search_turn(interaction, defer_edit):
            request = await load_request(interaction, self.fields["token"])
            options = choose_facet(from_json(request.request), self.fields["what"], value)
            embed, view = await _render(interaction, await store_request(interaction, options), 1)
        await interaction.edit_original_response(embed=embed, view=view)


def _explain_more(what: str) -> str:
    if what == "year":
        return _("For another year, run `/search` again with the options `after` and `before`.")
    return _("For another tag, run `/search` again with the option `tag`, which suggests tags as you type.")


def offer_facets(search: Search, found: SearchResult) -> list[FacetMenu]:
    """Return menus of the years and tags of what was found; what was chosen can always be undone."""
    if found.facets is None and not search.chosen.is_chosen:
        return []
    facets = found.facets or Facets()
    start = f"only:{search.token}"
    menus = (
        (f"{start}:year", _("Narrow by year"), year_options(facets, search.chosen)),
        (f"{start}:tag", _("Narrow by tag"), tag_options(facets, search.chosen)),
    )
    return [FacetMenu.menu(custom_id, hint, options) for custom_id, hint, options in menus if options]
