import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from bot.chat.wire import REQUESTS_PER_SECOND, Attempt, Governor, NotRepeatedError


def nothing_was_sent() -> aiohttp.ClientConnectorError:
    key = ConnectionKey("discord.example", 443, True, True, None, None, None)
    return aiohttp.ClientConnectorError(key, OSError(111, "refused"))


def test_requests_that_come_at_once_leave_evenly() -> None:
    governor = Governor()

    delays = [governor.book(now=100.0) for _ in range(REQUESTS_PER_SECOND + 1)]

    assert delays[0] == 0
    assert delays[-1] == pytest.approx(1.0)


def test_a_request_after_a_rest_need_not_wait() -> None:
    governor = Governor()
    governor.book(now=100.0)

    assert governor.book(now=101.0) == 0


@pytest.mark.parametrize("status", [500, 502, 503, 504, 524, 200])
def test_after_an_answer_that_may_follow_a_stored_post_there_is_doubt(status: int) -> None:
    attempt = Attempt()
    attempt.answered(status)

    assert attempt.doubtful


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429])
def test_after_a_refusal_there_is_no_doubt(status: int) -> None:
    attempt = Attempt()
    attempt.answered(status)

    assert not attempt.doubtful


def test_a_refusal_does_not_take_an_earlier_doubt_away() -> None:
    attempt = Attempt()
    attempt.answered(502)
    attempt.answered(403)

    assert attempt.doubtful


def test_a_lost_answer_leaves_doubt() -> None:
    attempt = Attempt()
    attempt.failed(aiohttp.ServerDisconnectedError())

    assert attempt.doubtful


@pytest.mark.parametrize("error", [nothing_was_sent(), aiohttp.ConnectionTimeoutError()])
def test_without_a_connection_nothing_can_stand(error: Exception) -> None:
    attempt = Attempt()
    attempt.failed(error)

    assert not attempt.doubtful


def test_what_may_double_is_not_repeated() -> None:
    attempt = Attempt()
    attempt.repeatable = False
    attempt.begin()
    attempt.answered(429)
    attempt.begin()
    attempt.answered(500)

    with pytest.raises(NotRepeatedError):
        attempt.begin()


def test_what_cannot_double_is_repeated() -> None:
    attempt = Attempt()
    attempt.answered(500)

    attempt.begin()

    assert attempt.doubtful
