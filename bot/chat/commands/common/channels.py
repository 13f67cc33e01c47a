"""Which channel a command is about, and whether who asks, and the bot, may write there."""

from dataclasses import dataclass

import discord
from discord import AppCommandOptionType, ChannelType, app_commands

from bot.chat.commands.common.responses import Interaction, UserError, guild_of
from bot.chat.messages import _, join_and
from bot.chat.permissions import HISTORY, GuildChannel, Kind, Need, kind_of, missing, permissions_of

AnyChannel = GuildChannel | discord.Thread
NamedChannel = app_commands.AppCommandChannel | app_commands.AppCommandThread

# Media channels are not here: the OpenAPI document does not admit them as an option's channel type.
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
    """A channel that messages can be posted in; it need not be known to the bot yet."""

    @property
    def type(self) -> AppCommandOptionType:
        """Discord completes it."""
        return AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[ChannelType]:
        """All that hold messages."""
        return _HOLDS_MESSAGES

    async def transform(self, _interaction: discord.Interaction, value: NamedChannel, /) -> NamedChannel:
        """As Discord sent it."""
        return value


Channel = app_commands.Transform[NamedChannel, ChannelOption]


@dataclass(frozen=True, slots=True)
class TargetChannel:
    """A channel of a server where who asks may see and write."""

    channel: AnyChannel

    @property
    def id(self) -> int:
        """The channel's."""
        return self.channel.id

    @property
    def guild_id(self) -> int:
        """The server's."""
        return self.channel.guild.id

    @property
    def mention(self) -> str:
        """For an answer."""
        return self.channel.mention


async def find_target_channel(interaction: Interaction, chosen: NamedChannel | None) -> TargetChannel:
    """The channel that is meant: the chosen one, else where the command is run.

    Asks Discord only for a thread that the gateway has not told of. Raises UserError where the asker may not see and
    write, or nothing can be written.
    """
    channel_id = interaction.channel_id if chosen is None else chosen.id
    return await find_target_channel_by_id(interaction, channel_id or 0)


async def find_target_channel_by_id(interaction: Interaction, channel_id: int) -> TargetChannel:
    """As `find_target_channel`, for a channel that was chosen earlier."""
    channel = await _find_channel(interaction, channel_id)
    kind = kind_of(channel)
    if kind is Kind.OTHER:
        raise UserError(
            _("This channel holds no messages; choose a text, announcement or forum channel, or a thread.")
        )
    if any(need.essential for need in missing(_granted(interaction.user, channel), kind)):
        raise UserError(
            _(
                "You may not see and write in {channel} yourself; choose another channel, or ask someone who may."
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
            _("The bot cannot see <#{channel}>; {grant}"),
            channel=channel_id,
            grant=_grant(interaction, _("View Channel")),
        ) from error
    return fetched


def may_see(interaction: Interaction, channel_id: int) -> bool:
    """Whether the asker may see this channel; also one that is gone, since its subscriptions are still the server's."""
    channel = guild_of(interaction).get_channel_or_thread(channel_id)
    return channel is None or _granted(interaction.user, channel).view_channel


def require_bot(interaction: Interaction, target: TargetChannel) -> None:
    """Raise UserError, naming what is missing and where to grant it, unless the bot can post there as it should.

    To publish its own messages in an announcement channel it needs Send Messages and no more:
    https://docs.discord.com/developers/resources/message#crosspost-message
    """
    lacking = tuple(need for need in _lacking(target) if need is not HISTORY)
    if lacking:
        names = join_and([need.name for need in lacking])
        raise UserError(
            _("The bot may not post in {channel}: it lacks {permissions}; {grant}"),
            channel=target.mention,
            permissions=names,
            grant=_grant(interaction, names),
        )
    channel = target.channel
    if isinstance(channel, discord.Thread) and channel.locked:
        raise UserError(
            _("The thread {channel} is locked; unlock it, or choose another channel."), channel=target.mention
        )
    if (
        isinstance(channel, discord.ForumChannel)
        and channel.flags.require_tag
        and not _has_usable_tag(channel)
    ):
        raise UserError(
            _(
                "{channel} takes no post without a tag and has none for the bot; add a tag that anyone may use."
            ),
            channel=target.mention,
        )


def lacks_history(target: TargetChannel) -> bool:
    """Without it, nothing is posted after a crash until it is certain that it would not be posted twice."""
    return HISTORY in _lacking(target)


def _lacking(target: TargetChannel) -> tuple[Need, ...]:
    return missing(_granted(target.channel.guild.me, target.channel), kind_of(target.channel))


def _has_usable_tag(forum: discord.ForumChannel) -> bool:
    moderates = _granted(forum.guild.me, forum).manage_threads
    return any(moderates or not tag.moderated for tag in forum.available_tags)


def _granted(who: discord.Member | discord.User, channel: AnyChannel) -> discord.Permissions:
    granted = permissions_of(who, channel) if isinstance(who, discord.Member) else None
    return discord.Permissions.none() if granted is None else granted


def _grant(interaction: Interaction, names: str) -> str:
    """Where to click."""
    role = guild_of(interaction).self_role
    who = _("the bot") if role is None else role.mention
    return _(
        "open the channel's settings, Permissions, add {role}, allow {permissions}, and run this again."
    ).format(role=who, permissions=names)
