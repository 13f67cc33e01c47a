"""Servers and channels that go, and come back: nothing is lost, and nothing is dumped."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.chat.client import Chat
from bot.model import ChannelDeclaration, FeedDeclaration
from bot.sandbox.discord.server import SandboxDiscord
from bot.store.guilds import Guilds
from bot.store.store import Store
from tests.chat.allotments import Allotments, settle_down
from tests.chat.conftest import Opened
from tests.store.conftest import GARDEN, budget, site_of
from tests.store.conftest import Services as Journal


@pytest.fixture
async def allotments(
    tmp_path: Path, sandbox_discord: SandboxDiscord, opened: Opened
) -> AsyncIterator[Allotments]:
    async with await Store.open(tmp_path / "feed-relay.db") as store:
        found = settle_down(sandbox_discord, opened, Journal(store))
        await found.follow()
        yield found


@pytest.fixture
async def bot(allotments: Allotments) -> AsyncIterator[Chat]:
    async with allotments.listening() as chat:
        yield chat


class Heard:
    """Waits until the store was told."""

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
        async with asyncio.timeout(10):
            await self._done[name].wait()
        self._done[name].clear()

    def __contains__(self, name: str) -> bool:
        return self._done[name].is_set()


@pytest.fixture
def heard(allotments: Allotments, monkeypatch: pytest.MonkeyPatch) -> Heard:
    return Heard(allotments.store.guilds, monkeypatch)


async def removed(allotments: Allotments, heard: Heard) -> None:
    allotments.discord.remove_bot(allotments.guild)
    await heard.wait_for("left")


async def invited(allotments: Allotments) -> None:
    allotments.discord.invite_bot(allotments.guild)
    await allotments.opened.wait_for(allotments.news.id)


@pytest.mark.usefixtures("bot")
async def test_an_outage_changes_nothing(allotments: Allotments, heard: Heard) -> None:
    allotments.discord.outage(allotments.guild)
    await allotments.publish(1)

    allotments.discord.recover(allotments.guild)
    await allotments.opened.wait_for(allotments.news.id)

    assert "left" not in heard
    assert await allotments.suspended() == ""
    assert await allotments.owed() == ["Post 1"]


async def test_a_server_that_is_out_when_the_bot_starts_has_not_removed_it(
    allotments: Allotments, heard: Heard
) -> None:
    elsewhere = allotments.discord.add_guild("Elsewhere")
    there = allotments.discord.add_channel(elsewhere.id, "talk")
    allotments.discord.outage(allotments.guild)

    allotments.news, news = there, allotments.news
    async with allotments.listening():
        await allotments.opened.wait_for(there.id)  # named again when the session is complete

    allotments.news = news
    assert "left" not in heard
    assert await allotments.suspended() == ""


@pytest.mark.usefixtures("bot")
async def test_a_removal_suspends_what_the_server_followed(allotments: Allotments, heard: Heard) -> None:
    await removed(allotments, heard)
    await allotments.publish(1)

    assert "invite it again within 30 days" in await allotments.suspended()
    assert await allotments.owed() == []


async def test_what_waited_during_an_absence_is_offered_with_buttons(
    allotments: Allotments, bot: Chat, heard: Heard
) -> None:
    await removed(allotments, heard)
    await allotments.publish(1, 2)

    await invited(allotments)

    assert await allotments.suspended() == ""
    assert await allotments.owed() == []
    assert allotments.woken
    offered = await allotments.announce(bot)
    await allotments.discord.press(offered, "Post all", allotments.admin)
    await allotments.discord.wait_for(
        lambda: not allotments.discord.messages(allotments.news.id)[-1].components
    )
    assert await allotments.owed() == ["Post 1", "Post 2"]


@pytest.mark.usefixtures("bot")
async def test_posts_flow_again_after_a_return(allotments: Allotments, heard: Heard) -> None:
    await removed(allotments, heard)
    await invited(allotments)

    await allotments.publish(1)

    assert await allotments.owed() == ["Post 1"]


@pytest.mark.usefixtures("bot")
async def test_a_short_absence_in_which_nothing_came_asks_nobody(
    allotments: Allotments, heard: Heard
) -> None:
    await removed(allotments, heard)
    await invited(allotments)

    assert not allotments.woken


async def test_a_removal_that_happened_while_the_bot_was_off_is_noticed_when_it_starts(
    allotments: Allotments, heard: Heard
) -> None:
    async with allotments.listening():
        pass
    elsewhere = allotments.discord.add_guild("Elsewhere")
    there = allotments.discord.add_channel(elsewhere.id, "talk")
    allotments.discord.remove_bot(allotments.guild)

    allotments.news, news = there, allotments.news
    async with allotments.listening():
        await heard.wait_for("left")

    allotments.news = news
    assert "removed from the server" in await allotments.suspended()


async def test_a_return_that_happened_while_the_bot_was_off_is_noticed_when_it_starts(
    allotments: Allotments, heard: Heard
) -> None:
    async with allotments.listening():
        await removed(allotments, heard)
    await allotments.publish(1)
    allotments.discord.invite_bot(allotments.guild)

    async with allotments.listening() as chat:
        assert await allotments.suspended() == ""
        assert "1 post" in (await allotments.announce(chat)).content


@pytest.mark.usefixtures("bot")
async def test_a_deleted_channel_is_suspended(allotments: Allotments, heard: Heard) -> None:
    allotments.discord.delete_channel(allotments.news.id)
    await heard.wait_for("channel_gone")

    assert "deleted" in await allotments.suspended()


@pytest.mark.usefixtures("bot")
async def test_a_deleted_thread_is_suspended(allotments: Allotments, heard: Heard) -> None:
    thread = allotments.discord.add_thread(allotments.news.id, "roses")
    allotments.discord.delete_channel(thread.id)

    await heard.wait_for("channel_gone")


async def test_channels_of_the_config_file_learn_their_server_when_the_bot_arrives(
    allotments: Allotments,
) -> None:
    talk = allotments.discord.add_channel(allotments.guild.id, "talk")
    declared = FeedDeclaration(GARDEN, channels=(ChannelDeclaration(talk.id),))
    await allotments.store.subscriptions.sync([declared], site_of, budget, allotments.journal.now)

    async with allotments.listening():
        await allotments.opened.wait_for(talk.id)

    found = await allotments.store.subscriptions.in_guild(allotments.guild.id)
    assert talk.id in {each.subscription.channel_id for each in found}


@pytest.mark.usefixtures("bot")
async def test_a_channel_that_is_made_later_learns_its_server_too(allotments: Allotments) -> None:
    declared = FeedDeclaration(GARDEN, channels=(ChannelDeclaration(77),))
    await allotments.store.subscriptions.sync([declared], site_of, budget, allotments.journal.now)

    allotments.discord.add_channel(allotments.guild.id, "later", id=77)
    await allotments.opened.wait_for(77)

    found = await allotments.store.subscriptions.in_guild(allotments.guild.id)
    assert 77 in {each.subscription.channel_id for each in found}
