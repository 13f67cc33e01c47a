"""Discord's limits of single routes: the bot waits only where nothing is left, and never after an answer."""

import asyncio
from datetime import timedelta

import discord
import pytest

from bot.chat.client import Chat
from bot.chat.route_limits import MAX_WAIT, MAX_WINDOW, set_route_limits
from bot.errors import ChatUnreachable
from bot.model import Message, Outcome, Retry, Sent
from bot.sandbox.discord import rest
from bot.sandbox.discord.models import Channel, Guild
from bot.sandbox.discord.rate_limits import Rate
from bot.sandbox.discord.server import SandboxDiscord

HOUR = 3600.0
SOON = 0.05


def create_channel(discord: SandboxDiscord, guild: Guild, kind: str) -> tuple[Channel, str]:
    """Return a channel and the name of the route that writes to it."""
    return discord.add_channel(guild.id, "beds", kind=kind), "thread" if kind == "forum" else "send"


async def send(chat: Chat, channel: Channel, number: int) -> Outcome:
    message = Message(content=f"Roses {number}", thread_name="Roses")
    return await chat.sender.send(channel.id, message, nonce=f"test-{number}")


@pytest.mark.parametrize("kind", ["text", "forum"])
async def test_the_rest_of_a_long_window_is_used(
    chat: Chat, sandbox_discord: SandboxDiscord, guild: Guild, kind: str
) -> None:
    channel, route = create_channel(sandbox_discord, guild, kind)
    sandbox_discord.rates.limit(route, Rate(3, HOUR))

    outcomes = [await send(chat, channel, number) for number in range(4)]

    assert all(isinstance(outcome, Sent) for outcome in outcomes[:3])
    assert isinstance(outcomes[3], Retry)
    assert not outcomes[3].uncertain


async def test_a_request_for_which_nothing_is_left_is_not_made(
    chat: Chat, sandbox_discord: SandboxDiscord, guild: Guild
) -> None:
    channel, route = create_channel(sandbox_discord, guild, "forum")
    sandbox_discord.rates.limit(route, Rate(1, HOUR))
    await send(chat, channel, 1)

    refused = [await send(chat, channel, 2) for _ in range(3)]

    assert all(
        isinstance(each, Retry) and each.after and each.after > timedelta(seconds=MAX_WAIT)
        for each in refused
    )
    assert len(sandbox_discord.calls("thread")) == 1
    assert sandbox_discord.invalid_requests == 0


async def test_another_channel_does_not_wait(
    chat: Chat, sandbox_discord: SandboxDiscord, guild: Guild
) -> None:
    full, route = create_channel(sandbox_discord, guild, "forum")
    empty, _route = create_channel(sandbox_discord, guild, "forum")
    sandbox_discord.rates.limit(route, Rate(1, HOUR))
    await send(chat, full, 1)

    assert isinstance(await send(chat, empty, 2), Sent)


async def test_a_short_window_is_waited_for(
    chat: Chat, sandbox_discord: SandboxDiscord, guild: Guild
) -> None:
    channel, route = create_channel(sandbox_discord, guild, "text")
    sandbox_discord.rates.limit(route, Rate(1, SOON))

    outcomes = [await send(chat, channel, number) for number in range(3)]

    assert all(isinstance(outcome, Sent) for outcome in outcomes)


async def test_simultaneous_requests_share_what_is_left(
    chat: Chat, sandbox_discord: SandboxDiscord, guild: Guild
) -> None:
    channel, route = create_channel(sandbox_discord, guild, "text")
    sandbox_discord.rates.limit(route, Rate(2, SOON))

    outcomes = await asyncio.gather(*(send(chat, channel, number) for number in range(6)))

    assert all(isinstance(outcome, Sent) for outcome in outcomes)


@pytest.mark.parametrize(
    ("header", "text"),
    [
        *(("X-RateLimit-Reset-After", text) for text in ("nan", "inf", "soon")),
        *(("X-RateLimit-Limit", text) for text in ("0", "-1", "5.0", "")),
        ("X-RateLimit-Remaining", "few"),
    ],
)
async def test_headers_that_make_no_sense_stop_nothing(  # they once stopped the channel forever
    chat: Chat,
    channel: Channel,
    monkeypatch: pytest.MonkeyPatch,
    header: str,
    text: str,
) -> None:
    usual = {"X-RateLimit-Limit": "1", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": f"{SOON}"}
    monkeypatch.setattr(rest, "quota_headers", lambda *_: usual | {header: text})

    outcomes = [await send(chat, channel, number) for number in range(2)]

    assert all(isinstance(outcome, Sent) for outcome in outcomes)


async def test_no_window_is_longer_than_an_hour(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    sandbox_discord.rates.limit("send", Rate(1, 1e12))
    await send(chat, channel, 1)

    outcome = await send(chat, channel, 2)

    assert isinstance(outcome, Retry)
    assert outcome.after is not None
    assert outcome.after <= timedelta(seconds=MAX_WINDOW)


@pytest.mark.usefixtures("chat")
async def test_a_request_abandoned_during_a_limit_of_the_whole_bot_stops_no_other(
    sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    sandbox_discord.faults.next("send", rate_limited=HOUR, is_global=True)

    async with discord.Client(intents=discord.Intents.none()) as client:
        set_route_limits(client, max_wait=2 * HOUR)
        await client.login(sandbox_discord.token)
        place = client.get_partial_messageable(channel.id)
        abandoned = asyncio.create_task(place.send("Roses"))
        while client.http._global_over.is_set():  # noqa: ASYNC110 -- nothing announces it
            await asyncio.sleep(0)
        abandoned.cancel()
        await asyncio.wait({abandoned})
        await place.send("Lilies")

    assert len(sandbox_discord.messages(channel.id)) == 1


@pytest.mark.usefixtures("chat")
async def test_the_last_answer_of_a_window_is_returned_at_once(
    sandbox_discord: SandboxDiscord, guild: Guild
) -> None:
    """Otherwise this takes an hour."""
    channel, route = create_channel(sandbox_discord, guild, "text")
    sandbox_discord.rates.limit(route, Rate(1, HOUR))

    async with discord.Client(intents=discord.Intents.none()) as client:
        set_route_limits(client, max_wait=2 * HOUR)
        await client.login(sandbox_discord.token)
        await client.get_partial_messageable(channel.id).send("Roses")

    assert len(sandbox_discord.messages(channel.id)) == 1


@pytest.mark.parametrize("kind", ["text", "forum"])
async def test_an_abandoned_wait_is_no_uncertain_send(
    chat: Chat, sandbox_discord: SandboxDiscord, guild: Guild, kind: str
) -> None:
    channel, route = create_channel(sandbox_discord, guild, kind)
    sandbox_discord.rates.limit(route, Rate(1, MAX_WAIT))
    await send(chat, channel, 1)

    waiting = asyncio.create_task(send(chat, channel, 2))
    await asyncio.sleep(0)
    waiting.cancel()
    outcome = await waiting

    assert isinstance(outcome, Retry)
    assert not outcome.uncertain
    assert len(sandbox_discord.calls(route)) == 1


async def test_an_abandoned_wait_leaves_the_request_to_others(
    chat: Chat, sandbox_discord: SandboxDiscord, guild: Guild
) -> None:
    channel, route = create_channel(sandbox_discord, guild, "text")
    sandbox_discord.rates.limit(route, Rate(1, SOON))
    await send(chat, channel, 1)
    abandoned, kept = (asyncio.create_task(send(chat, channel, number)) for number in (2, 3))
    await asyncio.sleep(0)
    abandoned.cancel()

    assert isinstance(await kept, Sent)


async def test_a_send_that_is_stopped_before_its_answer_is_uncertain(
    chat: Chat, sandbox_discord: SandboxDiscord, guild: Guild
) -> None:
    channel, route = create_channel(sandbox_discord, guild, "text")
    sandbox_discord.faults.next(route, hang=True)

    sending = asyncio.create_task(send(chat, channel, 1))
    await sandbox_discord.wait_for(lambda: sandbox_discord.faults.hanging)
    sending.cancel()

    with pytest.raises(asyncio.CancelledError):
        await sending


async def test_reading_is_limited_like_writing(
    chat: Chat, sandbox_discord: SandboxDiscord, guild: Guild
) -> None:
    channel, _route = create_channel(sandbox_discord, guild, "text")
    sandbox_discord.rates.limit("channel", Rate(2, HOUR))

    report = await chat.sender.inspect(channel.id)
    with pytest.raises(ChatUnreachable, match="slow down"):
        await chat.sender.inspect(channel.id)

    assert not report.advice
    assert len(sandbox_discord.calls("channel")) == 2
