"""The data of an interaction: a command with options, a pressed button, a modal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.sandbox.discord import components, payloads
from bot.sandbox.discord.commands import named
from bot.sandbox.discord.models import Channel, Json, Role, StoredMessage, Upload, User
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.state import State

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
_SUBCOMMAND, _GROUP = 1, 2
_BUTTON, _STRING_SELECT, _TEXT_INPUT = 2, 3, 4
_MESSAGE_COMMAND = 3

OptionValue = str | int | float | bool | User | Role | Channel | Upload


@dataclass(frozen=True, slots=True)
class CommandCall:
    """A registered command with the subcommand that a person chose."""

    command: Json
    path: tuple[Json, ...]
    """The groups and the subcommand below it."""

    @property
    def options(self) -> dict[str, Json]:
        """The command's options by name."""
        leaf = self.path[-1] if self.path else self.command
        return {option["name"]: option for option in leaf.get("options") or ()}


def find(state: State, guild_id: int, full_name: str) -> CommandCall:
    """Return the command with this full name, such as "feed add". Raises LookupError if it isn't registered."""
    first, *rest = full_name.removeprefix("/").split()
    command = named(state, guild_id, first)
    path: tuple[Json, ...] = ()
    for part in rest:
        options = (path[-1] if path else command).get("options") or ()
        found = [each for each in options if each["name"] == part and each["type"] in {_SUBCOMMAND, _GROUP}]
        if not found:
            raise LookupError(f"/{first} has no subcommand {part!r}")
        path += (found[0],)
    return CommandCall(command, path)


def find_message_command(state: State, guild_id: int, name: str) -> CommandCall:
    """Return the command of a message's menu. Raises LookupError if it isn't registered."""
    return CommandCall(named(state, guild_id, name, _MESSAGE_COMMAND), ())


def message_command_data(call: CommandCall, message: StoredMessage, payload: Json) -> Json:
    """Return the data of a command of a message's menu; `payload`: the message's JSON."""
    return {
        "id": call.command["id"],
        "name": call.command["name"],
        "type": _MESSAGE_COMMAND,
        "target_id": str(message.id),
        "resolved": {"messages": {str(message.id): payload}},
        **({"guild_id": call.command["guild_id"]} if "guild_id" in call.command else {}),
    }


def is_visible(command: Json, may: Permission) -> bool:
    """Return whether Discord offers a command to a member with these permissions in the channel."""
    wanted = Permission(int(command["default_member_permissions"] or 0))
    needed = wanted | Permission.VIEW_CHANNEL | Permission.USE_APPLICATION_COMMANDS
    return may & needed == needed


def require_visible(state: State, call: CommandCall, channel: Channel, user: User) -> None:
    """Raise PermissionError if Discord doesn't offer this command to the member."""
    if not is_visible(call.command, state.permissions_in(channel.id, user.id)):
        raise PermissionError(f"{user.name} can't see /{call.command['name']} in #{channel.name}")


def command_data(
    state: State,
    guild_id: int,
    call: CommandCall,
    values: Mapping[str, OptionValue],
    *,
    focused: str | None = None,
) -> Json:
    """Return the data of a command, or of an autocomplete request if an option is `focused`."""
    unknown = set(values) - set(call.options)
    if unknown:
        raise LookupError(f"/{call.command['name']} has no option {', '.join(sorted(unknown))}")
    options = [_option(call.options[name], value, focused=name == focused) for name, value in values.items()]
    missing = [name for name, each in call.options.items() if each.get("required") and name not in values]
    if missing and focused is None:
        raise LookupError(f"/{call.command['name']} needs {', '.join(missing)}")
    for step in reversed(call.path):
        options = [{"type": step["type"], "name": step["name"], "options": options}]
    return {
        "id": call.command["id"],
        "name": call.command["name"],
        "type": 1,
        "options": options,
        "resolved": _resolved(state, guild_id, values) if focused is None else {},
        **({"guild_id": call.command["guild_id"]} if "guild_id" in call.command else {}),
    }


def _option(option: Json, value: OptionValue, *, focused: bool) -> Json:
    plain = str(value.id) if isinstance(value, User | Role | Channel | Upload) else value
    body: Json = {"type": option["type"], "name": option["name"], "value": plain}
    return body | {"focused": True} if focused else body


def _resolved(state: State, guild_id: int, values: Mapping[str, OptionValue]) -> Json:
    resolved: Json = {"users": {}, "members": {}, "roles": {}, "channels": {}, "attachments": {}}
    for value in values.values():
        if isinstance(value, User):
            member = state.members[guild_id, value.id]
            resolved["users"][str(value.id)] = payloads.user(value)
            may = str(int(state.guild_permissions(guild_id, value.id)))
            resolved["members"][str(value.id)] = payloads.member(member, with_user=False) | {
                "permissions": may
            }
        elif isinstance(value, Upload):
            resolved["attachments"][str(value.id)] = payloads.upload(value, state.files_url)
        elif isinstance(value, Role):
            resolved["roles"][str(value.id)] = payloads.role(value)
        elif isinstance(value, Channel):
            may = str(int(state.permissions_in(value.id, state.bot.id)))
            resolved["channels"][str(value.id)] = state.channel_payload(value) | {"permissions": may}
    return {kind: found for kind, found in resolved.items() if found}


def component_data(state: State, message: StoredMessage, name: str, values: tuple[str, ...]) -> Json:
    """Return the data of a pressed button or a menu's choice; `name`: its custom id, label or placeholder.

    Raises LookupError if there is no such component, or the menu doesn't offer a value.
    """
    for each, _ in components.walk(list(message.components)):
        if name in {each.get("custom_id"), each.get("label"), each.get("placeholder")} and each.get(
            "custom_id"
        ):
            if each.get("disabled"):
                raise LookupError(f"{name!r} is disabled")
            data: Json = {
                "custom_id": each["custom_id"],
                "component_type": each["type"],
                "id": each.get("id", 1),
            }
            return data if each["type"] == _BUTTON else data | _chosen(state, message, each, values)
    raise LookupError(f"the message has no button or menu {name!r}")


def _chosen(state: State, message: StoredMessage, menu: Json, values: tuple[str, ...]) -> Json:
    if not menu.get("min_values", 1) <= len(values) <= menu.get("max_values", 1):
        raise LookupError(f"{len(values)} is not a possible number of choices")
    if menu["type"] == _STRING_SELECT:
        unknown = set(values) - {option["value"] for option in menu["options"]}
        if unknown:
            raise LookupError(f"the menu doesn't offer {', '.join(sorted(unknown))}")
        return {"values": list(values)}
    found = {value: _entity(state, message.guild_id, int(value)) for value in values if value.isdecimal()}
    if len(found) < len(values):
        raise LookupError("the menu doesn't offer that")
    return {"values": list(values), "resolved": _resolved(state, message.guild_id, found)}


def _entity(state: State, guild_id: int, identity: int) -> User | Role | Channel:
    """Return a member, role or channel of a server. Raises LookupError if there is none with this id."""
    member, role, channel = (
        state.members.get((guild_id, identity)),
        state.roles.get(identity),
        state.channels.get(identity),
    )
    if member is not None:
        return member.user
    if role is not None and role.guild_id == guild_id:
        return role
    if channel is not None and channel.guild_id == guild_id and not channel.deleted:
        return channel
    raise LookupError("that isn't on the server")


def resolved_roles(roles: Iterable[Role]) -> Json:
    """Return what a submitted modal says about chosen roles."""
    return {"roles": {str(each.id): payloads.role(each) for each in roles}}
