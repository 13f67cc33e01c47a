"""Sending what is owed, and settling what became of it."""

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
)
from bot.relay import deliver
from bot.relay.deliver import Deliverer, DeliverRules
from bot.relay.identity import identify
from bot.relay.plan import plan
from bot.store.store import Store

START = datetime(2026, 5, 4, 12, tzinfo=UTC)
URL = "https://garden.example/rss"


@dataclass
class Sending:
    """What the sender was asked."""

    channel_id: int
    title: str
    nonce: str
    uncertain_since: datetime | None
    nonce_holds: bool
    others: frozenset[int]


@dataclass
class FakeSender:
    """Answers as told, then well."""

    outcomes: list[Outcome] = field(default_factory=list)
    asked: list[Sending] = field(default_factory=list)
    hang: bool = False

    async def send(
        self,
        channel_id: int,
        message: Message,
        *,
        nonce: str,
        uncertain_since: datetime | None,
        nonce_holds: bool,
        others: frozenset[int],
    ) -> Outcome:
        self.asked.append(
            Sending(channel_id, message.thread_name, nonce, uncertain_since, nonce_holds, others)
        )
        if self.hang:
            await asyncio.Event().wait()
        return self.outcomes.pop(0) if self.outcomes else Sent(len(self.asked))


@dataclass
class Services:
    store: Store
    sender: FakeSender
    deliverer: Deliverer
    woken: list[int]
    """An item for each time that more could be sent."""
    now: datetime = START

    async def owe(self, *titles: str) -> None:
        """Let these posts be owed to channels 100 (card) and 200 (compact)."""
        channels = (ChannelDeclaration(100), ChannelDeclaration(200, style=Style.COMPACT))
        await self.store.subscriptions.sync(
            [FeedDeclaration(URL, channels=channels)], lambda _: "garden.example", budget, START
        )
        for entries in ([], [Entry(guid=title, title=title) for title in titles]):
            document = ParsedFeed("rss20", title="Garden", entries=tuple(reversed(entries)))
            items = identify(document.entries, document.link, URL)
            known = await self.store.feeds.known(1, items)
            decided = plan(1, items, known, await self.store.feeds.subscriptions(1), PostSettings(), START)
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
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    async with await Store.open(tmp_path / "feed-relay.db") as store:
        woken: list[int] = []
        sender = FakeSender()
        deliverer = Deliverer(
            store.outbox, sender, DeliverRules(400), "0123abcd", lambda: found.now, lambda: woken.append(1)
        )
        found = Services(store, sender, deliverer, woken)
        yield found


async def test_each_channel_is_sent_its_oldest_and_the_next_when_that_is_settled(services: Services) -> None:
    await services.owe("Beans", "Peas")

    assert await services.tick() == 2
    assert await services.tick() == 2
    assert await services.tick() == 0

    assert [(each.channel_id, each.title) for each in services.sender.asked] == [
        (100, "Beans"),
        (200, "Beans"),
        (100, "Peas"),
        (200, "Peas"),
    ]
    assert await services.states() == {"sent": 4}
    assert len(services.woken) == 4


async def test_a_nonce_names_the_database_and_the_delivery_and_stays_the_same(services: Services) -> None:
    services.sender.outcomes = [Retry("lost", uncertain=True), Sent(1)]
    await services.owe("Beans")

    await services.tick()
    await services.tick(seconds=5)

    nonces = [each.nonce for each in services.sender.asked if each.channel_id == 100]
    assert nonces == ["0123abcd-1", "0123abcd-1"]
    assert len(f"0123abcd-{2**53}") <= 25


async def test_in_doubt_the_sender_learns_which_messages_are_other_posts(services: Services) -> None:
    services.sender.outcomes = [Sent(11), Sent(12), Retry("lost", uncertain=True), Sent(14)]
    await services.owe("Beans", "Peas")

    await services.tick()
    await services.tick()
    await services.tick(seconds=5)

    asked = [each.others for each in services.sender.asked if each.channel_id == 100]
    assert asked == [frozenset(), frozenset(), frozenset({11})]


async def test_a_lost_answer_is_sent_again_by_its_nonce_and_later_only_after_a_look(
    services: Services,
) -> None:
    lost = Retry("lost", uncertain=True)
    services.sender.outcomes = [lost, Sent(9), lost, Sent(1)]
    await services.owe("Beans")

    await services.tick()
    await services.tick(seconds=5)
    await services.tick(minutes=10)

    asked = [each for each in services.sender.asked if each.channel_id == 100]
    assert [(each.uncertain_since, each.nonce_holds) for each in asked] == [
        (None, False),
        (START, True),
        (START, False),
    ]


async def test_a_refusing_channel_waits_alone_until_its_probe(services: Services) -> None:
    services.sender.outcomes = [Refused("Give the bot Send Messages.")]
    await services.owe("Beans", "Peas")

    await services.tick()
    await services.tick()
    assert await services.tick() == 0
    assert [each.channel_id for each in services.sender.asked] == [100, 200, 200]

    await services.tick(minutes=5)
    await services.tick()
    assert await services.states() == {"sent": 4}


async def test_what_can_never_be_sent_is_given_up_alone(services: Services) -> None:
    services.sender.outcomes = [Dead("too odd")]
    await services.owe("Beans", "Peas")

    await services.tick()
    await services.tick()

    assert await services.states() == {"dead": 1, "sent": 3}


async def test_a_send_that_never_ends_is_cut_and_left_in_doubt(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "SEND_TIMEOUT", timedelta(0))
    await services.owe("Beans")
    services.sender.hang = True
    await services.tick()
    services.sender.hang = False

    await services.tick(seconds=5)

    assert {each.uncertain_since for each in services.sender.asked[2:]} == {START}


async def test_a_stop_in_the_midst_of_a_send_leaves_it_in_doubt_for_the_next_start(
    services: Services,
) -> None:
    await services.owe("Beans")
    services.sender.hang = True
    await services.deliverer.tick()
    await asyncio.sleep(0)

    assert not await services.deliverer.drain(0.01)

    services.sender.hang = False
    await services.store.outbox.release(services.now)
    await services.tick()
    assert [each.uncertain_since for each in services.sender.asked[-2:]] == [START, START]


async def test_a_post_that_cannot_be_rendered_is_given_up_and_the_next_goes_out(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    await services.owe("Beans", "Peas")

    def broken(entry: Entry, *_: object, **__: object) -> Message:
        if entry.title == "Beans":
            raise ZeroDivisionError
        return Message(thread_name=entry.title)

    monkeypatch.setattr(deliver, "render", broken)
    await services.tick()
    await services.tick()

    assert await services.states() == {"dead": 2, "sent": 2}
