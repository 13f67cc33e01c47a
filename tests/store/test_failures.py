"""On a locked, full, read-only or damaged database, every method raises one clear error, and nothing is lost."""

import inspect
import os
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from bot import errors
from bot.model import (
    Backfill,
    BackfillState,
    BackfillStep,
    Bookmark,
    ChannelDeclaration,
    Decision,
    Delivery,
    DeliveryState,
    Entry,
    Feed,
    FeedDeclaration,
    GatewayState,
    Heartbeat,
    Narrowing,
    Notice,
    NoticeKind,
    NoticeMessage,
    Plan,
    PollResult,
    PostedMessage,
    PostSettings,
    Publication,
    Query,
    Sent,
    Settings,
    Settlement,
    SiteBudget,
    Style,
    Upkeep,
    UpkeepKind,
)
from bot.relay.baseline import make_baseline
from bot.relay.notify import decide
from bot.store.archive import Archive
from bot.store.backfills import Backfills, Worker
from bot.store.feeds import Feeds
from bot.store.guilds import Guilds
from bot.store.heartbeats import Heartbeats
from bot.store.holds import Holds
from bot.store.imports import Imports
from bot.store.moves import Moves
from bot.store.notices import Notices
from bot.store.outbox import Outbox
from bot.store.removals import Removals
from bot.store.search import Search
from bot.store.search_requests import SearchRequests
from bot.store.settings_changes import SettingsChanges
from bot.store.sqlite import database
from bot.store.sqlite.fts_index import FtsIndex
from bot.store.store import Store
from bot.store.subscriptions import Subscriptions
from tests.sqlite_database import sqlite_of
from tests.store.conftest import GARDEN, LEASE, START, Services, budget, post, site_of

FEED = Feed(1, GARDEN, "garden.example")
DELIVERY = Delivery(1, 100, 1, Entry(), "Garden", Style.CARD, (), 0)
UPKEEP = Upkeep(1, UpkeepKind.EDIT, 100, 1, Entry(), "Garden", Style.CARD, None, 0, START)
RESULT = PollResult(START)
NOTICE = NoticeMessage(
    (Notice(1, NoticeKind.FEED_MOVED, 100, False, 7, 1, "Garden", None, "", None, 0, START),), 0, None, START
)
BACKFILL = Backfill(FEED, START, START)
STEP = BackfillStep(BackfillState.RUNNING, Bookmark(), START)
Call = Callable[[Store], Awaitable[object]]

WRITES: dict[str, Call] = {
    "Feeds.set_budgets": lambda s: s.feeds.set_budgets(budget),
    "Feeds.claim": lambda s: s.feeds.claim(START, LEASE, 1),
    "Feeds.take_back_unpolled": lambda s: s.feeds.take_back_unpolled(START, []),
    "Feeds.poll_all": lambda s: s.feeds.poll_all(START),
    "Feeds.release": lambda s: s.feeds.release(),
    "Feeds.take_back": lambda s: s.feeds.take_back([1]),
    "Feeds.unclaim": lambda s: s.feeds.unclaim(1),
    "Feeds.record": lambda s: s.feeds.record(1, Plan(), RESULT, START),
    "Feeds.settle_unchanged": lambda s: s.feeds.settle_unchanged(1, RESULT, START),
    "Feeds.settle_failed": lambda s: s.feeds.settle_failed(1, RESULT, START),
    "Subscriptions.sync": lambda s: s.subscriptions.sync((), site_of, budget, START),
    "Subscriptions.follow": lambda s: s.subscriptions.follow(
        GARDEN, "", 300, "opml", "garden.example", SiteBudget(1, timedelta(0)), START
    ),
    "Subscriptions.subscribe": lambda s: s.subscriptions.subscribe(
        FeedDeclaration(GARDEN),
        ChannelDeclaration(300),
        7,
        site="garden.example",
        budget=SiteBudget(1, timedelta(0)),
        limit=9,
        now=START,
    ),
    "SettingsChanges.apply_look": lambda s: s.settings_changes.apply_look(1, 5, START),
    "Outbox.claim_upkeep": lambda s: s.outbox.claim_upkeep(START, LEASE, 1),
    "Outbox.settle_upkeep": lambda s: s.outbox.settle_upkeep(UPKEEP, Sent(1), None),
    "SettingsChanges.change": lambda s: s.settings_changes.change(
        1, lambda _: Settings(style=Style.FULL), 7, START
    ),
    "Imports.start": lambda s: s.imports.start(
        [FeedDeclaration(GARDEN)],
        ChannelDeclaration(300),
        7,
        5,
        site_of=site_of,
        budget=budget,
        limit=9,
        now=START,
    ),
    "Imports.finish": lambda s: s.imports.finish(1),
    "Moves.move": lambda s: s.moves.move(1, 100, 200, 7, START),
    "Moves.copy": lambda s: s.moves.copy([1], 200, 7, 9, 5, START),
    "Moves.readdress": lambda s: s.moves.readdress(
        [1],
        GARDEN,
        FeedDeclaration("https://moved.example/rss"),
        7,
        make_baseline((), "", START, PostSettings(), START),
        site="moved.example",
        budget=SiteBudget(1, timedelta(0)),
        now=START,
    ),
    "Removals.remove": lambda s: s.removals.remove(99, START),
    "Removals.restore": lambda s: s.removals.restore(1, lambda *_: (), 1, START),
    "Removals.forget": lambda s: s.removals.forget(START),
    "Heartbeats.beat": lambda s: s.heartbeats.beat(
        Heartbeat("run", "0.1.0", START, START, GatewayState.CONNECTED, None, None)
    ),
    "Heartbeats.stop": lambda s: s.heartbeats.stop("run"),
    "Heartbeats.note_backups": lambda s: s.heartbeats.note_backups(None),
    "Subscriptions.pause": lambda s: s.subscriptions.pause(1),
    "Subscriptions.decide_and_resume": lambda s: s.subscriptions.decide_and_resume(
        1, Decision.ALL, 1, 10, START
    ),
    "Subscriptions.resume": lambda s: s.subscriptions.resume(1, 10, START),
    "Subscriptions.post_now": lambda s: s.subscriptions.post_now(1, 1, START),
    "Guilds.assign_channels": lambda s: s.guilds.assign_channels({100: 7}),
    "Guilds.set_notices_channel": lambda s: s.guilds.set_notices_channel(7, 100),
    "Guilds.set_time_zone": lambda s: s.guilds.set_time_zone(7, "UTC"),
    "Guilds.set_language": lambda s: s.guilds.set_language(7, "de"),
    "Guilds.set_managers_role": lambda s: s.guilds.set_managers_role(7, 100),
    "Guilds.set_updates_channel": lambda s: s.guilds.set_updates_channel(7, 100),
    "Guilds.left": lambda s: s.guilds.left(7, START),
    "Guilds.returned": lambda s: s.guilds.returned(7, START),
    "Guilds.channel_gone": lambda s: s.guilds.channel_gone(100, START),
    "Guilds.forget": lambda s: s.guilds.forget(START, START),
    "FtsIndex.catch_up": lambda s: s.index.catch_up(),
    "Archive.prune": lambda s: s.archive.prune(START, START),
    "FtsIndex.merge": lambda s: s.index.merge(),
    "FtsIndex.set_aside": lambda s: s.index.set_aside(),
    "Holds.decide": lambda s: s.holds.decide(1, Decision.ALL, 5, START),
    "SearchRequests.keep": lambda s: s.search_requests.keep(7, 5, "{}", START),
    "Notices.claim": lambda s: s.notices.claim(START, LEASE, 1, decide),
    "Notices.report_backup": lambda s: s.notices.report_backup("No room.", START),
    "Notices.release": lambda s: s.notices.release(START),
    "Notices.redirect": lambda s: s.notices.redirect(NOTICE, START),
    "Notices.settle": lambda s: s.notices.settle(NOTICE, 1, None, uncertain=False),
    "Backfills.request": lambda s: s.backfills.request(1, START),
    "Backfills.stop": lambda s: s.backfills.stop(1),
    "Backfills.claim": lambda s: s.backfills.claim(START, Worker.RUN, LEASE),
    "Backfills.take_back_unread": lambda s: s.backfills.take_back_unread(START, Worker.RUN, 0, []),
    "Backfills.take_slot": lambda s: s.backfills.take_slot(1, LEASE, START),
    "Backfills.record": lambda s: s.backfills.record(BACKFILL, (), 0, STEP, START),
    "Backfills.settle_failed": lambda s: s.backfills.settle_failed(BACKFILL, STEP, START),
    "Backfills.release": lambda s: s.backfills.release(Worker.RUN),
    "Backfills.unclaim": lambda s: s.backfills.unclaim(BACKFILL),
    "Outbox.claim": lambda s: s.outbox.claim(START, LEASE, 1),
    "Outbox.take_back": lambda s: s.outbox.take_back(START, []),
    "Outbox.release": lambda s: s.outbox.release(START),
    "Outbox.settle": lambda s: s.outbox.settle(
        DELIVERY, Settlement(DeliveryState.SENT, START, message_id=1), START
    ),
    "Outbox.forget_messages": lambda s: s.outbox.forget_messages([PostedMessage("guid:1", 100, 1)]),
    "Outbox.reopen": lambda s: s.outbox.reopen([100], START),
    "Outbox.claim_publications": lambda s: s.outbox.claim_publications(START, LEASE, 1),
    "Outbox.settle_publication": lambda s: s.outbox.settle_publication(
        Publication(1, 100, 1, 0, START), Sent(1), None, START
    ),
}
READS: dict[str, Call] = {
    "Feeds.next_poll": lambda s: s.feeds.next_poll(START),
    "Feeds.first_start": lambda s: s.feeds.first_start(START),
    "Feeds.cooldowns": lambda s: s.feeds.cooldowns(START),
    "Feeds.known": lambda s: s.feeds.known(1, ()),
    "Feeds.items": lambda s: s.feeds.items(1, "frame", ()),
    "Feeds.planned_with": lambda s: s.feeds.planned_with(1, ()),
    "SettingsChanges.count_messages": lambda s: s.settings_changes.count_messages(1, 5),
    "SettingsChanges.look_progress": lambda s: s.settings_changes.look_progress(1),
    "Subscriptions.get": lambda s: s.subscriptions.get(1),
    "SettingsChanges.read_change": lambda s: s.settings_changes.read_change(1),
    "Subscriptions.all": lambda s: s.subscriptions.all(),
    "Subscriptions.posted_in_guild": lambda s: s.subscriptions.posted_in_guild(7),
    "Subscriptions.in_guild": lambda s: s.subscriptions.in_guild(7),
    "Imports.progress": lambda s: s.imports.progress(1),
    "Removals.get": lambda s: s.removals.get(1, START),
    "Guilds.notices_channels": lambda s: s.guilds.notices_channels(7),
    "Guilds.time_zone": lambda s: s.guilds.time_zone(7),
    "Guilds.language": lambda s: s.guilds.language(7),
    "Guilds.managers_role": lambda s: s.guilds.managers_role(7),
    "Guilds.followed_channels": lambda s: s.guilds.followed_channels(),
    "Holds.get": lambda s: s.holds.get(1),
    "Holds.undecided": lambda s: s.holds.undecided([1]),
    "Archive.newest": lambda s: s.archive.newest(1),
    "Archive.statuses": lambda s: s.archive.statuses(7, [1], START),
    "Archive.worst_first": lambda s: s.archive.worst_first(7, [1]),
    "Archive.trace": lambda s: s.archive.trace("https://garden.example/1", 7),
    "Archive.trace_entry": lambda s: s.archive.trace_entry(1, 7),
    "Archive.trace_message": lambda s: s.archive.trace_message([1], 7),
    "Archive.named": lambda s: s.archive.named([1], "post"),
    "Backfills.are_due": lambda s: s.backfills.are_due(START),
    "Backfills.progress": lambda s: s.backfills.progress(1),
    "SearchRequests.get": lambda s: s.search_requests.get(1),
    "Outbox.instance": lambda s: s.outbox.instance(),
    "Feeds.claiming_seats": lambda s: s.feeds.claiming_seats(),
    "Outbox.has_publications": lambda s: s.outbox.has_publications(START),
    "Outbox.has_upkeep": lambda s: s.outbox.has_upkeep(START),
    "Outbox.is_leased": lambda s: s.outbox.is_leased(DELIVERY),
    "Outbox.is_upkeep_leased": lambda s: s.outbox.is_upkeep_leased(UPKEEP),
    "Notices.is_leased": lambda s: s.notices.is_leased(NOTICE),
    "Outbox.posted": lambda s: s.outbox.posted(100, START),
    "Search.find": lambda s: s.search.find(Query(), None),
    "Search.find_narrowed": lambda s: s.search.find_narrowed(Query(), None, Narrowing(), now=START),
    "Search.titles": lambda s: s.search.titles("post", None, START),
    "Search.tags": lambda s: s.search.tags(None),
    "Search.posted": lambda s: s.search.posted(["x"], 7),
    "Search.advise": lambda s: s.search.advise(Query(), None),
    "FtsIndex.renew": lambda s: s.index.renew(),
    "FtsIndex.is_current": lambda s: s.index.is_current(),
    "FtsIndex.lag": lambda s: s.index.lag(),
    "Heartbeats.all": lambda s: s.heartbeats.all(),
    "Heartbeats.backups": lambda s: s.heartbeats.backups(),
    "Heartbeats.backlog": lambda s: s.heartbeats.backlog(),
    "Archive.feeds": lambda s: s.archive.feeds(),
    "Archive.size": lambda s: s.archive.size(),
    "Archive.deliveries": lambda s: s.archive.deliveries(),
    "Archive.stats": lambda s: s.archive.stats(),
}


def test_this_file_calls_every_method_of_the_store() -> None:
    rooms = (
        Feeds,
        Subscriptions,
        Guilds,
        Heartbeats,
        Holds,
        Imports,
        Moves,
        Notices,
        Outbox,
        Removals,
        Archive,
        Backfills,
        FtsIndex,
        Search,
        SearchRequests,
        SettingsChanges,
    )
    methods = {
        f"{room.__name__}.{name}"
        for room in rooms
        for name, _ in inspect.getmembers(room, inspect.iscoroutinefunction)
        if not name.startswith("_") and name not in {"put", "drop"}  # parts of transactions of others
    }

    assert methods == set(WRITES) | set(READS)


@pytest.fixture
async def filled(tmp_path: Path) -> Path:
    path = tmp_path / "feed-relay.db"
    async with await Store.open(path) as store:
        services = Services(store)
        await services.follow(ChannelDeclaration(100))
        await services.poll(*(post(number, content="<p>leaf</p>" * 500) for number in range(50)))
        await store.maintain()
    connection = sqlite3.connect(path)
    connection.execute("UPDATE meta SET value = 50 WHERE key = 'unindexed'")  # an index that lags behind
    connection.commit()
    connection.close()
    return path


@contextmanager
def held_by_another(path: Path) -> Iterator[None]:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


@pytest.mark.parametrize("name", WRITES)
async def test_a_write_to_a_locked_database_reports_the_lock(
    filled: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT", 0.0)
    async with await Store.open(filled) as store:
        with held_by_another(filled), pytest.raises(errors.StoreLocked, match="another process holds"):
            await WRITES[name](store)
        await WRITES[name](store)


@pytest.mark.parametrize("name", READS)
async def test_a_read_works_beside_a_writer(filled: Path, name: str) -> None:
    async with await Store.open(filled) as store:
        with held_by_another(filled):
            await READS[name](store)


async def test_a_current_database_is_opened_beside_a_writer(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commands that only read, such as `search`, open it while the bot writes."""
    async with await Store.open(filled):
        pass
    monkeypatch.setattr(database, "BUSY_TIMEOUT", 0.0)

    with held_by_another(filled):
        async with await Store.open(filled) as store:
            assert await store.feeds.known(1, ()) is not None


@pytest.mark.parametrize("name", WRITES)
async def test_a_write_to_a_full_disk_succeeds_or_reports_it_and_succeeds_later(
    filled: Path, name: str
) -> None:
    async with await Store.open(filled) as store:
        await limit_pages(store, 0)
        with suppress(errors.StoreFull):
            await WRITES[name](store)

        await limit_pages(store, 1_000_000_000)
        await WRITES[name](store)
        assert await store.check() == []


@pytest.mark.parametrize("name", WRITES)
async def test_a_write_through_a_store_that_only_reads_reports_it(filled: Path, name: str) -> None:
    with pytest.raises(errors.StoreReadOnly, match="cannot be written"):
        await Store.read(filled, WRITES[name])


@pytest.mark.parametrize("name", READS)
async def test_a_read_works_in_a_store_that_only_reads_and_changes_nothing(filled: Path, name: str) -> None:
    before = filled.read_bytes()

    await Store.read(filled, READS[name])

    assert filled.read_bytes() == before
    assert list(filled.parent.iterdir()) == [filled]


@pytest.mark.parametrize("name", WRITES)
async def test_a_write_to_a_read_only_database_reports_it(filled: Path, name: str) -> None:
    async with await Store.open(filled) as store:
        await sqlite_of(store)._writer.execute(
            "PRAGMA query_only = ON"
        )  # what a read-only file system answers
        with pytest.raises(errors.StoreReadOnly, match="cannot be written"):
            await WRITES[name](store)


@pytest.mark.parametrize("name", [*WRITES, *READS])
async def test_a_damaged_database_raises_our_error_or_reads_the_undamaged_part(
    filled: Path, name: str
) -> None:
    async with await Store.open(filled) as store:
        damage(filled)
        with suppress(errors.StoreCorrupt, errors.StoreUnopenable):
            await {**WRITES, **READS}[name](store)


async def test_a_check_finds_damage_that_opening_does_not_see(filled: Path) -> None:
    with filled.open("r+b") as file:
        file.seek(-2048, os.SEEK_END)
        file.write(os.urandom(2048))

    async with await Store.open(filled) as store:
        assert await store.check()


async def test_a_file_that_is_not_a_database_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "feed-relay.db"
    path.write_bytes(b"Dear diary, today the beans came up. " * 200)

    with pytest.raises(errors.StoreCorrupt, match="damaged"):
        await Store.open(path)

    assert path.read_bytes().startswith(b"Dear diary")


async def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(errors.StoreUnopenable, match="its folder is not there"):
        await Store.open(tmp_path / "nowhere" / "feed-relay.db")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
async def test_a_file_without_write_permission_is_reported(filled: Path) -> None:
    filled.chmod(0o400)
    filled.parent.chmod(0o500)
    try:
        with pytest.raises(errors.StoreError):
            await Store.open(filled)
    finally:
        filled.parent.chmod(0o700)


async def test_a_full_disk_is_reported_loses_nothing_and_writes_succeed_once_there_is_room(
    filled: Path,
) -> None:
    async with await Store.open(filled) as store:
        services = Services(store, START + timedelta(days=1))
        feed = await services.claim_feed()
        before = await store.archive.stats()
        await limit_pages(store, before.bytes)
        flood = [post(number, content="<p>leaf</p>" * 5000) for number in range(100, 140)]

        with pytest.raises(errors.StoreFull, match="free some space"):
            await services.record(feed, *flood)
        assert await store.archive.stats() == before

        await limit_pages(store, 1_000_000_000)
        assert (await services.record(feed, *flood)).new == 40


async def limit_pages(store: Store, size: int) -> None:
    """Simulate a full disk: SQLite returns SQLITE_FULL beyond `max_page_count`."""
    (row,) = await sqlite_of(store).select("PRAGMA page_size")
    await sqlite_of(store)._writer.execute_fetchall(f"PRAGMA max_page_count = {size // row[0]}")


def damage(path: Path) -> None:
    """Overwrite all but the first page, as a failing disk might."""
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(4096)
        file.write(os.urandom(size - 4096))
