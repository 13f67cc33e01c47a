"""Actions of people and of Discord around the bot: servers, channels, roles, permissions, outages.

Each method changes the state and sends the bot the events that Discord would send.
"""

from dataclasses import replace

from bot.sandbox.discord import payloads
from bot.sandbox.discord.events import Intent
from bot.sandbox.discord.models import (
    Channel,
    ChannelKind,
    Guild,
    Member,
    Role,
    RoleDeleted,
    StoredMessage,
    Tag,
    Upload,
    User,
)
from bot.sandbox.discord.permissions import MEMBER_DEFAULT, Overwrite, Permission
from bot.sandbox.discord.state import State


class Actions(State):
    """The state, with the actions that tests and the demo use."""

    def add_guild(
        self,
        name: str,
        *,
        id: int | None = None,  # noqa: A002 - Discord's own name
        bot_permissions: Permission = Permission.NONE,
        everyone: Permission = MEMBER_DEFAULT,
        has_bot: bool = True,
    ) -> Guild:
        """Add a server with the bot in it. `bot_permissions`: in addition to those of `everyone`."""
        guild_id = id or self.new_id()
        guild = Guild(guild_id, name, self.owner.id, bot_role_id=self.new_id(), has_bot=False)
        self._put_guild(guild)
        own = Role(guild.bot_role_id, guild_id, self.bot.name, bot_permissions, position=1)
        for role in (Role(guild_id, guild_id, "@everyone", everyone), own):
            self.roles[role.id] = role
            self.note(role)
        self._put_member(Member(self.owner, guild_id, self.clock()))
        return self.invite_bot(guild) if has_bot else guild

    def invite_bot(self, guild: Guild) -> Guild:
        """Add the bot to the server, for the first time or again."""
        joined = self._put_guild(replace(guild, has_bot=True))
        self._put_member(Member(self.bot, guild.id, self.clock(), (guild.bot_role_id,)))
        self.publish("GUILD_CREATE", self.guild_create_payload(joined), guild.id)
        return joined

    def remove_bot(self, guild: Guild) -> Guild:
        """Remove the bot from the server."""
        self.publish("GUILD_DELETE", {"id": str(guild.id)}, guild.id)
        left = self._put_guild(replace(guild, has_bot=False))
        self.members.pop((guild.id, self.bot.id), None)
        return left

    def outage(self, guild: Guild) -> Guild:
        """Make the server unavailable; the bot is still in it."""
        down = self._put_guild(replace(guild, available=False))
        self.publish("GUILD_DELETE", {"id": str(guild.id), "unavailable": True}, guild.id)
        return down

    def recover(self, guild: Guild) -> Guild:
        """End an outage."""
        up = self._put_guild(replace(guild, available=True))
        body = self.guild_create_payload(up) | {"unavailable": False}
        self.publish("GUILD_CREATE", body, guild.id)
        return up

    def _put_member(self, member: Member) -> Member:
        self.members[member.guild_id, member.user.id] = member
        self.note(member)
        return member

    def _put_guild(self, guild: Guild) -> Guild:
        self.guilds[guild.id] = guild
        self.note(guild)
        return guild

    def set_community(
        self, guild_id: int, *, updates: Channel | None = None, safety: Channel | None = None
    ) -> Guild:
        """Set the channels for Community updates and for safety alerts."""
        guild = replace(
            self.guilds[guild_id],
            updates_channel_id=None if updates is None else updates.id,
            safety_channel_id=None if safety is None else safety.id,
        )
        self._put_guild(guild)
        roles = self.guild_roles(guild_id).values()
        body = payloads.guild(guild, roles=roles, bot_id=self.bot.id)
        rest = {name: value for name, value in body.items() if name not in {"channels", "threads"}}
        self.publish("GUILD_UPDATE", rest, guild_id)
        return guild

    def add_channel(
        self,
        guild_id: int,
        name: str,
        *,
        kind: ChannelKind | str = ChannelKind.TEXT,
        tags: tuple[str, ...] = (),
        require_tag: bool = False,
        topic: str = "",
        id: int | None = None,  # noqa: A002 - Discord's own name
    ) -> Channel:
        """Add a channel; `tags`: the names of a forum's tags."""
        channel = Channel(
            id=id or self.new_id(),
            guild_id=guild_id,
            name=name,
            kind=ChannelKind(kind),
            position=len(self.guild_channels(guild_id)),
            topic=topic,
            tags=tuple(Tag(self.new_id(), each) for each in tags),
            require_tag=require_tag,
            created_at=self.clock(),
        )
        return self.put_channel(channel, "CHANNEL_CREATE")

    def add_thread(
        self,
        channel_id: int,
        name: str,
        *,
        archived: bool = False,
        locked: bool = False,
        owner: User | None = None,
        members: tuple[User, ...] | None = None,
    ) -> Channel:
        """Open a thread in a channel, or a post in a forum, as a person.

        `members`: who is in a private thread besides its owner; None: the thread is public.
        """
        parent = self.channels[channel_id]
        news = parent.kind is ChannelKind.ANNOUNCEMENT
        public = ChannelKind.ANNOUNCEMENT_THREAD if news else ChannelKind.THREAD
        thread = Channel(
            id=self.new_id(),
            guild_id=parent.guild_id,
            name=name,
            kind=public if members is None else ChannelKind.PRIVATE_THREAD,
            parent_id=channel_id,
            owner_id=(owner or self.owner).id,
            archived=archived,
            locked=locked,
            created_at=self.clock(),
        )
        inside = (owner or self.owner, *(members or ()))
        self.thread_members.update((thread.id, each.id) for each in inside)
        return self.put_channel(thread, "THREAD_CREATE")

    def join_thread(self, thread_id: int, user: User) -> None:
        """Add somebody to a thread. If it is the bot, it gets an event."""
        self.thread_members.add((thread_id, user.id))
        if user.id == self.bot.id:
            self.put_channel(self.channels[thread_id], "THREAD_CREATE")

    def leave_thread(self, thread_id: int, user: User) -> None:
        """Remove somebody from a thread. Without the members intent, the bot gets no event."""
        self.thread_members.discard((thread_id, user.id))

    def change_channel(self, channel_id: int, **changes: object) -> Channel:
        """Change fields of a channel or thread: `name=`, `archived=`, `locked=`, `tags=`, `require_tag=`."""
        channel = self.channels[channel_id]
        changed: Channel = replace(channel, **changes)  # type: ignore[arg-type] # the names are Channel's own
        return self.put_channel(changed, "THREAD_UPDATE" if channel.kind.is_thread else "CHANNEL_UPDATE")

    def delete_channel(self, channel_id: int) -> None:
        """Delete a channel with its threads, or a thread."""
        channel = self.channels[channel_id]
        for thread in self.guild_channels(channel.guild_id, threads=True):
            if thread.parent_id == channel_id:
                self.channels[thread.id] = replace(thread, deleted=True)
        event = "THREAD_DELETE" if channel.kind.is_thread else "CHANNEL_DELETE"
        self.put_channel(replace(channel, deleted=True), event)

    def set_permissions(
        self,
        channel_id: int,
        *,
        allow: Permission = Permission.NONE,
        deny: Permission = Permission.NONE,
        target: User | Role | None = None,
    ) -> Channel:
        """Set the channel's overwrite for `target`, by default the bot. Without `allow` and `deny`, remove it."""
        who = target or self.bot
        channel = self.channels[channel_id]
        kept = tuple(each for each in channel.overwrites if each.target_id != who.id)
        if allow or deny:
            kept += (Overwrite(who.id, isinstance(who, User), allow, deny),)
        return self.change_channel(channel_id, overwrites=kept)

    def add_role(
        self,
        guild_id: int,
        name: str,
        *,
        permissions: Permission = Permission.NONE,
        mentionable: bool = False,
    ) -> Role:
        """Add a role."""
        position = len(self.guild_roles(guild_id))
        role = Role(self.new_id(), guild_id, name, permissions, mentionable, position)
        return self._put_role(role, "GUILD_ROLE_CREATE")

    def change_role(self, role_id: int, permissions: Permission) -> Role:
        """Change a role's permissions; the role @everyone has the guild's id."""
        return self._put_role(replace(self.roles[role_id], permissions=permissions), "GUILD_ROLE_UPDATE")

    def _put_role(self, role: Role, event: str) -> Role:
        self.roles[role.id] = role
        body = payloads.role(role)
        self.publish(event, {"guild_id": str(role.guild_id), "role": body}, role.guild_id)
        self.note(role)
        return role

    def delete_role(self, role_id: int) -> None:
        """Delete a role."""
        role = self.roles.pop(role_id)
        body = {"guild_id": str(role.guild_id), "role_id": str(role_id)}
        self.publish("GUILD_ROLE_DELETE", body, role.guild_id)
        self.note(RoleDeleted(role_id))

    def add_member(self, guild_id: int, name: str, *, roles: tuple[Role, ...] = ()) -> User:
        """Add a person to a server."""
        user = User(self.new_id(), name)
        member = self._put_member(Member(user, guild_id, self.clock(), tuple(each.id for each in roles)))
        body = payloads.member(member) | {"guild_id": str(guild_id)}
        self.publish("GUILD_MEMBER_ADD", body, guild_id, Intent.GUILD_MEMBERS)
        return user

    def set_roles(self, guild_id: int, user: User, roles: tuple[Role, ...]) -> Member:
        """Give a member exactly these roles; the bot keeps its own."""
        ids = tuple(each.id for each in roles)
        if user.id == self.bot.id:
            ids = (self.guilds[guild_id].bot_role_id, *ids)
        member = self._put_member(replace(self.members[guild_id, user.id], role_ids=ids))
        intent = Intent.ALWAYS if user.id == self.bot.id else Intent.GUILD_MEMBERS
        body = payloads.member(member) | {"guild_id": str(guild_id)}
        self.publish("GUILD_MEMBER_UPDATE", body, guild_id, intent)
        return member

    def say(
        self, channel_id: int, text: str, *, author: User | None = None, files: tuple[Upload, ...] = ()
    ) -> StoredMessage:
        """Write a message as a person."""
        channel = self.channels[channel_id]
        message = StoredMessage(
            id=self.new_id(),
            channel_id=channel_id,
            guild_id=channel.guild_id,
            author=author or self.owner,
            created_at=self.clock(),
            body={"content": text},
            content=text,
            attachments=files,
        )
        self.put_message(message)
        body = self.message_payload(message) | {"guild_id": str(channel.guild_id)}
        self.publish("MESSAGE_CREATE", body, channel.guild_id, Intent.GUILD_MESSAGES)
        return message

    def delete_message(self, message: StoredMessage) -> None:
        """Delete a message, as a moderator."""
        self.delete_stored(message)

    def expire_nonces(self) -> None:
        """Forget all nonces. Discord does so after a few minutes."""
        self.nonces.expire()
