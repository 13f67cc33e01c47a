"""`/feed`: the feeds that a server's channels follow, listed and changed by its admins."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

import discord
from discord import app_commands

from bot.chat.commands.admin.add.backfill import describe_archive
from bot.chat.commands.admin.add.draft import start_draft
from bot.chat.commands.admin.add.many import start_many
from bot.chat.commands.admin.add.opml_import import show_import
from bot.chat.commands.admin.base.group import AdminGroup
from bot.chat.commands.admin.base.rules import split_tags
from bot.chat.commands.admin.feed.export import export
from bot.chat.commands.admin.feed.holds import offer_undecided
from bot.chat.commands.admin.feed.move import copy, move
from bot.chat.commands.admin.feed.pause import pause, resume
from bot.chat.commands.admin.feed.remove import remove
from bot.chat.commands.admin.feed.status import FEED_LIST, STATUS_LIST, describe_feed
from bot.chat.commands.admin.feed.test import show_newest
from bot.chat.commands.admin.feed.url import change_address
from bot.chat.commands.admin.settings.controls import show_settings
from bot.chat.commands.common import pager
from bot.chat.commands.common.channels import Channel, find_target_channel
from bot.chat.commands.common.resolve import find_whole_name, resolve_feed, subscriptions_in
from bot.chat.commands.common.responses import Interaction, defer, respond
from bot.chat.services import Services
from bot.model import Style
from bot.source.discovery.pasted import split_addresses
from bot.store.subscriptions import FollowedFeed

StyleName = Literal["card", "compact", "full", "link"]
Pasted = app_commands.Range[str, 1, 2000]
Tags = app_commands.Range[str, 0, 1000]

_describe_each = app_commands.describe(
    feed="The feed (default: everything that the channel follows)",
    channel="The channel (default: every channel that follows the feed)",
)


class FeedGroup(AdminGroup, name="feed", description="Manage the feeds that this server follows"):
    """The `/feed` commands."""

    @app_commands.command(description="Follow a blog or feed in a channel")
    @app_commands.describe(
        url="The address of the blog, page or feed; or up to ten of them",
        channel="The channel for its posts (default: this one)",
        tags="Only posts with one of these tags, separated by commas (default: every post)",
        style="How its posts look",
    )
    @app_commands.autocomplete(tags=AdminGroup.complete_tags)
    async def add(
        self,
        interaction: Interaction,
        url: Pasted,
        channel: Channel | None = None,
        tags: Tags = "",
        style: StyleName | None = None,
    ) -> None:
        """Show a preview; nothing changes before a button is pressed."""
        await defer(interaction)
        target = await find_target_channel(interaction, channel)
        chosen = self._services.settings.style if style is None else Style(style)
        addresses = split_addresses(url)
        if len(addresses) > 1:
            await start_many(interaction, self._services, addresses, target, split_tags(tags), chosen)
            return
        await start_draft(interaction, self._services, url, target, split_tags(tags), chosen)

    @app_commands.command(name="import", description="Follow the feeds of an OPML file from another reader")
    @app_commands.describe(
        file="An OPML file: at most 1 MB and 200 feeds",
        channel="The channel for their posts (default: this one)",
    )
    async def import_(
        self, interaction: Interaction, file: discord.Attachment, channel: Channel | None = None
    ) -> None:
        """Show what the file has; nothing changes before a press."""
        await defer(interaction)
        await show_import(interaction, self._services, file, channel)

    @app_commands.command(description="Get your feeds as an OPML file, only for you")
    async def export(self, interaction: Interaction) -> None:
        """Send the file to the admin, with a warning about secrets in it."""
        await defer(interaction)
        await export(interaction, self._services)

    @app_commands.command(name="list", description="List the feeds that this server's channels follow")
    async def list_(self, interaction: Interaction) -> None:
        """Show one line per subscription."""
        await defer(interaction)
        await pager.show(interaction, FEED_LIST)

    @app_commands.command(description="Check on your feeds: last and next check, errors, waiting posts")
    @app_commands.describe(feed="Show the details of this feed")
    @app_commands.autocomplete(feed=AdminGroup.complete_feeds)
    async def status(self, interaction: Interaction, feed: str = "") -> None:
        """Show one line per feed, the worst first, or the details of one feed."""
        await defer(interaction)
        if not feed:
            await pager.show(interaction, STATUS_LIST)
            return
        followed = await resolve_feed(interaction, self._services, feed)
        embed = await describe_feed(interaction, self._services, followed)
        archive, button = await describe_archive(self._services, followed[0])
        await respond(interaction, archive, embeds=(embed,), view=button)
        await offer_undecided(interaction, [each.subscription.id for each in followed])

    @app_commands.command(description="Change how a feed looks, what is posted, its pings and its schedule")
    @app_commands.describe(feed="The feed", channel="The channel, if several follow the feed")
    @app_commands.autocomplete(feed=AdminGroup.complete_feeds)
    async def settings(self, interaction: Interaction, feed: str, channel: Channel | None = None) -> None:
        """Show the settings of one subscription, with buttons to change them."""
        await defer(interaction)
        followed = await resolve_feed(interaction, self._services, feed, channel)
        await show_settings(interaction, followed)

    @app_commands.command(description="Stop following a feed")
    @app_commands.describe(feed="The feed", channel="The channel, if several follow the feed")
    @app_commands.autocomplete(feed=AdminGroup.complete_feeds)
    async def remove(self, interaction: Interaction, feed: str, channel: Channel | None = None) -> None:
        """Remove one subscription; its messages stay, and an Undo brings it back."""
        await defer(interaction)
        followed = await resolve_feed(interaction, self._services, feed, channel, find=find_whole_name)
        await remove(interaction, self._services, followed)

    @app_commands.command(
        description="Keep the new posts of a feed, or of a whole channel, until you resume it"
    )
    @_describe_each
    @app_commands.autocomplete(feed=AdminGroup.complete_feeds)
    async def pause(self, interaction: Interaction, feed: str = "", channel: Channel | None = None) -> None:
        """Pause the subscriptions to a feed, or of a channel; no post is lost."""
        await self._change(interaction, feed, channel, pause)

    @app_commands.command(description="Resume a paused feed or channel and post what was kept")
    @_describe_each
    @app_commands.autocomplete(feed=AdminGroup.complete_feeds)
    async def resume(self, interaction: Interaction, feed: str = "", channel: Channel | None = None) -> None:
        """Resume the subscriptions to a feed, or of a channel. Many kept posts are held for a decision."""
        await self._change(interaction, feed, channel, resume)

    @app_commands.command(description="Let a feed post in another channel")
    @app_commands.describe(
        feed="The feed", to="The channel for its posts", channel="Its channel now, if several follow the feed"
    )
    @app_commands.autocomplete(feed=AdminGroup.complete_feeds)
    async def move(
        self, interaction: Interaction, feed: str, to: Channel, channel: Channel | None = None
    ) -> None:
        """Move one subscription with its settings and waiting posts."""
        await defer(interaction)
        followed = await resolve_feed(interaction, self._services, feed, channel, find=find_whole_name)
        await move(interaction, self._services, followed, to)

    @app_commands.command(name="copy", description="Let a channel follow what another channel follows")
    @app_commands.describe(source="The channel to copy from", to="The channel that follows the same feeds")
    @app_commands.rename(source="from")
    async def copy_(self, interaction: Interaction, source: Channel, to: Channel) -> None:
        """Copy all subscriptions of a channel, with their settings."""
        await defer(interaction)
        await copy(interaction, self._services, source, to)

    @app_commands.command(name="url", description="Change the address that a feed is read from")
    @app_commands.describe(feed="The feed", url="Its new address")
    @app_commands.autocomplete(feed=AdminGroup.complete_feeds)
    async def url_(self, interaction: Interaction, feed: str, url: Pasted) -> None:
        """Read a feed from another address; its current posts are not sent."""
        await defer(interaction)
        followed = await resolve_feed(interaction, self._services, feed, find=find_whole_name)
        await change_address(interaction, self._services, followed, url)

    @app_commands.command(description="Show how the newest post would look, only to you")
    @app_commands.describe(feed="The feed", channel="Show it as this channel would get it")
    @app_commands.autocomplete(feed=AdminGroup.complete_feeds)
    async def test(self, interaction: Interaction, feed: str, channel: Channel | None = None) -> None:
        """Show the newest post to the admin; nothing is posted."""
        await defer(interaction)
        await show_newest(
            interaction, self._services, await resolve_feed(interaction, self._services, feed, channel)
        )

    async def _change(
        self,
        interaction: Interaction,
        feed: str,
        channel: Channel | None,
        change: Callable[[Services, Sequence[FollowedFeed]], Awaitable[str]],
    ) -> None:
        await defer(interaction)
        if feed:
            followed = await resolve_feed(interaction, self._services, feed, channel, find=find_whole_name)
        else:
            here = interaction.channel_id if channel is None else channel.id
            followed = await subscriptions_in(interaction, self._services, here or 0)
        await respond(interaction, await change(self._services, followed))
