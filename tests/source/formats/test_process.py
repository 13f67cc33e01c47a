"""Documents are parsed in another process, and nothing that happens there affects the bot."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import NotAFeed, ParserBusy, ParserTimedOut, Unreadable
from bot.model import Fetched, ParsedFeed
from bot.source.formats.process import MAX_SLOW_CALLS, Parser

ROOT = Path(__file__).parents[3]
URL = "https://feeds.example/rss"
RSS = b'<rss version="2.0"><channel><title>T</title><item><title>One</title></item></channel></rss>'


def command(text: str, last_parse_time: timedelta = timedelta()) -> Fetched:
    return Fetched(URL, text.encode(), last_parse_time=last_parse_time)


@pytest.fixture
async def parser() -> AsyncIterator[Parser]:
    async with Parser(
        deadline=timedelta(seconds=60), function="tests.source.formats.parser_stub:parse"
    ) as parser:
        yield parser


async def pid_of(parser: Parser) -> int:
    return int((await parser.parse(command("who"))).format)


async def hanging(parser: Parser, started: Path) -> asyncio.Task[object]:
    """Start a call whose worker never returns a result."""
    call: asyncio.Task[object] = asyncio.create_task(parser.parse(command(f"hang {started}")))
    while not started.exists():  # noqa: ASYNC110 - another process makes the file
        await asyncio.sleep(0.001)
    return call


async def test_a_feed_is_parsed_in_another_process() -> None:
    async with Parser() as parser:
        feed = await parser.parse(Fetched(URL, RSS))

    assert [entry.title for entry in feed.entries] == ["One"]


async def test_one_worker_parses_one_document_after_another(parser: Parser) -> None:
    pids = {await pid_of(parser) for _ in range(3)}

    assert len(pids) == 1
    assert pids != {os.getpid()}


async def test_simultaneous_calls_wait_their_turn(parser: Parser) -> None:
    feeds = await asyncio.gather(*(parser.parse(command("who")) for _ in range(5)))

    assert len({feed.format for feed in feeds}) == 1


SECOND = timedelta(seconds=1)
STUB = "tests.source.formats.parser_stub:parse"


def hurried() -> Parser:
    """A parser for which every document that waits is slow."""
    return Parser(timedelta(seconds=60), function=STUB, slow=timedelta(seconds=0.4))


async def test_a_second_worker_starts_when_a_document_is_slow(tmp_path: Path) -> None:
    async with hurried() as parser:
        first = await pid_of(parser)
        waiting = asyncio.create_task(parser.parse(command(f"wait {tmp_path / 'go'}")))
        await asyncio.sleep(0)
        second = await pid_of(parser)
        (tmp_path / "go").touch()

        assert (await waiting).format == "let go"
        assert second != first


async def test_other_documents_do_not_wait_for_slow_ones(tmp_path: Path) -> None:
    async with hurried() as parser:
        slow = [
            asyncio.create_task(parser.parse(command(f"wait {tmp_path / 'go'}")))
            for _ in range(MAX_SLOW_CALLS)
        ]
        await asyncio.sleep(0)
        for _ in range(3):
            assert await pid_of(parser)
        assert not any(call.done() for call in slow)
        (tmp_path / "go").touch()

        assert [feed.format for feed in await asyncio.gather(*slow)] == ["let go"] * MAX_SLOW_CALLS


async def test_there_are_never_more_than_two_workers(tmp_path: Path) -> None:
    async with hurried() as parser:
        slow = [
            asyncio.create_task(parser.parse(command(f"wait {tmp_path / 'go'}")))
            for _ in range(MAX_SLOW_CALLS)
        ]
        await asyncio.sleep(0)
        await pid_of(parser)

        assert len(parser._idle) + len(parser._busy) <= 2
        (tmp_path / "go").touch()
        await asyncio.gather(*slow)
        assert len(parser._idle) == 1


async def busy_with(parser: Parser, calls: int, go: Path) -> list[asyncio.Task[ParsedFeed]]:
    """Make the parser read documents that wait for a file."""
    tasks = [asyncio.create_task(parser.parse(command(f"wait {go}"))) for _ in range(calls)]
    await asyncio.sleep(0)
    return tasks


async def test_as_many_documents_are_parsed_at_once_as_workers_are_allowed(tmp_path: Path) -> None:
    async with Parser(timedelta(seconds=60), function=STUB, slow=timedelta(seconds=60), workers=2) as parser:
        calls = await busy_with(parser, 5, tmp_path / "go")

        assert len(parser._busy) == 2
        (tmp_path / "go").touch()
        await asyncio.gather(*calls)
        assert len(parser._idle) == 2


async def test_a_slow_document_leaves_its_place_to_another(tmp_path: Path) -> None:
    async with Parser(timedelta(seconds=60), function=STUB, slow=timedelta(seconds=0.4), workers=2) as parser:
        calls = await busy_with(parser, 2, tmp_path / "go")
        pids = {await pid_of(parser) for _ in range(3)}
        (tmp_path / "go").touch()

        assert pids
        await asyncio.gather(*calls)
        assert len(parser._idle) <= 2


async def test_one_document_after_another_starts_one_worker() -> None:
    async with Parser(timedelta(seconds=60), function=STUB, workers=4) as parser:
        assert len({await pid_of(parser) for _ in range(4)}) == 1


async def test_all_idle_workers_but_one_end(tmp_path: Path) -> None:
    async with Parser(
        timedelta(seconds=60), function=STUB, slow=timedelta(seconds=60), workers=3, idle_timeout=timedelta()
    ) as parser:
        calls = await busy_with(parser, 3, tmp_path / "go")
        workers = list(parser._busy)
        (tmp_path / "go").touch()
        await asyncio.gather(*calls)
        for _ in range(5):  # rounds of the event loop, in which the timer is due
            await asyncio.sleep(0)

        assert [worker.killed for worker in workers].count(False) == 1
        assert await pid_of(parser)


async def test_too_many_slow_documents_are_put_off(tmp_path: Path) -> None:
    async with hurried() as parser:
        slow = [
            asyncio.create_task(parser.parse(command(f"wait {tmp_path / 'go'}", SECOND)))
            for _ in range(MAX_SLOW_CALLS)
        ]
        await asyncio.sleep(0)
        with pytest.raises(ParserBusy) as raised:
            await parser.parse(command("who", SECOND))

        assert raised.value.parse_time > timedelta(0)
        assert await pid_of(parser)
        (tmp_path / "go").touch()
        await asyncio.gather(*slow)


async def test_a_document_that_was_slow_the_last_time_takes_no_time_in_the_quick_lane(tmp_path: Path) -> None:
    async with Parser(timedelta(seconds=60), function=STUB, slow=timedelta(seconds=50)) as parser:
        waiting = asyncio.create_task(parser.parse(command(f"wait {tmp_path / 'go'}", timedelta(seconds=55))))

        assert await pid_of(parser)
        (tmp_path / "go").touch()
        await waiting


async def test_a_slow_document_of_a_call_that_was_cancelled_frees_its_lane(tmp_path: Path) -> None:
    async with hurried() as parser:
        for lane in (SECOND, timedelta(0)):
            started = tmp_path / str(lane.seconds)
            call = asyncio.create_task(parser.parse(command(f"hang {started}", lane)))
            while not started.exists():  # noqa: ASYNC110 - another process makes the file
                await asyncio.sleep(0.001)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call

        assert (await parser.parse(command("who", SECOND))).format


async def test_a_call_that_is_cancelled_while_its_result_arrives_leaves_no_process() -> None:
    async with Parser(timedelta(seconds=60), function=STUB) as parser:
        pid = await pid_of(parser)
        call = asyncio.create_task(parser.parse(command("who")))
        await asyncio.sleep(0)
        call.cancel()
        # When both threads are free, the result is there, and the event loop does not know it yet.
        free = threading.Barrier(2)
        for waiting in [parser._threads.submit(free.wait) for _ in range(2)]:
            waiting.result()
        with pytest.raises(asyncio.CancelledError):
            await call

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_call_that_is_cancelled_twice_leaves_no_worker(parser: Parser, tmp_path: Path) -> None:
    call = await hanging(parser, tmp_path / "started")
    call.cancel()
    asyncio.get_running_loop().call_soon(call.cancel)
    with pytest.raises(asyncio.CancelledError):
        await call
    while parser._busy:  # noqa: ASYNC110 - a thread sees that its worker was killed
        await asyncio.sleep(0.001)

    assert await pid_of(parser)


async def test_a_call_that_waits_when_the_parser_is_closed_starts_no_process(tmp_path: Path) -> None:
    async with Parser(timedelta(seconds=60), function=STUB, slow=timedelta(seconds=50)) as parser:
        busy = await hanging(parser, tmp_path / "started")
        waiting = asyncio.create_task(parser.parse(command("who")))
        await asyncio.sleep(0)

    ended = await asyncio.gather(busy, waiting, return_exceptions=True)
    assert [type(each) for each in ended] == [Unreadable, Unreadable]
    with pytest.raises(Unreadable):
        await parser.parse(command("who"))


async def test_the_time_of_a_document_is_reported(parser: Parser) -> None:
    feed = await parser.parse(command("work"))
    with pytest.raises(NotAFeed) as raised:
        await parser.parse(command("refuse"))

    assert feed.parse_time >= timedelta(milliseconds=50)
    assert raised.value.parse_time >= timedelta(0)


async def test_the_time_of_a_document_that_timed_out_is_the_deadline(tmp_path: Path) -> None:
    deadline = timedelta(seconds=0.2)
    async with Parser(deadline, function=STUB) as parser:
        with pytest.raises(ParserTimedOut) as raised:
            await parser.parse(command(f"hang {tmp_path / 'started'}"))

    assert raised.value.parse_time == deadline


async def test_the_event_loop_is_not_blocked_while_a_document_is_parsed(
    parser: Parser, tmp_path: Path
) -> None:
    call = asyncio.create_task(parser.parse(command(f"wait {tmp_path / 'go'}")))
    await asyncio.sleep(0)
    (tmp_path / "go").touch()

    assert (await call).format == "let go"


async def test_a_document_that_exceeds_the_deadline_times_out(tmp_path: Path) -> None:
    async with Parser(timedelta(seconds=0.2), function="tests.source.formats.parser_stub:parse") as parser:
        with pytest.raises(ParserTimedOut) as raised:
            await parser.parse(command(f"hang {tmp_path / 'started'}"))

    assert raised.value.url == URL


async def test_a_document_after_a_timeout_is_parsed(tmp_path: Path) -> None:
    async with Parser(timedelta(seconds=0.2), function="tests.source.formats.parser_stub:parse") as parser:
        with pytest.raises(ParserTimedOut):
            await parser.parse(command(f"hang {tmp_path / 'started'}"))
        parser._deadline = timedelta(seconds=60)

        assert await pid_of(parser)


async def test_a_cancelled_call_kills_its_worker(parser: Parser, tmp_path: Path) -> None:
    before = await pid_of(parser)
    call = await hanging(parser, tmp_path / "started")
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call

    assert await pid_of(parser) != before


async def test_a_document_that_crashes_its_worker_is_unreadable(parser: Parser) -> None:
    before = await pid_of(parser)
    with pytest.raises(Unreadable) as raised:
        await parser.parse(command("die"))

    assert await pid_of(parser) != before
    assert raised.value.parse_time > timedelta(0)


async def test_an_idle_worker_that_was_killed_is_replaced(parser: Parser) -> None:
    before = await pid_of(parser)
    os.kill(before, signal.SIGKILL)
    process = parser._idle[0]._process
    assert process is not None
    process.wait()

    assert await pid_of(parser) != before


async def test_an_interrupt_in_the_terminal_does_not_reach_the_worker(parser: Parser) -> None:
    before = await pid_of(parser)
    os.kill(before, signal.SIGINT)

    assert await pid_of(parser) == before
    assert os.getsid(before) != os.getsid(0)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space reliably")
async def test_a_document_that_needs_too_much_memory_is_unreadable(parser: Parser) -> None:
    with pytest.raises(Unreadable):
        await parser.parse(command("hog"))

    assert await pid_of(parser)


async def test_a_print_in_the_worker_does_not_disturb_the_result(parser: Parser) -> None:
    assert (await parser.parse(command("print"))).format == "printed"


async def test_the_worker_does_not_get_secrets_from_the_environment(
    parser: Parser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEED_RELAY_DISCORD__TOKEN", "hidden")
    names = json.loads((await parser.parse(command("environment"))).format)

    assert "FEED_RELAY_DISCORD__TOKEN" not in names


async def test_an_error_keeps_its_type_message_and_address(parser: Parser) -> None:
    with pytest.raises(NotAFeed, match=r"No feed; look elsewhere\.") as raised:
        await parser.parse(command("refuse"))

    assert raised.value.url == URL


async def test_a_bug_in_the_parser_makes_the_document_unreadable_without_a_traceback(
    parser: Parser, capfd: pytest.CaptureFixture[str]
) -> None:
    before = await pid_of(parser)

    with pytest.raises(Unreadable, match=r"KeyError\); please report it"):
        await parser.parse(command("stumble"))

    assert await pid_of(parser) == before
    assert capfd.readouterr().err == ""


async def test_a_result_with_other_types_is_not_unpickled(parser: Parser) -> None:
    with pytest.raises(Unreadable):
        await parser.parse(command("foreign"))


async def test_leaving_the_context_kills_a_busy_worker(tmp_path: Path) -> None:
    async with Parser(timedelta(seconds=60), function="tests.source.formats.parser_stub:parse") as parser:
        call = await hanging(parser, tmp_path / "started")

    with pytest.raises(Unreadable):
        await call


KILLED = """
import asyncio, os, signal
from datetime import timedelta
from pathlib import Path
from bot.model import Fetched
from bot.source.formats.process import Parser

async def main():
    started = Path("started")
    async with Parser(timedelta(seconds=2), function="tests.source.formats.parser_stub:parse") as parser:
        if {busy}:
            asyncio.create_task(parser.parse(Fetched("u", b"hang started")))
            while not started.exists():  # noqa: ASYNC110 - another process makes the file
                await asyncio.sleep(0.001)
        else:
            await parser.parse(Fetched("u", b"who"))
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL and SIGALRM")
@pytest.mark.parametrize("busy", [False, True])
def test_no_worker_outlives_a_killed_bot(tmp_path: Path, busy: bool) -> None:
    """The worker shares the script's standard error, so `run` returns when both have closed it."""
    script = tmp_path / "script.py"
    script.write_text(KILLED.replace("{busy}", str(busy)))
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )

    assert done.returncode == -signal.SIGKILL
    assert done.stderr == b""
