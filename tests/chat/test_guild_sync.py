"""Servers and channels that disappear and return: no post is lost, and no flood is posted."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.chat.client import Chat
from bot.model import ChannelDeclaration, FeedDeclaration
from bot.sandbox.discord.server import SandboxDiscord
from bot.store.guilds import Guilds
from bot.store.store import Store
from tests.chat.conftest import Opened
from tests.chat.followed_server import FollowedServer, create_followed_server
from tests.store.conftest import GARDEN, budget, site_of
from tests.store.conftest import Services as Journal


@pytest.fixture
async def followed_server(
    tmp_path: Path, sandbox_discord: SandboxDiscord, opened: Opened
) -> AsyncIterator[FollowedServer]:
    async with await Store.open(tmp_path / "feed-relay.db") as store:
        found = create_followed_server(sandbox_discord, opened, Journal(store))
        await found.follow()
        yield found


@pytest.fixture
async def bot(followed_server: FollowedServer) -> AsyncIterator[Chat]:
    async with followed_server.listening() as chat:
        yield chat


class StoreUpdates:
    """Waits until the store was updated."""

    def __init__(self, guilds: Guilds, monkeypatch: pytest.MonkeyPatch) -> None:
        self._done: dict[str, asyncio.Event] = {}
        for name in ("left", "returned", "channel_gone", "assign_channels"):
            self._done[name] = asyncio.Event()
            monkeypatch.setattr(guilds, name, self._wrap(name, getattr(guilds, name)))

    def _wrap(self, name: str, method: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
        async def call(*arguments: object) -> object:
            result = await method(*arguments)
            self._done[name].set()
            return result

        return call

    async def wait_for(self, name: str) -> None:
        async with asyncio.timeout(60):
            await self._done[name].wait()
        self._done[name].clear()

    def __contains__(self, name: str) -> bool:
        return self._done[name].is_set()


@pytest.fixture
def updates(followed_server: FollowedServer, monkeypatch: pytest.MonkeyPatch) -> StoreUpdates:
    return StoreUpdates(followed_server.store.guilds, monkeypatch)


async def removed(followed_server: FollowedServer, updates: StoreUpdates) -> None:
    followed_server.discord.remove_bot(followed_server.guild)
    await updates.wait_for("left")


async def invited(followed_server: FollowedServer) -> None:
    followed_server.discord.invite_bot(followed_server.guild)
    await followed_server.opened.wait_for(followed_server.news.id)


@pytest.mark.usefixtures("bot")
async def test_an_outage_changes_nothing(followed_server: FollowedServer, updates: StoreUpdates) -> None:
    followed_server.discord.outage(followed_server.guild)
    await followed_server.publish(1)

    followed_server.discord.recover(followed_server.guild)
    await followed_server.opened.wait_for(followed_server.news.id)

    assert "left" not in updates
    assert await followed_server.suspended() == ""
    assert await followed_server.take_due_titles() == ["Post 1"]


async def test_an_outage_when_the_bot_starts_does_not_count_as_a_removal(
    followed_server: FollowedServer, updates: StoreUpdates
) -> None:
    elsewhere = followed_server.discord.add_guild("Elsewhere")
    there = followed_server.discord.add_channel(elsewhere.id, "talk")
    followed_server.discord.outage(followed_server.guild)

    followed_server.news, news = there, followed_server.news
    async with followed_server.listening():
        await followed_server.opened.wait_for(there.id)  # named again when the session is complete

    followed_server.news = news
    assert "left" not in updates
    assert await followed_server.suspended() == ""


@pytest.mark.usefixtures("bot")
async def test_a_removal_suspends_what_the_server_followed(
    followed_server: FollowedServer, updates: StoreUpdates
) -> None:
    await removed(followed_server, updates)
    await followed_server.publish(1)

    assert "invite it again within 30 days" in await followed_server.suspended()
    assert await followed_server.take_due_titles() == []


async def test_posts_that_waited_during_an_absence_are_offered_with_buttons(
    followed_server: FollowedServer, bot: Chat, updates: StoreUpdates
) -> None:
    await removed(followed_server, updates)
    await followed_server.publish(1, 2)

    await invited(followed_server)

    assert await followed_server.suspended() == ""
    assert await followed_server.take_due_titles() == []
    assert followed_server.woken
    offered = await followed_server.announce(bot)
    await followed_server.discord.press(offered, "Post all", followed_server.admin)
    await followed_server.discord.wait_for(
        lambda: not followed_server.discord.messages(followed_server.news.id)[-1].components
    )
    assert await followed_server.take_due_titles() == ["Post 1", "Post 2"]


@pytest.mark.usefixtures("bot")
async def test_posts_are_sent_again_after_the_bot_returns(
    followed_server: FollowedServer, updates: StoreUpdates
) -> None:
    await removed(followed_server, updates)
    await invited(followed_server)

    await followed_server.publish(1)

    assert await followed_server.take_due_titles() == ["Post 1"]


@pytest.mark.usefixtures("bot")
async def test_a_short_absence_without_posts_asks_nobody(
    followed_server: FollowedServer, updates: StoreUpdates
) -> None:
    await removed(followed_server, updates)
    await invited(followed_server)

    assert not followed_server.woken


async def test_a_removal_that_happened_while_the_bot_was_off_is_noticed_when_it_starts(
    followed_server: FollowedServer, updates: StoreUpdates
) -> None:
    async with followed_server.listening():
        pass
    elsewhere = followed_server.discord.add_guild("Elsewhere")
    there = followed_server.discord.add_channel(elsewhere.id, "talk")
    followed_server.discord.remove_bot(followed_server.guild)

    followed_server.news, news = there, followed_server.news
    async with followed_server.listening():
        await updates.wait_for("left")

    followed_server.news = news
    assert "removed from the server" in await followed_server.suspended()


async def test_a_return_that_happened_while_the_bot_was_off_is_noticed_when_it_starts(
    followed_server: FollowedServer, updates: StoreUpdates
) -> None:
    async with followed_server.listening():
        await removed(followed_server, updates)
    await followed_server.publish(1)
    followed_server.discord.invite_bot(followed_server.guild)

    async with followed_server.listening() as chat:
        assert await followed_server.suspended() == ""
        assert "1 post" in (await followed_server.announce(chat)).content


@pytest.mark.usefixtures("bot")
async def test_a_deleted_channel_is_suspended(followed_server: FollowedServer, updates: StoreUpdates) -> None:
    followed_server.discord.delete_channel(followed_server.news.id)
    await updates.wait_for("channel_gone")

    assert "deleted" in await followed_server.suspended()


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("deleted", ["before", "meanwhile"])
async def test_a_channel_that_was_deleted_stays_so_when_the_bot_returns(
    followed_server: FollowedServer, updates: StoreUpdates, deleted: str
) -> None:
    talk = followed_server.discord.add_channel(followed_server.guild.id, "talk")
    await followed_server.opened.wait_for(talk.id)
    await followed_server.publish(1)
    if deleted == "before":
        followed_server.discord.delete_channel(followed_server.news.id)
        await updates.wait_for("channel_gone")
    await removed(followed_server, updates)
    if deleted == "meanwhile":
        followed_server.discord.delete_channel(followed_server.news.id)

    followed_server.discord.invite_bot(followed_server.guild)
    await updates.wait_for("returned")

    assert "deleted" in await followed_server.suspended()
    assert not followed_server.woken


@pytest.mark.usefixtures("bot")
async def test_an_archived_thread_opens_again_when_the_bot_returns(
    followed_server: FollowedServer, updates: StoreUpdates
) -> None:
    thread = followed_server.discord.add_thread(followed_server.news.id, "roses")
    await followed_server.opened.wait_for(thread.id)
    declared = FeedDeclaration(GARDEN, channels=(ChannelDeclaration(thread.id),))
    await followed_server.store.subscriptions.sync([declared], site_of, budget, followed_server.journal.now)
    followed_server.discord.change_channel(thread.id, archived=True)
    await removed(followed_server, updates)

    followed_server.discord.invite_bot(followed_server.guild)
    await updates.wait_for("returned")

    found = await followed_server.store.subscriptions.all()
    assert [each.suspended for each in found] == ["", ""]


@pytest.mark.usefixtures("bot")
async def test_a_deleted_thread_is_suspended(followed_server: FollowedServer, updates: StoreUpdates) -> None:
    thread = followed_server.discord.add_thread(followed_server.news.id, "roses")
    followed_server.discord.delete_channel(thread.id)

    await updates.wait_for("channel_gone")


async def test_channels_of_the_config_file_are_assigned_to_their_server(
    followed_server: FollowedServer,
) -> None:
    talk = followed_server.discord.add_channel(followed_server.guild.id, "talk")
    declared = FeedDeclaration(GARDEN, channels=(ChannelDeclaration(talk.id),))
    await followed_server.store.subscriptions.sync([declared], site_of, budget, followed_server.journal.now)

    async with followed_server.listening():
        await followed_server.opened.wait_for(talk.id)

    found = await followed_server.store.subscriptions.in_guild(followed_server.guild.id)
    assert talk.id in {each.subscription.channel_id for each in found}


@pytest.mark.usefixtures("bot")
async def test_a_channel_created_later_is_assigned_to_its_server_too(followed_server: FollowedServer) -> None:
    declared = FeedDeclaration(GARDEN, channels=(ChannelDeclaration(77),))
    await followed_server.store.subscriptions.sync([declared], site_of, budget, followed_server.journal.now)

    followed_server.discord.add_channel(followed_server.guild.id, "later", id=77)
    await followed_server.opened.wait_for(77)

    found = await followed_server.store.subscriptions.in_guild(followed_server.guild.id)
    assert 77 in {each.subscription.channel_id for each in found}
