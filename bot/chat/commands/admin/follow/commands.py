"""`/follow`: the tags that a channel follows or excludes; each change shows its effect."""

from collections.abc import Sequence

import discord
from discord import app_commands

from bot.chat.commands.admin.base.group import AdminGroup
from bot.chat.commands.admin.base.rules import MAX_TAG_LENGTH, describe_subscription, split_tags
from bot.chat.commands.admin.follow.change import Change, apply_change, describe_result, find_candidates
from bot.chat.commands.admin.follow.menu import ask_which_feed
from bot.chat.commands.common import pager
from bot.chat.commands.common.channels import Channel, TargetChannel, find_target_channel
from bot.chat.commands.common.pager import Listing
from bot.chat.commands.common.resolve import require_visible, visible_subscriptions
from bot.chat.commands.common.responses import Interaction, UserError, defer, guild_of, respond, services_of
from bot.chat.messages import _
from bot.store.subscriptions import FollowedFeed

Tag = app_commands.Range[str, 1, MAX_TAG_LENGTH]

_describe_options = app_commands.describe(
    tag="The tag in any spelling; separate several with commas",
    channel="The channel (default: this one)",
    feed="The feed, if the channel follows several",
)


class FollowGroup(
    AdminGroup, name="follow", description="Choose the tags that this server's channels follow"
):
    """The `/follow` commands."""

    @app_commands.command(description='Send posts with this tag; the first tag turns off "every post"')
    @_describe_options
    @app_commands.autocomplete(tag=AdminGroup.complete_tags, feed=AdminGroup.complete_feeds)
    async def add(
        self, interaction: Interaction, tag: Tag, channel: Channel | None = None, feed: str = ""
    ) -> None:
        """Follow tags; they are no longer excluded."""
        await self._change(interaction, Change.ADD, tag, channel, feed)

    @app_commands.command(description="Stop following or excluding a tag")
    @_describe_options
    @app_commands.autocomplete(tag=AdminGroup.complete_rule_tags, feed=AdminGroup.complete_feeds)
    async def remove(
        self, interaction: Interaction, tag: Tag, channel: Channel | None = None, feed: str = ""
    ) -> None:
        """Remove tags from the rule; without followed tags, every post is sent."""
        await self._change(interaction, Change.REMOVE, tag, channel, feed)

    @app_commands.command(description="Never send posts with this tag")
    @_describe_options
    @app_commands.autocomplete(tag=AdminGroup.complete_tags, feed=AdminGroup.complete_feeds)
    async def exclude(
        self, interaction: Interaction, tag: Tag, channel: Channel | None = None, feed: str = ""
    ) -> None:
        """Exclude tags; an excluded tag wins over followed ones."""
        await self._change(interaction, Change.EXCLUDE, tag, channel, feed)

    @app_commands.command(name="list", description="List what each channel follows, in plain words")
    @app_commands.describe(channel="Only this channel")
    async def list_(self, interaction: Interaction, channel: Channel | None = None) -> None:
        """Show one line per subscription."""
        await defer(interaction)
        await pager.show(interaction, RULE_LIST, "" if channel is None else str(channel.id))

    async def _change(
        self, interaction: Interaction, change: Change, typed: str, channel: Channel | None, feed: str
    ) -> None:
        await defer(interaction)
        tags = split_tags(typed)
        if not tags:
            raise UserError(_("That isn't a tag; type its name, such as `astronomy`."))
        target = await find_target_channel(interaction, channel)
        everywhere = await require_visible(interaction, self._services)
        choices = find_candidates(_followed_in(target, everywhere), everywhere, feed, change, tags)
        if len(choices) > 1:
            await ask_which_feed(interaction, change, target.id, tags, choices)
            return
        result = await apply_change(interaction, target.guild_id, [choices[0].subscription.id], change, tags)
        await respond(interaction, "", embeds=(await describe_result(self._services, result, change),))


def _followed_in(target: TargetChannel, followed: Sequence[FollowedFeed]) -> list[FollowedFeed]:
    """Return the channel's subscriptions. Raises UserError if there are none."""
    if here := [each for each in followed if each.subscription.channel_id == target.id]:
        return here
    others = list(dict.fromkeys(f"<#{each.subscription.channel_id}>" for each in followed))
    raise UserError(
        _(
            "{channel} doesn't follow any feeds; add one with `/feed add`, or choose a channel that does: {others}."
        ),
        channel=target.mention,
        others=", ".join(others[:10]),
    )


async def list_rules(interaction: Interaction, argument: str) -> Listing:
    """Return the rules of one channel, or of all channels that the user may see."""
    guild = guild_of(interaction)
    followed = await visible_subscriptions(interaction, services_of(interaction))
    shown = [each for each in followed if argument in {"", str(each.subscription.channel_id)}]
    if not shown:
        raise UserError(_nothing_followed(argument))
    shown.sort(key=lambda each: (_position(guild, each), each.feed_name.casefold()))
    return Listing(
        _("What each channel follows"),
        tuple(map(describe_subscription, shown)),
        _("Change it with `/follow add`, `/follow remove` and `/follow exclude`."),
    )


RULE_LIST = pager.create_list("follow", list_rules)


def _nothing_followed(channel_id: str) -> str:
    if channel_id:
        return _("<#{channel}> doesn't follow any feeds; add one with `/feed add`.").format(
            channel=channel_id
        )
    return _("None of the channels that you can see follows a feed; start with `/feed add`.")


def _position(guild: discord.Guild, each: FollowedFeed) -> tuple[int, int]:
    """Return a key that sorts channels as Discord lists them, threads with their parent."""
    channel = guild.get_channel_or_thread(each.subscription.channel_id)
    listed = channel.parent if isinstance(channel, discord.Thread) else channel
    return (0 if listed is None else listed.position, each.subscription.channel_id)
