"""At most 50 requests in any second, fewer after a global 429, none when too many were refused."""

import asyncio
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.rate_limiter import (
    INVALID_WINDOW,
    MAX_INVALID_REQUESTS,
    MAX_REQUESTS_PER_SECOND,
    MAX_TRANSIT,
    RECOVERY_INTERVAL,
    RateLimiter,
)

LIMIT = MAX_REQUESTS_PER_SECOND
GLOBAL = {"X-RateLimit-Scope": "global", "X-RateLimit-Global": "true", "Retry-After": "3"}


class Time:
    """A clock that sleeping advances."""

    def __init__(self) -> None:
        self.now = 100.0

    async def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds
        await asyncio.sleep(0)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def limiter(time: Time) -> RateLimiter:
    return RateLimiter(clock=lambda: time.now, sleep=time.sleep)


async def send(limiter: RateLimiter, time: Time, count: int) -> list[float]:
    """Send requests, each written and answered at once; return when."""
    sent = []
    for _ in range(count):
        slot = await limiter.take()
        limiter.written(slot)
        limiter.ended(slot)
        sent.append(time.now)
    return sent


def peak(sent: Iterable[float]) -> int:
    """Return the highest number of requests in one second."""
    times = sorted(sent)
    return max(sum(at <= each < at + 1 for each in times) for at in times)


async def test_a_burst_may_use_a_whole_second(limiter: RateLimiter, time: Time) -> None:
    assert await send(limiter, time, LIMIT) == [100.0] * LIMIT


async def test_the_next_request_waits_for_the_second_to_end(limiter: RateLimiter, time: Time) -> None:
    sent = await send(limiter, time, 10 * LIMIT)

    assert sent[-1] == pytest.approx(109.0)
    assert peak(sent) == LIMIT


@given(st.lists(st.floats(0, 0.3), min_size=1, max_size=300))
def test_no_second_has_more_than_the_limit(pauses: list[float]) -> None:
    time = Time()
    limiter = RateLimiter(clock=lambda: time.now, sleep=time.sleep)

    async def run() -> list[float]:
        sent = []
        for pause in pauses:
            time.now += pause
            sent += await send(limiter, time, 3)
        return sent

    sent = asyncio.run(run())

    assert peak(sent) <= LIMIT
    assert all(earlier <= later for earlier, later in pairwise(sent))


async def test_a_request_counts_from_when_it_was_written(limiter: RateLimiter, time: Time) -> None:
    """A connection may take long to open; then many requests would arrive at once."""
    slots = [await limiter.take() for _ in range(LIMIT)]
    time.now += 5.0
    for slot in slots:
        limiter.written(slot)
        limiter.ended(slot)

    await limiter.take()

    assert time.now == pytest.approx(106.0)


async def test_a_request_that_waits_for_a_connection_keeps_its_slot(limiter: RateLimiter) -> None:
    slots = [await limiter.take() for _ in range(LIMIT)]
    waiting = asyncio.create_task(limiter.take())
    for _ in range(500):
        await asyncio.sleep(0)
    assert not waiting.done()

    for slot in slots:
        limiter.written(slot)
    await waiting


async def test_a_request_that_waits_for_a_connection_delays_no_others(
    limiter: RateLimiter, time: Time
) -> None:
    """A connection may take half a minute to open, or to fail."""
    await limiter.take()

    async with asyncio.timeout(60):
        sent = await send(limiter, time, 3 * (LIMIT - 1))

    assert sent[-1] == pytest.approx(102.0)
    assert peak(sent) == LIMIT - 1


async def test_a_request_counts_until_a_second_after_its_answer(limiter: RateLimiter, time: Time) -> None:
    """It may have been on its way for most of the time, and arrive together with the next ones."""
    slots = [await limiter.take() for _ in range(LIMIT)]
    for slot in slots:
        limiter.written(slot)
    time.now += 0.4
    for slot in slots:
        limiter.ended(slot)

    await limiter.take()

    assert time.now == pytest.approx(101.4)


async def test_a_request_without_an_answer_counts_for_two_seconds(limiter: RateLimiter, time: Time) -> None:
    slots = [await limiter.take() for _ in range(LIMIT)]
    for slot in slots:
        limiter.written(slot)

    await limiter.take()

    assert time.now == pytest.approx(100.0 + MAX_TRANSIT + 1.0)
    for slot in slots:
        limiter.ended(slot)
    assert await send(limiter, time, LIMIT - 1) == [pytest.approx(time.now)] * (LIMIT - 1)


async def test_a_global_429_pauses_and_halves_the_rate(limiter: RateLimiter, time: Time) -> None:
    await send(limiter, time, LIMIT)
    limiter.answered(429, GLOBAL)
    limiter.answered(429, GLOBAL)  # of a request that was under way

    sent = await send(limiter, time, 2 * LIMIT)

    assert sent[0] == pytest.approx(103.0)
    assert peak(sent) == LIMIT // 2


async def test_the_rate_recovers_step_by_step(limiter: RateLimiter, time: Time) -> None:
    limiter.answered(429, GLOBAL)
    time.now += 3 * RECOVERY_INTERVAL

    assert peak(await send(limiter, time, 2 * LIMIT)) == LIMIT // 2 + 3

    time.now += LIMIT * RECOVERY_INTERVAL
    assert peak(await send(limiter, time, 2 * LIMIT)) == LIMIT


@pytest.mark.parametrize("scope", ["user", "shared"])
async def test_a_routes_429_does_not_slow_other_routes(limiter: RateLimiter, time: Time, scope: str) -> None:
    limiter.answered(429, {"X-RateLimit-Scope": scope, "Retry-After": "3"})

    assert await send(limiter, time, LIMIT) == [100.0] * LIMIT


async def test_too_many_refusals_stop_everything_for_a_while(limiter: RateLimiter, time: Time) -> None:
    for status in (401, 403, 429) * (MAX_INVALID_REQUESTS // 3 + 1):
        limiter.answered(status, {})

    (sent,) = await send(limiter, time, 1)

    assert sent == pytest.approx(100.0 + INVALID_WINDOW)


async def test_a_shared_429_and_other_answers_are_not_invalid(limiter: RateLimiter, time: Time) -> None:
    for _ in range(MAX_INVALID_REQUESTS):
        limiter.answered(429, {"X-RateLimit-Scope": "shared"})
        limiter.answered(404, {})
        limiter.answered(200, {})

    assert await send(limiter, time, 1) == [100.0]


async def test_an_unreadable_pause_is_a_second(limiter: RateLimiter, time: Time) -> None:
    limiter.answered(429, GLOBAL | {"Retry-After": "soon"})

    assert await send(limiter, time, 1) == [101.0]
