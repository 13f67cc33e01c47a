"""`/help`: what the bot does in this server, for who asks."""

from collections.abc import Sequence

import discord
from discord import app_commands

from bot.chat.commands.common.responses import Interaction, defer, guild_of, respond
from bot.chat.commands.member.visibility import visible_to
from bot.chat.messages import _, escape_text, fit_lines, join_and, shorten
from bot.chat.services import Services
from bot.store.subscriptions import Followed
from bot.text import limits

_FEEDS_ROOM = 2400
"""UTF-16 units for what is followed."""
_FEED = 60
_MAX_NAMED = 5
"""Feeds of one channel that are named."""


def create_help(_services: Services) -> app_commands.Command[app_commands.Group, ..., None]:
    """The command."""

    @app_commands.command(name="help", description="What this bot does here, and its commands")
    async def help_(interaction: Interaction) -> None:
        await defer(interaction)
        guild_of(interaction)
        visible = await visible_to(interaction)
        is_admin = interaction.permissions.manage_guild
        text = write_help(visible.followed, is_admin=is_admin)
        await respond(
            interaction, "", embeds=(discord.Embed(title=_("What this bot does here"), description=text),)
        )

    return help_


def write_help(followed: Sequence[Followed], *, is_admin: bool) -> str:
    """What is followed where the reader can look, and the commands that they can run."""
    parts = [_tell_followed(followed, is_admin=is_admin), "\n".join(_members())]
    if is_admin:
        parts.append("\n".join((_("**For admins**"), *_admins())))
    text = "\n\n".join(parts)
    return limits.truncate(text, limits.EMBED_DESCRIPTION)


def _tell_followed(followed: Sequence[Followed], *, is_admin: bool) -> str:
    if not followed and is_admin:
        return _(
            "It posts what blogs publish. No channel that you can see follows one yet: begin with `/feed add`."
        )
    if not followed:
        return _(
            "It posts what blogs publish. No channel that you can see follows one; the admins can add some."
        )
    names: dict[int, list[str]] = {}
    for each in followed:
        names.setdefault(each.subscription.channel_id, []).append(f"**{escape_text(each.feed_name, _FEED)}**")
    lines = [
        f"- <#{channel_id}>: {join_and(shorten(found, _MAX_NAMED))}" for channel_id, found in names.items()
    ]
    return (
        f"{_('It posts what these blogs publish, and remembers all of it:')}\n{fit_lines(lines, _FEEDS_ROOM)}"
    )


def _members() -> tuple[str, ...]:
    return (
        _(
            "`/search` finds posts by their words, `/latest` shows the newest, `/tags` lists what they are tagged with."
        ),
        _(
            'More exact: `"night sky"` for a phrase, `-moon` to leave out, `tag:stars`, `title:comet`, `after:2026-05`.'
        ),
        _("Answers are for you alone; **Share** below one shows it to the channel."),
    )


def _admins() -> tuple[str, ...]:
    return (
        _(
            "`/feed add` follows a blog, `/feed list` and `/feed status` show what is followed and how it does."
        ),
        _("`/feed pause`, `/feed resume`, `/feed remove`, `/feed test`: one feed."),
        _("`/follow add`, `/follow exclude`, `/follow remove`, `/follow list`: which tags a channel gets."),
        _("`/notices`: where trouble is told. `/why`: why a post was or was not posted."),
    )
