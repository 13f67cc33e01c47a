"""A database on a server for each test."""

from collections.abc import AsyncIterator

import pytest

from bot.store.place import ServerAddress
from bot.store.postgres.database import PostgresDatabase
from tests.postgres import Databases


@pytest.fixture
async def place(postgres: Databases) -> ServerAddress:
    return await postgres.clean()


@pytest.fixture
async def database(place: ServerAddress) -> AsyncIterator[PostgresDatabase]:
    opened = PostgresDatabase(place)
    yield opened
    await opened.close()
