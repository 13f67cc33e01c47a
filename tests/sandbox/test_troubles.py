"""The demo's troubles: each does what its button says, and ends."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox import allotment, bot_process
from bot.sandbox.bot_process import BotProcess
from bot.sandbox.discord.models import Json
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.sites.blog import Blog
from bot.sandbox.sites.desk import Desk
from bot.sandbox.troubles import FLOOD, TROUBLES, Places, TroubleRefused, Troubles

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


class Clock:
    """A clock that a test sets."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def troubles(sandbox_discord: SandboxDiscord, clock: Clock, tmp_path: Path) -> AsyncIterator[Troubles]:
    async with Blog() as blog:
        desk = Desk(blog)
        desk.open(NOW)
        bot = BotProcess(tmp_path / "config.toml", lambda _: None)
        place = allotment.build(sandbox_discord)
        yield Troubles(Places(blog, desk, sandbox_discord, place, bot, clock))


async def status_of(troubles: Troubles, url: str = "") -> int:
    async with aiohttp.ClientSession() as client:
        answer = await client.get(url or troubles.places.blog.feeds["garden"].url, allow_redirects=False)
        return answer.status


async def send(troubles: Troubles, discord: SandboxDiscord) -> int:
    """Send a message to #garden as the bot, and return the status of the answer."""
    channel = troubles.places.place.channels["garden"]
    headers = {"Authorization": f"Bot {discord.token}"}
    async with aiohttp.ClientSession(headers=headers) as client:
        url = f"{discord.api_url}/channels/{channel.id}/messages"
        return (await client.post(url, json={"content": "Beans"})).status


@pytest.mark.parametrize(("trouble", "status"), [("feed-down", 503), ("feed-429", 429)])
async def test_a_blog_answers_with_an_error_until_it_is_undone(
    troubles: Troubles, trouble: str, status: int
) -> None:
    await troubles.start(trouble, "garden")
    during = await status_of(troubles)
    await troubles.end(trouble)

    assert during == status
    assert await status_of(troubles) == 200


async def test_a_torn_document_breaks_off(troubles: Troubles) -> None:
    await troubles.start("feed-torn", "garden")

    async with aiohttp.ClientSession() as client:
        answer = await client.get(troubles.places.blog.feeds["garden"].url)
        with pytest.raises(aiohttp.ClientPayloadError):
            await answer.read()


async def test_a_slow_blog_answers_when_it_is_undone(troubles: Troubles) -> None:
    feed = troubles.places.blog.feeds["garden"]
    await troubles.start("feed-slow", "garden")
    async with aiohttp.ClientSession() as client:
        request = client.get(feed.url)
        await troubles.end("feed-slow")
        answer = await request

        assert answer.status == 200


async def test_a_blog_moves_and_comes_back(troubles: Troubles) -> None:
    feed, port = troubles.places.blog.feeds["garden"], troubles.places.blog.port
    by_name = f"http://localhost:{port}/garden/rss"
    await troubles.start("feed-moved", "garden")
    moved = feed.base, await status_of(troubles), await status_of(troubles, by_name)
    await troubles.end("feed-moved")

    assert moved == (f"http://localhost:{port}/garden", 301, 200)
    assert (feed.base, await status_of(troubles), await status_of(troubles, by_name)) == (
        f"http://127.0.0.1:{port}/garden",
        200,
        301,
    )


async def test_a_flood_is_over_at_once(troubles: Troubles) -> None:
    feed = troubles.places.blog.feeds["garden"]
    before = len(feed.posts)

    started = await troubles.start("feed-flood", "garden")

    assert not started["active"]
    assert len(feed.posts) == before + FLOOD


async def test_another_trouble_of_a_blog_takes_the_place_of_the_first(troubles: Troubles) -> None:
    await troubles.start("feed-down", "garden")
    await troubles.start("feed-429", "garden")

    assert [each["id"] for each in troubles.all() if each["active"]] == ["feed-429"]
    assert await status_of(troubles) == 429


async def test_a_trouble_with_a_time_limit_ends_automatically(troubles: Troubles, clock: Clock) -> None:
    ended: list[Json] = []
    troubles.changed = ended.append
    await troubles.start("feed-429", "garden")
    await troubles.end_what_is_over()
    early = list(ended)
    clock.now += timedelta(minutes=1)
    await troubles.end_what_is_over()

    assert [each["active"] for each in early] == [True]
    assert [each["active"] for each in ended] == [True, False]
    assert await status_of(troubles) == 200


async def test_an_outage_refuses_requests_and_connections(
    troubles: Troubles, sandbox_discord: SandboxDiscord
) -> None:
    addresses = (f"{sandbox_discord.api_url}/gateway", sandbox_discord.gateway_url.replace("ws:", "http:"))
    await troubles.start("discord-outage")
    during = [await status_of(troubles, each) for each in addresses]
    await troubles.end("discord-outage")

    assert during == [503, 503]
    assert await status_of(troubles, addresses[0]) == 200


async def test_an_answer_is_lost_once(troubles: Troubles, sandbox_discord: SandboxDiscord) -> None:
    channel = troubles.places.place.channels["garden"]
    await troubles.start("discord-lost-answer")
    with pytest.raises(aiohttp.ClientError):
        await send(troubles, sandbox_discord)
    await troubles.end_what_is_over()

    assert [each.content for each in sandbox_discord.messages(channel.id)] == ["Beans"]
    assert not any(each["active"] for each in troubles.all())


async def test_an_answer_is_lost_only_after_an_outage_that_began_meanwhile(
    troubles: Troubles, sandbox_discord: SandboxDiscord
) -> None:
    await troubles.start("discord-lost-answer")
    await troubles.start("discord-outage")
    during = await send(troubles, sandbox_discord)
    await troubles.end("discord-outage")
    await troubles.end_what_is_over()
    still_to_come = [each["id"] for each in troubles.all() if each["active"]]
    with pytest.raises(aiohttp.ClientError):
        await send(troubles, sandbox_discord)

    assert during == 503
    assert still_to_come == ["discord-lost-answer"]
    assert len(sandbox_discord.messages(troubles.places.place.channels["garden"].id)) == 1


async def test_the_bot_runs_only_while_it_is_not_killed_also_if_two_press_at_once(
    troubles: Troubles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot_process, "MODULE", "http.server")
    await troubles.start("bot-killed")
    await asyncio.gather(troubles.end("bot-killed"), troubles.start("bot-killed"))

    assert not troubles.places.bot.running
    assert [each["id"] for each in troubles.all() if each["active"]] == ["bot-killed"]


async def test_the_bot_may_not_write_until_it_may_again(
    troubles: Troubles, sandbox_discord: SandboxDiscord
) -> None:
    channel = troubles.places.place.channels["garden"]
    await troubles.start("permission-taken")
    during = sandbox_discord.bot_can(sandbox_discord.channels[channel.id], Permission.SEND_MESSAGES)
    await troubles.end("permission-taken")

    assert not during
    assert sandbox_discord.bot_can(sandbox_discord.channels[channel.id], Permission.SEND_MESSAGES)


async def test_a_deleted_channel_is_replaced(troubles: Troubles, sandbox_discord: SandboxDiscord) -> None:
    old = troubles.places.place.channels["wolken"]
    await troubles.start("channel-deleted")
    await troubles.end("channel-deleted")
    new = troubles.places.place.channels["wolken"]

    assert sandbox_discord.channels[old.id].deleted
    assert (new.name, new.position, new.topic) == (old.name, old.position, old.topic)
    assert new.id != old.id


async def test_a_trouble_that_cannot_start_is_refused_in_a_sentence(troubles: Troubles) -> None:
    await troubles.start("permission-taken")

    for trouble, blog, sentence in (
        ("permission-taken", "", "undo it first"),
        ("feed-down", "", "Choose one of the blogs"),
        ("feed-down", "nowhere", "Choose one of the blogs"),
        ("rain", "", "There is no such trouble"),
    ):
        with pytest.raises(TroubleRefused, match=sentence):
            await troubles.start(trouble, blog)


def test_every_trouble_describes_the_expected_result() -> None:
    assert all(each.expect.endswith(".") and each.label for each in TROUBLES.values())
