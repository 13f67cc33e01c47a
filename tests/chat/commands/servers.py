"""Servers of every shape, built in the simulated Discord, and what their members may view by Discord's rules.

The rules are those of `bot.sandbox.discord.permissions`; the bot's commands know nothing of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hypothesis import strategies as st

from bot.sandbox.discord.models import Channel, ChannelKind, Guild, Role, User
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord

FEEDS = ("Aster", "Begonia", "Clover", "Dahlia", "Erica")
PLAIN = Permission.SEND_MESSAGES | Permission.SEND_MESSAGES_IN_THREADS | Permission.USE_APPLICATION_COMMANDS
_PRIVATE = ChannelKind.PRIVATE_THREAD
_PARENTS = ("text", "announcement", "forum")
_VOICE = (ChannelKind.VOICE, ChannelKind.STAGE)


def _some(*permissions: Permission) -> st.SearchStrategy[Permission]:
    """Return any combination of these."""
    chosen = st.sets(st.sampled_from(permissions))
    return chosen.map(lambda found: Permission(sum(found)))


_OPEN = Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY | Permission.CONNECT
_BASE = st.one_of(
    st.just(_OPEN), _some(Permission.VIEW_CHANNEL, Permission.READ_MESSAGE_HISTORY, Permission.CONNECT)
)
_RANKS = _some(
    Permission.VIEW_CHANNEL,
    Permission.READ_MESSAGE_HISTORY,
    Permission.CONNECT,
    Permission.MANAGE_THREADS,
    Permission.MANAGE_GUILD,
)
_ROLES = st.one_of(*[_RANKS] * 7, st.just(Permission.ADMINISTRATOR))
_RULED = st.one_of(
    st.sampled_from((Permission.NONE, *_OPEN)),
    _some(*_OPEN, Permission.MANAGE_THREADS),
)
_TARGETS = ("everyone", "role 0", "role 1", "member 0", "member 1", "member 2")


@dataclass(frozen=True)
class ThreadPlan:
    private: bool
    archived: bool
    members: frozenset[int]
    """Numbers of members."""
    bot_inside: bool


@dataclass(frozen=True)
class ChannelPlan:
    kind: str
    rules: Mapping[str, tuple[Permission, Permission]]
    """Allowed and denied permissions, by target."""
    threads: tuple[ThreadPlan, ...]


@dataclass(frozen=True)
class Plan:
    """A server before it is created."""

    everyone: Permission
    roles: tuple[Permission, Permission]
    ranks: tuple[frozenset[int], ...]
    """The roles of each member."""
    owner_asks: bool
    bot_is_admin: bool
    channels: tuple[ChannelPlan, ...]
    follows: Mapping[str, frozenset[int]]
    """The numbers of the channels and threads that follow each feed; 0 is the lobby."""
    unfollows: Mapping[str, frozenset[int]]
    """Like `follows`; after the newest post of the feed was sent there, the feed is removed from these."""
    renames: frozenset[int]
    """Like `follows`; these channels have their own names for their feeds."""
    deletes: frozenset[int]
    """Like `follows`; the messages of these channels were deleted."""
    here: int
    """The channel where commands are run if the asker may; otherwise the lobby."""


_NUMBERS = st.tuples(st.booleans(), st.booleans(), st.booleans()).map(
    lambda inside: frozenset(number for number, is_in in enumerate(inside) if is_in)
)
_PLACES = st.one_of(
    *[st.integers(1, 11).map(lambda number: frozenset({number}))] * 3,
    st.frozensets(st.integers(0, 11), max_size=3),
)
_THREADS = st.builds(
    ThreadPlan,
    private=st.sampled_from((True, True, False)),
    archived=st.sampled_from((False, False, False, True)),
    members=_NUMBERS,
    bot_inside=st.sampled_from((True, True, True, False)),
)
_CHANNELS = st.builds(
    ChannelPlan,
    st.sampled_from((*_PARENTS, "text", "voice", "stage")),
    st.dictionaries(st.sampled_from(_TARGETS), st.tuples(_RULED, _RULED), max_size=4),
    st.lists(_THREADS, max_size=3).map(tuple),
)
PLANS = st.builds(
    Plan,
    everyone=_BASE,
    roles=st.tuples(_ROLES, _ROLES),
    ranks=st.tuples(*[st.frozensets(st.sampled_from((0, 1)))] * 3),
    owner_asks=st.sampled_from((*[False] * 9, True)),
    bot_is_admin=st.booleans(),
    channels=st.lists(_CHANNELS, min_size=2, max_size=4).map(tuple),
    follows=st.fixed_dictionaries(dict.fromkeys(FEEDS, _PLACES)),
    unfollows=st.fixed_dictionaries(
        dict.fromkeys(FEEDS, st.one_of(st.just(frozenset()), st.frozensets(st.integers(0, 11), max_size=2)))
    ),
    renames=st.frozensets(st.integers(0, 11), max_size=4),
    deletes=st.frozensets(st.integers(0, 11), max_size=4),
    here=st.integers(0, 9),
)


@dataclass
class Server:
    """A server that was created from a plan."""

    discord: SandboxDiscord
    guild: Guild
    lobby: Channel
    """A channel where everybody may write."""
    members: tuple[User, ...]
    """The first one is the asker."""
    channels: list[Channel] = field(default_factory=list)
    """Channels and threads, in the order of their numbers."""

    @property
    def asker(self) -> User:
        return self.members[0]

    def numbered(self, number: int) -> Channel:
        """Return a channel or thread; numbers after the last one start again after the lobby."""
        beyond = number >= len(self.channels)
        return self.channels[1 + number % (len(self.channels) - 1)] if beyond else self.channels[number]

    def views(self, user: User, channel_id: int, needed: Permission = Permission.NONE) -> bool:
        """Return whether somebody may view a channel, by Discord's rules."""
        channel = self.discord.channels[channel_id]
        may = self.discord.permissions_in(channel_id, user.id)
        needed |= Permission.VIEW_CHANNEL
        if channel.kind in _VOICE:
            needed |= Permission.CONNECT
        inside = channel.kind is not _PRIVATE or bool(
            may & Permission.MANAGE_THREADS or (channel_id, user.id) in self.discord.thread_members
        )
        return inside and may & needed == needed

    def is_known(self, channel: Channel) -> bool:
        """Return whether the bot knows a channel: it only knows threads that it may view itself."""
        return not channel.kind.is_thread or self.views(self.discord.bot, channel.id)

    def readers(self, channel_id: int) -> Iterator[User]:
        """Yield the members who may view a channel; the owner always may."""
        for user in (*self.members, self.discord.owner):
            if self.views(user, channel_id):
                yield user


def build(discord: SandboxDiscord, plan: Plan) -> Server:
    """Create the server, before the bot is invited to it."""
    bot = Permission.ADMINISTRATOR if plan.bot_is_admin else Permission.VIEW_CHANNEL
    guild = discord.add_guild("Gardens", everyone=plan.everyone | PLAIN, bot_permissions=bot, has_bot=False)
    roles = tuple(discord.add_role(guild.id, f"role {n}", permissions=p) for n, p in enumerate(plan.roles))
    members = tuple(
        discord.add_member(guild.id, f"member {number}", roles=tuple(roles[each] for each in sorted(ranks)))
        for number, ranks in enumerate(plan.ranks)
    )
    if plan.owner_asks:
        members = (discord.owner, *members[1:])
    lobby = discord.add_channel(guild.id, "lobby")
    everyone = discord.roles[guild.id]
    allowed = Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY
    discord.set_permissions(lobby.id, allow=allowed, target=everyone)
    server = Server(discord, guild, discord.channels[lobby.id], members)
    server.channels.append(server.lobby)
    targets: dict[str, User | Role] = {"everyone": everyone}
    targets |= {f"role {number}": role for number, role in enumerate(roles)}
    targets |= {f"member {number}": member for number, member in enumerate(members)}
    for channel_plan in plan.channels:
        _add_channel(server, channel_plan, targets)
    return server


def _add_channel(server: Server, plan: ChannelPlan, targets: Mapping[str, User | Role]) -> None:
    discord = server.discord
    channel = discord.add_channel(server.guild.id, plan.kind, kind=plan.kind)
    for target, (allow, deny) in plan.rules.items():
        discord.set_permissions(channel.id, allow=allow & ~deny, deny=deny, target=targets[target])
    server.channels.append(discord.channels[channel.id])
    for thread in plan.threads if plan.kind in _PARENTS else ():
        inside = [server.members[number] for number in sorted(thread.members)]
        inside += [discord.bot] if thread.bot_inside else []
        added = discord.add_thread(
            channel.id,
            "thread",
            archived=thread.archived,
            members=tuple(inside) if thread.private and plan.kind != "forum" else None,
        )
        server.channels.append(added)
