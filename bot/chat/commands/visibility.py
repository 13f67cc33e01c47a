"""Who may see what: the one place that decides which of a server's feeds and messages a member is shown.

A member sees a feed that is followed in a channel which they may view, and nothing else of it exists for them: no post,
no count, no tag, no name. All that members are shown, completed or linked to asks here, each time anew.
"""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

import discord

from bot.chat.commands.answers import Interaction, Refusal, desk_of, guild_of
from bot.chat.commands.places import AnyPlace
from bot.chat.permissions import GuildChannel, permissions_of
from bot.chat.threads import MOST_ASKED, PATIENCE
from bot.chat.words import _
from bot.store.subscriptions import Followed

Who = discord.Member | discord.User


class Sight(Enum):
    """Whether somebody may view a channel."""

    YES = "yes"
    NO = "no"
    MEMBERS = "members"
    """A private thread: only who is in it, which the gateway does not tell."""


@dataclass(frozen=True, slots=True)
class Visible:
    """What a member may see of what a server follows."""

    followed: tuple[Followed, ...]

    @property
    def feeds(self) -> frozenset[int]:
        """The feeds' ids."""
        return frozenset(each.subscription.feed_id for each in self.followed)


def look(who: Who, channel: AnyPlace | None, here: int | None, *, history: bool = False) -> Sight:
    """Whether somebody may view a channel; `here`: where they are now; `history`: also what was said before.

    None is a channel that the gateway does not know: deleted, or a thread that the bot may not see itself.
    """
    if channel is None or not isinstance(who, discord.Member):
        return Sight.NO
    granted = permissions_of(who, channel)
    if granted is None or not _may_read(granted, channel) or (history and not granted.read_message_history):
        return Sight.NO
    if not isinstance(channel, discord.Thread) or not channel.is_private():
        return Sight.YES
    return Sight.YES if granted.manage_threads or channel.id == here else Sight.MEMBERS


def is_for_everyone(channel: AnyPlace | None) -> bool:
    """Whether everybody in the server may view a channel: @everyone may, and nobody is denied it."""
    if isinstance(channel, discord.Thread):
        return not channel.is_private() and is_for_everyone(channel.parent)
    everyone = None if channel is None else channel.guild.default_role
    if channel is None or everyone is None:
        return False
    granted = GuildChannel.permissions_for(channel, everyone)
    return _may_read(granted, channel) and not any(
        _denies(overwrite, channel) for overwrite in channel.overwrites.values()
    )


def _may_read(granted: discord.Permissions, channel: AnyPlace) -> bool:
    """The chat of a voice channel is for those who may also connect to it.

    https://docs.discord.com/developers/resources/message#get-channel-messages
    """
    return granted.view_channel and (granted.connect or not _is_voice(channel))


def _denies(overwrite: discord.PermissionOverwrite, channel: AnyPlace) -> bool:
    return overwrite.view_channel is False or (overwrite.connect is False and _is_voice(channel))


def _is_voice(channel: AnyPlace) -> bool:
    return isinstance(channel, discord.VoiceChannel | discord.StageChannel)


async def visible_to(interaction: Interaction) -> Visible:
    """What the asker may see of what the server follows, as things are now."""
    followed = await desk_of(interaction).store.subscriptions.in_guild(guild_of(interaction).id)
    seen = await viewable(interaction, (each.subscription.channel_id for each in followed))
    return Visible(tuple(each for each in followed if each.subscription.channel_id in seen))


async def demand_visible(interaction: Interaction) -> Visible:
    """As `visible_to`. Raises Refusal if that is nothing."""
    visible = await visible_to(interaction)
    if visible.followed:
        return visible
    if interaction.permissions.manage_guild:
        raise Refusal(_("No feed is followed in a channel that you can see; follow one with `/feed add`."))
    raise Refusal(
        _("No feed is followed in a channel that you can see; ask the server's admins to follow one.")
    )


async def viewable(
    interaction: Interaction, channel_ids: Iterable[int], *, history: bool = False
) -> frozenset[int]:
    """Which of these channels of the server the asker may view; `history`: also what was said there before.

    Asks Discord only who is in private threads, as far as that decides, and not for long: without an answer, no.
    """
    sights = {each: _look(interaction, each, history=history) for each in set(channel_ids)}
    private = sorted(each for each, sight in sights.items() if sight is Sight.MEMBERS)
    inside = await _inside(interaction, private)
    return frozenset(each for each, sight in sights.items() if sight is Sight.YES) | inside


def find_channel(interaction: Interaction, channel_id: int) -> AnyPlace | None:
    """A channel of the server that the gateway knows, or the one where this is asked."""
    here = interaction.channel
    if isinstance(here, GuildChannel | discord.Thread) and here.id == channel_id:
        return guild_of(interaction).get_channel_or_thread(channel_id) or here
    return guild_of(interaction).get_channel_or_thread(channel_id)


def _look(interaction: Interaction, channel_id: int, *, history: bool) -> Sight:
    channel = find_channel(interaction, channel_id)
    return look(interaction.user, channel, interaction.channel_id, history=history)


async def _inside(interaction: Interaction, thread_ids: Sequence[int]) -> frozenset[int]:
    """The private threads that the asker is in."""
    desk, http, user_id = desk_of(interaction), interaction.client.http, interaction.user.id
    known = [each for each in thread_ids if desk.threads.remembers(each, user_id, desk.clock())]
    others = [each for each in thread_ids if each not in known][:MOST_ASKED]
    inside: set[int] = set()

    async def ask(thread_id: int) -> None:
        if await desk.threads.has(http, thread_id, user_id, desk.clock()):
            inside.add(thread_id)

    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*map(ask, [*known, *others]))
    return frozenset(inside)
