"""Events that were missed, or that a busy database refused, are recorded later."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat.client import Chat
from bot.chat.gateway import Gateway
from bot.chat.guild_sync import Changes, Seen, compare
from bot.errors import StoreLocked
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from bot.store.guilds import FollowedChannel
from bot.store.store import Store
from tests.chat.conftest import Opened
from tests.chat.followed_server import FollowedServer, create_followed_server
from tests.store.conftest import Services as Journal

HOME, AWAY = 1, 2


def channel(
    number: int, guild_id: int | None = HOME, *, gone: bool = False, has_left: bool = False
) -> FollowedChannel:
    return FollowedChannel(number, guild_id, gone, has_left)


NOTHING = Changes(frozenset(), frozenset(), {}, ())


def test_nothing_changes_where_the_store_and_discord_agree() -> None:
    seen = Seen({HOME}, {HOME}, {10: HOME})

    assert compare([channel(10)], seen) == NOTHING


def test_a_guild_that_discord_does_not_name_has_left_once_all_are_known() -> None:
    known = [channel(10), channel(11, AWAY), channel(12, AWAY)]

    assert compare(known, Seen({HOME}, {HOME}, {10: HOME})).left == {AWAY}
    assert compare(known, Seen(None, {HOME}, {10: HOME})) == NOTHING


def test_an_outage_changes_nothing() -> None:
    assert compare([channel(10)], Seen({HOME}, set(), {})) == NOTHING


def test_a_guild_that_had_left_returns_when_it_is_available() -> None:
    known = [channel(10, gone=True, has_left=True)]

    assert compare(known, Seen({HOME}, {HOME}, {10: HOME})).returned == {HOME}
    assert compare(known, Seen({HOME}, set(), {})) == NOTHING


def test_a_channel_is_assigned_when_discord_names_its_guild() -> None:
    known = [channel(10, None), channel(11, None)]

    assert compare(known, Seen({HOME}, {HOME}, {10: HOME})).assigned == {10: HOME}


def test_a_channel_that_discord_does_not_name_is_missing_unless_its_deletion_is_known() -> None:
    known = [channel(10), channel(11, gone=True), channel(12, gone=True, has_left=True)]

    assert compare(known, Seen({HOME}, {HOME}, {})).missing == (10, 12)


@pytest.fixture
async def followed_server(
    tmp_path: Path, sandbox_discord: SandboxDiscord, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[FollowedServer]:
    monkeypatch.setattr("bot.store.sqlite.database.BUSY_TIMEOUT", 0.01)
    async with await Store.open(tmp_path / "feed-relay.db") as store:
        found = create_followed_server(sandbox_discord, opened, Journal(store))
        await found.follow()
        yield found


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """discord.py waits five seconds before it identifies again."""

    async def identify(_client: Gateway, _shard_id: int | None, *, initial: bool = False) -> None:
        pass

    monkeypatch.setattr(Gateway, "before_identify_hook", identify)
    monkeypatch.setattr("discord.backoff.ExponentialBackoff.delay", lambda _self: 0.0)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Lock the database, as another program would."""
    other = sqlite3.connect(path / "feed-relay.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


async def start(chat: Chat) -> None:
    """Run the bot until it is closed."""
    await chat.login()
    await chat.run()


class Failures:
    """The events whose handlers raised an error."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._names: asyncio.Queue[str] = asyncio.Queue()
        on_error = Gateway.on_error

        async def note(client: Gateway, name: str, /, *args: object, **kwargs: object) -> None:
            await on_error(client, name, *args, **kwargs)
            self._names.put_nowait(name)

        monkeypatch.setattr(Gateway, "on_error", note)

    async def next(self) -> str:
        """Wait until another event has failed, and return its name."""
        async with asyncio.timeout(60):
            return await self._names.get()


@pytest.fixture
def failures(monkeypatch: pytest.MonkeyPatch) -> Failures:
    return Failures(monkeypatch)


async def test_a_removal_that_met_a_locked_database_is_recorded_later(
    followed_server: FollowedServer, tmp_path: Path, failures: Failures
) -> None:
    async with followed_server.listening() as chat:
        with locked(tmp_path):
            followed_server.discord.remove_bot(followed_server.guild)
            await failures.next()
        before = await followed_server.suspended()

        await chat.reconcile()

        assert before == ""
        assert "removed from the server" in await followed_server.suspended()


async def test_a_return_that_met_a_locked_database_is_recorded_later(
    followed_server: FollowedServer, tmp_path: Path, failures: Failures
) -> None:
    discord = followed_server.discord
    await followed_server.store.guilds.left(followed_server.guild.id, followed_server.journal.now)
    chat = Chat(
        discord.token,
        api_url=discord.api_url,
        on_open=followed_server.opened.add,
        services=followed_server.services,
    )
    with locked(tmp_path):
        task = asyncio.create_task(start(chat))
        await failures.next()
    before = await followed_server.suspended()

    await chat.reconcile()

    after = await followed_server.suspended()
    await chat.close()
    await task
    assert "removed from the server" in before
    assert after == ""


async def test_a_deletion_that_met_a_locked_database_is_recorded_later(
    followed_server: FollowedServer, tmp_path: Path, failures: Failures
) -> None:
    async with followed_server.listening() as chat:
        with locked(tmp_path):
            followed_server.discord.delete_channel(followed_server.news.id)
            await failures.next()

        await chat.reconcile()

        assert "deleted" in await followed_server.suspended()


async def test_a_deletion_whose_comparison_met_a_locked_database_is_recorded_at_the_next_one(
    followed_server: FollowedServer, tmp_path: Path, failures: Failures
) -> None:
    async with followed_server.listening() as chat:
        with locked(tmp_path):
            followed_server.discord.delete_channel(followed_server.news.id)
            await failures.next()
            with pytest.raises(StoreLocked):
                await chat.reconcile()

        await chat.reconcile()

        assert "deleted" in await followed_server.suspended()


async def test_permissions_that_met_a_locked_database_are_reported_again(
    sandbox_discord: SandboxDiscord, opened: Opened, failures: Failures
) -> None:
    news = sandbox_discord.add_channel(sandbox_discord.add_guild("Garden club").id, "news")
    refusals = 0

    async def refuse_once(ids: Sequence[int]) -> None:
        nonlocal refusals
        refusals += 1
        if refusals == 1:
            raise StoreLocked("feed-relay.db")
        await opened.add(ids)

    chat = Chat(sandbox_discord.token, api_url=sandbox_discord.api_url, on_open=refuse_once)
    task = asyncio.create_task(start(chat))
    await failures.next()

    await chat.reconcile()

    await opened.wait_for(news.id)
    await chat.close()
    await task


async def test_events_during_a_database_lock_are_recorded_at_a_resume(
    followed_server: FollowedServer, tmp_path: Path, failures: Failures
) -> None:
    discord = followed_server.discord
    async with followed_server.listening():
        with locked(tmp_path):
            discord.delete_channel(followed_server.news.id)
            await failures.next()
        elsewhere = discord.add_channel(followed_server.guild.id, "talk")
        await followed_server.opened.wait_for(elsewhere.id)

        discord.reconnect_gateway()
        await followed_server.opened.wait_for(elsewhere.id)

        assert "deleted" in await followed_server.suspended()


async def test_permissions_that_came_back_while_disconnected_are_reported(
    followed_server: FollowedServer,
) -> None:
    discord, news = followed_server.discord, followed_server.news
    discord.set_permissions(news.id, deny=Permission.SEND_MESSAGES)
    other = discord.add_channel(followed_server.guild.id, "talk")
    followed_server.news = other
    async with followed_server.listening():
        for resumable in (True, False):
            discord.gateway.faults.next("connect", hang=True)
            discord.invalidate_sessions(resumable=resumable)
            await discord.wait_for(lambda: discord.gateway.faults.hanging)
            discord.set_permissions(news.id)
            discord.gateway.faults.release()

            await followed_server.opened.wait_for(news.id)
            discord.set_permissions(news.id, deny=Permission.SEND_MESSAGES)


async def test_a_removal_between_two_sessions_is_noticed(followed_server: FollowedServer) -> None:
    """discord.py keeps the guilds of a shard that begins a new session."""
    discord = followed_server.discord
    elsewhere = discord.add_channel(discord.add_guild("Elsewhere").id, "talk")
    async with followed_server.listening():
        await followed_server.opened.wait_for(elsewhere.id)
        discord.gateway.faults.next("connect", hang=True)
        discord.invalidate_sessions()
        await discord.wait_for(lambda: discord.gateway.faults.hanging)
        discord.remove_bot(followed_server.guild)
        followed_server.opened.ids.clear()
        discord.gateway.faults.release()

        await followed_server.opened.wait_for(elsewhere.id)
        await followed_server.opened.wait_for(elsewhere.id)  # named again when the session is complete

        assert "removed from the server" in await followed_server.suspended()


async def test_a_server_that_is_joined_between_two_sessions_gets_its_commands(
    followed_server: FollowedServer,
) -> None:
    discord = followed_server.discord
    elsewhere = discord.add_guild("Elsewhere", has_bot=False)
    services = followed_server.services
    settings = replace(services.settings, sync_guilds=(elsewhere.id,))
    chat = Chat(
        discord.token,
        api_url=discord.api_url,
        on_open=followed_server.opened.add,
        services=replace(services, settings=settings),
    )
    task = asyncio.create_task(start(chat))
    await followed_server.opened.wait_for(followed_server.news.id)
    discord.gateway.faults.next("connect", hang=True)
    discord.invalidate_sessions()
    await discord.wait_for(lambda: discord.gateway.faults.hanging)
    discord.invite_bot(elsewhere)
    discord.gateway.faults.release()

    await discord.wait_for(lambda: discord.commands.get(elsewhere.id))

    await chat.close()
    await task
