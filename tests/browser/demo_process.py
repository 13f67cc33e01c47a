"""The demo as a process of its own."""

import asyncio
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FIRST_LINE = "The page of the demo: "
_END_TIMEOUT = 60.0


@asynccontextmanager
async def running_demo(*options: str, module: str = "tests.sandbox.fast_demo") -> AsyncIterator[str]:
    """Start the demo and return its page's address with the token. It must end without an error at Ctrl-C."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, "demo", "--no-browser", *options),
        cwd=ROOT,
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        link = await _read_link(process)
        output = asyncio.create_task(process.communicate())
        yield link
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(_END_TIMEOUT):
            _, errors = await output
        assert process.returncode == 0, errors.decode()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _read_link(process: Process) -> str:
    assert process.stdout is not None
    assert process.stderr is not None
    while line := (await process.stdout.readline()).decode():
        if line.startswith(_FIRST_LINE):
            return line.removeprefix(_FIRST_LINE).strip()
    raise AssertionError((await process.stderr.read()).decode())
