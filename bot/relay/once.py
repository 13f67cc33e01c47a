"""Relay once: poll every feed, and deliver what can be sent now."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from bot.relay.deliver import Deliverer
from bot.relay.poll import Poller
from bot.relay.publish import Publisher
from bot.relay.upkeep import Upkeeper
from bot.store.feeds import Feeds

CHECK_INTERVAL = timedelta(seconds=1)
"""How often a due feed whose site is busy is tried again."""

log = structlog.get_logger(__name__)


async def relay_once(
    feeds: Feeds,
    poller: Poller,
    deliverer: Deliverer,
    publisher: Publisher,
    upkeeper: Upkeeper,
    clock: Callable[[], datetime],
) -> None:
    """Poll every feed, then send, publish and update messages until nothing is due. The rest stays in the outbox."""
    await feeds.poll_all(clock())
    await poll_due(feeds, poller, clock)
    while await deliverer.tick() + await publisher.tick() + await upkeeper.tick():
        await deliverer.finish()
        await publisher.finish()
        await upkeeper.finish()


async def poll_due(
    feeds: Feeds,
    poller: Poller,
    clock: Callable[[], datetime],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Poll until no feed is due, as fast as their sites allow."""
    while True:
        await poller.tick()
        if await poller.wait_for_one(CHECK_INTERVAL.total_seconds()):
            continue
        first_at = await feeds.first_start(clock())
        if first_at is None:
            break
        wait = first_at - clock()
        if wait <= timedelta():
            wait = CHECK_INTERVAL  # a backfill occupies the site of a due feed
        await sleep(wait.total_seconds())
    for site, until in (await feeds.cooldowns(clock())).items():
        log.warning("site cools down", site=site, until=until.isoformat(timespec="seconds"))
