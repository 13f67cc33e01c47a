"""**More from this blog** and **More with these tags** in the menu of a message."""

from collections.abc import Sequence

import discord
from discord import app_commands

from bot.chat.commands.common.posted import find_posted
from bot.chat.commands.common.resolve import FEED_VALUE
from bot.chat.commands.common.responses import Interaction, UserError, defer
from bot.chat.commands.member.search import MAX_LATEST, MAX_QUERY_LENGTH, reply
from bot.chat.commands.member.search_request import SearchOptions
from bot.chat.messages import _
from bot.chat.services import Services
from bot.model import Order
from bot.search.query import without_quotes
from bot.text.fold import fold_tag, one_line

_MAX_TAGS = 8
"""How many of the post's tags are searched for."""


async def _done(_interaction: Interaction) -> None:
    """Do nothing: the command has acknowledged already."""


def create_more_from(services: Services) -> app_commands.ContextMenu:
    """Return the command that shows the newest posts of a message's blog."""

    @app_commands.context_menu(name="More from this blog")
    async def more_from(interaction: Interaction, message: discord.Message) -> None:
        await defer(interaction)
        traces = await find_posted(interaction, services, message)
        feed = f"{FEED_VALUE}{traces[0].feed_id}"
        await reply(interaction, SearchOptions(feed=feed, order=Order.NEWEST, limit=MAX_LATEST), _done)

    return more_from


def create_more_tagged(services: Services) -> app_commands.ContextMenu:
    """Return the command that shows posts with any tag of a message's post, best match first."""

    @app_commands.context_menu(name="More with these tags")
    async def more_tagged(interaction: Interaction, message: discord.Message) -> None:
        await defer(interaction)
        traces = await find_posted(interaction, services, message)
        query = any_tag(tuple(tag for trace in traces for tag in trace.entry.tags))
        if not query:
            raise UserError(_("This post has no tags; try **More from this blog** instead."))
        await reply(interaction, SearchOptions(query=query), _done)

    return more_tagged


def any_tag(tags: Sequence[str]) -> str:
    """Return a query for posts with any of these tags, no longer than a typed one; "" without tags."""
    unquoted = [without_quotes(one_line(tag).lstrip("#")) for tag in tags]
    spelled = {fold_tag(tag): tag for tag in reversed(unquoted)}
    query = ""
    for tag in [spelled[folded] for folded in dict.fromkeys(map(fold_tag, unquoted)) if folded][:_MAX_TAGS]:
        longer = f'{query} OR tag:"{tag}"' if query else f'tag:"{tag}"'
        if len(longer) > MAX_QUERY_LENGTH:
            break
        query = longer
    return query
