"""Removed subscriptions come back as they were, for some minutes."""

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path

from bot.model import ArchivedEntry, DeliveryState, PostSettings, Subscription
from bot.relay.plan import owed
from bot.store.queries import COMMON
from bot.store.removals import UNDO_TTL, Owed, RestoreResult
from bot.store.sqlite import migrate
from bot.store.store import Store
from tests.store.conftest import GARDEN, GUILD, MINUTE, NEWS, START, Services, post, subscribe

LIMIT = 10


def decide(now: datetime, subscription: Subscription, missed: Sequence[ArchivedEntry]) -> Owed:
    return owed(subscription, missed, PostSettings(), now)


async def restore(services: Services, removal_id: int) -> RestoreResult:
    now = services.now
    return await services.store.removals.restore(removal_id, partial(decide, now), LIMIT, now)


async def followed(services: Services) -> int:
    """Follow the feed, and poll its baseline; return the subscription's id."""
    done = await subscribe(services)
    assert done.followed is not None
    await services.poll(post(0))
    return done.followed.subscription.id


def test_a_removed_subscription_has_every_column() -> None:
    """An Undo copies the row as a whole, by the names of its columns: another version may have added some."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(migrate.schema())
        kept, live = (
            [(row[1], row[2]) for row in connection.execute(f"PRAGMA table_info({table})")]
            for table in ("removed_subscription", "subscription")
        )

    assert kept == live
    for query in ("keep_removed", "restore_subscription"):
        into, selected = re.findall(r"(?:\(|SELECT)\s+(id,[^)]*?)\s+(?:\)|FROM)", COMMON[query])
        assert re.split(r",\s+", into) == re.split(r",\s+", selected) == [name for name, _ in live]


async def test_an_undo_works_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "feed-relay.db"
    async with await Store.open(path) as store:
        services = Services(store)
        before = await followed(services)
        await services.poll(post(0), post(1))
        removal = await store.removals.remove(before, services.now)
        assert removal is not None

    async with await Store.open(path) as store:
        again = Services(store, services.now)
        restored = await restore(again, removal.id)
        sent = await again.send_all()

    assert restored.waiting == removal.skipped == 1
    assert restored.followed is not None
    assert restored.followed.subscription.id == before
    assert sent == [(NEWS.channel_id, "Post 1")]


async def test_no_other_subscription_gets_the_id_of_a_removed_one(services: Services) -> None:
    before = await followed(services)
    await services.store.removals.remove(before, services.now)

    other = await subscribe(services, url="https://stars.example/rss")

    assert other.followed is not None
    assert other.followed.subscription.id > before


async def test_a_send_that_fails_around_an_undo_is_repeated(services: Services) -> None:
    """The post was being sent when the feed was removed."""
    before = await followed(services)
    await services.poll(post(0), post(1))
    (sending,) = await services.claim()
    removal = await services.store.removals.remove(before, services.now)
    assert removal is not None
    await services.settle(sending, state=DeliveryState.PENDING, message_id=None, reason="Discord is busy")

    await restore(services, removal.id)

    assert await services.send_all() == [(NEWS.channel_id, "Post 1")]


async def test_a_post_that_was_sent_around_an_undo_is_not_repeated(services: Services) -> None:
    before = await followed(services)
    await services.poll(post(0), post(1))
    (sending,) = await services.claim()
    removal = await services.store.removals.remove(before, services.now)
    assert removal is not None
    await services.settle(sending)

    restored = await restore(services, removal.id)

    assert (restored.outcome, restored.waiting) == ("restored", 0)
    assert await services.send_all() == []


async def test_older_posts_that_a_backfill_brought_meanwhile_are_not_posted(services: Services) -> None:
    before = await followed(services)
    other = await subscribe(services, NEWS.__class__(101))
    assert other.followed is not None
    feed_id = other.followed.subscription.feed_id
    await services.poll(post(0))
    removal = await services.store.removals.remove(before, services.now)
    assert removal is not None
    await services.store.backfills.request(feed_id, services.now)
    await services.poll(post(0), post(-9_000), post(5))

    restored = await restore(services, removal.id)

    assert restored.missed == 1


async def test_a_removal_is_deleted_when_it_can_no_longer_be_undone(services: Services) -> None:
    removal = await services.store.removals.remove(await followed(services), services.now)
    assert removal is not None
    services.now += UNDO_TTL + MINUTE

    await services.store.removals.forget(services.now)

    assert await services.store.removals.get(removal.id, START) is None
    assert (await restore(services, removal.id)).outcome == "late"


async def test_feeds_of_the_config_file_cannot_be_removed(services: Services) -> None:
    await services.follow(NEWS)
    await services.store.guilds.assign_channels({NEWS.channel_id: GUILD})
    (declared,) = await services.store.subscriptions.all()

    assert await services.store.removals.remove(declared.subscription.id, services.now) is None
    assert [each.feed_url for each in await services.store.subscriptions.all()] == [GARDEN]
