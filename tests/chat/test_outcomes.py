import asyncio
import inspect
import json
import math
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from bot.chat.http_trace import NotRepeatedError
from bot.chat.outcomes import (
    EDIT_ROWS,
    INSPECT_ROWS,
    MAPPED,
    PUBLISH_ROWS,
    SEND_ROWS,
    THREAD_ROWS,
    Row,
    find_outcome,
)
from bot.errors import ChatUnreachable
from bot.model import Dead, Outcome, Refused, Retry, Sent

TABLES = {
    "send": SEND_ROWS,
    "publish": PUBLISH_ROWS,
    "inspect": INSPECT_ROWS,
    "edit": EDIT_ROWS,
    "thread": THREAD_ROWS,
}


def answer(
    status: int, body: dict[str, Any] | str, headers: dict[str, str] | None = None
) -> discord.HTTPException:
    """Return the error that discord.py raises for such a response."""
    errors = {403: discord.Forbidden, 404: discord.NotFound}
    kind = errors.get(status, discord.DiscordServerError if status >= 500 else discord.HTTPException)
    response: Any = SimpleNamespace(status=status, reason="", headers=headers or {})
    return kind(response, body)


def refusal(status: int, code: int, message: str = "No.") -> Outcome:
    return find_outcome(answer(status, {"code": code, "message": message}), SEND_ROWS)


def subclasses(root: type[BaseException]) -> Iterator[type[BaseException]]:
    yield root
    for each in root.__subclasses__():
        yield from subclasses(each)


def raised_by(module: object, root: type[BaseException]) -> set[type[BaseException]]:
    return {each for _, each in inspect.getmembers(module, inspect.isclass) if issubclass(each, root)}


FOREIGN = sorted(
    raised_by(discord.errors, discord.DiscordException)
    | raised_by(aiohttp, aiohttp.ClientError)
    | {each for each in subclasses(OSError) if each.__module__ in {"builtins", "socket", "ssl", "aiohttp"}}
    | {asyncio.TimeoutError, json.JSONDecodeError, KeyError, NotRepeatedError, ChatUnreachable},
    key=lambda each: each.__qualname__,
)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("error", FOREIGN)
def test_every_error_of_the_libraries_has_an_outcome(error: type[Exception], table: str) -> None:
    assert issubclass(error, MAPPED)
    assert any(_is_last_resort(row) and issubclass(error, row.error) for row in TABLES[table])


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("caught", MAPPED)
def test_every_caught_error_matches_a_row(caught: type[Exception], table: str) -> None:
    assert any(_is_last_resort(row) and issubclass(caught, row.error) for row in TABLES[table])


def _is_last_resort(row: Row) -> bool:
    return not row.statuses and not row.codes and row.when is None


def test_a_bug_of_ours_matches_no_row() -> None:
    with pytest.raises(LookupError):
        find_outcome(Exception(), SEND_ROWS)


@pytest.mark.parametrize("code", [10003, 10004, 50001, 50008, 50013, 50024, 50083, 160005, 50009])
def test_a_channel_that_rejects_posts_refuses(code: int) -> None:
    outcome = refusal(403, code)

    assert isinstance(outcome, Refused)
    assert "; " in outcome.reason


@pytest.mark.parametrize("code", [50035, 50006, 40005, 200000, 240000, 12345])
def test_a_post_that_discord_rejects_is_dead(code: int) -> None:
    assert isinstance(refusal(400, code), Dead)


def test_a_dead_post_names_the_invalid_field() -> None:
    body = {
        "code": 50035,
        "message": "Invalid Form Body",
        "errors": {"embeds": {"0": {"url": {"_errors": [{"message": "Not a well formed URL."}]}}}},
    }

    outcome = find_outcome(answer(400, body), SEND_ROWS)

    assert isinstance(outcome, Dead)
    assert "embeds.0.url: Not a well formed URL." in outcome.reason


@pytest.mark.parametrize("code", [20016, 20028, 20029, 40062, 130000, 160006, 40333])
def test_a_limit_or_an_outage_is_retried(code: int) -> None:
    assert isinstance(refusal(400, code), Retry)


@pytest.mark.parametrize("status", [401, 408, 429, 499, 500, 502, 503, 520])
def test_a_temporary_error_is_retried(status: int) -> None:
    assert isinstance(refusal(status, 0), Retry)


@pytest.mark.parametrize("page", ["<!DOCTYPE html><title>Access denied</title>", "error code: 1015"])
def test_a_refusal_by_cloudflare_is_not_blamed_on_the_channel(page: str) -> None:
    outcome = find_outcome(answer(403, page), SEND_ROWS)

    assert isinstance(outcome, Retry)
    assert "Cloudflare" in outcome.reason
    assert "<" not in outcome.reason


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("30", 30), ("65.5", 65.5), ("9" * 40, 3600), ("1e300", 3600), ("inf", 3600)],
)
def test_a_429_without_a_body_waits_as_its_header_says_but_never_for_ever(
    header: str, seconds: float
) -> None:
    outcome = find_outcome(answer(429, "error code: 1015", {"Retry-After": header}), SEND_ROWS)

    assert isinstance(outcome, Retry)
    assert outcome.after is not None
    assert outcome.after.total_seconds() == seconds


@pytest.mark.parametrize("header", ["", "nan", "-3", "0", "soon", "Fri, 27 Nov 2026 07:00:00 GMT"])
def test_a_429_whose_header_makes_no_sense_waits_as_the_bot_likes(header: str) -> None:
    outcome = find_outcome(answer(429, "error code: 1015", {"Retry-After": header}), SEND_ROWS)

    assert isinstance(outcome, Retry)
    assert outcome.after is None


@pytest.mark.parametrize("seconds", [1e300, 10**30, math.inf])
def test_no_limit_of_a_route_lasts_for_ever(seconds: float) -> None:
    outcome = find_outcome(discord.RateLimited(seconds), SEND_ROWS)

    assert isinstance(outcome, Retry)
    assert outcome.after is not None
    assert outcome.after.total_seconds() == 3600


@pytest.mark.parametrize("table", ["send", "publish"])
@pytest.mark.parametrize("body", ["", "Bad Request", "{"])
@pytest.mark.parametrize("status", [302, 400, 403, 405, 413, 451, 499])
def test_answers_that_are_not_from_discord_give_no_post_up(status: int, body: str, table: str) -> None:
    error = answer(status, body, {"Content-Type": "text/plain"})

    assert isinstance(find_outcome(error, TABLES[table]), Retry)


def test_a_post_is_given_up_after_discords_general_error() -> None:
    body = {"message": "400: Bad Request", "code": 0}

    outcome = find_outcome(answer(400, body, {"Content-Type": "application/json"}), SEND_ROWS)

    assert isinstance(outcome, Dead)


def test_during_a_long_rate_limit_the_post_waits_in_the_outbox() -> None:
    outcome = find_outcome(discord.RateLimited(3500.5), SEND_ROWS)

    assert isinstance(outcome, Retry)
    assert outcome.after is not None
    assert outcome.after.total_seconds() == 3500.5


def test_a_message_that_a_moderator_deleted_counts_as_sent() -> None:
    assert refusal(404, 10008) == Sent(message_id=0)


def test_a_message_deleted_before_it_was_published_is_not_published() -> None:
    deleted = answer(404, {"code": 10008, "message": "Unknown Message"})

    assert isinstance(find_outcome(deleted, PUBLISH_ROWS), Dead)


def test_a_message_that_was_published_already_counts_as_published() -> None:
    published = answer(400, {"code": 40033, "message": "This message has already been crossposted"})

    assert isinstance(find_outcome(published, PUBLISH_ROWS), Sent)
