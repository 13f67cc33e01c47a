"""Sent messages of announcement channels are published to the servers that follow them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from bot.model import ChannelDeclaration, Outcome, Retry, Sent
from bot.relay.publish import Publisher
from bot.store.store import Store
from tests.relay.still_running import still_running
from tests.store.conftest import Services as StoreFixture
from tests.store.conftest import post


@dataclass
class PublishFixture:
    """A publisher, and a message that was sent to an announcement channel."""

    store: StoreFixture
    outcomes: list[Outcome] = field(default_factory=list)
    published: list[tuple[int, int]] = field(default_factory=list)
    woken: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.publisher = Publisher(
            self.store.store.outbox, self.publish, lambda: self.store.now, lambda: self.woken.append(1)
        )

    async def publish(self, channel_id: int, message_id: int) -> Outcome:
        self.published.append((channel_id, message_id))
        return self.outcomes.pop(0) if self.outcomes else Sent(message_id)

    async def tick(self) -> int:
        started = await self.publisher.tick()
        await self.publisher.drain()
        return started


@pytest.fixture
async def fixture(tmp_path: Path) -> AsyncIterator[PublishFixture]:
    async with await Store.open(tmp_path / "feed-relay.db") as store:
        fixture = StoreFixture(store)
        await fixture.follow(ChannelDeclaration(100))
        await fixture.poll()
        await fixture.poll(post(1))
        (delivery,) = await fixture.claim()
        await fixture.settle(delivery, message_id=7, publishable=True)
        yield PublishFixture(fixture)


async def test_a_message_of_an_announcement_channel_is_published_once(fixture: PublishFixture) -> None:
    assert await fixture.tick() == 1
    assert await fixture.tick() == 0

    assert fixture.published == [(100, 7)]
    assert fixture.woken == [1]


async def test_a_postponed_publication_is_tried_again_when_it_is_due(fixture: PublishFixture) -> None:
    fixture.outcomes = [Retry("limit", timedelta(minutes=6))]
    await fixture.tick()
    assert await fixture.tick() == 0

    fixture.store.now += timedelta(minutes=6)

    assert await fixture.tick() == 1
    assert fixture.published == [(100, 7), (100, 7)]


async def test_a_publication_that_is_due_again_before_its_late_attempt_ends_is_tried_after_it(
    fixture: PublishFixture,
) -> None:
    fixture.outcomes = [Retry("limit", timedelta(minutes=6))]
    async with still_running(fixture.store.store.outbox, "settle_publication", fixture.publisher.tick):
        fixture.store.now += timedelta(minutes=6)
        assert await fixture.publisher.tick() == 0
    await fixture.publisher.drain()

    assert await fixture.tick() == 1
