"""A database that is locked or full for a while: nothing is lost, sent twice or left waiting for the end of a lease."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
import structlog
from structlog.typing import EventDict, WrappedLogger

from bot import errors
from bot.model import (
    ChannelDeclaration,
    Entry,
    Fetched,
    Outcome,
    ParsedFeed,
    PollResult,
    PollSettings,
    PostSettings,
    Retry,
    Sent,
    Validators,
)
from bot.relay.deliver import LEASE as SEND_LEASE
from bot.relay.deliver import Deliverer
from bot.relay.notify import Notifier
from bot.relay.poll import Poller, PollRules
from bot.relay.publish import Publisher
from bot.store import patience
from bot.store.notices import GATHER_TIME
from bot.store.patience import MAX_ATTEMPTS, Patience
from bot.store.sqlite import database
from bot.store.store import Store
from tests.sqlite_database import sqlite_of
from tests.store.conftest import LEASE, MINUTE, Services, budget, post


@dataclass
class Trouble:
    """What is wrong with the database, and whether the bot has noticed it."""

    path: Path
    noticed: asyncio.Event = field(default_factory=asyncio.Event)

    def lock(self) -> None:
        """Take the write lock, as another program would."""
        self._other = sqlite3.connect(self.path, isolation_level=None)
        self._other.execute("BEGIN IMMEDIATE")

    def unlock(self) -> None:
        self._other.close()

    def watch(self, _logger: WrappedLogger, _method: str, entry: EventDict) -> str:
        if entry["event"] == "database fails":
            self.noticed.set()
        raise structlog.DropEvent


class Relay:
    """The queues of the bot on one database. Their requests to Discord and the blog end here."""

    def __init__(self, store: Store, trouble: Trouble, patience: Patience) -> None:
        self.services = Services(store)
        self.trouble = trouble
        self.patience = patience
        self.document: tuple[Entry, ...] = ()
        self.outcome: Outcome = Sent(1)
        self.requests: list[str] = []
        self.during_request: Callable[[], None] = lambda: None
        queues, rules = store.queues(patience), PollRules(PollSettings(), PostSettings(), budget, LEASE)
        self.poller = Poller(
            queues.feeds, self.fetch, self.parse, rules, self.clock, lambda: 0.0, lambda: None
        )
        self.deliverer = Deliverer(queues.outbox, self, 400, "0123abcd", self.clock, lambda: None)
        self.publisher = Publisher(queues.outbox, self.publish, self.clock, lambda: None)
        self.notifier = Notifier(queues.notices, self, self.open_direct, "0123abcd", self.clock)

    def clock(self) -> datetime:
        return self.services.now

    async def fetch(self, url: str, _: Validators) -> Fetched:
        self.request("fetch")
        return Fetched(url, b"")

    async def parse(self, _: Fetched) -> ParsedFeed:
        return ParsedFeed("rss20", entries=self.document)

    async def send(self, *_: object, nonce: str, **__: object) -> Outcome:
        return self.request(f"send {nonce}")

    async def open_direct(self, *_: object) -> Outcome:
        return self.request("open direct")

    async def publish(self, *_: object) -> Outcome:
        return self.request("publish")

    def request(self, name: str) -> Outcome:
        self.requests.append(name)
        self.during_request()
        return self.outcome

    async def states(self) -> dict[str, int]:
        return (await self.services.store.archive.stats()).deliveries


@pytest.fixture
async def relay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Relay]:
    """Yield the queues of a bot whose feed was polled once."""
    monkeypatch.setattr(database, "BUSY_TIMEOUT", 0.0)
    monkeypatch.setattr(patience, "PAUSE", 0.0)
    trouble = Trouble(tmp_path / "feed-relay.db")
    structlog.configure(processors=[trouble.watch])
    async with await Store.open(trouble.path) as store:
        found = Relay(store, trouble, Patience())
        await found.services.follow(ChannelDeclaration(100))
        await found.services.poll()
        yield found
    structlog.reset_defaults()


async def test_a_post_that_was_sent_while_the_database_was_locked_is_settled_when_the_lock_ends(
    relay: Relay,
) -> None:
    await relay.services.poll(post(1), post(2))
    relay.during_request = relay.trouble.lock
    await relay.deliverer.tick()
    await relay.trouble.noticed.wait()
    assert await relay.states() == {"sending": 1, "pending": 1}

    relay.during_request = lambda: None
    relay.trouble.unlock()
    await relay.deliverer.finish()
    assert await relay.deliverer.tick() == 1  # the channel does not wait for the lease
    await relay.deliverer.finish()

    assert relay.requests == ["send 0123abcd-1", "send 0123abcd-2"]
    assert await relay.states() == {"sent": 2}


async def test_a_send_whose_lease_ends_while_it_waits_for_the_database_is_not_sent_again(
    relay: Relay,
) -> None:
    await relay.services.poll(post(1))
    relay.during_request = relay.trouble.lock
    await relay.deliverer.tick()
    await relay.trouble.noticed.wait()
    relay.services.now += 2 * SEND_LEASE

    with pytest.raises(errors.StoreLocked):
        await relay.deliverer.tick()
    relay.during_request = lambda: None
    relay.trouble.unlock()
    await relay.deliverer.tick()
    await relay.deliverer.finish()
    await relay.deliverer.tick()
    await relay.deliverer.finish()

    assert relay.requests == ["send 0123abcd-1"]
    assert await relay.states() == {"sent": 1}


async def test_a_poll_during_a_lock_is_recorded_when_the_lock_ends_without_another_fetch(
    relay: Relay,
) -> None:
    relay.document = (post(1),)
    relay.during_request = relay.trouble.lock
    await relay.poller.tick()
    await relay.trouble.noticed.wait()
    relay.trouble.unlock()
    await relay.poller.drain()

    relay.services.now += 10 * MINUTE
    relay.during_request = lambda: None
    assert await relay.poller.tick() == 1  # the feed is due as usual
    await relay.poller.drain()

    assert relay.requests == ["fetch", "fetch"]
    assert await relay.states() == {"pending": 1}


async def test_a_poll_that_does_not_fit_on_the_disk_is_recorded_once_there_is_room(relay: Relay) -> None:
    noise = Random(1)  # the database packs what repeats
    relay.document = tuple(post(number, content=noise.randbytes(20_000).hex()) for number in range(5))
    await limit_pages(relay, 1)  # SQLite then answers as on a full disk
    await relay.poller.tick()
    await relay.trouble.noticed.wait()
    assert await relay.states() == {}

    await limit_pages(relay, 1_000_000)
    await relay.poller.drain()

    assert relay.requests == ["fetch"]
    assert await relay.states() == {"pending": 5}


async def test_a_publication_during_a_lock_is_settled_when_the_lock_ends(relay: Relay) -> None:
    await relay.services.poll(post(1))
    (delivery,) = await relay.services.claim()
    await relay.services.settle(delivery, publishable=True)
    relay.during_request = relay.trouble.lock
    await relay.publisher.tick()
    await relay.trouble.noticed.wait()
    relay.trouble.unlock()
    await relay.publisher.finish()

    relay.services.now += timedelta(days=1)
    assert await relay.publisher.tick() == 0
    assert relay.requests == ["publish"]


async def test_a_notice_that_was_sent_during_a_lock_is_settled_when_the_lock_ends(relay: Relay) -> None:
    ended = PollResult(relay.services.now, error="It is gone.", ended=True)
    await relay.services.store.feeds.settle_failed(1, ended, relay.services.now)
    relay.services.now += GATHER_TIME
    relay.during_request = relay.trouble.lock
    await relay.notifier.tick()
    await relay.trouble.noticed.wait()
    relay.trouble.unlock()
    await relay.notifier.drain()

    relay.services.now += timedelta(days=1)
    assert await relay.notifier.tick() == 0
    assert len(relay.requests) == 1


async def test_a_retry_during_a_lock_is_due_when_discord_said_so(relay: Relay) -> None:
    await relay.services.poll(post(1))
    relay.outcome = Retry("busy", timedelta(seconds=5))
    relay.during_request = relay.trouble.lock
    await relay.deliverer.tick()
    await relay.trouble.noticed.wait()
    relay.outcome, relay.during_request = Sent(1), lambda: None
    relay.services.now += timedelta(seconds=5)
    relay.trouble.unlock()
    await relay.deliverer.finish()

    assert await relay.deliverer.tick() == 1
    await relay.deliverer.finish()
    assert await relay.states() == {"sent": 1}


async def test_a_bot_that_stops_during_a_lock_ends_and_the_next_start_knows_of_the_send(
    relay: Relay,
) -> None:
    await relay.services.poll(post(1))
    relay.during_request = relay.trouble.lock
    await relay.deliverer.tick()
    await relay.trouble.noticed.wait()

    relay.patience.end()
    with pytest.raises(errors.StoreLocked):
        await relay.deliverer.finish()
    relay.trouble.unlock()
    await relay.services.store.outbox.release(relay.services.now)

    (delivery,) = await relay.services.claim()
    assert delivery.uncertain_since is not None


async def test_a_poll_that_stops_during_a_lock_gives_up_its_claims_at_once(relay: Relay) -> None:
    relay.during_request = relay.trouble.lock
    await relay.poller.tick()
    await relay.trouble.noticed.wait()

    relay.patience.end()
    with pytest.raises(errors.StoreLocked):
        await relay.poller.stop()
    relay.trouble.unlock()
    await relay.services.store.feeds.release()

    assert len(await relay.services.store.feeds.claim(relay.services.now, LEASE, 9)) == 1


async def test_a_command_that_should_end_gives_up_and_reports_the_database(relay: Relay) -> None:
    impatient = Relay(relay.services.store, relay.trouble, Patience(MAX_ATTEMPTS))
    impatient.services = relay.services
    await relay.services.poll(post(1))
    impatient.during_request = relay.trouble.lock
    await impatient.deliverer.tick()

    with pytest.raises(errors.StoreLocked):
        await impatient.deliverer.finish()
    relay.trouble.unlock()


async def limit_pages(relay: Relay, count: int) -> None:
    """Limit the file to this many pages, or to its current size."""
    await sqlite_of(relay.services.store)._writer.execute_fetchall(f"PRAGMA max_page_count = {count}")
