"""What the heads of answers say."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web

from bot.chat.answers import Answer, report_answers
from bot.chat.client import Chat
from bot.errors import ChatUnreachable
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.local_server import serve


async def ask(path: str, status: int, headers: dict[str, str]) -> Answer:
    """Return what is reported of an answer with this status and these headers."""

    async def respond(_request: web.Request) -> web.Response:
        return web.Response(status=status, headers=headers)

    answers: list[Answer] = []
    trace = aiohttp.TraceConfig()
    report_answers(trace, answers.append)
    app = web.Application()
    app.router.add_get("/{path:.*}", respond)
    runner, port = await serve(app, 0, shutdown_timeout=0.1)
    try:
        async with aiohttp.ClientSession(trace_configs=[trace]) as http:
            await http.get(f"http://127.0.0.1:{port}{path}")
    finally:
        await runner.cleanup()
    return answers[-1]


async def test_an_answer_has_discords_time() -> None:
    answer = await ask("/api/v10/users/@me", 200, {"Date": "Fri, 27 Nov 2026 04:46:08 GMT"})

    assert answer.date == datetime(2026, 11, 27, 4, 46, 8, tzinfo=UTC)
    assert answer.latency >= timedelta()


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "Fri, 99 Nov 2026 04:46:08 GMT",
        "27 Nov 2026 04:46:08 -0000",
        "27 Nov 99999999999999999999 04:46:08 GMT",
        "27 Nov 2026 04:46:08 +99999999999999",
        "0" * 5000,
    ],
)
async def test_an_unreadable_date_is_none(date: str) -> None:
    answer = await ask("/api/v10/users/@me", 200, {"Date": date})

    assert answer.date is None


@pytest.mark.parametrize(
    ("path", "status", "unauthorized"),
    [
        ("/api/v10/channels/1/messages", 401, True),
        ("/api/v10/channels/1/messages", 403, False),
        ("/api/v10/webhooks/1/token/messages/@original", 401, False),
        ("/api/v10/interactions/1/token/callback", 401, False),
    ],
)
async def test_a_401_is_about_the_bots_token_unless_the_request_had_another(
    path: str, status: int, unauthorized: bool
) -> None:
    answer = await ask(path, status, {})

    assert answer.unauthorized is unauthorized


async def test_the_login_reports_discords_time_twice(sandbox_discord: SandboxDiscord) -> None:
    """The clock believes two answers that agree, and has to be right before anything is sent."""
    async with reported_dates(sandbox_discord.api_url, sandbox_discord.token) as (chat, dates):
        await chat.login()

        assert len(dates) >= 2


async def test_discords_time_is_reported_twice_without_a_login(sandbox_discord: SandboxDiscord) -> None:
    async with reported_dates(sandbox_discord.api_url, "unknown token") as (chat, dates):
        await chat.ask_time()

        assert len(dates) == 2


async def test_the_time_is_unknown_if_discord_cannot_be_reached(unused_tcp_port: int) -> None:
    async with reported_dates(f"http://127.0.0.1:{unused_tcp_port}/api/v10", "token") as (chat, dates):
        with pytest.raises(ChatUnreachable):
            await chat.ask_time()

        assert dates == []


@asynccontextmanager
async def reported_dates(api_url: str, token: str) -> AsyncIterator[tuple[Chat, list[datetime]]]:
    dates: list[datetime] = []

    async def ignore(_ids: object) -> None:
        pass

    chat = Chat(token, api_url=api_url, on_open=ignore, on_date=lambda date, _latency: dates.append(date))
    try:
        yield chat, dates
    finally:
        await chat.close()
