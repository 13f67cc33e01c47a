"""Which roles an admin may let posts ping: those that this admin may mention."""

from collections.abc import Iterable

import discord

from bot.chat.commands.common.responses import Interaction, UserError, guild_of
from bot.chat.messages import _, join_and
from bot.chat.permissions import GuildChannel, permissions_of
from bot.store.subscriptions import FollowedFeed


def require_mentionable(interaction: Interaction, channel_id: int, role_ids: Iterable[int]) -> None:
    """Raise UserError unless each is a role of the server that the user may mention in the channel; never @everyone."""
    guild = guild_of(interaction)
    may_mention_all = _may_mention_all(interaction.user, guild, channel_id)
    for role_id in role_ids:
        role = guild.get_role(role_id)
        if role is None:
            raise UserError(_("This server has no such role; open the form again."))
        if role.is_default():
            raise UserError(_("Posts never ping everyone; choose a role that only some members have."))
        if not (role.mentionable or may_mention_all):
            raise UserError(
                _(
                    "You may not mention {role} in <#{channel}> yourself, so posts can't ping it for you; ask somebody"
                    " who may, or let everyone mention the role in its settings."
                ),
                role=role.mention,
                channel=channel_id,
            )


def require_mentionable_there(
    interaction: Interaction, channel_id: int, followed: Iterable[FollowedFeed]
) -> None:
    """Like `require_mentionable`, for subscriptions whose posts are to ping their roles in this channel.

    Roles that were deleted ping nobody.
    """
    roles = {role for each in followed for role in each.subscription.mention_roles}
    known = (role for role in sorted(roles) if guild_of(interaction).get_role(role) is not None)
    require_mentionable(interaction, channel_id, known)


def warn_of_silent_roles(guild: discord.Guild, channel_id: int, role_ids: Iterable[int]) -> str:
    """Return a sentence about roles that the bot may not ping in the channel; "" if there are none."""
    if _may_mention_all(guild.me, guild, channel_id):
        return ""
    roles = [role for role_id in role_ids if (role := guild.get_role(role_id)) and not role.mentionable]
    if not roles:
        return ""
    return _(
        "The bot may not ping {roles} in <#{channel}>, so nobody is notified; let everyone mention the role in its"
        " settings, or grant the bot **Mention @everyone, @here, and All Roles** in the channel."
    ).format(roles=join_and([role.mention for role in roles]), channel=channel_id)


def _may_mention_all(who: discord.Member | discord.User, guild: discord.Guild, channel_id: int) -> bool:
    channel = guild.get_channel_or_thread(channel_id)
    if not isinstance(who, discord.Member) or not isinstance(channel, GuildChannel | discord.Thread):
        return False
    granted = permissions_of(who, channel)
    return granted is not None and granted.mention_everyone
