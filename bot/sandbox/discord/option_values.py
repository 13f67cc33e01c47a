"""What Discord's client checks before it sends a command: the value of each option."""

from collections.abc import Callable, Mapping, Sequence

from bot.sandbox.discord.interaction_data import OptionValue
from bot.sandbox.discord.models import Channel, Json, Role, Upload, User
from bot.sandbox.discord.state import State

_STRING, _INTEGER, _BOOLEAN, _USER, _CHANNEL, _ROLE, _MENTIONABLE, _NUMBER, _ATTACHMENT = range(3, 12)
Plain = str | int | float | bool
"""A value as the page sends it; a user, role or channel by its id as a string, a file by its number."""


def option_values(
    state: State,
    guild_id: int,
    options: Mapping[str, Json],
    given: Mapping[str, Plain],
    *,
    files: Sequence[Upload] = (),
    focused: str = "",
) -> dict[str, OptionValue]:
    """Return the values for `interactions`. Raises ValueError with a sentence for one that Discord's client refuses.

    `options`: the command's, by name. `files`: those beside the values. `focused`: the option that is still being
    typed, which may be anything.
    """
    unknown = sorted(set(given) - set(options))
    if unknown:
        raise ValueError(f"This command has no option {unknown[0]}.")
    missing = [name for name, each in options.items() if each.get("required") and name not in given]
    if missing and not focused:
        raise ValueError(f"The option {missing[0]} is required.")
    return {
        name: str(value) if name == focused else _value(state, guild_id, options[name], value, files)
        for name, value in given.items()
    }


def _value(state: State, guild_id: int, option: Json, value: Plain, files: Sequence[Upload]) -> OptionValue:
    name, kind = option["name"], option["type"]
    if kind == _ATTACHMENT:
        return _file(name, value, files)
    if kind in {_USER, _CHANNEL, _ROLE, _MENTIONABLE}:
        return _entity(state, guild_id, option, value)
    wanted, noun = _PLAIN.get(kind, ((), "another value"))
    if type(value) not in wanted:
        raise ValueError(f"The option {name} needs {noun}.")
    choices = option.get("choices") or ()
    if choices and value not in [each["value"] for each in choices]:
        raise ValueError(f"The option {name} needs one of its choices.")
    _check_bounds(option, value)
    return value


def _file(name: str, value: Plain, files: Sequence[Upload]) -> Upload:
    if type(value) is not int or not 0 <= value < len(files):
        raise ValueError(f"The option {name} needs a file.")
    return files[value]


_PLAIN: dict[int, tuple[tuple[type, ...], str]] = {
    _STRING: ((str,), "a text"),
    _INTEGER: ((int,), "a whole number"),
    _BOOLEAN: ((bool,), "true or false"),
    _NUMBER: ((int, float), "a number"),
}
"""The types of a value, and what people call it."""


def _check_bounds(option: Json, value: Plain) -> None:
    size, low, high, unit = (
        (len(value), option.get("min_length"), option.get("max_length") or 6000, " characters")
        if isinstance(value, str)
        else (value, option.get("min_value"), option.get("max_value"), "")
    )
    if low is not None and size < low:
        raise ValueError(f"The option {option['name']} needs at least {low}{unit}.")
    if high is not None and size > high:
        raise ValueError(f"The option {option['name']} allows at most {high}{unit}.")


def _entity(state: State, guild_id: int, option: Json, value: Plain) -> User | Role | Channel:
    identity = int(value) if isinstance(value, str) and value.isdecimal() else 0
    for find in _FINDERS[option["type"]]:
        found = find(state, guild_id, identity)
        if isinstance(found, Channel):
            _check_channel(option, found)
        if found is not None:
            return found
    raise ValueError(f"The option {option['name']} needs one from the list.")


def _check_channel(option: Json, channel: Channel) -> None:
    allowed = option.get("channel_types")
    if allowed and channel.kind.number not in allowed:
        raise ValueError(f"The option {option['name']} doesn't allow this kind of channel.")


def _user(state: State, guild_id: int, identity: int) -> User | None:
    member = state.members.get((guild_id, identity))
    return None if member is None else member.user


def _role(state: State, guild_id: int, identity: int) -> Role | None:
    role = state.roles.get(identity)
    return role if role is not None and role.guild_id == guild_id else None


def _channel(state: State, guild_id: int, identity: int) -> Channel | None:
    channel = state.channels.get(identity)
    return channel if channel and channel.guild_id == guild_id and not channel.deleted else None


_Finder = Callable[[State, int, int], User | Role | Channel | None]
_FINDERS: dict[int, tuple[_Finder, ...]] = {
    _USER: (_user,),
    _ROLE: (_role,),
    _CHANNEL: (_channel,),
    _MENTIONABLE: (_user, _role),
}
