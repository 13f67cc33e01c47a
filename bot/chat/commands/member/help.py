"""`/help`: what the bot does in this server, as far as the user can see it."""

from collections.abc import Sequence

import discord
from discord import app_commands

from bot.chat.commands.common.access import viewer_of
from bot.chat.commands.common.responses import Interaction, defer, respond
from bot.chat.commands.member.visibility import visible_to
from bot.chat.messages import _, escape_text, fit_lines, join_and, shorten
from bot.chat.services import Services
from bot.store.subscriptions import FollowedFeed
from bot.text import limits

_MAX_FEEDS_LENGTH = 2400
"""UTF-16 units of the list of feeds."""
_MAX_NAME_LENGTH = 60
_MAX_NAMED = 5
"""Feeds of one channel that are listed by name."""


def create_help(services: Services) -> app_commands.Command[app_commands.Group, ..., None]:
    """Return the command."""

    @app_commands.command(name="help", description="Show what this bot does here, and its commands")
    async def help_(interaction: Interaction) -> None:
        await defer(interaction)
        visible = await visible_to(services, viewer_of(interaction))
        text = write_help(visible.followed, is_admin=interaction.permissions.manage_guild)
        await respond(
            interaction, "", embeds=(discord.Embed(title=_("What this bot does here"), description=text),)
        )

    return help_


def write_help(followed: Sequence[FollowedFeed], *, is_admin: bool) -> str:
    """Return the feeds that the reader can see, and the commands that they can run."""
    parts = [_list_feeds(followed, is_admin=is_admin), "\n".join(_for_members())]
    if is_admin:
        parts.append("\n".join((_("**For admins**"), *_for_admins())))
    return limits.truncate("\n\n".join(parts), limits.EMBED_DESCRIPTION)


def _list_feeds(followed: Sequence[FollowedFeed], *, is_admin: bool) -> str:
    if not followed and is_admin:
        return _(
            "This bot posts what blogs publish. None of the channels that you can see follows one yet; start with"
            " `/feed add`."
        )
    if not followed:
        return _(
            "This bot posts what blogs publish. None of the channels that you can see follows one yet; ask an admin"
            " to add one."
        )
    names: dict[int, list[str]] = {}
    for each in followed:
        name = escape_text(each.feed_name, _MAX_NAME_LENGTH)
        names.setdefault(each.subscription.channel_id, []).append(f"**{name}**")
    lines = [
        f"- <#{channel_id}>: {join_and(shorten(feeds, _MAX_NAMED))}" for channel_id, feeds in names.items()
    ]
    title = _("This bot posts what these blogs publish, and you can search all of it:")
    return f"{title}\n{fit_lines(lines, _MAX_FEEDS_LENGTH)}"


def _for_members() -> tuple[str, ...]:
    return (
        _(
            "`/search` finds posts by their words, `/latest` shows the newest ones, and `/tags` lists their tags."
        ),
        _(
            'Narrow a search down: `"night sky"` finds a phrase, `-moon` leaves a word out; there are also `tag:stars`,'
            " `title:comet` and `after:2026-05`. The option `channel` looks into one channel, and the menus below an"
            " answer narrow it to a year or a tag."
        ),
        _(
            "Right-click one of the bot's posts and choose **Apps** for **More from this blog** or **More with these"
            " tags**."
        ),
        _("Only you see the answers; press **Share** to show one to the channel. `/help` shows this again."),
    )


def _for_admins() -> tuple[str, ...]:
    return (
        _(
            "`/feed add` follows one blog or several, and `/feed import` those of another reader's file; `/feed export`"
            " writes one."
        ),
        _("`/feed list` and `/feed status` show your feeds and how they're doing."),
        _(
            "`/feed settings` changes how a feed looks, what is posted, whom it pings and how often it is checked;"
            " `/feed test` shows a post."
        ),
        _(
            "`/feed pause`, `/feed resume` and `/feed remove` are for a feed; the first two also for a whole channel."
        ),
        _("`/feed move`, `/feed copy` and `/feed url` change a feed's channel or address."),
        _(
            "`/follow add`, `/follow exclude`, `/follow remove` and `/follow list` are for the tags that a channel"
            " gets."
        ),
        _(
            "`/notices` sets where problems are reported, `/server managers` who may press the bot's buttons, and"
            " `/server settings` time zone and language; `/server show` lists it all."
        ),
        _(
            "`/why` explains why a post was or wasn't posted; so does **Why is this here?** in the menu of a message,"
            " under **Apps**."
        ),
    )
