"""Sending and settling deliveries."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.model import (
    ChannelDeclaration,
    Dead,
    Entry,
    FeedDeclaration,
    Message,
    Outcome,
    ParsedFeed,
    PollResult,
    PostSettings,
    Refused,
    Retry,
    Sent,
    SiteBudget,
    Style,
    Uncertainty,
)
from bot.relay import deliver, rendering
from bot.relay.deliver import LEASE, Deliverer
from bot.relay.identity import identify
from bot.relay.plan import plan
from bot.relay.tasks import TAKE_BACK_AFTER
from bot.store.store import Store
from tests.relay.still_running import still_running

START = datetime(2026, 5, 4, 12, tzinfo=UTC)
URL = "https://garden.example/rss"


@dataclass
class Send:
    """The arguments of one send."""

    channel_id: int
    title: str
    nonce: str
    uncertainty: Uncertainty | None

    @property
    def uncertain_since(self) -> datetime | None:
        return self.uncertainty.since if self.uncertainty else None

    @property
    def nonce_holds(self) -> bool:
        return self.uncertainty is not None and self.uncertainty.nonce_holds

    @property
    def others(self) -> frozenset[int]:
        return self.uncertainty.others if self.uncertainty else frozenset()


@dataclass
class FakeSender:
    """Returns the given outcomes, and then succeeds."""

    outcomes: list[Outcome] = field(default_factory=list)
    sends: list[Send] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    hang: bool = False

    async def send(
        self,
        channel_id: int,
        message: Message,
        *,
        nonce: str,
        uncertainty: Uncertainty | None,
    ) -> Outcome:
        self.messages.append(message)
        self.sends.append(Send(channel_id, message.thread_name, nonce, uncertainty))
        if self.hang:
            await asyncio.Event().wait()
        return self.outcomes.pop(0) if self.outcomes else Sent(len(self.sends))


@dataclass
class DeliverFixture:
    store: Store
    sender: FakeSender
    deliverer: Deliverer
    woken: list[int]
    """One item for each call of `wake`."""
    now: datetime = START

    async def add_deliveries(self, *titles: str) -> None:
        """Create deliveries of these posts to channels 100 (card) and 200 (compact)."""
        channels = (ChannelDeclaration(100), ChannelDeclaration(200, style=Style.COMPACT))
        await self.store.subscriptions.sync(
            [FeedDeclaration(URL, channels=channels)], lambda _: "garden.example", budget, START
        )
        for entries in ([], [Entry(guid=title, title=title) for title in titles]):
            document = ParsedFeed("rss20", title="Garden", entries=tuple(reversed(entries)))
            items = identify(document.entries, document.link, URL)
            known, followers = await self.store.feeds.planned_with(1, items)
            decided = plan(1, items, known, followers, PostSettings(), START)
            await self.store.feeds.record(1, decided, PollResult(START), START)

    async def tick(self, **later: float) -> int:
        self.now += timedelta(**later)
        started = await self.deliverer.tick()
        await self.deliverer.drain()
        return started

    async def states(self) -> dict[str, int]:
        return (await self.store.archive.stats()).deliveries


def budget(_: str) -> SiteBudget:
    return SiteBudget(2, timedelta(0))


@pytest.fixture
async def fixture(tmp_path: Path) -> AsyncIterator[DeliverFixture]:
    async with await Store.open(tmp_path / "feed-relay.db") as store:
        woken: list[int] = []
        sender = FakeSender()
        deliverer = Deliverer(
            store.outbox, sender, 400, "0123abcd", lambda: found.now, lambda: woken.append(1)
        )
        found = DeliverFixture(store, sender, deliverer, woken)
        yield found


async def test_each_channel_gets_its_oldest_post_and_the_next_when_that_is_settled(
    fixture: DeliverFixture,
) -> None:
    await fixture.add_deliveries("Beans", "Peas")

    assert await fixture.tick() == 2
    assert await fixture.tick() == 2
    assert await fixture.tick() == 0

    assert [(each.channel_id, each.title) for each in fixture.sender.sends] == [
        (100, "Beans"),
        (200, "Beans"),
        (100, "Peas"),
        (200, "Peas"),
    ]
    assert await fixture.states() == {"sent": 4}
    assert len(fixture.woken) == 4


async def test_a_nonce_contains_the_database_and_the_delivery_and_stays_the_same(
    fixture: DeliverFixture,
) -> None:
    fixture.sender.outcomes = [Retry("lost", uncertain=True), Sent(1)]
    await fixture.add_deliveries("Beans")

    await fixture.tick()
    await fixture.tick(seconds=5)

    nonces = [each.nonce for each in fixture.sender.sends if each.channel_id == 100]
    assert nonces == ["0123abcd-1", "0123abcd-1"]
    assert len(f"0123abcd-{2**53}") <= 25


async def test_an_uncertain_send_gets_the_messages_of_other_posts(fixture: DeliverFixture) -> None:
    fixture.sender.outcomes = [Sent(11), Sent(12), Retry("lost", uncertain=True), Sent(14)]
    await fixture.add_deliveries("Beans", "Peas")

    await fixture.tick()
    await fixture.tick()
    await fixture.tick(seconds=5)

    sends = [each.others for each in fixture.sender.sends if each.channel_id == 100]
    assert sends == [frozenset(), frozenset(), frozenset({11})]


async def test_after_a_lost_answer_the_nonce_is_used_first_and_later_a_search(
    fixture: DeliverFixture,
) -> None:
    lost = Retry("lost", uncertain=True)
    fixture.sender.outcomes = [lost, Sent(9), lost, Sent(1)]
    await fixture.add_deliveries("Beans")

    await fixture.tick()
    await fixture.tick(seconds=5)
    await fixture.tick(minutes=10)

    sends = [each for each in fixture.sender.sends if each.channel_id == 100]
    assert [(each.uncertain_since, each.nonce_holds) for each in sends] == [
        (None, False),
        (START, True),
        (START, False),
    ]


async def test_only_a_refusing_channel_waits_for_its_probe(fixture: DeliverFixture) -> None:
    fixture.sender.outcomes = [Refused("Give the bot Send Messages.")]
    await fixture.add_deliveries("Beans", "Peas")

    await fixture.tick()
    await fixture.tick()
    assert await fixture.tick() == 0
    assert [each.channel_id for each in fixture.sender.sends] == [100, 200, 200]

    await fixture.tick(minutes=5)
    await fixture.tick()
    assert await fixture.states() == {"sent": 4}


async def test_only_a_delivery_that_can_never_be_sent_is_given_up(fixture: DeliverFixture) -> None:
    fixture.sender.outcomes = [Dead("too odd")]
    await fixture.add_deliveries("Beans", "Peas")

    await fixture.tick()
    await fixture.tick()

    assert await fixture.states() == {"dead": 1, "sent": 3}


async def test_a_send_that_never_ends_times_out_and_is_uncertain(
    fixture: DeliverFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "SEND_TIMEOUT", timedelta(0))
    await fixture.add_deliveries("Beans")
    fixture.sender.hang = True
    await fixture.tick()
    fixture.sender.hang = False

    await fixture.tick(seconds=5)

    assert {each.uncertain_since for each in fixture.sender.sends[2:]} == {START}


async def test_a_send_interrupted_by_a_stop_is_uncertain_at_the_next_start(
    fixture: DeliverFixture,
) -> None:
    await fixture.add_deliveries("Beans")
    fixture.sender.hang = True
    await fixture.deliverer.tick()
    await asyncio.sleep(0)

    assert not await fixture.deliverer.drain(0.01)

    fixture.sender.hang = False
    await fixture.store.outbox.release(fixture.now)
    await fixture.tick()
    assert [each.uncertain_since for each in fixture.sender.sends[-2:]] == [START, START]


async def test_a_post_that_cannot_be_rendered_is_given_up_and_the_next_is_sent(
    fixture: DeliverFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fixture.add_deliveries("Beans", "Peas")

    def broken(entry: Entry, *_: object, **__: object) -> Message:
        if entry.title == "Beans":
            raise ZeroDivisionError
        return Message(thread_name=entry.title)

    monkeypatch.setattr(rendering, "cached_render", broken)
    await fixture.tick()
    await fixture.tick()

    assert await fixture.states() == {"dead": 2, "sent": 2}


async def test_a_delivery_that_is_due_again_before_its_late_send_ends_is_sent_after_it(
    fixture: DeliverFixture,
) -> None:
    await fixture.add_deliveries("Beans", "Peas")
    fixture.sender.outcomes = [Retry("busy"), Retry("busy")]
    async with still_running(fixture.store.outbox, "settle", fixture.deliverer.tick):
        fixture.now += timedelta(minutes=1)
        assert await fixture.deliverer.tick() == 0
    await fixture.deliverer.drain()

    assert await fixture.tick() == 2
    assert sorted(send.title for send in fixture.sender.sends) == ["Beans"] * 4


async def test_what_was_claimed_without_an_answer_is_sent_soon(fixture: DeliverFixture) -> None:
    await fixture.add_deliveries("Beans")
    await fixture.store.outbox.claim(fixture.now, LEASE, 10)

    await fixture.deliverer.take_back()
    assert await fixture.tick() == 0
    fixture.now += TAKE_BACK_AFTER
    await fixture.deliverer.take_back()

    assert await fixture.tick() > 0
    assert await fixture.states() == {"sent": 2}


async def test_what_is_still_being_sent_is_not_taken_back(fixture: DeliverFixture) -> None:
    await fixture.add_deliveries("Beans")
    fixture.sender.hang = True
    await fixture.deliverer.tick()
    fixture.now += TAKE_BACK_AFTER

    await fixture.deliverer.take_back()

    assert await fixture.store.outbox.claim(fixture.now, LEASE, 10) == []
    await fixture.deliverer.drain(0)
