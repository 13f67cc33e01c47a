"""Queries that run all the time cost by what changed or is asked for, and not by what exists."""

import re
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.model import (
    ChannelDeclaration,
    DeliveryState,
    FeedDeclaration,
    NewEntry,
    Plan,
    PlannedDelivery,
    PollResult,
    Settlement,
)
from bot.relay.identity import identify
from bot.store.sqlite import migrate
from bot.store.sqlite.values import SQL
from bot.store.store import Store
from tests.sqlite_database import sqlite_of
from tests.store.conftest import LEASE, MINUTE, START, budget, post, site_of

RARE = {
    "at a start": {
        "sites", "feed_names", "declared_subscriptions", "forget_intervals", "release_backfills", "followed_channels",
        "entries_to_rekey", "poll_all", "cooling_sites",
    },
    "after a restore": {
        "begin_recoveries", "unfinished_recoveries", "expire_nonces", "unsettled_deliveries", "end_empty_holds",
        "doubt_deliveries", "unread_channels",
    },
    "every six hours": {"prunable", "long_gone", "forget_recoveries"},
    "a person asks about everything": {
        "feeds", "followed", "totals", "delivery_counts", "held", "suspended_channels", "tag_counts", "heartbeats",
    },
    "a channel is deleted": {"clear_notices_channel"},
}  # fmt: skip
"""Queries that may read a whole table, by when they run."""

WAITING = {
    "channel_suspended", "feed_leased", "delivery_owed", "delivery_kept", "notice_owed", "publication_owed",
    "backfill_leased",
}  # fmt: skip
"""Indexes that hold only what is in progress or waits."""

EARLY = {"search_request", "document", "former_document", "feed"}
"""Tables that are read in the order of a key until the first rows are found."""

SORTED = {
    "the posts, tags and keys of some entries": {
        "stored_items", "missed_entries",
        "entries_since", "newest", "indexable", "holders", "claimed_deliveries", "traced", "traced_by_message",
        "traced_by_entry", "claimed_upkeep",
    },
    "what one feed, channel, place or guild has": {
        "subscriptions_of", "followed_in_guild", "waiting_in_guild", "add_feed_notice", "redirect_notice",
        "waiting_notices", "sent_notices", "statuses", "worst_first", "recent_entries", "posted_messages",
        "undecided_holds",
        "posted_feeds",
        "count_edits",
    },
    "what is due": {"claim_feeds", "notice_places", "claim_backfills", "claimed_backfills"},
    "the hits of a search": {"search_hits"},
    "the words with a beginning, the languages of a feed": {"words_starting", "languages_of_feed"},
}  # fmt: skip
"""Queries that sort, by what."""


@pytest.fixture(scope="module")
def planner() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(migrate.schema())
        yield connection


def steps_of(planner: sqlite3.Connection, name: str) -> list[str]:
    """Return the steps of a query's plan, with the names of tables in place of their aliases."""
    sql = SQL[name]
    aliases = {alias: table for table, alias in re.findall(r"(\w+) AS (\w+)\b", sql)}
    parameters = dict.fromkeys(re.findall(r":(\w+)", sql))
    found = [str(row[3]) for row in planner.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)]
    return [
        re.sub(r"^(SCAN|SEARCH) (\w+)", lambda m: f"{m[1]} {aliases.get(m[2], m[2])}", step) for step in found
    ]


@pytest.mark.parametrize("name", sorted(SQL.keys() - set().union(*RARE.values())))
def test_no_frequent_query_reads_a_whole_table(planner: sqlite3.Connection, name: str) -> None:
    tables = {row[0] for row in planner.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}

    for step in steps_of(planner, name):
        scanned = re.fullmatch(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", step)
        if scanned and scanned[1] in tables - EARLY:
            assert scanned[2] in WAITING, step
        assert "AUTOMATIC" not in step


@pytest.mark.parametrize("name", sorted(SQL.keys() - set().union(*RARE.values(), *SORTED.values())))
def test_no_other_query_sorts(planner: sqlite3.Connection, name: str) -> None:
    assert not [step for step in steps_of(planner, name) if "TEMP B-TREE" in step]


async def instructions(store: Store, call: Callable[[Store], Awaitable[object]]) -> int:
    """Return how many instructions SQLite runs for a call, whatever else the machine does."""
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    connections = (sqlite_of(store)._writer, sqlite_of(store)._reader)
    for connection in connections:
        await connection.set_progress_handler(step, 1)
    try:
        await call(store)
    finally:
        for connection in connections:
            await connection.set_progress_handler(None, 1)  # type: ignore[arg-type]  # None removes it
    return count


async def one_blog_a_site(store: Store, size: int) -> None:
    declared = [
        FeedDeclaration(f"https://{n}.example/rss", channels=(ChannelDeclaration(n),)) for n in range(size)
    ]
    await store.subscriptions.sync(declared, site_of, budget, START)


async def all_blogs_on_one_site(store: Store, size: int) -> None:
    declared = [
        FeedDeclaration(f"https://garden.example/{n}", channels=(ChannelDeclaration(n),)) for n in range(size)
    ]
    await store.subscriptions.sync(declared, site_of, budget, START)


async def blogs_that_nobody_follows(store: Store, size: int) -> None:
    await all_blogs_on_one_site(store, size)
    declared = [
        FeedDeclaration(f"https://garden.example/{n}", channels=(ChannelDeclaration(n),)) for n in (0, 1)
    ]
    await store.subscriptions.sync(declared, site_of, budget, START)


async def channels_with_a_post_each(store: Store, size: int) -> None:
    """Each but the first was sent its only post; the last ones are not due yet."""
    declared = FeedDeclaration(
        "https://garden.example/rss", channels=tuple(map(ChannelDeclaration, range(size)))
    )
    await store.subscriptions.sync([declared], site_of, budget, START)
    (item,) = identify([post(1)], "https://garden.example/", declared.url)
    _, followers = await store.feeds.planned_with(1, (item,))
    owed = tuple(PlannedDelivery(each.id, each.channel_id, DeliveryState.PENDING) for each in followers)
    await store.feeds.record(
        1, Plan(new=(NewEntry(item, ("guid:1",), "guid:1", owed),)), PollResult(START + MINUTE), START
    )
    for delivery in await store.outbox.claim(START, LEASE, size):
        waits = delivery.channel_id == 0 or delivery.channel_id > size // 2
        due_at = START if delivery.channel_id == 0 else START + MINUTE
        settlement = (
            Settlement(DeliveryState.PENDING, due_at)
            if waits
            else Settlement(DeliveryState.SENT, START, message_id=1)
        )
        await store.outbox.settle(delivery, settlement, START)


async def claim_two_feeds(store: Store) -> None:
    assert len(await store.feeds.claim(START, LEASE, 2)) == 2


async def claim_a_delivery(store: Store) -> None:
    assert len(await store.outbox.claim(START, LEASE, 10)) == 1


async def record_a_failure(store: Store) -> None:
    await store.feeds.settle_failed(1, PollResult(START + MINUTE, error="Down."), START)


async def first_start(store: Store) -> None:
    assert await store.feeds.first_start(START) == START


async def drop_notices(store: Store) -> None:
    await store.notices.claim(START, LEASE, 10, lambda *_: pytest.fail("nobody has a notice"))


COSTS = [
    (one_blog_a_site, claim_two_feeds),
    (one_blog_a_site, record_a_failure),
    (one_blog_a_site, first_start),
    (all_blogs_on_one_site, claim_two_feeds),
    (all_blogs_on_one_site, record_a_failure),
    (blogs_that_nobody_follows, claim_two_feeds),
    (channels_with_a_post_each, claim_a_delivery),
    (channels_with_a_post_each, drop_notices),
]


@pytest.mark.parametrize(("build", "call"), COSTS, ids=lambda each: each.__name__)
async def test_a_call_costs_the_same_with_eight_times_as_much_in_the_database(
    tmp_path: Path,
    build: Callable[[Store, int], Awaitable[None]],
    call: Callable[[Store], Awaitable[None]],
) -> None:
    costs = []
    for size in (25, 200):
        async with await Store.open(tmp_path / f"{size}.db") as store:
            await build(store, size)
            costs.append(await instructions(store, call))

    small, large = costs
    assert large < 1.2 * small


def test_the_post_of_a_message_is_found_by_the_message(planner: sqlite3.Connection) -> None:
    """However many posts the server's channels have."""
    steps = [step for step in steps_of(planner, "traced_by_message") if " delivery " in step]

    assert steps == ["SEARCH delivery USING INDEX delivery_message (message_id=?)"]


def test_a_search_of_posted_messages_looks_each_post_up_in_the_channels(planner: sqlite3.Connection) -> None:
    """However many deliveries a popular post has in other servers."""
    steps = [step for step in steps_of(planner, "hits") if " delivery " in step]

    assert set(steps) == {
        "SEARCH delivery USING INDEX sqlite_autoindex_delivery_1 (channel_id=? AND identity=?)",
    }


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("tags_of_hits", "SEARCH tag USING PRIMARY KEY (entry_id=?)"),
        ("hits_with_tag", "SEARCH tag USING PRIMARY KEY (entry_id=? AND folded=?)"),
        ("have_hits", "SEARCH document USING INTEGER PRIMARY KEY (rowid=?)"),
        ("sample_hits", "SEARCH document USING INTEGER PRIMARY KEY (rowid=?)"),
    ],
)
def test_facets_and_spellings_cost_by_the_hits_and_not_by_the_archive(
    planner: sqlite3.Connection, query: str, key: str
) -> None:
    steps = steps_of(planner, query)

    assert key in steps
    assert not [step for step in steps if re.match("SCAN (tag|entry|document)", step)]
