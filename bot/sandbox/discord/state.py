"""The state of the simulated Discord: what exists, and who may do what."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.sandbox.discord import errors, payloads, permissions
from bot.sandbox.discord.events import ChangeNotifier, Event, Intent
from bot.sandbox.discord.models import (
    Channel,
    ChannelKind,
    Guild,
    Json,
    Member,
    Role,
    StoredMessage,
    Upload,
    User,
)
from bot.sandbox.discord.nonces import Nonces
from bot.sandbox.discord.permissions import Permission

_DISCORD_EPOCH_MS = 1_420_070_400_000
_NOT_IN_NAME = re.compile(r"[^\w.-]+")


class State(ChangeNotifier):
    """Everything that exists. Code that changes it calls `touch`, which wakes the tasks that wait on `changed`."""

    def __init__(
        self, *, clock: Callable[[], datetime], monotonic: Callable[[], float], nonce_window: timedelta
    ) -> None:
        super().__init__()
        self.clock = clock
        self.monotonic = monotonic
        self.nonces = Nonces(monotonic, nonce_window)
        self._last_id = 0
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        """Including threads; deleted ones stay, marked."""
        self.roles: dict[int, Role] = {}
        self.members: dict[tuple[int, int], Member] = {}
        """By guild and user."""
        self.thread_members: set[tuple[int, int]] = set()
        """By thread and user."""
        self.stored: dict[int, dict[int, StoredMessage]] = {}
        """By channel and id, including deleted ones."""
        self.without_direct: set[int] = set()
        """People who don't accept direct messages, by id."""
        self.commands: dict[int | None, dict[int, Json]] = {None: {}}
        """Registered application commands, by guild (None: global) and id."""
        self.uploads: dict[int, Upload] = {}
        """All files, by id."""
        self.files_url = ""
        """Where they are served."""
        self.team_owner: User | None = None
        """The owner of the application's team; None: it belongs to `owner` and not to a team."""
        self.owner = User(self.new_id(), "Gardener")
        self.bot = User(self.new_id(), "feed-relay", is_bot=True)

    def new_id(self) -> int:
        """Return a snowflake: later ones are larger, and the upper bits are the time."""
        milliseconds = int(self.clock().timestamp() * 1000) - _DISCORD_EPOCH_MS
        self._last_id = max(self._last_id + 1, milliseconds << 22)
        return self._last_id

    @property
    def files(self) -> dict[str, bytes]:
        """The files' contents by name; the last one of each name."""
        return {each.name: each.body for each in self.uploads.values()}

    def upload(self, name: str, body: bytes, description: str = "") -> Upload:
        """Return a file for the option of a command, or for a message. Discord replaces what addresses can't have."""
        upload = Upload(self.new_id(), _NOT_IN_NAME.sub("_", name), body, description)
        self.uploads[upload.id] = upload
        return upload

    def continue_after(self, last_id: int) -> None:
        """Make every new id larger than this one."""
        self._last_id = max(self._last_id, last_id)

    def publish(self, name: str, data: Json, guild_id: int, intent: Intent = Intent.GUILDS) -> None:
        """Send the bot an event if it is in the guild, and wake waiting tasks. It gets none of direct messages."""
        if guild_id in self.guilds and self.guilds[guild_id].has_bot:
            self.dispatch(Event(name, data, guild_id, intent))
        self.touch()

    def visible_guild(self, guild_id: int) -> Guild:
        """Return a guild. Raises ApiError unless the bot is in it."""
        guild = self.guilds.get(guild_id)
        if guild is None:
            raise errors.unknown("Guild")
        if not guild.has_bot:
            raise errors.missing_access()
        return guild

    def visible_channel(self, channel_id: int) -> Channel:
        """Return a channel or thread. Raises ApiError unless the bot may view it."""
        channel = self.channels.get(channel_id)
        if channel is None or channel.deleted:
            raise errors.unknown("Channel")
        if channel.kind is not ChannelKind.DIRECT:
            self.visible_guild(channel.guild_id)
        if not self.bot_can_view(channel):
            raise errors.missing_access()
        return channel

    def bot_can_view(self, channel: Channel) -> bool:
        """Return whether the bot may view a channel; a private thread only if it is a member or manages threads."""
        inside = (
            channel.kind is not ChannelKind.PRIVATE_THREAD
            or (channel.id, self.bot.id) in self.thread_members
            or self.bot_can(channel, Permission.MANAGE_THREADS)
        )
        return inside and self.bot_can(channel, Permission.VIEW_CHANNEL)

    def bot_can(self, channel: Channel, needed: Permission) -> bool:
        """Return whether the bot has all of `needed` in a channel."""
        return self.permissions_in(channel.id, self.bot.id) & needed == needed

    def require(self, channel: Channel, needed: Permission) -> None:
        """Raise Missing Permissions unless the bot has all of `needed`."""
        if not self.bot_can(channel, needed):
            raise errors.missing_permissions()

    def guild_permissions(self, guild_id: int, user_id: int) -> Permission:
        """Return a member's permissions before any channel's overwrites; none for others."""
        member = self.members.get((guild_id, user_id))
        if member is None:
            return Permission.NONE
        guild = self.guilds[guild_id]
        roles = [self.roles[each].permissions for each in member.role_ids if each in self.roles]
        return permissions.in_guild(
            self.roles[guild_id].permissions, roles, is_owner=guild.owner_id == user_id
        )

    def permissions_in(self, channel_id: int, user_id: int) -> Permission:
        """Return a member's permissions in a channel; a thread has its parent's."""
        channel = self.channels[channel_id]
        if channel.kind is ChannelKind.DIRECT:
            return permissions.MEMBER_DEFAULT
        if channel.parent_id is not None:
            channel = self.channels[channel.parent_id]
        member = self.members.get((channel.guild_id, user_id))
        if member is None:
            return Permission.NONE
        return permissions.in_channel(
            self.guild_permissions(channel.guild_id, user_id),
            channel.overwrites,
            guild_id=channel.guild_id,
            role_ids=member.role_ids,
            member_id=user_id,
        )

    def user(self, user_id: int) -> User:
        """Return somebody who is in a guild. Raises ApiError for anybody else."""
        for member in self.members.values():
            if member.user.id == user_id:
                return member.user
        raise errors.unknown("User")

    def open_direct(self, user_id: int) -> Channel:
        """Return the channel for the bot's direct messages to somebody."""
        for channel in self.channels.values():
            if channel.kind is ChannelKind.DIRECT and channel.owner_id == user_id:
                return channel
        person = self.user(user_id)
        channel = Channel(self.new_id(), 0, person.name, ChannelKind.DIRECT, owner_id=user_id)
        self.channels[channel.id] = channel
        self.note(channel)
        return channel

    def guild_roles(self, guild_id: int) -> dict[int, Role]:
        """Return a guild's roles by id."""
        return {each.id: each for each in self.roles.values() if each.guild_id == guild_id}

    def guild_channels(self, guild_id: int, *, threads: bool = False) -> list[Channel]:
        """Return a guild's channels, or with `threads` its threads, without deleted ones."""
        return [
            each
            for each in self.channels.values()
            if each.guild_id == guild_id and not each.deleted and each.kind.is_thread is threads
        ]

    def messages(
        self, channel_id: int, *, deleted: bool = False, ephemeral: bool = False
    ) -> tuple[StoredMessage, ...]:
        """Return a channel's messages, oldest first, optionally with deleted and with ephemeral ones."""
        found = self.stored.get(channel_id, {}).values()
        return tuple(
            each for each in found if (deleted or not each.deleted) and (ephemeral or not each.ephemeral)
        )

    def all_messages(self) -> tuple[StoredMessage, ...]:
        """Return the messages in all channels and threads, without deleted and ephemeral ones, oldest first."""
        found = (each for channel_id in self.stored for each in self.messages(channel_id))
        return tuple(sorted(found, key=lambda each: each.id))

    def message(self, channel_id: int, message_id: int) -> StoredMessage:
        """Return a message. Raises ApiError if it doesn't exist or is deleted."""
        found = self.stored.get(channel_id, {}).get(message_id)
        if found is None or found.deleted:
            raise errors.unknown("Message")
        return found

    def put_message(self, message: StoredMessage) -> StoredMessage:
        """Store a new or changed message."""
        self.stored.setdefault(message.channel_id, {})[message.id] = message
        self.note(message)
        return message

    def delete_stored(self, message: StoredMessage) -> None:
        """Mark a message as deleted and send the event."""
        self.put_message(replace(message, deleted=True))
        body = {
            "id": str(message.id),
            "channel_id": str(message.channel_id),
            "guild_id": str(message.guild_id),
        }
        self.publish("MESSAGE_DELETE", body, message.guild_id, Intent.GUILD_MESSAGES)

    def put_channel(self, channel: Channel, event: str) -> Channel:
        """Store a new or changed channel or thread, and send `event`."""
        self.channels[channel.id] = channel
        body = self.channel_payload(channel)
        if event == "THREAD_CREATE":
            body["newly_created"] = True
        if channel.kind is not ChannelKind.PRIVATE_THREAD or self.bot_can_view(channel):
            self.publish(event, body, channel.guild_id)
        self.note(channel)
        return channel

    def channel_payload(self, channel: Channel) -> Json:
        """Return the JSON of a channel or thread."""
        if channel.kind is ChannelKind.DIRECT:
            return payloads.direct(channel, self.user(channel.owner_id))
        if not channel.kind.is_thread:
            return payloads.channel(channel)
        messages = self.messages(channel.id)
        last = messages[-1].id if messages else None
        return payloads.thread(channel, messages=max(0, len(messages) - 1), last_message_id=last)

    def guild_payload(self, guild: Guild) -> Json:
        """Return the JSON of a guild with its roles, channels and active threads."""
        return payloads.guild(
            guild,
            roles=self.guild_roles(guild.id).values(),
            bot_id=self.bot.id,
            channels=[self.channel_payload(each) for each in self.guild_channels(guild.id)],
            threads=[
                self.channel_payload(each)
                for each in self.guild_channels(guild.id, threads=True)
                if not each.archived and self.bot_can_view(each)
            ],
        )

    def guild_create_payload(self, guild: Guild) -> Json:
        """Return the data of GUILD_CREATE."""
        members = [each for each in self.members.values() if each.guild_id == guild.id]
        me = self.members[guild.id, self.bot.id]
        return payloads.guild_create(
            self.guild_payload(guild),
            members=[payloads.member(each) for each in members],
            joined_at=me.joined_at,
        )

    def message_payload(self, message: StoredMessage, *, command_user: User | None = None) -> Json:
        """Return the JSON of a message; `command_user`: who used the command that it responds to."""
        number = 0 if message.interaction_id is None else 20
        body = payloads.message(
            message,
            number=number,
            application_id=self.bot.id,
            command_user=command_user,
            files_url=self.files_url,
        )
        opened = self.channels.get(message.id)
        if opened is not None and not opened.deleted and opened.parent_id == message.channel_id:
            body["thread"] = self.channel_payload(opened)
        return body
