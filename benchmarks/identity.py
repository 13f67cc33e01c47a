"""Poll random feeds in every style, and count the posts that were lost or posted twice.

    python -m benchmarks.identity [SEEDS]

Prints a table: decidable feeds first, which must have none of either, then the others, by what is in doubt.
A minute for each seed.
"""

import asyncio
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from benchmarks.tables import head, line
from bot.store.store import Store
from tests.relay.random_feeds import Outcome, Style, feed_of, run, styles
from tests.relay.sequences import Reader

DECIDABLE = "documents decide"


def doubt(style: Style) -> str:
    """Return what a feed of this style leaves in doubt when anything may happen to its posts."""
    if not style.decides("publish"):
        return "publish: neither guid, link nor title and date of its own"
    steps = [step for step in ("edit", "retitle", "redate", "move") if not style.decides(step)]
    return ", ".join(steps) if steps else "several changes at once"


async def main(seeds: int) -> None:
    """Run all styles with all seeds."""
    sums: dict[str, Outcome] = defaultdict(Outcome)
    feeds: dict[str, int] = defaultdict(int)
    with tempfile.TemporaryDirectory() as folder:
        async with await Store.open(Path(folder) / "feed-relay.db") as store:
            for style, seed, only_decidable in _runs(seeds):
                number = sum(feeds.values())
                reader = Reader(store, f"https://site.example.org/feed{number}", 1000 + number)
                found = await run(feed_of(style, seed, only_decidable=only_decidable), reader)
                row = sums[DECIDABLE if only_decidable else doubt(style)]
                row.posts, row.lost, row.twice = (
                    row.posts + found.posts,
                    row.lost + found.lost,
                    row.twice + found.twice,
                )
                feeds[DECIDABLE if only_decidable else doubt(style)] += 1
    head("In doubt", "Feeds", "New posts", "Lost", "Twice")
    for name, row in sums.items():
        line(name, feeds[name], row.posts, row.lost, row.twice)


def _runs(seeds: int) -> list[tuple[Style, int, bool]]:
    every = [(style, seed) for seed in range(1, seeds + 1) for style in styles()]
    decidable = [(style, seed, True) for style, seed in every if style.decides("publish")]
    return [*decidable, *((style, seed, False) for style, seed in every)]


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if sys.argv[1:] else 1))
