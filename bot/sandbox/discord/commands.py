"""Registration of application commands: what Discord accepts, stores and returns."""

import re
from collections.abc import Iterator

from bot.sandbox.discord import errors
from bot.sandbox.discord.errors import Problem
from bot.sandbox.discord.models import CommandsChanged, Json
from bot.sandbox.discord.state import State
from bot.sandbox.discord.validation import Path, required, too_long, too_many

_NAME = re.compile(r"[-_'\w]{1,32}$")
_CHAT_INPUT = 1
_SUBCOMMANDS = {1, 2}
_DEFAULTS: Json = {
    "type": _CHAT_INPUT,
    "description": "",
    "options": [],
    "default_member_permissions": None,
    "dm_permission": True,
    "nsfw": False,
    "contexts": None,
    "integration_types": [0],
}


def check_all(bodies: object) -> Iterator[Problem]:
    """Yield the problems of a list of commands that replaces all others."""
    yield from too_many(bodies, 130, ())
    names: set[tuple[int, str]] = set()
    for index, body in enumerate(bodies if isinstance(bodies, list) else ()):
        yield from check(body, (str(index),))
        key = _key(body)
        if key in names:
            problem = "Application command names must be unique"
            yield Problem((str(index), "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", problem)
        names.add(key)


def _key(body: Json) -> tuple[int, str]:
    return body.get("type", _CHAT_INPUT), str(body.get("name"))


def check(body: Json, path: Path = ()) -> Iterator[Problem]:
    """Yield the problems of one command."""
    chat = body.get("type", _CHAT_INPUT) == _CHAT_INPUT
    yield from required(body.get("name"), (*path, "name"))
    yield from too_long(body.get("name"), 32, (*path, "name"))
    if chat:
        yield from _named(body, path)
        yield from _options(body.get("options"), (*path, "options"))
        if _size(body) > 8000:
            yield Problem(path, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")


def _named(body: Json, path: Path) -> Iterator[Problem]:
    name = str(body.get("name"))
    if not _NAME.match(name) or name != name.lower():
        problem = "Command name is invalid"
        yield Problem((*path, "name"), "APPLICATION_COMMAND_INVALID_NAME", problem)
    yield from required(body.get("description"), (*path, "description"))
    yield from too_long(body.get("description"), 100, (*path, "description"))


def _options(options: object, path: Path) -> Iterator[Problem]:
    yield from too_many(options, 25, path)
    optional_seen = False
    for index, option in enumerate(options if isinstance(options, list) else ()):
        here = (*path, str(index))
        yield from _named(option, here)
        yield from _options(option.get("options"), (*here, "options"))
        yield from _choices(option, here)
        if option.get("required") and optional_seen:
            problem = "Required options must be placed before non-required options"
            yield Problem(here, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", problem)
        optional_seen |= option.get("type") not in _SUBCOMMANDS and not option.get("required")


def _choices(option: Json, path: Path) -> Iterator[Problem]:
    yield from too_many(option.get("choices"), 25, (*path, "choices"))
    if option.get("choices") and option.get("autocomplete"):
        problem = "Choices and autocomplete exclude each other"
        yield Problem(path, "APPLICATION_COMMAND_OPTIONS_CHOICES_AND_AUTOCOMPLETE", problem)
    for index, choice in enumerate(option.get("choices") or ()):
        yield from too_long(choice.get("name"), 100, (*path, "choices", str(index), "name"))


def _size(body: Json) -> int:
    own = len(str(body.get("name", ""))) + len(str(body.get("description", "")))
    choices = sum(
        len(str(each.get("name"))) + len(str(each.get("value"))) for each in body.get("choices") or ()
    )
    return own + choices + sum(_size(option) for option in body.get("options") or ())


def replace_all(state: State, guild_id: int | None, bodies: list[Json]) -> list[Json]:
    """Replace all commands of a guild (None: the global ones). A name that stays keeps its id."""
    registered = state.commands.get(guild_id, {})
    kept = {_key(each): identity for identity, each in registered.items()}
    commands = [_build_command(state, guild_id, body, kept.get(_key(body))) for body in bodies]
    state.commands[guild_id] = {int(each["id"]): each for each in commands}
    state.note(CommandsChanged())
    return commands


def put(state: State, guild_id: int | None, body: Json) -> Json:
    """Add a command, or replace the one with the same name."""
    registered = state.commands.setdefault(guild_id, {})
    same = next((identity for identity, each in registered.items() if _key(each) == _key(body)), None)
    command = _build_command(state, guild_id, body, same)
    registered[int(command["id"])] = command
    state.note(CommandsChanged())
    return command


def _build_command(state: State, guild_id: int | None, body: Json, identity: int | None) -> Json:
    command = _DEFAULTS | body
    permissions = command["default_member_permissions"]
    command |= {
        "id": str(identity or state.new_id()),
        "application_id": str(state.bot.id),
        "version": str(state.new_id()),
        "default_member_permissions": None if permissions is None else str(permissions),
    }
    return command if guild_id is None else command | {"guild_id": str(guild_id)}


def one(state: State, guild_id: int | None, command_id: int) -> Json:
    """Return a registered command. Raises ApiError if there is none with this id."""
    found = state.commands.get(guild_id, {}).get(command_id)
    if found is None:
        raise errors.unknown("application command")
    return found


def change(state: State, guild_id: int | None, command_id: int, body: Json) -> Json:
    """Change some fields of a command."""
    merged = one(state, guild_id, command_id) | body
    changed = state.commands[guild_id][command_id] = _build_command(state, guild_id, merged, command_id)
    state.note(CommandsChanged())
    return changed


def delete(state: State, guild_id: int | None, command_id: int) -> None:
    """Remove a command."""
    one(state, guild_id, command_id)
    del state.commands[guild_id][command_id]
    state.note(CommandsChanged())


def named(state: State, guild_id: int, name: str, kind: int = _CHAT_INPUT) -> Json:
    """Return the command with this name in a guild, by default a slash command. Raises LookupError if there is none."""
    for scope in (guild_id, None):
        for each in state.commands.get(scope, {}).values():
            if each["name"] == name and each["type"] == kind:
                return each
    known = sorted(each["name"] for held in state.commands.values() for each in held.values())
    raise LookupError(f"no command /{name} is registered; there are: {', '.join(known) or 'none'}")
