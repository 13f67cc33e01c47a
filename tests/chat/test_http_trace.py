from types import SimpleNamespace

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from multidict import CIMultiDict
from yarl import URL

from bot.chat.http_trace import REQUESTS_PER_SECOND, Attempt, NotRepeatedError, RateLimiter, create_trace


def nothing_was_sent() -> aiohttp.ClientConnectorError:
    key = ConnectionKey("discord.example", 443, True, True, None, None, None)
    return aiohttp.ClientConnectorError(key, OSError(111, "refused"))


class Time:
    """A clock that sleeping advances."""

    def __init__(self) -> None:
        self.now = 100.0

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def rate_limiter(time: Time) -> RateLimiter:
    return RateLimiter(clock=lambda: time.now, sleep=time.sleep)


async def test_simultaneous_requests_are_spaced_evenly(rate_limiter: RateLimiter, time: Time) -> None:
    for _ in range(REQUESTS_PER_SECOND + 1):
        await rate_limiter.wait()

    assert time.now == pytest.approx(101.0)


async def test_a_request_after_a_pause_does_not_wait(rate_limiter: RateLimiter, time: Time) -> None:
    await rate_limiter.wait()
    time.now = 200.0

    await rate_limiter.wait()

    assert time.now == 200.0


async def test_after_a_stall_there_is_no_burst(rate_limiter: RateLimiter, time: Time) -> None:
    await rate_limiter.wait()
    time.now = 200.0

    for _ in range(REQUESTS_PER_SECOND + 1):
        await rate_limiter.wait()

    assert time.now == pytest.approx(201.0)


@pytest.mark.parametrize(
    ("path", "paced"),
    [
        ("/api/v10/channels/1/messages", True),
        ("/api/v10/interactions/1/token/callback", False),
        ("/api/v10/webhooks/1/token", False),
    ],
)
async def test_responses_to_interactions_are_not_rate_limited(
    rate_limiter: RateLimiter, time: Time, path: str, *, paced: bool
) -> None:
    await rate_limiter.wait()
    params = aiohttp.TraceRequestStartParams("POST", URL("https://discord.example") / path[1:], CIMultiDict())
    async with aiohttp.ClientSession() as session:
        for hook in create_trace(rate_limiter).on_request_start:
            await hook(session, SimpleNamespace(), params)

    assert (time.now > 100.0) == paced


@pytest.mark.parametrize("status", [500, 502, 503, 504, 524, 200, 302, 408, 499])
def test_a_response_that_may_follow_a_stored_post_is_uncertain(status: int) -> None:
    attempt = Attempt()
    attempt.answered(status)

    assert attempt.uncertain


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429])
def test_a_refusal_is_certain(status: int) -> None:
    attempt = Attempt()
    attempt.answered(status)

    assert not attempt.uncertain


def test_a_refusal_keeps_earlier_uncertainty() -> None:
    attempt = Attempt()
    attempt.answered(502)
    attempt.answered(403)

    assert attempt.uncertain


def test_a_lost_response_is_uncertain() -> None:
    attempt = Attempt()
    attempt.failed(aiohttp.ServerDisconnectedError())

    assert attempt.uncertain


@pytest.mark.parametrize("error", [nothing_was_sent(), aiohttp.ConnectionTimeoutError()])
def test_without_a_connection_nothing_was_sent(error: Exception) -> None:
    attempt = Attempt()
    attempt.failed(error)

    assert not attempt.uncertain


def test_a_request_that_was_given_up_before_it_was_written_is_certain() -> None:
    attempt = Attempt()
    attempt.begin()
    attempt.failed(TimeoutError())

    assert not attempt.uncertain


def test_a_request_that_was_given_up_while_it_was_written_is_uncertain() -> None:
    attempt = Attempt()
    attempt.begin()
    attempt.sent()
    attempt.failed(TimeoutError())

    assert attempt.uncertain


def test_a_request_that_could_duplicate_a_post_is_not_repeated() -> None:
    attempt = Attempt()
    attempt.repeatable = False
    attempt.begin()
    attempt.answered(429)
    attempt.begin()
    attempt.answered(500)

    with pytest.raises(NotRepeatedError):
        attempt.begin()


def test_a_request_that_cannot_duplicate_a_post_is_repeated() -> None:
    attempt = Attempt()
    attempt.answered(500)

    attempt.begin()

    assert attempt.uncertain
