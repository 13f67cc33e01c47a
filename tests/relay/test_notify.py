"""Telling admins what they have to know."""

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
)
from bot.relay.notify import MAX_ATTEMPTS, Notifier
from bot.store.store import Store
from tests.store.conftest import Services as Journal
from tests.store.conftest import post

START = datetime(2026, 5, 4, 12, tzinfo=UTC)


@dataclass
class FakeSender:
    outcomes: list[Outcome] = field(default_factory=list)
    asked: list[tuple[int, str, str, datetime | None]] = field(default_factory=list)

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
        assert others == frozenset()
        assert nonce_holds is (uncertain_since is not None)
        self.asked.append((channel_id, message.content, nonce, uncertain_since))
        return self.outcomes.pop(0) if self.outcomes else Sent(1)


@dataclass
class Services:
    sender: FakeSender
    notifier: Notifier
    store: Store
    now: datetime = START


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    """A notifier with one notice to tell: the feed of channel 100 has ended."""
    async with await Store.open(tmp_path / "feed-relay.db") as store:
        declared = [
            FeedDeclaration("https://garden.example/rss", "Garden", channels=(ChannelDeclaration(100),))
        ]
        budget = SiteBudget(1, timedelta(0))
        await store.subscriptions.sync(declared, lambda _: "garden.example", lambda _: budget, START)
        await store.feeds.settle_failed(1, PollResult(START, error="It is gone.", ended=True), START)
        sender = FakeSender()
        found = Services(sender, Notifier(store.notices, sender, "0123abcd", lambda: found.now), store)
        yield found


async def test_a_notice_is_told_once(services: Services) -> None:
    assert await services.notifier.tick() == 1
    assert await services.notifier.tick() == 0

    assert services.sender.asked == [(100, "**Garden**: It is gone.", "0123abcd-n1", None)]


async def test_a_lost_answer_is_told_again_by_its_nonce(services: Services) -> None:
    services.sender.outcomes = [Retry("lost", uncertain=True)]
    await services.notifier.tick()
    services.now += timedelta(seconds=5)

    await services.notifier.tick()

    assert [(nonce, doubt) for *_, nonce, doubt in services.sender.asked] == [
        ("0123abcd-n1", None),
        ("0123abcd-n1", START),
    ]


@pytest.mark.parametrize("outcome", [Retry("busy"), Refused("no")])
async def test_what_cannot_be_told_is_given_up_after_a_while(services: Services, outcome: Outcome) -> None:
    services.sender.outcomes = [outcome] * 100
    for _ in range(100):
        await services.notifier.tick()
        services.now += timedelta(minutes=11)

    assert len(services.sender.asked) == MAX_ATTEMPTS + 1


@pytest.mark.parametrize("outcome", [Refused("no"), Dead("odd")])
async def test_what_the_channel_for_notices_refuses_is_told_in_the_channel_that_it_concerns(
    services: Services, outcome: Outcome
) -> None:
    await services.notifier.tick()
    await services.store.guilds.assign_channels({100: 7})
    await services.store.guilds.set_notices_channel(7, 900)
    await services.store.feeds.settle_unchanged(1, PollResult(START), START)
    services.sender.asked.clear()
    services.sender.outcomes = [outcome]

    while await services.notifier.tick():
        pass

    assert [(channel, text) for channel, text, *_ in services.sender.asked] == [
        (900, "**Garden** can be read again."),
        (100, "**Garden** can be read again."),
    ]


@pytest.mark.parametrize("outcome", [Retry("busy"), Refused("no"), Dead("odd")])
async def test_a_question_is_asked_until_it_is_decided_though_ever_more_rarely(
    tmp_path: Path, outcome: Outcome
) -> None:
    async with await Store.open(tmp_path / "feed-relay.db") as store:
        journal, sender = Journal(store), FakeSender([outcome] * 100)
        notifier = Notifier(store.notices, sender, "0123abcd", lambda: journal.now)
        await journal.follow(ChannelDeclaration(100))
        await journal.poll(post(0))
        flood = PostSettings(burst_limit=1, ask_about_floods=True)
        await journal.poll(*(post(number) for number in range(3)), settings=flood)
        for _hour in range(48):
            await notifier.tick()
            journal.now += timedelta(hours=1)

        assert 48 / 6 <= len(sender.asked) <= MAX_ATTEMPTS + 1 + 48 / 6
        await store.holds.decide(1, Decision.SKIP, 1, journal.now)
        journal.now += timedelta(days=1)
        assert await notifier.tick() == 0


async def test_what_discord_never_takes_is_given_up_at_once(services: Services) -> None:
    services.sender.outcomes = [Dead("odd")]

    await services.notifier.tick()
    services.now += timedelta(days=1)

    assert await services.notifier.tick() == 0
