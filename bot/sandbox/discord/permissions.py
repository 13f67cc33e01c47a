"""Discord's permission rules: roles first, then the channel's overwrites.

https://discord.com/developers/docs/topics/permissions#permission-overwrites
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntFlag


class Permission(IntFlag):
    """The permissions that the sandbox supports; the values are Discord's."""

    NONE = 0
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    CONNECT = 1 << 20
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38


ALL = Permission((1 << 53) - 1)

MEMBER_DEFAULT = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.ADD_REACTIONS
    | Permission.READ_MESSAGE_HISTORY
    | Permission.MENTION_EVERYONE
    | Permission.CONNECT
    | Permission.USE_APPLICATION_COMMANDS
)
"""The permissions of @everyone in a new server. They include pinging everyone, as in real servers."""


@dataclass(frozen=True, slots=True)
class Overwrite:
    """The permissions that a channel allows or denies one role or member."""

    target_id: int
    is_member: bool
    allow: Permission = Permission.NONE
    deny: Permission = Permission.NONE


def _apply(base: Permission, overwrites: Iterable[Overwrite]) -> Permission:
    """Apply one level: an allow of one role overrides a deny of another."""
    allow = deny = Permission.NONE
    for overwrite in overwrites:
        allow |= overwrite.allow
        deny |= overwrite.deny
    return (base & ~deny) | allow


def in_guild(everyone: Permission, roles: Iterable[Permission], *, is_owner: bool) -> Permission:
    """Return a member's permissions before any channel's overwrites."""
    base = everyone
    for role in roles:
        base |= role
    return ALL if is_owner or base & Permission.ADMINISTRATOR else base


def in_channel(
    base: Permission,
    overwrites: Sequence[Overwrite],
    *,
    guild_id: int,
    role_ids: Iterable[int],
    member_id: int,
) -> Permission:
    """Return a member's permissions in a channel; none without VIEW_CHANNEL."""
    if base & Permission.ADMINISTRATOR:
        return ALL
    mine = set(role_ids) - {guild_id}
    roles = [each for each in overwrites if not each.is_member]
    permissions = _apply(base, (each for each in roles if each.target_id == guild_id))
    permissions = _apply(permissions, (each for each in roles if each.target_id in mine))
    own = (each for each in overwrites if each.is_member and each.target_id == member_id)
    permissions = _apply(permissions, own)
    return permissions if permissions & Permission.VIEW_CHANNEL else Permission.NONE
