"""Notices to admins."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.model import (
    ChannelDeclaration,
    Dead,
    Decision,
    FeedDeclaration,
    Message,
    Outcome,
    PollResult,
    PostSettings,
    Refused,
    Retry,
    Sent,
    SiteBudget,
    Uncertainty,
)
from bot.relay import retry
from bot.relay.notify import LEASE, Notifier, decide
from bot.relay.retry import MAX_NOTICE_ATTEMPTS
from bot.store.notices import GATHER_TIME
from bot.store.store import Store
from tests.relay.still_running import still_running
from tests.store.conftest import Services as StoreFixture
from tests.store.conftest import post

START = datetime(2026, 5, 4, 12, tzinfo=UTC)


@dataclass
class FakeSender:
    outcomes: list[Outcome] = field(default_factory=list)
    sends: list[tuple[int, str, str, datetime | None]] = field(default_factory=list)

    async def send(
        self,
        channel_id: int,
        message: Message,
        *,
        nonce: str,
        uncertainty: Uncertainty | None,
    ) -> Outcome:
        since = None
        if uncertainty:
            since = uncertainty.since
            assert uncertainty.arrives_within <= retry.LATE_ARRIVAL
            assert uncertainty == Uncertainty(
                since, arrives_within=uncertainty.arrives_within, nonce_holds=True
            )
        self.sends.append((channel_id, message.content, nonce, since))
        return self.outcomes.pop(0) if self.outcomes else Sent(1)


@dataclass
class NotifyFixture:
    sender: FakeSender
    notifier: Notifier
    store: Store
    now: datetime = START

    async def tick(self) -> int:
        """Send what is due, and return how many messages."""
        started = await self.notifier.tick()
        await self.notifier.drain()
        return started


async def no_direct(_guild_id: int, _member_id: int) -> Outcome:
    return Refused("no")


@pytest.fixture
async def fixture(tmp_path: Path) -> AsyncIterator[NotifyFixture]:
    """Yield a notifier with one notice to send: the feed of channel 100 has ended."""
    async with await Store.open(tmp_path / "feed-relay.db") as store:
        declared = [
            FeedDeclaration("https://garden.example/rss", "Garden", channels=(ChannelDeclaration(100),))
        ]
        budget = SiteBudget(1, timedelta(0))
        await store.subscriptions.sync(declared, lambda _: "garden.example", lambda _: budget, START)
        await store.feeds.settle_failed(1, PollResult(START, error="It is gone.", ended=True), START)
        sender = FakeSender()
        notifier = Notifier(store.notices, sender, no_direct, "0123abcd", lambda: found.now)
        found = NotifyFixture(sender, notifier, store, START + GATHER_TIME)
        yield found


async def test_a_notice_is_sent_once(fixture: NotifyFixture) -> None:
    assert await fixture.tick() == 1
    assert await fixture.tick() == 0

    assert fixture.sender.sends == [(100, "**Garden**: It is gone.", "0123abcd-n1", None)]


async def test_after_a_lost_answer_a_notice_is_sent_again_with_its_nonce(fixture: NotifyFixture) -> None:
    fixture.sender.outcomes = [Retry("lost", uncertain=True)]
    await fixture.tick()
    fixture.now += timedelta(seconds=5)

    await fixture.tick()

    assert [(nonce, doubt) for *_, nonce, doubt in fixture.sender.sends] == [
        ("0123abcd-n1", None),
        ("0123abcd-n1", START + GATHER_TIME),
    ]


async def test_a_notice_that_another_process_has_taken_over_is_not_sent(fixture: NotifyFixture) -> None:
    (frozen,) = await fixture.store.notices.claim(fixture.now, LEASE, 1, decide)
    await fixture.store.notices.release(fixture.now)
    fixture.now += timedelta(seconds=5)
    await fixture.store.notices.claim(fixture.now, LEASE, 1, decide)

    await fixture.notifier.notify(frozen)

    assert fixture.sender.sends == []


@pytest.mark.parametrize("outcome", [Retry("busy"), Refused("no")])
async def test_a_notice_that_cannot_be_sent_is_repeated_ever_more_rarely_and_not_given_up(
    fixture: NotifyFixture, outcome: Outcome
) -> None:
    fixture.sender.outcomes = [outcome] * 1000
    for _hour in range(48):
        await fixture.tick()
        fixture.now += timedelta(hours=1)
    failed = len(fixture.sender.sends)
    fixture.sender.outcomes = []
    fixture.now += timedelta(hours=6)

    assert await fixture.tick() == 1
    assert 48 / 6 <= failed <= MAX_NOTICE_ATTEMPTS + 1 + 48 / 6


@pytest.mark.parametrize("outcome", [Refused("no"), Dead("odd")])
async def test_a_notice_refused_by_the_notices_channel_goes_to_the_channel_that_it_is_about(
    fixture: NotifyFixture, outcome: Outcome
) -> None:
    await fixture.tick()
    await fixture.store.guilds.assign_channels({100: 7})
    await fixture.store.guilds.set_notices_channel(7, 900)
    await fixture.store.feeds.settle_unchanged(1, PollResult(START), fixture.now)
    fixture.now += GATHER_TIME
    fixture.sender.sends.clear()
    fixture.sender.outcomes = [outcome]

    while await fixture.tick():
        pass

    assert [(channel, text) for channel, text, *_ in fixture.sender.sends] == [
        (900, "**Garden** can be read again."),
        (100, "**Garden** can be read again."),
    ]


@pytest.mark.parametrize("outcome", [Retry("busy"), Refused("no"), Dead("odd")])
async def test_a_notice_that_needs_a_decision_is_repeated_ever_more_rarely(
    tmp_path: Path, outcome: Outcome
) -> None:
    async with await Store.open(tmp_path / "feed-relay.db") as store:
        fixture, sender = StoreFixture(store), FakeSender([outcome] * 100)
        notifier = Notifier(store.notices, sender, no_direct, "0123abcd", lambda: fixture.now)
        await fixture.follow(ChannelDeclaration(100))
        await fixture.poll(post(0))
        flood = PostSettings(burst_limit=1, ask_about_floods=True)
        await fixture.poll(*(post(number) for number in range(3)), settings=flood)
        for _hour in range(48):
            await notifier.tick()
            await notifier.drain()
            fixture.now += timedelta(hours=1)

        assert 48 / 6 <= len(sender.sends) <= MAX_NOTICE_ATTEMPTS + 1 + 48 / 6
        await store.holds.decide(1, Decision.SKIP, 1, fixture.now)
        fixture.now += timedelta(days=1)
        assert await notifier.tick() == 0


async def test_a_notice_that_discord_never_accepts_is_given_up_at_once(fixture: NotifyFixture) -> None:
    fixture.sender.outcomes = [Dead("odd")]

    await fixture.tick()
    fixture.now += timedelta(days=1)

    assert await fixture.tick() == 0


async def test_a_notice_that_is_due_again_before_its_late_attempt_ends_is_sent_after_it(
    fixture: NotifyFixture,
) -> None:
    fixture.sender.outcomes = [Retry("busy")]
    async with still_running(fixture.store.notices, "settle", fixture.notifier.tick):
        fixture.now += timedelta(minutes=5)
        assert await fixture.notifier.tick() == 0
    await fixture.notifier.drain()

    assert await fixture.tick() == 1
