"""Random feeds against the truth of their generator, with a real database: nothing lost, nothing twice.

Only what documents can decide is asserted here; `python -m benchmarks.identity` prints figures for the rest, too.
"""

from pathlib import Path

import pytest

from bot.store.store import Store
from tests.relay.random_feeds import LENGTHS, Style, feed_of, run, styles
from tests.relay.sequences import Reader

EVERY = 7
"""One in this many of the decidable styles is tried; another seed tries others."""


@pytest.mark.parametrize("length", LENGTHS)
async def test_posts_that_documents_can_decide_are_posted_exactly_once(length: int, tmp_path: Path) -> None:
    decidable = [style for style in styles() if style.length == length and style.decides("publish")]
    wrong: list[tuple[Style, list[str]]] = []
    async with await Store.open(tmp_path / "feed-relay.db") as store:
        for number, style in enumerate(decidable[length % EVERY :: EVERY]):
            reader = Reader(store, f"https://site.example.org/feed{number}", 1000 + number)
            outcome = await run(feed_of(style, 1), reader)
            if outcome.lost or outcome.twice:
                wrong.append((style, outcome.steps))

    assert wrong == []
