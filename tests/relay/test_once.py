"""`run --once` polls every feed as soon as its site allows it."""

from datetime import datetime, timedelta
from pathlib import Path

from bot.model import (
    ChannelDeclaration,
    Fetched,
    NotModified,
    ParsedFeed,
    PollSettings,
    PostSettings,
    SiteBudget,
    Validators,
)
from bot.relay.once import CHECK_INTERVAL, poll_due
from bot.relay.poll import Poller, PollRules
from bot.store.backfills import Worker
from bot.store.store import Store
from tests.store.conftest import LEASE, Services, post


async def test_run_once_waits_for_a_site_that_a_backfill_occupies(
    tmp_path: Path,
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        services.now += timedelta(seconds=seconds) or timedelta(seconds=0.1)

    def clock() -> datetime:
        return services.now

    async def fetch(url: str, _: Validators) -> NotModified:
        return NotModified(url)

    async def parse(_: Fetched) -> ParsedFeed:
        raise AssertionError("nothing came")

    async with await Store.open(tmp_path / "feed-relay.db") as store:
        services = Services(store)
        await services.follow(ChannelDeclaration(100))
        await services.poll(post(1))
        await store.feeds.set_budgets(one_at_a_time)
        await store.backfills.request(1, services.now)
        assert await store.backfills.claim(services.now, Worker.CLI, LEASE)
        rules = PollRules(PollSettings(), PostSettings(), one_at_a_time, LEASE)
        poller = Poller(store.feeds, fetch, parse, rules, clock, lambda: 0.0, lambda: None)

        await poll_due(store.feeds, poller, clock, sleep)
        (health,) = await store.archive.feeds()

    assert sum(slept) == LEASE.total_seconds()
    assert min(slept) >= CHECK_INTERVAL.total_seconds()
    assert health.last_poll_at == services.now


def one_at_a_time(_: str) -> SiteBudget:
    return SiteBudget(1, timedelta(0))
