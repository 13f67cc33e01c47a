"""The archive filled with what a feed published before it was followed: asked for by a button, and how far it is."""

import asyncio

import discord

from bot.chat.commands.common.components import PersistentItem
from bot.chat.commands.common.resolve import visible
from bot.chat.commands.common.responses import Interaction, UserError, services_of
from bot.chat.embeds import create_view
from bot.chat.messages import ERROR, _, escape_text, n_
from bot.chat.services import Services
from bot.model import BackfillProgress, BackfillState
from bot.text import limits
from bot.text.summary import clip

LOOK = 3.0
"""Seconds between two looks at how far it is."""
LOOKS = 200
"""Ten minutes: an answer can be changed for fifteen."""


class FillButton(PersistentItem, template=r"fill:(?P<feed>[0-9]{1,18})"):
    """Asks for the history of a feed. Posts nothing."""

    for_admins = True

    async def press(self, interaction: Interaction) -> None:
        """Begin, and show how far it is."""
        await _fill(interaction, int(self.fields["feed"]))


def offer_to_fill(feed_id: int) -> discord.ui.View | None:
    """The button below an answer."""
    return create_view([FillButton.button(_("Fill the archive"), f"fill:{feed_id}")])


async def tell_history(services: Services, feed_id: int) -> tuple[str, discord.ui.View | None]:
    """How far the history of a feed is in the archive, in a line, "" if nobody asked for it; and the button, unless it
    is being filled.
    """
    progress = await services.store.backfills.progress(feed_id)
    if progress is None:
        return "", offer_to_fill(feed_id)
    is_filled = progress.state is BackfillState.RUNNING
    return write_progress(progress), None if is_filled else offer_to_fill(feed_id)


def write_progress(progress: BackfillProgress) -> str:
    """In a line."""
    archived = n_("{count} older post", "{count} older posts", progress.archived)
    if progress.state is BackfillState.DONE:
        return _("Archive: filled with {posts}; nothing of it is posted.").format(posts=archived)
    if progress.state is BackfillState.RUNNING:
        return _running(progress, archived)
    why = escape_text(progress.error, ERROR) or _("It was stopped.")
    return _("Archive: {posts}, and it does not go on. {why}").format(posts=archived, why=why)


def _running(progress: BackfillProgress, archived: str) -> str:
    if not progress.polled:
        return _("Archive: filled as soon as the feed was read for the first time.")
    if progress.total:
        return _("Archive: being filled, {posts} so far; {read} of {total} looked at.").format(
            posts=archived, read=progress.read, total=progress.total
        )
    return _("Archive: being filled, {posts} so far.").format(posts=archived)


async def _fill(interaction: Interaction, feed_id: int) -> None:
    await interaction.response.defer()
    services = services_of(interaction)
    if all(each.subscription.feed_id != feed_id for each in await visible(interaction, services)):
        raise UserError(_("This server no longer follows the feed here; add it with `/feed add`."))
    progress = await services.store.backfills.progress(feed_id)
    if progress is None or progress.state is not BackfillState.RUNNING:
        await services.store.backfills.request(feed_id, services.clock())
    await _show_progress(interaction, services, feed_id)


async def _show_progress(interaction: Interaction, services: Services, feed_id: int) -> None:
    """Below what the message said, until it ends or the message can be changed no longer. Above an embed, which
    `/feed status` shows, it replaces the line of before.
    """
    message = interaction.message
    said = f"{message.content}\n" if message is not None and not message.embeds else ""
    shown = ""
    for _look in range(LOOKS):
        progress = await services.store.backfills.progress(feed_id)
        line = "" if progress is None else write_progress(progress)
        if line != shown:
            text = clip(f"{said}{line}", limits.CONTENT)
            await interaction.edit_original_response(content=text, view=None)
            shown = line
        if progress is None or progress.state is not BackfillState.RUNNING:
            return
        await asyncio.sleep(LOOK)
