"""`/feed import`: follow the feeds of an uploaded OPML file.

The press adds all subscriptions in one transaction, and the polls read the feeds. So a kill loses nothing: the bot
reads the feeds after the restart, and a notice reports the result if the answer can't.
"""

import asyncio
import secrets
from collections.abc import Sequence

import discord

from bot.chat.commands.admin.add.subscribe import require_within_limit
from bot.chat.commands.admin.base.kept_offer import take_offer
from bot.chat.commands.common.channels import (
    NamedChannel,
    find_target_channel,
    find_target_channel_by_id,
    require_bot,
)
from bot.chat.commands.common.components import PersistentItem
from bot.chat.commands.common.resolve import limit_reached
from bot.chat.commands.common.responses import Interaction, UserError, respond, services_of
from bot.chat.embeds import create_view
from bot.chat.feed_draft import ImportDraft
from bot.chat.messages import MAX_ERROR_LENGTH, _, escape_text, fit_lines, n_
from bot.chat.services import Services
from bot.errors import DocumentError
from bot.model import ChannelDeclaration, FeedDeclaration, OpmlDocument
from bot.source.formats.process import parse_list
from bot.source.http.site import site_of
from bot.store.imports import ImportProgress, StartedImport
from bot.text import limits
from bot.text.address import safe_title

MAX_FILE_SIZE = 1_000_000
"""Bytes."""
MAX_FEEDS = 200
DOWNLOAD_TIMEOUT = 30.0
"""Seconds to get the file from Discord."""
PROGRESS_INTERVAL = 5.0
"""Seconds between two updates of the progress."""
MAX_PROGRESS_CHECKS = 160
"""13 minutes. Discord allows edits of an answer for fifteen."""
_MAX_LISTED = 10
_MAX_PARSE_ERROR_LENGTH = 1000


async def show_import(
    interaction: Interaction, services: Services, file: discord.Attachment, channel: NamedChannel | None
) -> None:
    """Show which feeds the file has, and ask whether to follow them. Raises UserError."""
    target = await find_target_channel(interaction, channel)
    require_bot(interaction, target, services.settings.style)
    await require_within_limit(services, target)
    document = await _parse(await _download(file), file.filename)
    if len(document.outlines) > MAX_FEEDS:
        raise UserError(
            _("The file has {feeds} feeds, which is too many; split it into files of {limit} at most."),
            feeds=len(document.outlines),
            limit=MAX_FEEDS,
        )
    key = secrets.token_hex(8)
    services.imports.put(key, ImportDraft(target.id, document.outlines))
    label = n_("Follow {count} feed", "Follow {count} feeds", len(document.outlines))
    buttons = [
        ImportButton.button(label, f"import:{key}:follow"),
        ImportButton.button(_("Cancel"), f"import:{key}:cancel"),
    ]
    await respond(interaction, _describe_document(document, target.mention), view=create_view(buttons))


async def _download(file: discord.Attachment) -> bytes:
    too_large = UserError(_("The file is larger than 1 MB; split it into several files."))
    if file.size > MAX_FILE_SIZE:
        raise too_large
    try:
        async with asyncio.timeout(DOWNLOAD_TIMEOUT):
            body = await file.read()
    except (TimeoutError, OSError, discord.HTTPException) as error:
        raise UserError(_("Discord didn't deliver the file; upload it again.")) from error
    if len(body) > MAX_FILE_SIZE:
        raise too_large
    return body


async def _parse(body: bytes, name: str) -> OpmlDocument:
    try:
        return await parse_list(body, escape_text(name, 60) or "feeds.opml")
    except DocumentError as error:
        raise UserError(escape_text(str(error), _MAX_PARSE_ERROR_LENGTH)) from error


def _describe_document(document: OpmlDocument, channel: str) -> str:
    feeds = n_("{count} feed", "{count} feeds", len(document.outlines))
    lines = [
        _(
            "The file has {feeds}. Follow them in {channel}? Posts that are in them now aren't sent, only those from"
            " now on."
        ).format(feeds=feeds, channel=channel)
    ]
    if document.duplicates:
        lines.append(
            n_(
                "{count} feed is in the file twice, and counts once.",
                "{count} feeds are in the file more than once, and count once.",
                document.duplicates,
            )
        )
    lines += [f"- {escape_text(sentence, MAX_ERROR_LENGTH)}" for sentence in document.dropped]
    return fit_lines(lines, limits.CONTENT)


class ImportButton(PersistentItem, template=r"import:(?P<draft>[0-9a-f]{16}):(?P<action>follow|cancel)"):
    """The buttons that confirm or cancel the import of an uploaded file."""

    for_admins = True

    async def press(self, interaction: Interaction) -> None:
        """Follow the feeds and show the progress of reading them. Raises UserError if the file was dropped."""
        services, cancelled = services_of(interaction), self.fields["action"] == "cancel"
        draft = await take_offer(
            interaction,
            services.imports,
            self.fields["draft"],
            is_cancelled=cancelled,
            command="/feed import",
        )
        if draft is None:
            return
        started = await _start(interaction, services, draft)
        await _show_progress(interaction, services, started)


async def _start(interaction: Interaction, services: Services, draft: ImportDraft) -> StartedImport:
    target = await find_target_channel_by_id(interaction, draft.channel_id)
    require_bot(interaction, target, services.settings.style)
    feeds = [FeedDeclaration(each.url, safe_title(each.title, each.url)) for each in draft.outlines]
    return await services.store.imports.start(
        feeds,
        ChannelDeclaration(target.id, style=services.settings.style),
        target.guild_id,
        interaction.user.id,
        site_of=site_of,
        budget=services.budget,
        limit=services.settings.max_subscriptions,
        now=services.clock(),
    )


async def _show_progress(interaction: Interaction, services: Services, started: StartedImport) -> None:
    """Update the answer until all feeds were read or the checks run out. A notice then reports the result."""
    head = _describe_start(started, services.settings.max_subscriptions)
    shown = ""
    for _check in range(MAX_PROGRESS_CHECKS):
        progress = await services.store.imports.progress(started.id)
        lines = [*head, *_describe_progress(progress)]
        if (text := fit_lines(lines, limits.CONTENT)) != shown:
            await interaction.edit_original_response(content=text, view=None)
            shown = text
        if progress is None:
            return
        if progress.polled == progress.feeds:
            await services.store.imports.finish(started.id)
            return
        await asyncio.sleep(PROGRESS_INTERVAL)


def _describe_start(started: StartedImport, limit: int) -> list[str]:
    lines = [
        n_("The channel follows {count} more feed.", "The channel follows {count} more feeds.", started.added)
        if started.added
        else _("No feeds were added to the channel.")
    ]
    if started.already:
        lines.append(
            n_(
                "It followed {count} feed of the file already.",
                "It followed {count} feeds of the file already.",
                started.already,
            )
        )
    if started.left_out:
        left_out = n_("{count} feed was left out.", "{count} feeds were left out.", started.left_out)
        lines.append(f"{left_out} {limit_reached(limit)}")
    return lines


def _describe_progress(progress: ImportProgress | None) -> Sequence[str]:
    if progress is None:
        return ()
    if progress.polled < progress.feeds:
        return (
            _(
                "The bot is reading them: {polled} of {feeds} so far. You can close this; a notice follows if it takes"
                " longer."
            ).format(polled=progress.polled, feeds=progress.feeds),
        )
    bad = progress.unreadable
    if not bad:
        return (_("All of them could be read."),)
    heading = n_(
        "{count} of them can't be read; the bot keeps trying. Remove it with `/feed remove` if its address is wrong:",
        "{count} of them can't be read; the bot keeps trying. Remove those whose address is wrong with `/feed remove`:",
        len(bad),
    )
    named = [f"- **{escape_text(each.name)}**: {escape_text(each.error, MAX_ERROR_LENGTH)}" for each in bad]
    return (
        heading,
        *named[:_MAX_LISTED],
        *([_("See the others with `/feed status`.")] if named[_MAX_LISTED:] else []),
    )
