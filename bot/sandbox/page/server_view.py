"""The server as the page shows it to one viewer: channels, roles, members and commands."""

from collections.abc import Iterator

from bot.sandbox.discord import interaction_data
from bot.sandbox.discord.models import Channel, ChannelKind, Guild, Json, StoredMessage
from bot.sandbox.discord.payloads import moment
from bot.sandbox.discord.permissions import Overwrite, Permission
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.page.message_view import user_json
from bot.sandbox.page.viewers import Viewer, may_write, sees, sees_message

_COMMAND_TYPES = {1: "chat", 2: "user", 3: "message"}
_OPTION_TYPES = {
    3: "string",
    4: "integer",
    5: "boolean",
    6: "user",
    7: "channel",
    8: "role",
    9: "mentionable",
    10: "number",
    11: "attachment",
}
_KINDS = {kind.number: kind.value for kind in ChannelKind}


def channels_json(discord: SandboxDiscord, guild: Guild, viewer: Viewer) -> list[Json]:
    """Return the channels in order, each followed by its threads, those with the newest messages first."""
    tops = sorted(discord.guild_channels(guild.id), key=lambda each: (each.position, each.id))
    threads = discord.guild_channels(guild.id, threads=True)
    direct = [each for each in discord.channels.values() if each.kind is ChannelKind.DIRECT]
    inside: dict[int, list[Channel]] = {}
    for thread in threads:
        inside.setdefault(thread.parent_id or 0, []).append(thread)
    ordered = [
        each
        for top in tops
        for each in (top, *sorted(inside.get(top.id, ()), key=lambda one: -_activity(discord, one)))
    ]
    return [
        channel_json(discord, viewer, each) for each in (*ordered, *direct) if sees(discord, viewer, each)
    ]


def _activity(discord: SandboxDiscord, channel: Channel) -> int:
    return max(discord.stored.get(channel.id, {}), default=channel.id)


def channel_json(discord: SandboxDiscord, viewer: Viewer, channel: Channel) -> Json:
    """Return a channel or thread."""
    last = _last_message(discord, viewer, channel)
    forum = discord.channels[channel.parent_id] if channel.parent_id is not None else channel
    tags = {tag.id: tag.name for tag in forum.tags}
    return {
        "id": str(channel.id),
        "name": channel.name,
        "kind": channel.kind.value,
        "parent": None if channel.parent_id is None else str(channel.parent_id),
        "position": channel.position,
        "topic": channel.topic,
        "private": any(_hides(each) for each in forum.overwrites if each.target_id == channel.guild_id),
        "last_message": None if last is None else str(last.id),
        "messages": len(discord.stored.get(channel.id, {})),
        "can_send": may_write(discord, viewer, channel),
        "archived": channel.archived,
        "locked": channel.locked,
        "tags": [tags[each] for each in channel.applied_tags if each in tags]
        if channel.kind.is_thread
        else list(tags.values()),
        "created_at": moment(channel.created_at),
    }


def _hides(overwrite: Overwrite) -> bool:
    return bool(overwrite.deny & Permission.VIEW_CHANNEL)


def _last_message(discord: SandboxDiscord, viewer: Viewer, channel: Channel) -> StoredMessage | None:
    newest_first = reversed(discord.stored.get(channel.id, {}).values())
    return next((each for each in newest_first if sees_message(viewer, each) and not each.ephemeral), None)


def server_json(discord: SandboxDiscord, guild: Guild, viewer: Viewer) -> Json:
    """Return all that the page shows around the messages."""
    roles = sorted(discord.guild_roles(guild.id).values(), key=lambda each: -each.position)
    member = discord.members[guild.id, viewer.user.id]
    return {
        "server": {"id": str(guild.id), "name": guild.name},
        "viewer": {
            **viewer_json(viewer),
            "user": user_json(viewer.user),
            "roles": [str(each) for each in member.role_ids],
        },
        "channels": channels_json(discord, guild, viewer),
        "roles": [
            {"id": str(each.id), "name": each.name, "mentionable": each.mentionable}
            for each in roles
            if each.id != guild.id
        ],
        "members": [user_json(each.user) for each in discord.members.values() if each.guild_id == guild.id],
        "commands": commands_json(discord, guild, viewer),
    }


def viewer_json(viewer: Viewer) -> Json:
    """Return a viewer for the list of viewers."""
    return {"name": viewer.name, "label": viewer.label, "about": viewer.about}


def commands_json(
    discord: SandboxDiscord, guild: Guild, viewer: Viewer, channel: Channel | None = None
) -> list[Json]:
    """Return the commands that the viewer may use in a channel, or somewhere on the server; subcommands one by one."""
    may = (
        discord.guild_permissions(guild.id, viewer.user.id)
        if channel is None
        else discord.permissions_in(channel.id, viewer.user.id)
    )
    registered = [
        each
        for scope in (guild.id, None)
        for each in discord.commands.get(scope, {}).values()
        if interaction_data.is_visible(each, may)
    ]
    return [_command_json(each, path) for each in registered for path in _leaves(each)]


def _leaves(command: Json) -> Iterator[tuple[Json, ...]]:
    """Yield the path to each subcommand; an empty one for a command without."""
    inner = [each for each in command.get("options") or () if each["type"] in {1, 2}]
    if not inner:
        yield ()
    for each in inner:
        for rest in _leaves(each):
            yield (each, *rest)


def _command_json(command: Json, path: tuple[Json, ...]) -> Json:
    leaf = path[-1] if path else command
    return {
        "id": command["id"],
        "type": _COMMAND_TYPES[command["type"]],
        "name": " ".join(each["name"] for each in (command, *path)),
        "description": leaf.get("description", ""),
        "options": [_option_json(each) for each in leaf.get("options") or ()],
    }


def _option_json(option: Json) -> Json:
    return {
        "name": option["name"],
        "description": option["description"],
        "type": _OPTION_TYPES[option["type"]],
        "required": bool(option.get("required")),
        "choices": [{"name": each["name"], "value": each["value"]} for each in option.get("choices") or ()],
        "autocomplete": bool(option.get("autocomplete")),
        "channel_types": [_KINDS[each] for each in option.get("channel_types") or () if each in _KINDS],
        **{name: option.get(name) for name in ("min_value", "max_value", "min_length", "max_length")},
    }
