from types import SimpleNamespace

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from multidict import CIMultiDict
from yarl import URL

from bot.chat.http_trace import Attempt, NotRepeatedError, create_trace, record_requests
from bot.chat.rate_limiter import RateLimiter, Slot
from bot.sandbox.discord.server import SandboxDiscord


def nothing_was_sent() -> aiohttp.ClientConnectorError:
    key = ConnectionKey("discord.example", 443, True, True, None, None, None)
    return aiohttp.ClientConnectorError(key, OSError(111, "refused"))


class Taken(RateLimiter):
    """Notes which slots were taken."""

    def __init__(self) -> None:
        super().__init__()
        self.slots: list[Slot] = []

    async def take(self) -> Slot:
        self.slots.append(await super().take())
        return self.slots[-1]


@pytest.mark.parametrize(
    ("path", "limited"),
    [
        ("/api/v10/channels/1/messages", True),
        ("/api/v10/interactions/1/token/callback", False),
        ("/api/v10/webhooks/1/token", False),
    ],
)
async def test_responses_to_interactions_are_not_rate_limited(path: str, *, limited: bool) -> None:
    rate_limiter, context = Taken(), SimpleNamespace()
    params = aiohttp.TraceRequestStartParams("POST", URL("https://discord.example") / path[1:], CIMultiDict())
    async with aiohttp.ClientSession() as session:
        for hook in create_trace(rate_limiter).on_request_start:
            await hook(session, context, params)

    assert bool(rate_limiter.slots) == limited


async def test_every_request_gives_its_slot_back(sandbox_discord: SandboxDiscord) -> None:
    """Also one that finds nobody at the other end."""
    rate_limiter = Taken()
    async with aiohttp.ClientSession(trace_configs=[create_trace(rate_limiter)]) as session:
        async with session.get(f"{sandbox_discord.api_url}/gateway"):
            pass
        with pytest.raises(aiohttp.ClientConnectionError):
            await session.get("http://127.0.0.1:9/api/v10/gateway")

    assert [each.counted_by is not None for each in rate_limiter.slots] == [True, True]


async def test_a_request_that_is_not_repeated_takes_no_slot(sandbox_discord: SandboxDiscord) -> None:
    """aiohttp reports no end of a request whose start raised, so its slot would never come back."""
    rate_limiter, attempt = Taken(), Attempt()
    attempt.uncertain = True
    async with aiohttp.ClientSession(trace_configs=[create_trace(rate_limiter)]) as session:
        with record_requests(attempt, repeatable=False), pytest.raises(NotRepeatedError):
            await session.get(f"{sandbox_discord.api_url}/gateway")

    assert rate_limiter.slots == []


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
