"""The objects of the simulated Discord, as frozen values: a change replaces the value.

So a test can keep an old value and compare it with the new one.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import Base64Bytes

from bot.sandbox.discord.permissions import Overwrite, Permission

Json = dict[str, Any]
"""A JSON object as received. Its shape is what the sandbox checks, so it has no precise type."""


class ChannelKind(StrEnum):
    """The kinds of channel that matter to a bot that posts."""

    TEXT = "text"
    DIRECT = "direct"
    VOICE = "voice"
    STAGE = "stage"
    ANNOUNCEMENT = "announcement"
    ANNOUNCEMENT_THREAD = "announcement thread"
    THREAD = "thread"
    PRIVATE_THREAD = "private thread"
    FORUM = "forum"

    @property
    def number(self) -> int:
        """Discord's number for the kind."""
        return _KIND_NUMBERS[self]

    @property
    def is_thread(self) -> bool:
        """Whether it is a thread, which has its parent's permissions."""
        return self in {self.THREAD, self.PRIVATE_THREAD, self.ANNOUNCEMENT_THREAD}


_KIND_NUMBERS = {
    ChannelKind.TEXT: 0,
    ChannelKind.DIRECT: 1,
    ChannelKind.VOICE: 2,
    ChannelKind.STAGE: 13,
    ChannelKind.ANNOUNCEMENT: 5,
    ChannelKind.ANNOUNCEMENT_THREAD: 10,
    ChannelKind.THREAD: 11,
    ChannelKind.PRIVATE_THREAD: 12,
    ChannelKind.FORUM: 15,
}


@dataclass(frozen=True, slots=True)
class User:
    """A person or the bot."""

    id: int
    name: str
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that a person gives to a command, or one of a message."""

    id: int
    name: str
    body: Base64Bytes
    """Written to a journal as base64."""
    description: str = ""
    """For people who don't see a picture."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file in a request."""

    number: int
    """By which the request's JSON refers to it."""
    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Role:
    """A role of a guild; the one with the guild's id is @everyone."""

    id: int
    guild_id: int
    name: str
    permissions: Permission = Permission.NONE
    mentionable: bool = False
    position: int = 0


@dataclass(frozen=True, slots=True)
class Member:
    """A user in a guild."""

    user: User
    guild_id: int
    joined_at: datetime
    role_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Guild:
    """A server."""

    id: int
    name: str
    owner_id: int
    bot_role_id: int
    """The bot's managed role."""
    has_bot: bool = True
    available: bool = True
    """False during an outage; the bot is still in the server."""
    updates_channel_id: int | None = None
    """For Community updates."""
    safety_channel_id: int | None = None
    """For safety alerts."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag for posts in a forum."""

    id: int
    name: str
    moderated: bool = False
    """Whether only members who may manage threads can apply it."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel, forum or thread."""

    id: int
    guild_id: int
    """0 for direct messages."""
    name: str
    kind: ChannelKind = ChannelKind.TEXT
    position: int = 0
    topic: str = ""
    overwrites: tuple[Overwrite, ...] = ()
    tags: tuple[Tag, ...] = ()
    require_tag: bool = False
    deleted: bool = False
    parent_id: int | None = None
    owner_id: int = 0
    """The user who created the thread, or who gets the direct messages."""
    applied_tags: tuple[int, ...] = ()
    archived: bool = False
    locked: bool = False
    created_at: datetime | None = None
    hidden_after: int = 1440
    """Minutes without messages after which Discord hides a thread."""


@dataclass(frozen=True, slots=True)
class Pings:
    """The people and roles that a message notifies."""

    everyone: bool = False
    roles: frozenset[int] = frozenset()
    users: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return self.everyone or bool(self.roles) or bool(self.users)


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message in its channel."""

    id: int
    channel_id: int
    guild_id: int
    author: User
    created_at: datetime
    body: Json = field(default_factory=dict)
    """The request that created it, as received; for a forum post, the inner `message`."""
    content: str = ""
    embeds: tuple[Json, ...] = ()
    """The visible embeds: none where the author may not embed links."""
    components: tuple[Json, ...] = ()
    attachments: tuple[Upload, ...] = ()
    flags: int = 0
    pings: Pings = Pings()
    nonce: str | None = None
    published: bool = False
    deleted: bool = False
    edited_at: datetime | None = None
    edits: tuple[Json, ...] = ()
    """The requests that changed it, oldest first."""
    interaction_id: int | None = None
    """The interaction that it responds to."""
    visible_to: int | None = None
    """The user who sees an ephemeral message; None: everybody in the channel."""

    @property
    def ephemeral(self) -> bool:
        """Whether only one user sees it."""
        return self.visible_to is not None


@dataclass(frozen=True, slots=True)
class Thinking:
    """The bot has announced a response ("feed-relay is thinking…")."""

    interaction_id: int
    channel_id: int
    user: User
    command: str
    """Without the slash; "" after a button or a modal."""
    ephemeral: bool
    ended: bool = False
    """The response is there, or the time for it is over."""
    failed: bool = False
    """It is over without a response."""


@dataclass(frozen=True, slots=True)
class CommandsChanged:
    """The bot has registered other commands."""


@dataclass(frozen=True, slots=True)
class RoleDeleted:
    """A role was deleted."""

    role_id: int


Change = StoredMessage | Channel | Role | RoleDeleted | Member | Guild | Thinking | CommandsChanged
"""The new value of what changed."""


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """A REST request of the bot."""

    method: str
    path: str
    """Below `/api/v10`, without the query."""
    operation: str
    """Its name in `faults`: "send", "edit", …"""
    at: float
    """Seconds of the sandbox's monotonic clock."""
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    """The JSON body; None without one."""
    status: int = 0
    """The response's status; 0: none yet, or the connection was cut."""


@dataclass(frozen=True, slots=True)
class InvalidBody:
    """A request body that Discord would refuse."""

    method: str
    path: str
    body: Any
    problems: tuple[str, ...]
    """Each as `field.path: problem`."""
