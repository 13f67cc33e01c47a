"""Polls that compute at the same time leave room for everything else."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.model import (
    ChannelDeclaration,
    Entry,
    FeedDeclaration,
    Fetched,
    ParsedFeed,
    PollSettings,
    PostSettings,
    SiteBudget,
    Validators,
)
from bot.relay.poll import Poller, PollRules
from bot.source.http.site import site_of
from bot.store.store import Store

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
FEEDS = 8
BUDGET = SiteBudget(FEEDS, timedelta(0))


async def follow(store: Store) -> None:
    feeds = [
        FeedDeclaration(f"https://garden{number}.example/feed", channels=(ChannelDeclaration(100),))
        for number in range(FEEDS)
    ]
    await store.subscriptions.sync(feeds, site_of, lambda _: BUDGET, NOW)


async def fetch(url: str, _: Validators) -> Fetched:
    return Fetched(url, b"no items", "text/plain")


def parse_together() -> Callable[[Fetched], Awaitable[ParsedFeed]]:
    """Return a parser whose results all come in one turn of the event loop."""
    parsed = asyncio.Barrier(FEEDS)

    async def parse(document: Fetched) -> ParsedFeed:
        await parsed.wait()
        return ParsedFeed("rss20", entries=(Entry(guid=document.url, title="Sowing"),))

    return parse


async def test_in_each_turn_of_the_event_loop_one_poll_computes(tmp_path: Path) -> None:
    turn, computed_in = 0, list[int]()

    def count_turns() -> None:
        nonlocal turn
        turn += 1
        asyncio.get_running_loop().call_soon(count_turns)

    def jitter() -> float:  # the poller asks for it while it computes
        computed_in.append(turn)
        return 0.0

    async with await Store.open(tmp_path / "feed-relay.db") as store:
        await follow(store)
        rules = PollRules(PollSettings(), PostSettings(), lambda _: BUDGET, timedelta(minutes=5))
        poller = Poller(
            *(store.feeds, fetch, parse_together(), rules, lambda: NOW, jitter), wake=lambda: None
        )
        count_turns()
        await poller.tick()
        await poller.drain()

    assert len(computed_in) == FEEDS
    assert len(set(computed_in)) == FEEDS
