"""Keeps what exists on the simulated Discord in a file: one line of JSON for each change, the last one counts.

Registered commands aren't kept, because a bot registers them at each start, nor are interactions, which end soon.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO

from pydantic import TypeAdapter, ValidationError

from bot.sandbox.discord.models import Change, Channel, Guild, Member, Role, RoleDeleted, StoredMessage, User
from bot.sandbox.discord.state import State

_RECENT = timedelta(minutes=5)
"""How old a message may be for its nonce to count."""


@dataclass(frozen=True, slots=True)
class _Identities:
    """The accounts of the servers' owner and of the bot."""

    owner: User
    bot: User


_Kept = _Identities | Guild | Role | RoleDeleted | Member | Channel | StoredMessage
_ADAPTERS: dict[str, TypeAdapter[_Kept]] = {
    kind.__name__: TypeAdapter(kind)
    for kind in (_Identities, Guild, Role, RoleDeleted, Member, Channel, StoredMessage)
}


class UnreadableJournal(ValueError):
    """A line isn't what this version writes."""


def load(path: Path, state: State) -> bool:
    """Read a journal into an empty state. Return False if there is none. Raises UnreadableJournal.

    A last line without its end is left out: the process was killed while it wrote.
    """
    if not path.exists():
        return False
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.endswith("\n"):
                _put(state, _parsed(line))
    for channel in state.channels.values():
        if channel.kind.is_thread:
            state.thread_members |= {(channel.id, channel.owner_id), (channel.id, state.bot.id)}
    state.continue_after(max(_ids(state), default=0))
    return True


def _parsed(line: str) -> _Kept:
    kind, _, value = line.partition(" ")
    try:
        return _ADAPTERS[kind].validate_json(value)
    except (KeyError, ValidationError) as error:
        raise UnreadableJournal(kind) from error


def _ids(state: State) -> Iterator[int]:
    yield from (*state.guilds, *state.roles, *state.channels, *state.uploads)
    for messages in state.stored.values():
        yield from messages
    yield from (user_id for _, user_id in state.members)


def _put(state: State, kept: _Kept) -> None:
    match kept:
        case _Identities():
            state.owner, state.bot = kept.owner, kept.bot
        case Guild():
            state.guilds[kept.id] = kept
        case Role():
            state.roles[kept.id] = kept
        case RoleDeleted():
            state.roles.pop(kept.role_id, None)
        case Member():
            state.members[kept.guild_id, kept.user.id] = kept
        case Channel():
            state.channels[kept.id] = kept
        case StoredMessage():
            state.stored.setdefault(kept.channel_id, {})[kept.id] = kept
            state.uploads |= {each.id: each for each in kept.attachments}
            if kept.nonce is not None and state.clock() - kept.created_at < _RECENT:
                state.nonces.add(kept, kept.nonce)


class Journal:
    """Writes a state to a file: all of it at the start, and each change after that."""

    def __init__(self, path: Path, state: State) -> None:
        beside = path.with_suffix(".new")
        with beside.open("w", encoding="utf-8") as file:
            file.writelines(map(_line, _all(state)))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        self._file: IO[str] = path.open("a", encoding="utf-8")
        state.watch(self._write)

    def _write(self, change: Change) -> None:
        if isinstance(change, _Kept) and not self._file.closed:
            self._file.write(_line(change))
            self._file.flush()

    def close(self) -> None:
        """Stop writing."""
        self._file.close()


def _line(kept: _Kept) -> str:
    kind = type(kept).__name__
    return f"{kind} {_ADAPTERS[kind].dump_json(kept).decode()}\n"


def _all(state: State) -> Iterator[_Kept]:
    yield _Identities(state.owner, state.bot)
    yield from state.guilds.values()
    yield from state.roles.values()
    yield from state.members.values()
    yield from state.channels.values()
    for messages in state.stored.values():
        yield from messages.values()
