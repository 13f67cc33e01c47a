"""A server's lifetime with the bot, as its admins see it: every command, button and reply.

    python -m benchmarks.admin_life

Runs the real `feed-relay run` against a Discord and a blog on this machine; exits 1 if anything goes
wrong. Needs the development packages.
"""

import asyncio
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.conftest import shared_openapi
from tests.e2e.admin_fixture import AdminFixture, admin_fixture
from tests.e2e.admin_steps import STEPS


async def main() -> int:
    """Run all steps and return the exit status."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        async with admin_fixture(Path(folder), openapi=shared_openapi()) as fixture:
            fixture.module = "bot"  # with its own intervals
            try:
                await _run_steps(fixture)
            except (AssertionError, LookupError, TimeoutError):
                print("\n".join(fixture.transcript))
                traceback.print_exc()
                print(fixture.log(), file=sys.stderr)
                return 1
            status = await fixture.stop()
            return _report(fixture, status, time.monotonic() - began)


async def _run_steps(fixture: AdminFixture) -> None:
    for number, step in enumerate(STEPS, start=1):
        print(f"\n=== {number}. {step.__doc__}")
        await step(fixture)
        print("\n".join(fixture.transcript))
        fixture.transcript.clear()


def _report(fixture: AdminFixture, status: int, seconds: float) -> int:
    twice = len(fixture.posted()) - len(set(fixture.posted()))
    refused = [problem for body in fixture.discord.invalid_bodies for problem in body.problems]
    crashed = fixture.log().count("Traceback")
    print(f"\n{len(fixture.posted())} posts in #news, {twice} of them repeated; {seconds:.0f} s")
    print(f"answers that Discord would refuse {len(refused)}; tracebacks {crashed}; exit status {status}")
    print("\n".join(refused))
    return 1 if twice or refused or crashed or status else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
