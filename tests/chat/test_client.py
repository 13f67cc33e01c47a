"""Logging in and closing."""

import asyncio
import logging
from typing import Self

import discord
import pytest
from aiohttp import web
from structlog.typing import EventDict

from bot.chat.client import Chat, _close
from bot.chat.rate_limiter import RateLimiter, Slot
from bot.errors import ChatUnreachable, ConfigError, LoginRefused
from bot.model import Retry, Sent
from bot.sandbox.discord.models import Channel
from bot.sandbox.discord.server import SandboxDiscord
from tests.chat.conftest import Opened, gateway_moved_to, send


class MuteGateway:
    """A gateway that says hello, reads frames and never responds, not even to a close."""

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


async def test_an_address_without_a_server_is_unreachable(opened: Opened, unused_tcp_port: int) -> None:
    chat = Chat("secret", api_url=f"http://127.0.0.1:{unused_tcp_port}/api/v10", on_open=opened.add)

    with pytest.raises(ChatUnreachable):
        await chat.login()

    await chat.close()


@pytest.mark.parametrize(
    "api_url", ["http://discord.example/api", "ftp://127.0.0.1/", "discord.example", "https://"]
)
def test_an_address_that_would_expose_the_token_is_refused(opened: Opened, api_url: str) -> None:
    with pytest.raises(ConfigError):
        Chat("secret", api_url=api_url, on_open=opened.add)


async def test_the_invitation_is_for_this_bot(chat: Chat, sandbox_discord: SandboxDiscord) -> None:
    assert f"client_id={sandbox_discord.bot.id}&" in chat.invite_url()


async def test_every_request_passes_the_rate_limiter(
    sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = []

    class Counting(RateLimiter):
        async def take(self) -> Slot:
            passed.append(self)
            return await super().take()

    monkeypatch.setattr("bot.chat.client.RateLimiter", Counting)
    chat = Chat(sandbox_discord.token, api_url=sandbox_discord.api_url, on_open=opened.add)

    await chat.login()
    await send(chat, channel)
    await chat.close()

    assert len(passed) == len(sandbox_discord.requests) == 4


async def test_close_does_not_wait_for_a_gateway_that_answers_nothing(
    chat: Chat, sandbox_discord: SandboxDiscord
) -> None:
    async with MuteGateway() as gateway:
        sandbox_discord.faults.next("gateway", times=2, **gateway_moved_to(gateway.url))
        running = asyncio.create_task(chat.run())
        await gateway.listened_to.wait()

        await chat.close()

        await running


class StuckClient(discord.Client):
    """A client that can't be closed properly."""

    async def close(self) -> None:
        await asyncio.Event().wait()


async def test_a_client_that_cannot_be_closed_is_dropped(
    sandbox_discord: SandboxDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.chat.client._CLOSE_TIMEOUT", 0.01)
    client = StuckClient(intents=discord.Intents.default())
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


async def test_close_ends_a_hanging_send_and_leaves_it_uncertain(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    sandbox_discord.faults.next("send", hang=True)
    sending = asyncio.create_task(send(chat, channel))
    await sandbox_discord.wait_for(lambda: sandbox_discord.faults.hanging)

    await chat.close()

    outcome = await sending
    assert isinstance(outcome, Retry)
    assert outcome.uncertain


async def test_close_may_be_called_twice_and_without_a_login(unused_chat: Chat) -> None:
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
