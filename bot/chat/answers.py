"""Reads the head of each of Discord's answers: Discord's time, and whether it accepts the token."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import SimpleNamespace

import aiohttp

from bot.chat.http_trace import is_response


@dataclass(frozen=True, slots=True)
class Answer:
    """The head of an answer."""

    date: datetime | None
    """Discord's time, without fractions of a second; None if it doesn't say."""
    latency: timedelta
    """Between the request and this answer."""
    status: int
    unauthorized: bool
    """Discord refused the bot's token."""


def report_answers(trace: aiohttp.TraceConfig, on_answer: Callable[[Answer], None]) -> None:
    """Let `trace` report the head of each answer."""

    async def on_start(
        _session: aiohttp.ClientSession, context: SimpleNamespace, _params: aiohttp.TraceRequestStartParams
    ) -> None:
        context.sent_at = asyncio.get_running_loop().time()

    async def on_end(
        _session: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestEndParams
    ) -> None:
        latency = asyncio.get_running_loop().time() - context.sent_at
        on_answer(_read(params.response, timedelta(seconds=latency)))

    trace.on_request_start.append(on_start)
    trace.on_request_end.append(on_end)


def _read(response: aiohttp.ClientResponse, latency: timedelta) -> Answer:
    unauthorized = response.status == HTTPStatus.UNAUTHORIZED and not is_response(response.url.path)
    return Answer(_date(response.headers.get("Date", "")), latency, response.status, unauthorized)


def _date(header: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    return None if date.tzinfo is None else date
