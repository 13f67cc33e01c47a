"""Reading the channels of a restored database, with every kind of answer from Discord, and across kills."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.model import (
    ChannelDeclaration,
    Entry,
    FeedDeclaration,
    FoundMessage,
    HistoryPage,
    PollResult,
    PostSettings,
    Refused,
    Retry,
    SiteBudget,
    Style,
    Subscription,
    sent_at,
)
from bot.relay import look_through, retry
from bot.relay.identity import identify
from bot.relay.look_through import MAX_ATTEMPTS, LookThrough
from bot.relay.plan import plan
from bot.store.store import Store
from bot.text.render import render

START = datetime(2026, 5, 4, 12, tzinfo=UTC)
NOW = START + timedelta(hours=1)
DOUBT_BEGINS = START - retry.NONCE_WINDOW
CHANNEL = 100
OLDEST = 1_500_000_000_000_000_000
Page = HistoryPage | Refused | Retry


@dataclass
class FakeHistory:
    """Returns the given pages, in order; then hangs."""

    pages: list[Page] = field(default_factory=list)
    asked: list[int | None] = field(default_factory=list)
    hangs: asyncio.Event = field(default_factory=asyncio.Event)

    async def look_back(self, channel_id: int, since: datetime, read_down_to: int | None) -> Page:
        assert (channel_id, since) == (CHANNEL, START)
        self.asked.append(read_down_to)
        if not self.pages:
            self.hangs.set()
            await asyncio.Event().wait()
        return self.pages.pop(0)


@dataclass
class LookFixture:
    store: Store
    history: FakeHistory = field(default_factory=FakeHistory)
    slept: list[float] = field(default_factory=list)
    now: datetime = NOW

    async def run(self, *pages: Page) -> None:
        self.history.pages += pages
        await self._looker().run()

    async def run_until_it_hangs(self, *pages: Page) -> None:
        self.history.pages += pages
        looking = asyncio.create_task(self._looker().run())
        await self.history.hangs.wait()
        looking.cancel()
        await asyncio.wait({looking})

    def _looker(self) -> LookThrough:
        return LookThrough(self.store.recoveries, self.history, 400, lambda: self.now, self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    async def claimed(self) -> list[tuple[str, datetime | None, datetime | None]]:
        claimed = await self.store.outbox.claim(NOW, timedelta(minutes=5), 10)
        return [(each.entry.title, each.uncertain_since, each.uncertain_until) for each in claimed]


def post(number: int) -> Entry:
    return Entry(guid=f"g{number}", link=f"https://garden.example/{number}", title=f"Post {number}")


def message(number: int) -> FoundMessage:
    rendered = render(post(number), "Garden", Style.CARD)
    return FoundMessage(OLDEST + number, rendered.content, rendered.embeds)


def page(*numbers: int, down_to: int = OLDEST, is_last: bool = False) -> HistoryPage:
    return HistoryPage(tuple(map(message, numbers)), down_to, is_last=is_last)


LAST = page(is_last=True)
NOTHING = HistoryPage((), None, is_last=True)


@pytest.fixture
async def fixture(tmp_path: Path) -> AsyncIterator[LookFixture]:
    """A restored database with one post that waits."""
    path = tmp_path / "feed-relay.db"
    async with await Store.open(path) as store:
        budget = SiteBudget(1, timedelta())
        followed = FeedDeclaration(
            "https://garden.example/rss", "Garden", channels=(ChannelDeclaration(CHANNEL),)
        )
        await store.subscriptions.sync([followed], lambda _: "garden.example", lambda _: budget, START)
        document = identify([post(1)], "", "")
        known = await store.feeds.known(1, document)
        subscriptions = [Subscription(1, 1, CHANNEL)]
        decided = plan(1, document, known, subscriptions, PostSettings(), START)
        await store.feeds.record(1, decided, PollResult(START), START)
        with closing(sqlite3.connect(path)) as connection, connection:
            values = (int(START.timestamp() * 1000),)
            connection.execute("INSERT INTO meta (key, value) VALUES ('restored', ?)", values)
        yield LookFixture(store)


async def test_without_a_restore_no_channel_is_read(tmp_path: Path) -> None:
    async with await Store.open(tmp_path / "feed-relay.db") as store:
        fixture = LookFixture(store)

        await fixture.run()

        assert fixture.history.asked == []


async def test_a_post_that_waited_and_is_in_the_channel_is_not_sent(fixture: LookFixture) -> None:
    await fixture.run(page(1, is_last=True))

    assert await fixture.claimed() == []


async def test_a_post_that_is_not_in_the_channel_is_sent(fixture: LookFixture) -> None:
    await fixture.run(page(2, is_last=True))

    assert await fixture.claimed() == [("Post 1", None, None)]


async def test_a_killed_search_of_a_channel_continues_where_it_was(fixture: LookFixture) -> None:
    await fixture.run_until_it_hangs(page(1, down_to=OLDEST + 50))
    fixture.history.asked.clear()

    await fixture.run(LAST)

    assert fixture.history.asked == [OLDEST + 50]
    assert await fixture.claimed() == []


async def test_messages_on_their_way_to_discord_arrive_before_the_channels_are_read(
    fixture: LookFixture,
) -> None:
    await fixture.run_until_it_hangs()
    fixture.now += retry.LATE_ARRIVAL
    await fixture.run(LAST)

    assert fixture.slept == [retry.LATE_ARRIVAL.total_seconds()]


async def test_each_channel_is_read_once(fixture: LookFixture) -> None:
    await fixture.run(LAST)
    await fixture.run()

    assert fixture.history.asked == [None]


async def test_a_doubtful_post_is_searched_for_however_new_the_backup_is(
    fixture: LookFixture,
) -> None:
    """Discord would not recognise the nonce that the lost database gave it."""
    fixture.now = START + timedelta(seconds=1)

    await fixture.run(Refused("The bot lacks Read Message History."))

    ((_, since, until),) = await fixture.claimed()
    assert until == fixture.now
    assert not retry.nonce_holds(since, fixture.now)


async def test_an_empty_answer_counts_only_if_it_comes_twice(fixture: LookFixture) -> None:
    await fixture.run(NOTHING, page(1, is_last=True))

    assert await fixture.claimed() == []


async def test_an_empty_channel_is_read_twice(fixture: LookFixture) -> None:
    await fixture.run(NOTHING, NOTHING)

    assert fixture.history.asked == [None, None]
    assert await fixture.claimed() == [("Post 1", None, None)]


async def test_failures_are_tried_again_later_each_time(fixture: LookFixture) -> None:
    await fixture.run(Retry("down"), Retry("down"), Retry("slow down", timedelta(seconds=7)), LAST)

    assert fixture.slept == [30.0, 2.0, 4.0, 7.0]
    assert await fixture.claimed() == [("Post 1", None, None)]


async def test_a_channel_that_may_not_be_read_leaves_its_posts_in_doubt(fixture: LookFixture) -> None:
    await fixture.run(Refused("no permission"))

    assert await fixture.claimed() == [("Post 1", DOUBT_BEGINS, NOW)]


async def test_a_channel_that_fails_too_often_leaves_its_posts_in_doubt(fixture: LookFixture) -> None:
    await fixture.run(*[Retry("down")] * MAX_ATTEMPTS)

    assert await fixture.claimed() == [("Post 1", DOUBT_BEGINS, NOW)]


async def test_posts_beyond_the_last_page_stay_in_doubt(
    fixture: LookFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look_through, "MAX_PAGES", 2)

    await fixture.run(page(2), page(3, down_to=OLDEST - 50))

    assert await fixture.claimed() == [("Post 1", DOUBT_BEGINS, sent_at(OLDEST - 50))]
