"""200 posts, 3 feeds, 5 channels, with edits, reorderings, a guid change and a domain change, and 50 kills.

    python -m benchmarks.exactly_once [--posts N] [--kills N] [--seed N]

Prints the expected and received messages and every difference; exits 1 if there is one. Needs the development packages.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.conftest import shared_openapi
from tests.e2e.relay_fixture import (
    FOLLOWS,
    RelayFixture,
    baseline,
    beside,
    kill_often,
    publish,
    relay_fixture,
)


async def main(posts: int, kills: int, seed: int) -> int:
    """Run the bot once and return its exit status."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        async with relay_fixture(Path(folder), seed=seed, openapi=shared_openapi()) as fixture:
            fixture.module = "bot"
            await fixture.start()
            await baseline(fixture)
            pace = 0.3 if kills else 0.1
            await beside(publish(fixture, posts, pace), kill_often(fixture, kills))
            await fixture.settled(180.0)
            await fixture.stop()
            return report(fixture, posts, time.monotonic() - began)


def report(fixture: RelayFixture, posts: int, seconds: float) -> int:
    """Print the results, and return 1 if there are differences."""
    messages = [message for name in fixture.channels for message in fixture.messages(name)]
    differences = fixture.differences()
    print(f"{posts} posts, {fixture.kills} kills, {seconds:.0f} s")
    for follow in FOLLOWS:
        expected, received = fixture.expected(follow), fixture.received(follow)
        print(f"#{follow.channel} from {follow.feed}: {len(expected)} expected, {len(received)} received")
    print(f"messages {len(messages)}, pings {sum(bool(message.pings) for message in messages)}")
    print(f"requests that Discord would refuse {len(fixture.discord.invalid_bodies)}")
    print(f"differences {len(differences)}")
    print("\n".join(differences))
    return 1 if differences or fixture.discord.invalid_bodies else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--posts", type=int, default=200)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sys.exit(asyncio.run(main(given.posts, given.kills, given.seed)))
