"""How the bot starts."""

import asyncio

import pytest

from bot import start
from bot.errors import ChatUnreachable


class Unreachable:
    """A chat whose first logins fail."""

    def __init__(self, failures: int) -> None:
        self.failures = failures

    async def login(self) -> None:
        self.failures -= 1
        if self.failures >= 0:
            raise ChatUnreachable


async def test_logins_are_retried_once_a_minute_during_a_long_outage_of_discord(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    delays: list[float] = []

    async def sleep(seconds: float) -> None:
        delays.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)

    await start.login(Unreachable(20))  # type: ignore[arg-type]  # it needs nothing else of a chat

    assert len(delays) == 20
    assert delays[-1] == max(delays) == 60
