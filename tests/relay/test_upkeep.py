"""Threads below sent messages, and edits after a change of their look."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.model import ChannelDeclaration, Dead, LookProgress, Message, Outcome, Refused, Retry, Sent, Style
from bot.relay.upkeep import LEASE, MAX_REQUESTS, Upkeeper
from bot.store.store import Store
from tests.relay.still_running import still_running
from tests.store.conftest import START, Services, post

DAY = timedelta(days=1)
NUMBER = 1
"""The subscription."""


@dataclass
class UpkeepFixture:
    """Does the work on what was sent, and remembers it."""

    services: Services
    outcomes: list[Outcome] = field(default_factory=list)
    edits: list[tuple[int, int, str]] = field(default_factory=list)
    """Channel, message and content."""
    threads: list[tuple[int, int, str, timedelta]] = field(default_factory=list)
    woken: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.upkeeper = Upkeeper(
            self.services.store.outbox, self, 400, lambda: self.services.now, lambda: self.woken.append(1)
        )

    async def edit(self, channel_id: int, message_id: int, message: Message) -> Outcome:
        assert message.mention_roles == ()
        self.edits.append((channel_id, message_id, message.content))
        return self.outcomes.pop(0) if self.outcomes else Sent(message_id)

    async def open_thread(
        self, channel_id: int, message_id: int, name: str, hidden_after: timedelta
    ) -> Outcome:
        self.threads.append((channel_id, message_id, name, hidden_after))
        return self.outcomes.pop(0) if self.outcomes else Sent(message_id)

    async def tick(self, **later: float) -> int:
        self.services.now += timedelta(**later)
        started = await self.upkeeper.tick()
        await self.upkeeper.drain()
        return started

    async def apply(self, limit: int = 10, **changes: object) -> int:
        """Change the look, and apply it to the newest messages."""
        settings_changes = self.services.store.settings_changes
        await settings_changes.change(
            NUMBER,
            lambda each: replace(each.subscription.settings, **changes),  # type: ignore[arg-type]  # a test's own
            7,
            START,
        )
        return await settings_changes.apply_look(NUMBER, limit, self.services.now)

    async def progress(self) -> LookProgress:
        return await self.services.store.settings_changes.look_progress(NUMBER)


async def open_fixture(store: Store, channel: ChannelDeclaration) -> UpkeepFixture:
    services = Services(store)
    await services.follow(channel)
    await services.poll()
    return UpkeepFixture(services)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "feed-relay.db") as opened:
        yield opened


@pytest.fixture
async def sent(store: Store) -> UpkeepFixture:
    """Three posts were sent, as the messages 1001 to 1003, and ping a role."""
    channel = ChannelDeclaration(100, mention_roles=(9,), fixed=frozenset())
    fixture = await open_fixture(store, channel)
    await fixture.services.poll(*map(post, range(1, 4)))
    assert len(await fixture.services.send_all()) == 3
    return fixture


async def test_each_sent_post_gets_its_thread_once(store: Store) -> None:
    fixture = await open_fixture(store, ChannelDeclaration(100, thread=DAY))
    await fixture.services.poll(post(1))
    await fixture.services.send_all()

    assert [await fixture.tick(), await fixture.tick()] == [1, 0]
    assert fixture.threads == [(100, 1001, "Post 1", DAY)]
    assert fixture.woken == [1]


async def test_without_the_setting_there_are_no_threads(sent: UpkeepFixture) -> None:
    assert await sent.tick() == 0


async def test_a_thread_that_failed_is_opened_later_also_after_a_restart(store: Store) -> None:
    fixture = await open_fixture(store, ChannelDeclaration(100, thread=DAY))
    await fixture.services.poll(post(1))
    await fixture.services.send_all()
    fixture.outcomes = [Retry("Discord has a problem."), Refused("The bot lacks Create Public Threads.")]
    await fixture.tick()
    assert await fixture.tick() == 0

    await store.outbox.release(fixture.services.now)
    fixture.restart()

    assert [await fixture.tick(), await fixture.tick(minutes=1)] == [1, 1]
    assert len(fixture.threads) == 3


async def test_the_new_look_is_applied_to_the_newest_messages_without_pings(sent: UpkeepFixture) -> None:
    assert await sent.apply(2, style=Style.COMPACT) == 2
    while await sent.tick():
        pass

    assert sorted(sent.edits) == [
        (100, 1002, "[Post 2](<https://garden.example/2>) · Garden"),
        (100, 1003, "[Post 3](<https://garden.example/3>) · Garden"),
    ]
    assert await sent.progress() == LookProgress(done=2)


async def test_a_new_post_of_the_channel_goes_first(sent: UpkeepFixture) -> None:
    await sent.apply(style=Style.COMPACT)
    await sent.services.poll(*map(post, range(1, 5)))

    assert await sent.tick() == 0
    await sent.services.send_all()
    assert await sent.tick() == MAX_REQUESTS


async def test_a_message_that_is_gone_is_counted_and_never_sent_again(sent: UpkeepFixture) -> None:
    sent.outcomes = [Dead("The message was deleted.")]
    await sent.apply(style=Style.COMPACT)
    while await sent.tick():
        pass

    assert await sent.progress() == LookProgress(done=2, failed=1)
    assert await sent.services.claim() == []


async def test_edits_continue_after_a_kill(sent: UpkeepFixture) -> None:
    await sent.apply(style=Style.COMPACT)
    killed = await sent.services.store.outbox.claim_upkeep(sent.services.now, LEASE, 10)
    assert [len(killed), await sent.tick()] == [3, 0]

    await sent.services.store.outbox.release(sent.services.now)
    sent.restart()
    while await sent.tick():
        pass

    assert await sent.progress() == LookProgress(done=3)


async def test_a_second_request_is_not_settled_by_the_edits_of_the_first(sent: UpkeepFixture) -> None:
    await sent.apply(1, style=Style.COMPACT)
    (old,) = await sent.services.store.outbox.claim_upkeep(sent.services.now, LEASE, 1)
    sent.services.now += timedelta(seconds=1)
    await sent.apply(1, style=Style.LINK)
    await sent.upkeeper.work(old)
    await sent.services.store.outbox.settle_upkeep(old, Sent(old.message_id), None)

    assert sent.edits == []
    assert await sent.progress() == LookProgress(pending=1)
    await sent.tick()
    assert sent.edits == [(100, 1003, "https://garden.example/3")]


async def test_a_post_without_texts_keeps_its_look(sent: UpkeepFixture) -> None:
    """It was pruned for its age, and would be empty."""
    await sent.services.store.archive.prune(START + timedelta(days=30), START + timedelta(days=30))

    assert await sent.services.store.settings_changes.count_messages(NUMBER, 10) == 0
    assert await sent.apply(style=Style.COMPACT) == 0


async def test_impossible_work_is_given_up(sent: UpkeepFixture) -> None:
    await sent.apply(1, style=Style.COMPACT)
    for _ in range(31):
        sent.outcomes = [Refused("The bot can't see the channel.")]
        await sent.tick(hours=1)

    assert await sent.progress() == LookProgress(failed=1)


async def test_the_work_ends_with_the_subscription(sent: UpkeepFixture) -> None:
    await sent.apply(style=Style.COMPACT)
    await sent.services.follow()

    assert await sent.tick() == 0


async def test_an_edit_that_is_due_again_before_its_late_attempt_ends_is_tried_after_it(
    sent: UpkeepFixture,
) -> None:
    await sent.apply(1, style=Style.COMPACT)
    sent.outcomes = [Retry("busy")]
    async with still_running(sent.services.store.outbox, "settle_upkeep", sent.upkeeper.tick):
        sent.services.now += timedelta(minutes=5)
        assert await sent.upkeeper.tick() == 0
    await sent.upkeeper.drain()

    assert await sent.tick() == 1
