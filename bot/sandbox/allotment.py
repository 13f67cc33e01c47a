"""The demo's server: its channels, roles and members, and which feed each channel follows."""

from dataclasses import dataclass

from bot.sandbox.discord.models import Channel, ChannelKind, Guild
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
"""The remaining blog, Paper Boats, is there to be followed by whoever tries the bot."""
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
    PRIVATE: "Private: newcomers don't see this channel",
}


@dataclass(frozen=True, slots=True)
class Allotment:
    """The server with what the demo needs by name."""

    guild: Guild
    channels: dict[str, Channel]
    viewers: dict[str, Viewer]


def build(discord: SandboxDiscord, *, with_real: bool = False) -> Allotment:
    """Add the server to an empty simulated Discord. `with_real`: also a channel for real feeds."""
    guild = discord.add_guild(NAME)
    channels: dict[str, Channel] = {}
    for follow in FOLLOWS:
        name = follow.channel
        channels[name] = (
            discord.add_channel(guild.id, name, kind=follow.kind, topic=_TOPICS.get(name, ""))
            if follow.kind != ChannelKind.THREAD
            else discord.add_thread(channels[_PARENTS[name]].id, name)
        )
    if with_real:
        channels[REAL] = discord.add_channel(guild.id, REAL, topic="The feeds that you gave with --feed")
    viewers = _add_members(discord, guild, channels[PRIVATE])
    return Allotment(guild, channels, viewers)


def _add_members(discord: SandboxDiscord, guild: Guild, private: Channel) -> dict[str, Viewer]:
    admins = discord.add_role(guild.id, "Admins", permissions=Permission.MANAGE_GUILD | _MODERATES)
    moderators = discord.add_role(guild.id, "Moderators", permissions=_MODERATES, mentionable=True)
    committee = discord.add_role(guild.id, "Committee", mentionable=True)
    everyone = discord.roles[guild.id]
    discord.set_permissions(private.id, deny=Permission.VIEW_CHANNEL, target=everyone)
    for role in (admins, moderators, committee, discord.roles[guild.bot_role_id]):
        discord.set_permissions(private.id, allow=Permission.VIEW_CHANNEL, target=role)
    people = (
        ("admin", "Ada", "Admin", "May manage the server, so all commands are offered.", (admins,)),
        ("moderator", "Mo", "Moderator", "Has a role and may delete messages and posts.", (moderators,)),
        ("member", "Mia", "Member", "Reads, searches and sees the private channel.", (committee,)),
        ("newcomer", "Noor", "Newcomer", "Doesn't see the private channel or what is in it.", ()),
    )
    return {
        name: Viewer(name, label, about, discord.add_member(guild.id, person, roles=roles))
        for name, person, label, about, roles in people
    }
