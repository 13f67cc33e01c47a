"""`/feed`: what a server's channels follow, seen and changed by its admins."""

from typing import Literal

from discord import app_commands

from bot.chat.commands.admin import feed_add, feed_pause
from bot.chat.commands.admin.feed_backfill import tell_history
from bot.chat.commands.admin.feed_status import FEEDS, STATUS, describe_feed
from bot.chat.commands.admin.feed_test import try_out
from bot.chat.commands.admin.holds import ask_again
from bot.chat.commands.admin.rules import split_tags
from bot.chat.commands.common import pager
from bot.chat.commands.common.autocomplete import Choices, Completions
from bot.chat.commands.common.channels import Channel, find_target_channel
from bot.chat.commands.common.resolve import named
from bot.chat.commands.common.responses import Interaction, defer, require_admin, respond
from bot.chat.services import Services
from bot.model import Style

StyleName = Literal["card", "compact", "full", "link"]
_LONGEST_PASTE = 2000
_LONGEST_TAGS = 1000

Pasted = app_commands.Range[str, 1, _LONGEST_PASTE]
Tags = app_commands.Range[str, 0, _LONGEST_TAGS]


@app_commands.default_permissions(manage_guild=True)
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
class Feeds(app_commands.Group, name="feed", description="Feeds that this server follows"):
    """For admins."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self._complete = Completions(services.store)

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Each subcommand, by whoever runs it."""
        require_admin(interaction)
        return True

    async def _feeds(self, interaction: Interaction, typed: str) -> Choices:
        return await self._complete.feeds(interaction, typed)

    async def _tags(self, interaction: Interaction, typed: str) -> Choices:
        return await self._complete.tags(interaction, typed)

    @app_commands.command(description="Follow a blog or feed in a channel")
    @app_commands.describe(
        url="The address of the blog, page or feed",
        channel="Where its posts go; without it, this channel",
        tags="Only posts with one of these tags, with commas between; without it, every post",
        style="The shape of a post",
    )
    @app_commands.autocomplete(tags=_tags)
    async def add(
        self,
        interaction: Interaction,
        url: Pasted,
        channel: Channel | None = None,
        tags: Tags = "",
        style: StyleName | None = None,
    ) -> None:
        """Shows first what it would mean."""
        await defer(interaction)
        target = await find_target_channel(interaction, channel)
        chosen = self._services.settings.style if style is None else Style(style)
        await feed_add.begin(interaction, self._services, url, target, split_tags(tags), chosen)

    @app_commands.command(name="list", description="What the channels of this server follow")
    async def list_(self, interaction: Interaction) -> None:
        """A line a subscription."""
        await defer(interaction)
        await pager.show(interaction, FEEDS)

    @app_commands.command(description="How the feeds do: last and next poll, errors, what waits")
    @app_commands.describe(feed="Only this feed, at length")
    @app_commands.autocomplete(feed=_feeds)
    async def status(self, interaction: Interaction, feed: str = "") -> None:
        """A line a feed, the worst first; or all about one."""
        await defer(interaction)
        if not feed:
            await pager.show(interaction, STATUS)
            return
        followed = await named(interaction, self._services, feed)
        embed = await describe_feed(interaction, self._services, followed)
        history, button = await tell_history(self._services, followed[0].subscription.feed_id)
        await respond(interaction, history, embeds=(embed,), view=button)
        await ask_again(interaction, [each.subscription.id for each in followed])

    @app_commands.command(description="No longer follow a feed")
    @app_commands.describe(feed="The feed", channel="In which channel, where several follow it")
    @app_commands.autocomplete(feed=_feeds)
    async def remove(self, interaction: Interaction, feed: str, channel: Channel | None = None) -> None:
        """What was posted stays."""
        await defer(interaction)
        followed = await named(interaction, self._services, feed, channel)
        await respond(interaction, await feed_pause.remove(self._services, followed))

    @app_commands.command(description="Keep new posts of a feed until it is resumed")
    @app_commands.describe(feed="The feed", channel="In which channel; without it, in all that follow it")
    @app_commands.autocomplete(feed=_feeds)
    async def pause(self, interaction: Interaction, feed: str, channel: Channel | None = None) -> None:
        """Nothing is lost."""
        await defer(interaction)
        followed = await named(interaction, self._services, feed, channel)
        await respond(interaction, await feed_pause.pause(self._services, followed))

    @app_commands.command(description="Post a paused feed again, with what was kept")
    @app_commands.describe(feed="The feed", channel="In which channel; without it, in all that follow it")
    @app_commands.autocomplete(feed=_feeds)
    async def resume(self, interaction: Interaction, feed: str, channel: Channel | None = None) -> None:
        """Much of it waits for a decision."""
        await defer(interaction)
        followed = await named(interaction, self._services, feed, channel)
        await respond(interaction, await feed_pause.resume(self._services, followed))

    @app_commands.command(description="Show the newest post as it would look, to you alone")
    @app_commands.describe(feed="The feed", channel="As it would look in this channel")
    @app_commands.autocomplete(feed=_feeds)
    async def test(self, interaction: Interaction, feed: str, channel: Channel | None = None) -> None:
        """Posts nothing."""
        await defer(interaction)
        await try_out(interaction, self._services, await named(interaction, self._services, feed, channel))
