"""The answer to a search: its pages, or, where nothing was found, what to try instead."""

import re
from dataclasses import replace
from typing import Any, Self

import discord

from bot.chat.commands.common.pager import Laid, create_turners, pages
from bot.chat.commands.common.responses import (
    Interaction,
    UserError,
    answering,
    defer,
    guild_of,
    respond,
    services_of,
)
from bot.chat.commands.member.search_page import Page, lay_out
from bot.chat.commands.member.search_request import Asked, left_out
from bot.chat.commands.member.search_run import FEED, Search, find_page, recall, remember, resume
from bot.chat.commands.member.search_share import ShareButton
from bot.chat.messages import _, escape_text, plain_text
from bot.model import Advice, SearchRequest
from bot.text import limits
from bot.text.summary import clip

FOUND = "found"
_LABEL = 40


async def ask(interaction: Interaction, asked: Asked) -> None:
    """Answer a command."""
    await defer(interaction)
    embed, view = await _answer(interaction, await remember(interaction, asked), 1)
    await respond(interaction, "", embeds=(embed,), view=view)


@pages(FOUND)
async def turn(interaction: Interaction, argument: str, number: int) -> Laid:
    """A page of what was asked earlier, found anew."""
    return await _answer(interaction, await recall(interaction, argument), number)


async def _answer(interaction: Interaction, question: SearchRequest, number: int) -> Laid:
    search = await resume(interaction, question)
    page = await find_page(interaction, search, number)
    if not page.found.hits:
        return await _tell_nothing(interaction, search, page)
    title = "" if search.asked.most is None else _("Newest posts")
    return lay_out(page, guild_of(interaction).id, title), _create_view(search, page)


def _create_view(search: Search, page: Page) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    is_last = page.number >= page.last
    if page.number > 1 or not is_last:
        for button in create_turners(FOUND, str(search.token), page.number, is_last=is_last):
            view.add_item(button)
    view.add_item(ShareButton.make(search.token, page.number))
    view.stop()  # its presses are answered by custom id, not by this view
    return view


async def _tell_nothing(interaction: Interaction, search: Search, page: Page) -> Laid:
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
    buttons = [*_offer_without(search, advice), *_offer_everywhere(search, elsewhere)]
    view = discord.ui.View(timeout=None)
    for button in buttons:
        view.add_item(button)
    view.stop()
    return embed, view if buttons else None


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
    label = _("Search without {condition} ({count})")
    dropped = plain_text(advice.dropped, _LABEL)
    return [RelaxButton.make(label.format(condition=dropped, count=advice.total), search.token, "condition")]


def _offer_everywhere(search: Search, total: int) -> list["RelaxButton"]:
    if not total:
        return []
    label = _("Search in all feeds ({count})").format(count=total)
    return [RelaxButton.make(label, search.token, "feed")]


class RelaxButton(
    discord.ui.DynamicItem[discord.ui.Item[Any]],
    template=r"relax:(?P<token>[0-9]{1,18}):(?P<what>condition|feed)",
):
    """Searches again with one condition less."""

    def __init__(self, item: discord.ui.Item[Any], token: str, what: str) -> None:
        super().__init__(item)
        self._token = token
        self._what = what

    @classmethod
    def make(cls, label: str, token: int, what: str) -> Self:
        """A new one."""
        button: discord.ui.Button[Any] = discord.ui.Button(label=label, custom_id=f"relax:{token}:{what}")
        return cls(button, str(token), what)

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The one that was pressed."""
        return cls(item, match["token"], match["what"])

    async def callback(self, interaction: Interaction) -> Any:  # noqa: ANN401 -- as discord.py has it
        """Answer in place of what was not found."""
        await answering(interaction, lambda: self._relax(interaction))

    async def _relax(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        search = await resume(interaction, await recall(interaction, self._token))
        less = (FEED,) if self._what == "feed" else await _condition(interaction, search)
        asked = replace(search.asked, without=(*search.asked.without, *less))
        embed, view = await _answer(interaction, await remember(interaction, asked), 1)
        await interaction.edit_original_response(embed=embed, view=view)


async def _condition(interaction: Interaction, search: Search) -> tuple[str, ...]:
    """The condition that is best left out now. Raises UserError if none is any more."""
    advice = await services_of(interaction).store.search.advise(search.query, search.feeds)
    if advice.query is None:
        raise UserError(_("Leaving out one condition finds nothing any more; try other words."))
    return left_out(search.query, advice.query)
