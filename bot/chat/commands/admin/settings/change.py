"""Change a subscription's settings, undo that, and apply a new look to posts in the channel."""

import asyncio
from collections.abc import Collection

import discord
import structlog

from bot.chat.commands.admin.base.rule_preview import MAX_POSTS
from bot.chat.commands.admin.base.rules import fill
from bot.chat.commands.admin.settings.form import Filled, digest, with_known_roles
from bot.chat.commands.admin.settings.roles import require_mentionable, warn_of_silent_roles
from bot.chat.commands.admin.settings.view import (
    LOOK_COUNTS,
    describe_change,
    describe_restyle,
    lay_out_actions,
)
from bot.chat.commands.common.access import may_see
from bot.chat.commands.common.responses import Interaction, UserError, guild_of, services_of
from bot.chat.messages import _
from bot.chat.permissions import EMBED, GuildChannel, Kind, kind_of, permissions_of
from bot.model import PollSettings, Setting, Settings, differences, take, value_of
from bot.store.settings_changes import SettingsChange, StoredChange
from bot.store.subscriptions import FollowedFeed

PROGRESS_INTERVAL = 3.0
"""Seconds between two updates of the progress."""
MAX_PROGRESS_CHECKS = 200
"""Ten minutes; Discord lets an answer be edited for fifteen."""

_log = structlog.get_logger(__name__)


async def find_here(interaction: Interaction, subscription_id: int) -> FollowedFeed:
    """Return a subscription of this server that the user may view. Raises UserError for any other."""
    each = await services_of(interaction).store.subscriptions.get(subscription_id)
    is_here = each is not None and each.guild_id == guild_of(interaction).id
    if each is None or not is_here or not await may_see(interaction, each.subscription.channel_id):
        raise UserError(_("This feed is no longer followed here; see `/feed list`."))
    return each


async def apply_form(
    interaction: Interaction, each: FollowedFeed, filled: Filled
) -> tuple[SettingsChange, frozenset[Setting]]:
    """Write what was changed in a form. Returns the change, and what somebody else had changed since it was opened.

    Raises UserError if the subscription ended, or the user may not choose a role.
    """
    polling = services_of(interaction).settings.polling
    kept: set[Setting] = set()

    def edit(now: FollowedFeed) -> Settings:
        kept.clear()
        kept.update(_changed_meanwhile(now, filled, polling, guild_of(interaction)))
        return _allow(interaction, now, take(now.subscription.settings, filled.wanted, filled.fields - kept))

    change = await services_of(interaction).store.settings_changes.change(
        each.subscription.id, edit, interaction.user.id, services_of(interaction).clock()
    )
    if change is None:
        raise UserError(_("This feed is no longer followed here; see `/feed list`."))
    _after(interaction, change)
    return change, frozenset(kept)


def _changed_meanwhile(
    now: FollowedFeed, filled: Filled, polling: PollSettings, guild: discord.Guild
) -> set[Setting]:
    """Return the fields that somebody changed to another value than is wanted, since the form was opened."""
    current = with_known_roles(now.subscription.settings, guild)
    return {
        setting
        for setting in filled.fields
        if digest(setting, current, polling) != filled.shown.get(setting)
        and value_of(current, setting) != value_of(filled.wanted, setting)
    }


def _allow(interaction: Interaction, now: FollowedFeed, wanted: Settings) -> Settings:
    """Return the settings. Raises UserError if they add a role that the user may not mention."""
    before = now.subscription.mention_roles
    if Setting.MENTION_ROLES not in now.fixed:
        added = [role for role in wanted.mention_roles if role not in before]
        require_mentionable(interaction, now.subscription.channel_id, added)
    return wanted


async def undo(interaction: Interaction, stored: StoredChange) -> tuple[SettingsChange, frozenset[Setting]]:
    """Undo what nobody has changed again since. Returns what was undone, and what was not. Raises UserError if nothing
    can be undone.
    """
    fields = differences(stored.before, stored.after)

    def edit(now: FollowedFeed) -> Settings:
        current = now.subscription.settings
        back = fields - differences(current, stored.after) - now.fixed
        if not back:
            raise UserError(
                fill(_("**{feed}** in <#{channel}> was changed since, so there is nothing to undo."), now)
            )
        return _allow(interaction, now, take(current, stored.before, back))

    services = services_of(interaction)
    change = await services.store.settings_changes.change(
        stored.subscription_id, edit, interaction.user.id, services.clock(), undoes=stored.id
    )
    if change is None:
        raise UserError(_("This was undone before, or the feed is no longer followed here."))
    _after(interaction, change)
    return change, fields - change.fields


def _after(interaction: Interaction, change: SettingsChange) -> None:
    fields = sorted(change.fields)
    _log.info(
        "settings changed",
        subscription=change.after.subscription.id,
        fields=fields,
        guild=interaction.guild_id,
    )
    services_of(interaction).wake()


async def lay_out_change(
    interaction: Interaction, change: SettingsChange, kept: Collection[Setting] = ()
) -> tuple[discord.Embed, discord.ui.View | None]:
    """Return what a change did, with its buttons."""
    store, subscription = services_of(interaction).store, change.after.subscription
    posts = await store.archive.newest(subscription.feed_id, MAX_POSTS)
    messages = await store.settings_changes.count_messages(subscription.id, max(LOOK_COUNTS))
    embed = describe_change(change, posts, kept, _warnings(interaction, change))
    return embed, lay_out_actions(change, messages)


def _warnings(interaction: Interaction, change: SettingsChange) -> list[str]:
    """Return a sentence for each permission that the bot lacks for the new settings."""
    guild, subscription = guild_of(interaction), change.after.subscription
    channel = guild.get_channel_or_thread(subscription.channel_id)
    if not isinstance(channel, GuildChannel | discord.Thread):
        return []
    granted = permissions_of(guild.me, channel) or discord.Permissions.none()
    checks = {
        Setting.THREAD: _warn_of_threads(channel, granted) if subscription.thread else "",
        Setting.STYLE: _warn_of_embeds(granted) if subscription.style.has_embeds else "",
        Setting.MENTION_ROLES: warn_of_silent_roles(guild, channel.id, subscription.mention_roles),
    }
    return [sentence for setting, sentence in checks.items() if sentence and setting in change.fields]


def _warn_of_threads(channel: GuildChannel | discord.Thread, granted: discord.Permissions) -> str:
    if kind_of(channel) not in {Kind.TEXT, Kind.ANNOUNCEMENT} or not isinstance(channel, discord.TextChannel):
        return _("Messages in {channel} can't have threads of their own, so none are opened there.").format(
            channel=channel.mention
        )
    if granted.create_public_threads:
        return ""
    return _("The bot can't open threads in {channel}; allow it **Create Public Threads** there.").format(
        channel=channel.mention
    )


def _warn_of_embeds(granted: discord.Permissions) -> str:
    if granted.embed_links:
        return ""
    return _("The bot lacks {permission} there, so its posts are text until you grant it.").format(
        permission=EMBED.name
    )


async def restyle(interaction: Interaction, each: FollowedFeed, count: int) -> None:
    """Edit the newest posts in the channel, and show the progress until it is done or the checks run out."""
    services = services_of(interaction)
    number = each.subscription.id
    await services.store.settings_changes.apply_look(number, min(count, max(LOOK_COUNTS)), services.clock())
    services.wake()
    shown = ""
    for _check in range(MAX_PROGRESS_CHECKS):
        progress = await services.store.settings_changes.look_progress(number)
        text = describe_restyle(progress)
        if text != shown:
            await interaction.edit_original_response(content=text)
            shown = text
        if not progress.pending:
            return
        await asyncio.sleep(PROGRESS_INTERVAL)
