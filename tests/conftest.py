"""Fixtures for all tests: a sandbox Discord that also checks request bodies."""

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import settings

from bot.sandbox.discord.server import SandboxDiscord
from bot.store.postgres.connection import SETTINGS
from tests import postgres as postgres_server

# The same examples each time, so that a failed run can be repeated; HYPOTHESIS_PROFILE=explore looks for new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

SHARED = Path(__file__).resolve().parents[2] / "shared"
OPENAPI = SHARED / "discord" / "openapi.json"


def shared_openapi() -> Path | None:
    """Return Discord's OpenAPI document if it is beside the checkout, else None."""
    return OPENAPI if OPENAPI.is_file() else None


def pytest_xdist_auto_num_workers() -> int:
    """Start two workers per core: about half of the suite's time is waiting, for timers, processes and the disk."""
    return 2 * (os.cpu_count() or 1)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "invalid_bodies: the test sends bodies that Discord refuses, on purpose"
    )


if (
    signal.getsignal(signal.SIGINT) is signal.SIG_IGN
):  # started in the background; the tested processes inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)

GENEROUS = 60.0
DEADLINES = (
    "bot.chat.commands.common.autocomplete.AUTOCOMPLETE_TIMEOUT",
    "bot.chat.commands.common.access.LOOKUP_TIMEOUT",
    "bot.store.search._ADVICE_TIMEOUT",
    "bot.store.search._MENDING_TIMEOUT",
    "bot.store.postgres.connection.CONNECT_TIMEOUT",
    "bot.store.postgres.locks.WAIT",
    "bot.store.words._TIMEOUT",
    "bot.store.sqlite.database.BUSY_TIMEOUT",
    "bot.store.sqlite.fts_match.SEARCH_TIMEOUT",
    "bot.store.postgres.match.SEARCH_TIMEOUT",
)
"""What the bot gives up after, by the real clock."""


@pytest.fixture(autouse=True)
def _generous_deadlines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Allow for a slow, busy machine. A test of a deadline sets its own."""
    for deadline in DEADLINES:
        monkeypatch.setattr(deadline, GENEROUS)
    monkeypatch.setitem(SETTINGS, "lock_timeout", f"{GENEROUS:.0f}s")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> postgres_server.Databases:
    """Databases on the session's PostgreSQL server. Without PostgreSQL, the test is skipped."""
    folder = postgres_server.server(postgres_server.session_folder(tmp_path_factory))
    return postgres_server.Databases(folder, worker_id)


@pytest.fixture
async def sandbox_discord(request: pytest.FixtureRequest) -> AsyncIterator[SandboxDiscord]:
    """Yield a running sandbox Discord. A body that it refuses fails the test, unless marked `invalid_bodies`."""
    async with SandboxDiscord(openapi=shared_openapi(), acknowledge_timeout=60.0) as discord:
        yield discord
    if request.node.get_closest_marker("invalid_bodies") is None:
        assert not discord.invalid_bodies
