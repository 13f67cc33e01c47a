"""Noted changes, without Discord."""

from collections.abc import Sequence
from unittest.mock import Mock

import discord
import pytest

from bot.chat import noted_changes
from bot.chat.noted_changes import NotedChanges
from bot.errors import StoreLocked

HOME, AWAY = (Mock(discord.Guild, id=number, me=None) for number in (1, 2))


class Recorded:
    """What was recorded. Each call may raise an error first, or note something meanwhile."""

    def __init__(self) -> None:
        self.guilds: list[int] = []
        self.opened: list[Sequence[int]] = []
        self.locked = False
        self.noted_meanwhile: list[discord.Guild] = []
        self.changes = NotedChanges(self.open, self.change)

    async def open(self, ids: Sequence[int]) -> None:
        self.opened.append(ids)

    async def change(self, guild_id: int) -> None:
        if self.locked:
            raise StoreLocked("feed-relay.db")
        self.guilds.append(guild_id)
        while self.noted_meanwhile:
            self.changes.note(self.noted_meanwhile.pop(), ())


async def test_a_guild_is_recorded_once() -> None:
    recorded = Recorded()
    recorded.changes.note(HOME, ())
    recorded.changes.note(HOME, ())

    await recorded.changes.record()
    await recorded.changes.record()

    assert recorded.guilds == [HOME.id]
    assert recorded.opened == []


async def test_a_change_during_the_recording_of_an_earlier_one_is_recorded() -> None:
    recorded = Recorded()
    recorded.noted_meanwhile = [HOME]
    recorded.changes.note(HOME, ())

    await recorded.changes.record()

    assert recorded.guilds == [HOME.id, HOME.id]


async def test_events_during_a_database_lock_are_recorded_later() -> None:
    recorded = Recorded()
    recorded.locked = True
    recorded.changes.note(HOME, ())
    recorded.changes.note(AWAY, ())
    with pytest.raises(StoreLocked):
        await recorded.changes.record()
    recorded.locked = False

    await recorded.changes.record()

    assert sorted(recorded.guilds) == [HOME.id, AWAY.id]


async def test_a_writable_channel_is_reported_once_more_and_not_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A refusal from before the change may have been recorded only after it."""
    monkeypatch.setattr(noted_changes, "is_writable", lambda _me, _channel: True)
    recorded = Recorded()
    present, gone = (Mock(discord.TextChannel, id=number, guild=HOME) for number in (7, 8))
    recorded.changes.note(HOME, [present, gone])
    await recorded.changes.record()
    await recorded.changes.record()

    for _ in range(3):
        recorded.changes.repeat({7: present}.get)
        await recorded.changes.record()

    assert recorded.opened == [[7, 8], [7]]
