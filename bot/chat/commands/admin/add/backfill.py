"""The button that archives the older posts of a feed, and its progress."""

import asyncio

import discord

from bot.chat.commands.common.components import PersistentItem
from bot.chat.commands.common.resolve import visible_subscriptions
from bot.chat.commands.common.responses import Interaction, UserError, services_of
from bot.chat.embeds import create_view
from bot.chat.messages import MAX_ERROR_LENGTH, _, escape_text, n_
from bot.chat.services import Services
from bot.model import BackfillProgress, BackfillState
from bot.source.tumblr.addresses import blog_feed
from bot.store.subscriptions import FollowedFeed
from bot.text import limits
from bot.text.summary import clip

PROGRESS_INTERVAL = 3.0
"""Seconds between two updates of the progress."""
MAX_PROGRESS_CHECKS = 200
"""Ten minutes; Discord lets an answer be edited for fifteen."""


class BackfillButton(PersistentItem, template=r"fill:(?P<feed>[0-9]{1,18})"):
    """Requests a backfill of a feed's archive. Nothing is posted."""

    for_admins = True

    async def press(self, interaction: Interaction) -> None:
        """Request the backfill unless it is running, and show its progress. Raises UserError."""
        await _backfill(interaction, int(self.fields["feed"]))


def offer_backfill(services: Services, each: FollowedFeed) -> tuple[str, list[BackfillButton]]:
    """Return the button, or a sentence that says why a backfill would fail; the other one is empty."""
    if blog_feed(each.feed_url) is not None and not services.settings.has_tumblr_key:
        return _(
            "Its older posts can't be archived, because Tumblr shows them only to programs with an API key; ask whoever"
            " runs the bot to set tumblr.api_key."
        ), []
    return "", [BackfillButton.button(_("Archive older posts"), f"fill:{each.feed_id}")]


async def describe_archive(services: Services, each: FollowedFeed) -> tuple[str, discord.ui.View | None]:
    """Return the progress of a feed's backfill in one line, and the button, unless the backfill runs.

    If nobody requested one, the line is "", or says why it would fail.
    """
    progress = await services.store.backfills.progress(each.feed_id)
    reason, buttons = offer_backfill(services, each)
    if progress is None:
        return reason, create_view(buttons)
    is_running = progress.state is BackfillState.RUNNING
    return describe_progress(progress), None if is_running else create_view(buttons)


def describe_progress(progress: BackfillProgress) -> str:
    """Return the progress of a backfill in one line."""
    if progress.state is BackfillState.RUNNING:
        return _describe_running(progress)
    posts = n_("{count} older post", "{count} older posts", progress.archived)
    if progress.state is BackfillState.DONE:
        return _("Archive: done, {posts} added for `/search`. Nothing is posted.").format(posts=posts)
    error = escape_text(progress.error, MAX_ERROR_LENGTH) or _("Press the button to start it again.")
    return _("Archive: stopped after {posts}. {error}").format(posts=posts, error=error)


def _describe_running(progress: BackfillProgress) -> str:
    if not progress.polled:
        return _("Archive: starts as soon as the feed has been read for the first time.")
    if progress.total:
        return _("Archive: adding older posts ({added} so far, {read} of {total} checked).").format(
            added=progress.archived, read=progress.read, total=progress.total
        )
    return _("Archive: adding older posts ({added} so far).").format(added=progress.archived)


async def _backfill(interaction: Interaction, feed_id: int) -> None:
    await interaction.response.defer()
    services = services_of(interaction)
    if all(
        each.subscription.feed_id != feed_id for each in await visible_subscriptions(interaction, services)
    ):
        raise UserError(_("This server no longer follows that feed; add it with `/feed add`."))
    progress = await services.store.backfills.progress(feed_id)
    if progress is None or progress.state is not BackfillState.RUNNING:
        await services.store.backfills.request(feed_id, services.clock())
    await _show_progress(interaction, services, feed_id)


async def _show_progress(interaction: Interaction, services: Services, feed_id: int) -> None:
    """Update the message until the backfill ends or the checks run out.

    The progress goes below the message's text. Above the embed of `/feed status`, it replaces the text.
    """
    message = interaction.message
    text_before = f"{message.content}\n" if message is not None and not message.embeds else ""
    shown = ""
    for _check in range(MAX_PROGRESS_CHECKS):
        progress = await services.store.backfills.progress(feed_id)
        line = "" if progress is None else describe_progress(progress)
        if line != shown:
            text = clip(f"{text_before}{line}", limits.CONTENT)
            await interaction.edit_original_response(content=text, view=None)
            shown = line
        if progress is None or progress.state is not BackfillState.RUNNING:
            return
        await asyncio.sleep(PROGRESS_INTERVAL)
