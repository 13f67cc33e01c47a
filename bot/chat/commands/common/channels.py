"""Finds the channel that a command is about, and checks that the user and the bot may write there."""

from dataclasses import dataclass

import discord
from discord import AppCommandOptionType, ChannelType, app_commands

from bot.chat.commands.common.access import AnyChannel, may_see
from bot.chat.commands.common.responses import Interaction, UserError, guild_of
from bot.chat.messages import _, join_and
from bot.chat.permissions import (
    EMBED,
    HISTORY,
    Kind,
    Need,
    kind_of,
    missing,
    permissions_of,
)
from bot.model import Style

NamedChannel = app_commands.AppCommandChannel | app_commands.AppCommandThread

# Without media channels: Discord's OpenAPI document doesn't allow them as an option's channel type.
_HOLDS_MESSAGES = [
    ChannelType.text,
    ChannelType.news,
    ChannelType.voice,
    ChannelType.stage_voice,
    ChannelType.forum,
    ChannelType.news_thread,
    ChannelType.public_thread,
    ChannelType.private_thread,
]


class ChannelOption(app_commands.Transformer):
    """A channel that can hold messages; the bot may not know it yet."""

    @property
    def type(self) -> AppCommandOptionType:
        """Discord suggests channels."""
        return AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[ChannelType]:
        """The types that can hold messages."""
        return _HOLDS_MESSAGES

    async def transform(self, _interaction: discord.Interaction, value: NamedChannel, /) -> NamedChannel:
        """Return the channel as Discord sent it."""
        return value


Channel = app_commands.Transform[NamedChannel, ChannelOption]


@dataclass(frozen=True, slots=True)
class TargetChannel:
    """A channel of a server where the user may read and write."""

    channel: AnyChannel

    @property
    def id(self) -> int:
        """The channel's id."""
        return self.channel.id

    @property
    def guild_id(self) -> int:
        """The server's id."""
        return self.channel.guild.id

    @property
    def mention(self) -> str:
        """The channel as a mention."""
        return self.channel.mention


async def find_target_channel(interaction: Interaction, chosen: NamedChannel | None) -> TargetChannel:
    """Return the chosen channel, or the one where the command is run.

    Asks Discord only for a thread that the gateway doesn't know. Raises UserError if the user may not read and write
    there, or the channel can't hold messages.
    """
    channel_id = interaction.channel_id if chosen is None else chosen.id
    return await find_target_channel_by_id(interaction, channel_id or 0)


async def find_target_channel_by_id(interaction: Interaction, channel_id: int) -> TargetChannel:
    """Like `find_target_channel`, for a channel that was chosen earlier."""
    channel = await _find_channel(interaction, channel_id)
    kind = kind_of(channel)
    if kind is Kind.OTHER:
        raise UserError(
            _("This channel can't hold messages; choose a text, announcement or forum channel, or a thread.")
        )
    lacking = missing(_granted(interaction.user, channel), kind)
    if any(need.essential for need in lacking) or not await may_see(interaction, channel.id):
        raise UserError(
            _(
                "You can't read and write in {channel} yourself; choose another channel, or ask someone who can."
            ),
            channel=channel.mention,
        )
    return TargetChannel(channel)


async def _find_channel(interaction: Interaction, channel_id: int) -> AnyChannel:
    known = guild_of(interaction).get_channel_or_thread(channel_id)
    if known is not None:
        return known
    try:
        fetched = await guild_of(interaction).fetch_channel(channel_id)
    except (discord.NotFound, discord.Forbidden, discord.InvalidData) as error:
        raise UserError(
            _("The bot can't see <#{channel}>; {grant}"),
            channel=channel_id,
            grant=_grant(interaction, _("View Channel")),
        ) from error
    return fetched


def require_bot(interaction: Interaction, target: TargetChannel, style: Style | None = None) -> None:
    """Raise UserError unless the bot can post there; it names the missing permissions and where to grant them.

    `style`: the posts' style; None: only text is sent there.

    To publish its own messages in an announcement channel, the bot only needs Send Messages:
    https://docs.discord.com/developers/resources/message#crosspost-message
    """
    embeds = style is not None and style.has_embeds
    lacking = tuple(need for need in _lacking(target, embeds=embeds) if need is not HISTORY)
    if lacking:
        names = join_and([need.name for need in lacking])
        raise UserError(
            _("The bot can't post in {channel} because it lacks {permissions}; {choice}{grant}"),
            channel=target.mention,
            permissions=names,
            choice=_("choose the style compact or link, or ") if lacking == (EMBED,) else "",
            grant=_grant(interaction, names),
        )
    if isinstance(target.channel, discord.Thread) and target.channel.locked:
        raise UserError(
            _("The thread {channel} is locked; unlock it, or choose another channel."), channel=target.mention
        )
    if isinstance(target.channel, discord.ForumChannel) and not _has_usable_tag(target.channel):
        raise UserError(
            _("{channel} requires a tag but has none that the bot can use; add one that anyone can use."),
            channel=target.mention,
        )


def lacks_history(target: TargetChannel) -> bool:
    """Return whether the bot may not read old messages: after a crash it then holds posts, to avoid duplicates."""
    return HISTORY in _lacking(target)


def _lacking(target: TargetChannel, *, embeds: bool = True) -> tuple[Need, ...]:
    granted = _granted(target.channel.guild.me, target.channel)
    return missing(granted, kind_of(target.channel), embeds=embeds)


def _has_usable_tag(forum: discord.ForumChannel) -> bool:
    """Return whether the bot can tag a post as the forum requires; True if it requires no tag."""
    moderates = _granted(forum.guild.me, forum).manage_threads
    usable = any(moderates or not tag.moderated for tag in forum.available_tags)
    return usable or not forum.flags.require_tag


def _granted(who: discord.Member | discord.User, channel: AnyChannel) -> discord.Permissions:
    granted = permissions_of(who, channel) if isinstance(who, discord.Member) else None
    return discord.Permissions.none() if granted is None else granted


def _grant(interaction: Interaction, names: str) -> str:
    """Return where to grant the permissions."""
    role = guild_of(interaction).self_role
    who = _("the bot") if role is None else role.mention
    return _(
        "open Permissions in the channel's settings, add {role}, allow {permissions}, and run this again."
    ).format(role=who, permissions=names)
