"""What a locked or full database could not take is written as soon as it can be, once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest
import structlog
from structlog.testing import LogCapture

from bot import errors
from bot.store import patience
from bot.store.patience import Patience

PATH = "feed-relay.db"


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PAUSE", 0.0)


@pytest.fixture
def log() -> Iterator[LogCapture]:
    capture = LogCapture()
    structlog.configure(processors=[capture])
    yield capture
    structlog.reset_defaults()


def failing(*outcomes: Exception | str) -> Callable[[], Awaitable[str]]:
    """Return a call that raises or returns these, one after the other, and then succeeds."""
    rest = list(outcomes)

    async def call() -> str:
        outcome = rest.pop(0) if rest else "done"
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return call


@pytest.mark.parametrize(
    "error", [errors.StoreLocked, errors.StoreFull, errors.StoreReadOnly, errors.StoreUnopenable]
)
async def test_a_call_is_repeated_until_the_trouble_is_over(error: type[errors.StoreError]) -> None:
    assert await Patience()(failing(error(PATH), error(PATH), error(PATH))) == "done"


@pytest.mark.parametrize("error", [errors.StoreCorrupt, errors.StoreTooNew])
async def test_an_error_that_does_not_heal_is_raised_at_once(error: type[errors.StoreError]) -> None:
    with pytest.raises(error):
        await Patience()(failing(error(PATH)))


async def test_an_error_that_does_not_heal_is_raised_after_one_that_does() -> None:
    with pytest.raises(errors.StoreCorrupt):
        await Patience()(failing(errors.StoreFull(PATH), errors.StoreCorrupt(PATH)))


async def test_a_command_gives_up_after_its_attempts() -> None:
    with pytest.raises(errors.StoreFull):
        await Patience(limit=3)(failing(*[errors.StoreFull(PATH)] * 4))


async def test_a_trouble_is_one_line_in_the_log_and_its_end_another(log: LogCapture) -> None:
    patient = Patience()
    full = errors.StoreFull(PATH)

    await asyncio.gather(*(patient(failing(full, full)) for _ in range(5)))

    assert [entry["event"] for entry in log.entries] == ["database fails", "database works again"]
    assert log.entries[0]["error"] == str(full)


async def test_one_call_that_keeps_failing_does_not_stop_the_others() -> None:
    patient, full = Patience(), errors.StoreFull(PATH)

    async def never() -> str:
        raise full

    stuck = asyncio.create_task(patient(never))
    assert await asyncio.gather(*(patient(failing(full)) for _ in range(5))) == ["done"] * 5
    assert not stuck.done()
    stuck.cancel()


async def test_waiting_posts_are_tried_again_when_the_bot_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PAUSE", 3600.0)
    patient, full = Patience(), errors.StoreFull(PATH)
    heals = asyncio.create_task(patient(failing(full)))
    await asyncio.sleep(0)

    patient.end()

    assert await heals == "done"


async def test_a_stop_ends_what_still_fails_without_trying_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a locked database each attempt takes seconds, and a stop has only a few."""
    monkeypatch.setattr(patience, "PAUSE", 3600.0)
    patient, attempts = Patience(), 0

    async def locked() -> str:
        nonlocal attempts
        attempts += 1
        raise errors.StoreLocked(PATH)

    waiting = [asyncio.create_task(patient(locked)) for _ in range(5)]
    await asyncio.sleep(0)
    assert attempts == 5

    patient.end()
    results = await asyncio.gather(*waiting, return_exceptions=True)

    assert {type(result) for result in results} == {errors.StoreLocked}
    assert attempts == 6
    with pytest.raises(errors.StoreLocked):
        await patient(locked)
    assert attempts == 7
