"""Logs on stderr, in one format, without secrets."""

import json
import logging
from collections.abc import Iterator

import aiohttp
import pytest
import structlog

from bot.log_format import Format, Level
from bot.logs import MAX_REPEATS, REPEAT_WINDOW, LimitRepeats, configure, scrub

SECRET = "stand-in-secret"
SHAPED = "MTE1NjA0MzY4OTI3NDY5OTg0OA.GhTfRk.Zx9wKq3vLmN8pRtYuIoPaSdFgHjKlZxCvBnM12"


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before
    structlog.reset_defaults()
    for name in ("discord", "aiohttp", "apscheduler", "asyncio", "aiosqlite"):
        logging.getLogger(name).setLevel(logging.NOTSET)


def test_lines_go_to_stderr_with_their_fields(capsys: pytest.CaptureFixture[str]) -> None:
    configure(Level.INFO, Format.CONSOLE)

    structlog.get_logger("bot.relay").info("polled", feed="https://garden.example/rss", new=2)

    caught = capsys.readouterr()
    assert caught.out == ""
    assert "polled [bot.relay] feed=https://garden.example/rss new=2" in caught.err


def test_json_logs_have_one_object_per_line_including_those_of_libraries(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure(Level.INFO, Format.JSON)

    structlog.get_logger("bot.relay").info("polled", new=2)
    logging.getLogger("discord.http").warning("slow %s", "down")

    ours, theirs = map(json.loads, capsys.readouterr().err.splitlines())
    assert (ours["event"], ours["level"], ours["logger"], ours["new"]) == ("polled", "info", "bot.relay", 2)
    assert (theirs["event"], theirs["level"], theirs["logger"]) == ("slow down", "warning", "discord.http")
    assert ours["timestamp"].endswith("Z")


def test_nothing_below_the_level_is_logged_and_libraries_log_details_only_when_debugging(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure(Level.INFO, Format.CONSOLE)
    structlog.get_logger("bot").debug("small")
    logging.getLogger("apscheduler.executors").info("chatter")
    quiet = capsys.readouterr().err
    configure(Level.DEBUG, Format.CONSOLE)
    structlog.get_logger("bot").debug("small")
    logging.getLogger("apscheduler.executors").info("chatter")

    assert quiet == ""
    assert "small" in (loud := capsys.readouterr().err)
    assert "chatter" in loud


def test_libraries_never_log_what_passes_through_them(capsys: pytest.CaptureFixture[str]) -> None:
    configure(Level.DEBUG, Format.CONSOLE)

    for name in ("aiosqlite", "discord.gateway", "discord.http", "aiohttp.client", "apscheduler", "asyncio"):
        logging.getLogger(name).debug("executing %s", "https://garden.example/rss?k=abc")

    assert capsys.readouterr().err == ""


def refuse(token: str) -> None:
    """Fail with the token in the message and in a local variable."""
    raise ValueError(f"refused {token}")


@pytest.mark.parametrize("shape", list(Format))
def test_secrets_are_hidden_everywhere(shape: Format, capsys: pytest.CaptureFixture[str]) -> None:
    configure(Level.DEBUG, shape, (SECRET, ""))
    log = structlog.get_logger("bot")

    log.info("token %s", SECRET, key=SECRET, deep={"a": [SECRET]}, other=SHAPED)
    logging.getLogger("aiohttp").warning("Authorization: Bot %s", SECRET)
    try:
        refuse(SECRET)
    except ValueError:
        log.exception("failed")

    said = capsys.readouterr().err
    assert SECRET not in said
    assert SHAPED not in said
    assert said.count("[hidden]") >= 6
    assert "Traceback" in said


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("https://ann:pass@garden.example/rss", "https://[hidden]@garden.example/rss"),
        ("POST /api/v10/webhooks/12/abc-DEF_1?wait=1", "POST /api/v10/webhooks/12/[hidden]?wait=1"),
        ("/interactions/34/aW50ZXJhY3Rpb24/callback", "/interactions/34/[hidden]/callback"),
        (f"got {SHAPED}.", "got [hidden]."),
        (f"'{SHAPED[:59]}…'", "'[hidden]…'"),
        ("'https://garden.example/rss?key=abc&page=2'", "'https://garden.example/rss?key=***&page=2'"),
        ("https://garden.example/rss?token=abc: gone", "https://garden.example/rss?token=***: gone"),
        ("is it? https://garden.example/?page=2 key=abc", "is it? https://garden.example/?page=2 key=abc"),
        (
            "https://garden.example/@ann and me@garden.example",
            "https://garden.example/@ann and me@garden.example",
        ),
        (
            "https://garden.example/2026.06.01-a-long-day-in-the-garden.html",
            "https://garden.example/2026.06.01-a-long-day-in-the-garden.html",
        ),
    ],
)
def test_only_text_that_looks_secret_is_hidden(text: str, safe: str) -> None:
    assert scrub(text) == safe


def test_hostile_text_cannot_forge_a_line_or_control_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    configure(Level.INFO, Format.CONSOLE)

    structlog.get_logger("bot").warning("bad title", title="a\n2026-01-01 [error] forged\x1b[2J")

    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert "\x1b" not in said


def test_a_second_call_replaces_the_first(capsys: pytest.CaptureFixture[str]) -> None:
    configure(Level.INFO, Format.CONSOLE)
    configure(Level.INFO, Format.JSON, (SECRET,))

    structlog.get_logger("bot").info("once")

    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(
    "outage", [ConnectionRefusedError("no"), TimeoutError(), aiohttp.ServerDisconnectedError("gone")]
)
def test_an_outage_logged_by_discord_py_is_one_warning_without_a_traceback(
    outage: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(Level.INFO, Format.JSON)

    logging.getLogger("discord.client").error("Attempting a reconnect in 3.22s", exc_info=outage)

    (line,) = map(json.loads, capsys.readouterr().err.splitlines())
    assert line["event"] == f"Attempting a reconnect in 3.22s ({type(outage).__name__})"
    assert line["level"] == "warning"
    assert "exception" not in line


def test_a_bug_in_an_event_handler_keeps_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    configure(Level.INFO, Format.CONSOLE)

    logging.getLogger("discord.client").error("Ignoring exception in on_ready", exc_info=KeyError("guild"))

    said = capsys.readouterr().err
    assert "[error" in said
    assert "KeyError: 'guild'" in said


def test_a_key_of_tumblrs_api_is_hidden_everywhere() -> None:
    key = "Gq7vXk2mRt9pLw4zBn8sYc5hJd3fTa6eUi1oKxVbNmQrWsEyZu"

    scrubbed = scrub(
        f"[feeds] url = '{key}' and https://api.example/v2/tagged?tag=moths&api_key=abc123, {key}."
    )

    assert key not in scrubbed
    assert "abc123" not in scrubbed
    assert "tag=moths" in scrubbed


def test_text_that_is_only_long_is_shown() -> None:
    plain = [f"{'a1B' * 17}", f"{'0123456789abcdef' * 4}", "x" * 50]

    assert scrub(" ".join(plain)) == " ".join(plain)


def test_a_repeated_problem_is_logged_up_to_the_limit_and_then_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure(Level.INFO, Format.JSON)
    for number in range(MAX_REPEATS + 5):
        structlog.get_logger("bot.relay").warning("not sent", delivery=number)
        structlog.get_logger("bot.relay").info("sent", delivery=number)
    structlog.get_logger("bot.relay").warning("not polled")

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    assert [line["event"] for line in lines].count("not sent") == MAX_REPEATS
    assert [line["event"] for line in lines].count("sent") == MAX_REPEATS + 5
    assert lines[-1]["event"] == "not polled"


def test_the_next_line_counts_what_was_left_out() -> None:
    now = 0.0
    limit = LimitRepeats(lambda: now)
    for _line in range(MAX_REPEATS + 7):
        limit.filter(problem({"event": "not sent"}))
        limit.filter(problem("no route to %s"))
    now = REPEAT_WINDOW
    own, library = problem({"event": "not sent"}), problem("no route to %s")

    assert (limit.filter(own), limit.filter(library)) == (True, True)
    assert own.msg == {"event": "not sent", "left_out": 7}
    assert library.getMessage() == "no route to x (left out before: 7)"


def test_many_different_problems_take_no_more_memory() -> None:
    limit = LimitRepeats(lambda: 0.0)

    assert all(limit.filter(problem(f"problem {number}")) for number in range(10_000))
    assert len(limit._problems) <= 256


def problem(message: object) -> logging.LogRecord:
    arguments = ("x",) if isinstance(message, str) and "%s" in message else ()
    return logging.LogRecord("discord", logging.WARNING, "", 0, message, arguments, None)
