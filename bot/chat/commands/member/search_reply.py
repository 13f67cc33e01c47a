"""The answer to a search: its pages, or, where nothing was found, what to try instead."""

from dataclasses import replace

import discord

from bot.chat.commands.common.components import PersistentItem
from bot.chat.commands.common.pager import PagedList, RenderedPage, create_page_buttons
from bot.chat.commands.common.responses import (
    Interaction,
    UserError,
    defer,
    guild_of,
    respond,
    services_of,
)
from bot.chat.commands.member.search_page import Page, lay_out
from bot.chat.commands.member.search_request import Asked, left_out
from bot.chat.commands.member.search_run import FEED, Search, find_page, recall, remember, resume
from bot.chat.commands.member.search_share import ShareButton
from bot.chat.embeds import create_view
from bot.chat.messages import _, escape_text, plain_text
from bot.model import Advice, SearchRequest
from bot.text import limits
from bot.text.summary import clip

_FOUND = "found"
_LABEL = 40


async def ask(interaction: Interaction, asked: Asked) -> None:
    """Answer a command."""
    await defer(interaction)
    embed, view = await _answer(interaction, await remember(interaction, asked), 1)
    await respond(interaction, "", embeds=(embed,), view=view)


async def turn(interaction: Interaction, argument: str, number: int) -> RenderedPage:
    """A page of what was asked earlier, found anew."""
    return await _answer(interaction, await recall(interaction, argument), number)


FOUND_LIST = PagedList(_FOUND, turn)


async def _answer(interaction: Interaction, question: SearchRequest, number: int) -> RenderedPage:
    search = await resume(interaction, question)
    page = await find_page(interaction, search, number)
    if not page.found.hits:
        return await _tell_nothing(interaction, search, page)
    title = "" if search.asked.most is None else _("Newest posts")
    return lay_out(page, guild_of(interaction).id, title), _create_view(search, page)


def _create_view(search: Search, page: Page) -> discord.ui.View | None:
    is_last = page.number >= page.last
    share = ShareButton.button(_("Share"), f"share:{search.token}:{page.number}")
    if page.number == 1 and is_last:
        return create_view([share])
    return create_view([*create_page_buttons(_FOUND, str(search.token), page.number, is_last=is_last), share])


async def _tell_nothing(interaction: Interaction, search: Search, page: Page) -> RenderedPage:
    store = services_of(interaction).store
    advice = await store.search.advise(search.query, search.feeds)
    elsewhere = 0
    if search.named:
        elsewhere = (await store.search.find(search.query, search.visible.feeds, limit=1)).total
    if await store.index.lag():
        lines = [
            _("Past posts are still being indexed after an upgrade, newest first; ask again in a while.")
        ]
    else:
        lines = [_tell_words(search), *(_tell_advice(advice) if search.words else [])]
    if page.found.is_partial:
        lines.append(_("The search was cut short; name a feed, or write a rarer word."))
    embed = discord.Embed(
        title=_("Nothing found"), description=clip("\n".join(lines), limits.EMBED_DESCRIPTION)
    )
    return embed, create_view([*_offer_without(search, advice), *_offer_everywhere(search, elsewhere)])


def _tell_words(search: Search) -> str:
    if not search.words:
        return _("No post is in the archive yet; the first one to come will be.")
    return _("No post that you can see is found for {words}.").format(words=search.words)


def _tell_advice(advice: Advice) -> list[str]:
    lines = []
    if advice.tag:
        lines.append(_("Did you mean the tag **{tag}**?").format(tag=escape_text(advice.tag)))
    if advice.query is None or not advice.total:
        lines.append(_("Try fewer or other words; `/tags` shows the tags that there are."))
    return lines


def _offer_without(search: Search, advice: Advice) -> list["RelaxButton"]:
    if advice.query is None or not advice.total:
        return []
    dropped = plain_text(advice.dropped, _LABEL)
    label = _("Search without {condition} ({count})").format(condition=dropped, count=advice.total)
    return [RelaxButton.button(label, f"relax:{search.token}:condition")]


def _offer_everywhere(search: Search, total: int) -> list["RelaxButton"]:
    if not total:
        return []
    label = _("Search in all feeds ({count})").format(count=total)
    return [RelaxButton.button(label, f"relax:{search.token}:feed")]


class RelaxButton(
    PersistentItem,
    template=r"relax:(?P<token>[0-9]{1,18}):(?P<what>condition|feed)",
):
    """Searches again with one condition less."""

    async def press(self, interaction: Interaction) -> None:
        """Answer in place of what was not found."""
        await interaction.response.defer()
        search = await resume(interaction, await recall(interaction, self.fields["token"]))
        less = (FEED,) if self.fields["what"] == "feed" else await _condition(interaction, search)
        asked = replace(search.asked, without=(*search.asked.without, *less))
        embed, view = await _answer(interaction, await remember(interaction, asked), 1)
        await interaction.edit_original_response(embed=embed, view=view)


async def _condition(interaction: Interaction, search: Search) -> tuple[str, ...]:
    """The condition that is best left out now. Raises UserError if none is any more."""
    advice = await services_of(interaction).store.search.advise(search.query, search.feeds)
    if advice.query is None:
        raise UserError(_("Leaving out one condition finds nothing any more; try other words."))
    return left_out(search.query, advice.query)
