"""A database on a server for each test."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.store.place import ServerAddress
from bot.store.postgres.database import PostgresDatabase
from tests.postgres import Databases


@pytest.fixture
async def place(postgres: Databases) -> ServerAddress:
    return await postgres.clean()


@pytest.fixture
async def killed(monkeypatch: pytest.MonkeyPatch) -> asyncio.Queue[int]:
    """The signals that the process sends itself, which does not get them."""
    signals: asyncio.Queue[int] = asyncio.Queue()
    monkeypatch.setattr("os.kill", lambda _pid, number: signals.put_nowait(number))
    return signals


@pytest.fixture
async def database(place: ServerAddress) -> AsyncIterator[PostgresDatabase]:
    opened = PostgresDatabase(place)
    yield opened
    await opened.close()
