"""`/follow`: which tags a channel's feeds are narrowed to, changed one at a time and shown by their effect."""

import discord
from discord import app_commands

from bot.chat.commands.admin.follow_change import Change, apply, choose_feeds, report
from bot.chat.commands.admin.follow_menu import ask_which
from bot.chat.commands.admin.rules import MAX_TAG_LENGTH, split_tags, write_subscription
from bot.chat.commands.common import pager
from bot.chat.commands.common.autocomplete import Choices, Completions
from bot.chat.commands.common.channels import Channel, TargetChannel, find_target_channel
from bot.chat.commands.common.pager import Listing
from bot.chat.commands.common.resolve import visible
from bot.chat.commands.common.responses import (
    Interaction,
    UserError,
    defer,
    guild_of,
    require_admin,
    respond,
    services_of,
)
from bot.chat.messages import _
from bot.chat.services import Services
from bot.store.subscriptions import Followed

Tag = app_commands.Range[str, 1, MAX_TAG_LENGTH]
LIST = "follow"


@app_commands.default_permissions(manage_guild=True)
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
class Follow(app_commands.Group, name="follow", description="Tags that the channels of this server follow"):
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

    async def _rule_tags(self, interaction: Interaction, typed: str) -> Choices:
        return await self._complete.rule_tags(interaction, typed)

    @app_commands.command(description="Post what has this tag; the first one ends posting everything")
    @app_commands.describe(
        tag="The tag, however it is spelled; several with commas between",
        channel="Where to; without it, this channel",
        feed="Which feed, where the channel follows several",
    )
    @app_commands.autocomplete(tag=_tags, feed=_feeds)
    async def add(
        self, interaction: Interaction, tag: Tag, channel: Channel | None = None, feed: str = ""
    ) -> None:
        """Also ends an exclusion."""
        await self._change(interaction, Change.ADD, tag, channel, feed)

    @app_commands.command(description="No longer follow, or no longer exclude, a tag")
    @app_commands.describe(
        tag="The tag, however it is spelled; several with commas between",
        channel="Of which channel; without it, of this one",
        feed="Of which feed, where the channel follows several",
    )
    @app_commands.autocomplete(tag=_rule_tags, feed=_feeds)
    async def remove(
        self, interaction: Interaction, tag: Tag, channel: Channel | None = None, feed: str = ""
    ) -> None:
        """The last followed tag leaves everything."""
        await self._change(interaction, Change.REMOVE, tag, channel, feed)

    @app_commands.command(description="Never post what has this tag")
    @app_commands.describe(
        tag="The tag, however it is spelled; several with commas between",
        channel="In which channel; without it, in this one",
        feed="Of which feed, where the channel follows several",
    )
    @app_commands.autocomplete(tag=_tags, feed=_feeds)
    async def exclude(
        self, interaction: Interaction, tag: Tag, channel: Channel | None = None, feed: str = ""
    ) -> None:
        """Wins over followed tags."""
        await self._change(interaction, Change.EXCLUDE, tag, channel, feed)

    @app_commands.command(name="list", description="What each channel follows, in plain words")
    @app_commands.describe(channel="Only this channel")
    async def list_(self, interaction: Interaction, channel: Channel | None = None) -> None:
        """A line a subscription."""
        await defer(interaction)
        await pager.show(interaction, LIST, "" if channel is None else str(channel.id))

    async def _change(
        self, interaction: Interaction, change: Change, typed: str, channel: Channel | None, feed: str
    ) -> None:
        await defer(interaction)
        tags = split_tags(typed)
        if not tags:
            raise UserError(_("This is no tag; write its name, such as `astronomy`."))
        target = await find_target_channel(interaction, channel)
        followed = await _followed_in(interaction, self._services, target)
        meant = choose_feeds(followed, feed, change, tags)
        if len(meant) > 1:
            await ask_which(interaction, change, target.id, tags, meant)
            return
        changes = await apply(self._services, target.guild_id, [meant[0].subscription.id], change, tags)
        await respond(interaction, "", embeds=(await report(self._services, changes, change),))


async def _followed_in(interaction: Interaction, services: Services, target: TargetChannel) -> list[Followed]:
    """What the channel follows, at least one feed. Raises UserError."""
    everywhere = await visible(interaction, services)
    here = [each for each in everywhere if each.subscription.channel_id == target.id]
    if here:
        return here
    others = list(dict.fromkeys(f"<#{each.subscription.channel_id}>" for each in everywhere))
    if others:
        raise UserError(
            _("{channel} follows no feed; add one with `/feed add`, or name a channel that does: {others}."),
            channel=target.mention,
            others=", ".join(others[:10]),
        )
    raise UserError(_("This server follows no feed yet; begin with `/feed add`."))


@pager.lists(LIST)
async def list_rules(interaction: Interaction, argument: str) -> Listing:
    """The rules of one channel, or of all that the asker may see."""
    guild = guild_of(interaction)
    followed = await visible(interaction, services_of(interaction))
    shown = [each for each in followed if argument in {"", str(each.subscription.channel_id)}]
    if not shown:
        raise UserError(_nothing(argument))
    shown.sort(key=lambda each: (_position(guild, each), each.feed_name.casefold()))
    return Listing(
        _("What the channels follow"),
        tuple(map(write_subscription, shown)),
        _("Change it with `/follow add`, `/follow remove` and `/follow exclude`."),
    )


def _nothing(argument: str) -> str:
    if argument:
        return _("<#{channel}> follows no feed; add one with `/feed add`.").format(channel=argument)
    return _("No channel that you can see follows a feed; begin with `/feed add`.")


def _position(guild: discord.Guild, each: Followed) -> tuple[int, int]:
    channel = guild.get_channel_or_thread(each.subscription.channel_id)
    home = channel.parent if isinstance(channel, discord.Thread) else channel
    return (0 if home is None else home.position, each.subscription.channel_id)
