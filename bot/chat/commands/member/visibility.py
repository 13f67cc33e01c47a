"""Who may see what: the one place that decides which of a server's feeds and messages a member is shown.

A member sees a feed that is followed in a channel which they may view, and nothing else of it exists for them: no post,
no count, no tag, no name. All that members are shown, completed or linked to asks here, each time anew.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

import discord

from bot.chat.commands.common.channels import AnyChannel
from bot.chat.commands.common.responses import Interaction, UserError, guild_of, services_of
from bot.chat.messages import _
from bot.chat.permissions import GuildChannel, permissions_of
from bot.store.subscriptions import Followed

MOST_ASKED = 25
"""Questions to Discord of each kind for one answer."""
PATIENCE = 1.5
"""Seconds that one answer waits for Discord; completions have two."""

Who = discord.Member | discord.User
T = TypeVar("T")


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


def look(who: Who, channel: AnyChannel | None, here: int | None, *, history: bool = False) -> Sight:
    """Whether somebody may view a channel; `here`: where they are now; `history`: also what was said before.

    None is a channel that nobody knows: deleted, or a thread that the bot may not see itself.
    """
    if channel is None or not isinstance(who, discord.Member):
        return Sight.NO
    granted = permissions_of(who, channel)
    if granted is None or not _may_read(granted, channel) or (history and not granted.read_message_history):
        return Sight.NO
    if not isinstance(channel, discord.Thread) or not channel.is_private():
        return Sight.YES
    return Sight.YES if granted.manage_threads or channel.id == here else Sight.MEMBERS


def is_for_everyone(channel: AnyChannel | None) -> bool:
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


def _may_read(granted: discord.Permissions, channel: AnyChannel) -> bool:
    """The chat of a voice channel is for those who may also connect to it.

    https://docs.discord.com/developers/resources/message#get-channel-messages
    """
    return granted.view_channel and (granted.connect or not _is_voice(channel))


def _denies(overwrite: discord.PermissionOverwrite, channel: AnyChannel) -> bool:
    return overwrite.view_channel is False or (overwrite.connect is False and _is_voice(channel))


def _is_voice(channel: AnyChannel) -> bool:
    return isinstance(channel, discord.VoiceChannel | discord.StageChannel)


async def visible_to(interaction: Interaction) -> Visible:
    """What the asker may see of what the server follows, as things are now."""
    followed = await services_of(interaction).store.subscriptions.in_guild(guild_of(interaction).id)
    seen = await viewable(interaction, (each.subscription.channel_id for each in followed))
    return Visible(tuple(each for each in followed if each.subscription.channel_id in seen))


async def demand_visible(interaction: Interaction) -> Visible:
    """As `visible_to`. Raises UserError if that is nothing."""
    visible = await visible_to(interaction)
    if visible.followed:
        return visible
    if interaction.permissions.manage_guild:
        raise UserError(_("No feed is followed in a channel that you can see; follow one with `/feed add`."))
    raise UserError(
        _("No feed is followed in a channel that you can see; ask the server's admins to follow one.")
    )


async def viewable(
    interaction: Interaction, channel_ids: Iterable[int], *, history: bool = False
) -> frozenset[int]:
    """Which of these channels of the server the asker may view; `history`: also what was said there before.

    Asks Discord about archived threads, and who is in private ones as far as that decides, and not for long: without an
    answer, no.
    """
    wanted = set(channel_ids)
    seen: set[int] = set()
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await _see(interaction, wanted, seen, history=history)
    return frozenset(seen)


def find_channel(interaction: Interaction, channel_id: int) -> AnyChannel | None:
    """A channel of the server that the gateway knows, or the one where this is asked."""
    here = interaction.channel
    if isinstance(here, GuildChannel | discord.Thread) and here.id == channel_id:
        return guild_of(interaction).get_channel_or_thread(channel_id) or here
    return guild_of(interaction).get_channel_or_thread(channel_id)


async def _see(interaction: Interaction, wanted: set[int], seen: set[int], *, history: bool) -> None:
    """Add what may be viewed of the channels to `seen`, first what needs no asking."""
    channels = {each: find_channel(interaction, each) for each in wanted}
    private = _sort(interaction, channels, seen, history=history)
    archived = await _find_archived(interaction, [each for each, found in channels.items() if found is None])
    private += _sort(interaction, archived, seen, history=history)
    services, user_id, now = services_of(interaction), interaction.user.id, services_of(interaction).clock()

    async def ask(thread: discord.Thread) -> None:
        if await services.threads.has_member(thread, user_id, now):
            seen.add(thread.id)

    await asyncio.gather(
        *map(ask, _bounded(private, lambda thread: services.threads.knows_member(thread.id, user_id, now)))
    )


def _sort(
    interaction: Interaction, channels: Mapping[int, AnyChannel | None], seen: set[int], *, history: bool
) -> list[discord.Thread]:
    """Add what may be viewed to `seen`; which private threads must be asked about."""
    private = []
    for channel_id, channel in channels.items():
        sight = look(interaction.user, channel, interaction.channel_id, history=history)
        if sight is Sight.YES:
            seen.add(channel_id)
        elif sight is Sight.MEMBERS and isinstance(channel, discord.Thread):
            private.append(channel)
    return private


async def _find_archived(
    interaction: Interaction, channel_ids: Sequence[int]
) -> dict[int, AnyChannel | None]:
    """What the gateway does not know: threads that were archived, or nothing any more."""
    threads, guild, now = (
        services_of(interaction).threads,
        guild_of(interaction),
        services_of(interaction).clock(),
    )
    asked = _bounded(sorted(channel_ids), lambda each: threads.knows_archived(guild, each, now))
    found = await asyncio.gather(*(threads.find_archived(guild, each, now) for each in asked))
    return dict(zip(asked, found, strict=True))


def _bounded(asked: Iterable[T], is_known: Callable[[T], bool]) -> list[T]:
    """Those that are known, and of the others as many as one answer may ask about."""
    known: list[T] = []
    unknown: list[T] = []
    for each in asked:
        (known if is_known(each) else unknown).append(each)
    return [*known, *unknown[:MOST_ASKED]]
