"""Login, the gateway's lives, and what Discord's events open."""

import asyncio
import json
import logging
from itertools import islice
from typing import Any, Self

import discord
import pytest
from aiohttp import web
from structlog.typing import EventDict

from bot.chat.client import LONGEST_PAUSE, Chat, _close, _pauses
from bot.chat.wire import Governor
from bot.errors import ChatUnreachable, ConfigError, LoginRefused
from bot.model import Message, Outcome, Refused, Retry, Sent
from bot.sandbox.discord import SandboxDiscord
from bot.sandbox.permissions import MEMBER_DEFAULT, Permission
from bot.sandbox.records import Channel, ChannelKind, Guild
from tests.chat.conftest import Opened


@pytest.fixture
def guild(sandbox_discord: SandboxDiscord) -> Guild:
    return sandbox_discord.add_guild("Allotments")


@pytest.fixture
def channel(sandbox_discord: SandboxDiscord, guild: Guild) -> Channel:
    return sandbox_discord.add_channel(guild.id, "news")


async def send(chat: Chat, channel: Channel) -> Outcome:
    return await chat.sender.send(
        channel.id, Message(content="Roses"), nonce="test-1", doubt_since=None, nonce_holds=False
    )


class MuteGateway:
    """Says hello, reads one frame after the other, and answers nothing, not even a close."""

    def __init__(self) -> None:
        self.listened_to = asyncio.Event()
        self._gone = asyncio.Event()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"ws://127.0.0.1:{self._runner.addresses[0][1]}/"
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._gone.set()
        await self._runner.cleanup()

    async def _serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(autoclose=False)
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 45_000}, "s": None, "t": None})
        while (await socket.receive_json())["op"] != 2:
            pass
        await socket.send_json({"op": 1, "d": None, "s": None, "t": None})
        await socket.receive_json()  # the heartbeat asked for: the shard listens
        self.listened_to.set()
        await self._gone.wait()
        return socket


def leading_to(url: str) -> dict[str, Any]:
    """A fault: the address of the gateway is this one."""
    limits = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
    return {"status": 200, "body": json.dumps({"url": url, "shards": 1, "session_start_limit": limits})}


# Login.


async def test_a_wrong_token_is_refused_and_never_shown(
    sandbox_discord: SandboxDiscord,
    opened: Opened,
    caplog: pytest.LogCaptureFixture,
    logged: list[EventDict],
) -> None:
    caplog.set_level(logging.DEBUG)
    chat = Chat("wrong-secret", api_url=sandbox_discord.api_url, on_open=opened.add)

    with pytest.raises(LoginRefused) as refused:
        await chat.login()
    with pytest.raises(LoginRefused):
        await chat.run()

    await chat.close()
    assert "wrong-secret" not in caplog.text + repr(logged) + repr(chat) + repr(refused.value)


@pytest.mark.parametrize("fault", ["cut", "cloudflare", "garbage"])
async def test_a_login_that_fails_can_be_tried_again(
    unused_chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel, fault: str
) -> None:
    if fault == "cut":
        sandbox_discord.faults.next("login", cut=True, times=2)  # aiohttp repeats a GET once
    elif fault == "cloudflare":
        sandbox_discord.faults.next("login", cloudflare=True)
    else:
        sandbox_discord.faults.next("login", body="{", status=200)

    with pytest.raises(ChatUnreachable):
        await unused_chat.login()
    await unused_chat.login()

    assert isinstance(await send(unused_chat, channel), Sent)


async def test_nothing_at_the_address_is_unreachable(opened: Opened, unused_tcp_port: int) -> None:
    chat = Chat("secret", api_url=f"http://127.0.0.1:{unused_tcp_port}/api/v10", on_open=opened.add)

    with pytest.raises(ChatUnreachable):
        await chat.login()

    await chat.close()


@pytest.mark.parametrize(
    "api_url", ["http://discord.example/api", "ftp://127.0.0.1/", "discord.example", "https://"]
)
def test_an_address_that_would_show_the_token_is_refused(opened: Opened, api_url: str) -> None:
    with pytest.raises(ConfigError):
        Chat("secret", api_url=api_url, on_open=opened.add)


async def test_the_invite_is_for_this_bot(chat: Chat, sandbox_discord: SandboxDiscord) -> None:
    assert f"client_id={sandbox_discord.bot.id}&" in chat.invite_url()


async def test_every_request_passes_the_governor(
    sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = []

    class Counting(Governor):
        async def wait(self) -> None:
            passed.append(self)

    monkeypatch.setattr("bot.chat.client.Governor", Counting)
    chat = Chat(sandbox_discord.token, api_url=sandbox_discord.api_url, on_open=opened.add)

    await chat.login()
    await send(chat, channel)
    await chat.close()

    assert len(passed) == len(sandbox_discord.requests) == 4


# The gateway.


@pytest.mark.usefixtures("listening")
async def test_writable_channels_are_named_when_the_bot_arrives(
    sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    await opened.wait_for(channel.id)

    assert sandbox_discord.gateway.identified == 1


@pytest.mark.usefixtures("listening")
async def test_all_channels_are_named_again_once_a_new_session_is_complete(
    channel: Channel, opened: Opened
) -> None:
    await opened.wait_for(channel.id)

    await opened.wait_for(channel.id)


@pytest.mark.usefixtures("listening")
@pytest.mark.parametrize("trouble", ["cut", "asked to reconnect"])
async def test_a_connection_that_ends_is_resumed(
    sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened, trouble: str
) -> None:
    await opened.wait_for(channel.id)
    if trouble == "cut":
        sandbox_discord.cut_gateway()
    else:
        sandbox_discord.reconnect_gateway()
    await sandbox_discord.wait_for(lambda: sandbox_discord.gateway.resumed)

    new = sandbox_discord.add_channel(channel.guild_id, "more")

    await opened.wait_for(new.id)
    assert sandbox_discord.gateway.identified == 1


@pytest.mark.usefixtures("listening")
async def test_a_gateway_that_is_closed_for_good_is_opened_anew(
    sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    await opened.wait_for(channel.id)

    await sandbox_discord.gateway.close(code=4012)

    await opened.wait_for(channel.id)
    assert sandbox_discord.gateway.identified == 2


@pytest.mark.usefixtures("listening")
async def test_an_event_that_discord_py_cannot_read_costs_a_reconnect_at_most(
    sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    await opened.wait_for(channel.id)

    sandbox_discord.publish("GUILD_CREATE", {"id": "no number"}, channel.guild_id)

    await opened.wait_for(channel.id)
    assert sandbox_discord.gateway.identified == 2


async def test_sending_goes_on_while_the_gateway_is_down(
    listening: Chat, sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    await opened.wait_for(channel.id)
    sandbox_discord.faults.next("login", cut=True, times=1000)
    await sandbox_discord.gateway.close(code=4012)
    await sandbox_discord.wait_for(lambda: sandbox_discord.faults.used)

    assert isinstance(await send(listening, channel), Sent)


async def test_discord_may_be_down_when_the_bot_starts(
    unused_chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    await sandbox_discord.stop()
    running = asyncio.create_task(unused_chat.run())

    await sandbox_discord.start()

    await opened.wait_for(channel.id)
    await unused_chat.close()
    await running


async def test_a_first_connect_that_fails_is_followed_by_another_life(
    sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened, unused_tcp_port: int
) -> None:
    """There discord.Client dies, and AutoShardedClient tries for ever, each time one call deeper."""
    sandbox_discord.faults.next("gateway", times=2, **leading_to(f"ws://127.0.0.1:{unused_tcp_port}/"))
    chat = Chat(
        sandbox_discord.token,
        api_url=sandbox_discord.api_url,
        on_open=opened.add,
        first_pause=0.01,
        patience=1,
    )
    running = asyncio.create_task(chat.run())

    await opened.wait_for(channel.id)

    await chat.close()
    await running


@pytest.mark.parametrize("code", [4004, 4014])
async def test_a_refusal_by_the_gateway_ends_the_run(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened, code: int
) -> None:
    running = asyncio.create_task(chat.run())
    await opened.wait_for(channel.id)

    await sandbox_discord.gateway.close(code=code)

    with pytest.raises(LoginRefused):
        await running


# What events open.


async def deny(discord: SandboxDiscord, channel: Channel, chat: Chat) -> None:
    discord.set_permissions(channel.id, deny=Permission.SEND_MESSAGES)
    assert isinstance(await send(chat, channel), Refused)


async def test_a_channel_is_named_when_its_permissions_come_back(
    listening: Chat, sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    await opened.wait_for(channel.id)
    await deny(sandbox_discord, channel, listening)

    sandbox_discord.set_permissions(channel.id)

    await opened.wait_for(channel.id)
    assert isinstance(await send(listening, channel), Sent)


async def test_a_refusal_names_what_is_missing_by_what_the_gateway_told(
    listening: Chat, sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    thread = sandbox_discord.add_thread(channel.id, "roses")
    await opened.wait_for(thread.id)
    sandbox_discord.set_permissions(channel.id, deny=Permission.SEND_MESSAGES_IN_THREADS)
    after = sandbox_discord.add_channel(channel.guild_id, "later")
    await opened.wait_for(after.id)

    outcome = await send(listening, thread)

    assert isinstance(outcome, Refused)
    assert outcome.reason.startswith("The bot lacks Send Messages in Threads in this channel;")


async def test_channels_are_named_when_a_role_may_write_again(
    listening: Chat, sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    await opened.wait_for(channel.id)
    sandbox_discord.change_role(channel.guild_id, Permission.VIEW_CHANNEL)
    assert isinstance(await send(listening, channel), Refused)

    sandbox_discord.change_role(channel.guild_id, MEMBER_DEFAULT)

    await opened.wait_for(channel.id)


@pytest.mark.usefixtures("listening")
async def test_channels_are_named_when_the_bot_gets_a_role(
    sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    await opened.wait_for(channel.id)
    sandbox_discord.change_role(channel.guild_id, Permission.VIEW_CHANNEL)
    role = sandbox_discord.add_role(channel.guild_id, "writers", permissions=MEMBER_DEFAULT)

    sandbox_discord.set_roles(channel.guild_id, sandbox_discord.bot, (role,))

    await opened.wait_for(channel.id)


@pytest.mark.usefixtures("listening")
async def test_channels_are_named_when_an_outage_is_over(
    sandbox_discord: SandboxDiscord, guild: Guild, channel: Channel, opened: Opened
) -> None:
    await opened.wait_for(channel.id)

    sandbox_discord.recover(sandbox_discord.outage(guild))

    await opened.wait_for(channel.id)


@pytest.mark.usefixtures("listening")
async def test_channels_are_named_when_the_bot_is_invited_again(
    sandbox_discord: SandboxDiscord, guild: Guild, channel: Channel, opened: Opened
) -> None:
    await opened.wait_for(channel.id)

    sandbox_discord.invite_bot(sandbox_discord.remove_bot(guild))

    await opened.wait_for(channel.id)


@pytest.mark.usefixtures("listening")
async def test_a_thread_is_named_when_it_is_unlocked(
    sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    thread = sandbox_discord.add_thread(channel.id, "roses", locked=True)

    sandbox_discord.change_channel(thread.id, locked=False)

    await opened.wait_for(thread.id)


async def test_a_change_of_kind_is_noticed(
    listening: Chat, sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    await opened.wait_for(channel.id)
    await send(listening, channel)
    sandbox_discord.change_channel(channel.id, kind=ChannelKind.ANNOUNCEMENT)
    await opened.wait_for(channel.id)

    outcome = await send(listening, channel)

    assert isinstance(outcome, Sent)
    assert outcome.publishable


# The end.


async def test_close_does_not_wait_for_a_gateway_that_answers_nothing(
    chat: Chat, sandbox_discord: SandboxDiscord
) -> None:
    async with MuteGateway() as gateway:
        sandbox_discord.faults.next("gateway", times=2, **leading_to(gateway.url))
        running = asyncio.create_task(chat.run())
        await gateway.listened_to.wait()

        await chat.close()

        await running


class Stuck(discord.Client):
    """Cannot be closed in an orderly way."""

    async def close(self) -> None:
        await asyncio.Event().wait()


async def test_a_client_that_cannot_be_closed_is_dropped(
    sandbox_discord: SandboxDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.chat.client._CLOSE_PATIENCE", 0.01)
    client = Stuck(intents=discord.Intents.default())
    monkeypatch.setattr("discord.http.Route.BASE", sandbox_discord.api_url)
    await client.login(sandbox_discord.token)

    await _close(client)

    with pytest.raises(RuntimeError, match="Session is closed"):
        await client.application_info()


async def test_close_ends_a_run_whose_login_hangs(chat: Chat, sandbox_discord: SandboxDiscord) -> None:
    sandbox_discord.faults.next("login", hang=True)
    running = asyncio.create_task(chat.run())
    await sandbox_discord.wait_for(lambda: sandbox_discord.faults.hanging)

    await chat.close()

    await running


async def test_close_ends_a_send_that_hangs_and_leaves_it_in_doubt(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    sandbox_discord.faults.next("send", hang=True)
    sending = asyncio.create_task(send(chat, channel))
    await sandbox_discord.wait_for(lambda: sandbox_discord.faults.hanging)

    await chat.close()

    outcome = await sending
    assert isinstance(outcome, Retry)
    assert outcome.in_doubt


async def test_close_twice_and_without_a_login_is_fine(unused_chat: Chat) -> None:
    await unused_chat.close()
    await unused_chat.close()


async def test_a_run_that_is_cancelled_leaves_nothing_open(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    running = asyncio.create_task(chat.run())
    await opened.wait_for(channel.id)

    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    await sandbox_discord.wait_for(lambda: not sandbox_discord.gateway.connected_shards)


async def test_after_the_close_nothing_is_sent(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    await chat.close()

    assert not isinstance(await send(chat, channel), Sent)
    assert not sandbox_discord.messages(channel.id)


def test_pauses_grow_to_a_limit_and_are_never_in_step() -> None:
    pauses = list(islice(_pauses(2.0), 20))

    assert all(
        1.0 <= pauses[0] <= 2.0 and LONGEST_PAUSE / 2 <= pause <= LONGEST_PAUSE for pause in pauses[10:]
    )
    assert len(set(pauses)) > 10
