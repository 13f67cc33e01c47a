"""The demo's server: its channels, roles and members, and which feed each channel follows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.sandbox.discord.models import Channel, ChannelKind, Guild, Role
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.page.viewers import Viewer

NAME = "The Allotment"
PRIVATE = "committee"
REAL = "real-feeds"
"""The channel for the feeds of `demo --feed`."""
_MODERATES = Permission.MANAGE_MESSAGES | Permission.MANAGE_THREADS


@dataclass(frozen=True, slots=True)
class Follow:
    """A channel of the demo's server and the feed that it follows."""

    channel: str
    kind: str
    feed: str
    style: str
    tags: tuple[str, ...] = ()


FOLLOWS = (
    Follow("garden", "text", "garden", "card"),
    Follow("tulips", "text", "garden", "full", ("tulips", "chard")),
    Follow("astronomy", "announcement", "night-sky", "card", ("astronomy",)),
    Follow("workshop", "text", "slow-wheels", "compact"),
    Follow("rides", "forum", "slow-wheels", "card", ("routes",)),
    Follow("cuisine", "text", "petite-cuisine", "card"),
    Follow("wolken", "text", "wolkenbuch", "full"),
    Follow("sampo", "text", "asa-no-sampo", "card"),
    Follow("qahwa", "text", "qahwa-wa-kitab", "card"),
    Follow("rain-gauge", "thread", "garden", "link", ("weather",)),
    Follow(PRIVATE, "text", "garden", "compact", ("compost",)),
)
"""Nobody follows the remaining blog, Paper Boats, so that people who try the bot can follow it."""
EMPTY = "paper-boats"
"""A channel that follows nothing yet: the tour follows a blog there."""
_PARENTS = {"rain-gauge": "garden"}
"""The channel of a thread."""
_TOPICS = {
    "garden": "Everything from Garden Notes",
    "tulips": "Tulips and chard only, in full",
    "astronomy": "Published to the servers that follow this channel",
    "rides": "A forum: each ride is a post of its own",
    "cuisine": "En français",
    "wolken": "Auf Deutsch",
    "sampo": "日本語",
    "qahwa": "بالعربية",
    EMPTY: "Empty: the tour follows a blog here",
    PRIVATE: "Private: newcomers don't see this channel",
}

_ROLES = {
    "Admins": Permission.MANAGE_GUILD | _MODERATES,
    "Moderators": _MODERATES,
    "Committee": Permission.NONE,
}
_PEOPLE = (
    ("admin", "Ada", "Admin", "May manage the server, so all commands are offered.", "Admins"),
    ("moderator", "Mo", "Moderator", "Has a role and may delete messages and posts.", "Moderators"),
    ("member", "Mia", "Member", "Reads, searches and sees the private channel.", "Committee"),
    ("newcomer", "Noor", "Newcomer", "Doesn't see the private channel or what is in it.", ""),
)
"""The viewers: name in addresses, person, label, what they may do, and role."""


@dataclass(frozen=True, slots=True)
class Allotment:
    """The server with what the demo needs by name."""

    guild: Guild
    channels: dict[str, Channel]
    viewers: dict[str, Viewer]


def build(discord: SandboxDiscord, *, with_real: bool = False) -> Allotment:
    """Add the server, or what is missing of it, to a simulated Discord. `with_real`: also a channel for real feeds."""
    guild = next((each for each in discord.guilds.values() if each.name == NAME), None)
    is_new = guild is None
    guild = guild or discord.add_guild(NAME)
    channels: dict[str, Channel] = {}
    for follow in FOLLOWS:
        parent = channels.get(_PARENTS.get(follow.channel, ""))
        channels[follow.channel] = _channel(discord, guild, follow.channel, follow.kind, parent)
    channels[EMPTY] = _channel(discord, guild, EMPTY)
    if with_real:
        channels[REAL] = _channel(discord, guild, REAL)
    roles = _roles(discord, guild)
    if is_new:
        _make_private(discord, guild, channels[PRIVATE], roles)
    viewers = {viewer.name: viewer for viewer in _viewers(discord, guild, roles)}
    return Allotment(
        guild, {name: discord.channels[channel.id] for name, channel in channels.items()}, viewers
    )


def _channel(
    discord: SandboxDiscord,
    guild: Guild,
    name: str,
    kind: str = ChannelKind.TEXT,
    parent: Channel | None = None,
) -> Channel:
    existing = discord.guild_channels(guild.id, threads=parent is not None)
    found = next((each for each in existing if each.name == name), None)
    if found is not None:
        return found
    if parent is not None:
        return discord.add_thread(parent.id, name)
    return discord.add_channel(guild.id, name, kind=kind, topic=_TOPICS.get(name, ""))


def _roles(discord: SandboxDiscord, guild: Guild) -> dict[str, Role]:
    existing = {role.name: role for role in discord.guild_roles(guild.id).values()}
    return {
        name: existing.get(name)
        or discord.add_role(guild.id, name, permissions=permissions, mentionable=name != "Admins")
        for name, permissions in _ROLES.items()
    }


def _make_private(discord: SandboxDiscord, guild: Guild, channel: Channel, roles: Mapping[str, Role]) -> None:
    discord.set_permissions(channel.id, deny=Permission.VIEW_CHANNEL, target=discord.roles[guild.id])
    for role in (*roles.values(), discord.roles[guild.bot_role_id]):
        discord.set_permissions(channel.id, allow=Permission.VIEW_CHANNEL, target=role)


def _viewers(discord: SandboxDiscord, guild: Guild, roles: Mapping[str, Role]) -> Iterator[Viewer]:
    existing = {
        member.user.name: member.user for member in discord.members.values() if member.guild_id == guild.id
    }
    for name, person, label, about, role in _PEOPLE:
        own = (roles[role],) if role else ()
        user = existing.get(person) or discord.add_member(guild.id, person, roles=own)
        yield Viewer(name, label, about, user)
