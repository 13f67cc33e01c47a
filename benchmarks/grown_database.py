"""A database of many short posts. The bot's own code writes each feed and its first post; SQL copies the posts.

With the bot's code, a million posts would take an hour. The copies have their keys and their place in the index, but no
tags, and only their title can be searched.
"""

import asyncio
import random
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from shutil import copyfile

from benchmarks.feed_documents import FIRST_POST, sentence
from benchmarks.search_archive import without_threads
from bot.app import clock
from bot.model import ChannelDeclaration, Entry, FeedDeclaration, PollResult, PostSettings, SiteBudget
from bot.relay.identity import identify
from bot.relay.plan import plan
from bot.source.http.site import site_of
from bot.store.store import Store

_BUDGET = SiteBudget(max_concurrent=2, spacing=timedelta())
_NEXT_POLL = timedelta(days=365)
_SENTENCES = 4


def feed_url(number: int) -> str:
    """Return a feed's address."""
    return f"http://garden-{number}.example/feed"


def build(path: Path, feeds: int, entries: int, channels: Sequence[int]) -> None:
    """Write a database whose feeds are followed by these channels in turn, and are not due for a year.

    `entries`: a multiple of `feeds`.
    """
    with without_threads():
        asyncio.run(_build(path, feeds, channels))
    with closing(sqlite3.connect(path)) as database:
        for number in range(1, entries // feeds):
            _copy(database, feeds, number)
        database.execute("PRAGMA optimize")


def follow_by_discord(path: Path, copy: Path) -> None:
    """Copy a database, with its feeds followed by commands instead of the config file."""
    copyfile(path, copy)
    with closing(sqlite3.connect(copy)) as database, database:
        database.execute("UPDATE subscription SET origin = 'discord'")


async def _build(path: Path, feeds: int, channels: Sequence[int]) -> None:
    async with await Store.open(path) as store:
        declared = [
            FeedDeclaration(
                feed_url(number), channels=(ChannelDeclaration(channels[number % len(channels)]),)
            )
            for number in range(feeds)
        ]
        await store.subscriptions.sync(declared, site_of, lambda _: _BUDGET, clock())
        for number in range(feeds):
            await _record(store, number)
        while await store.index.catch_up():
            pass


async def _record(store: Store, feed: int) -> None:
    """Record a feed's first poll, the baseline. A feed's id is its number plus one."""
    now, feed_id = clock(), feed + 1
    items = identify([_entry(feed)], "", feed_url(feed))
    known, subscriptions = await store.feeds.planned_with(feed_id, items)
    decided = plan(feed_id, items, known, subscriptions, PostSettings(), now)
    await store.feeds.record(feed_id, decided, PollResult(now + _NEXT_POLL, title=f"Garden {feed}"), now)


def _copy(database: sqlite3.Connection, feeds: int, number: int) -> None:
    """Copy the first entry of each feed, with its keys and its document. Their ids are 1 to `feeds`."""
    mark, first = f"/copy-{number}", number * feeds
    changes = {name: f"{name} || '{mark}'" for name in ("identity", "guid", "link")}
    with database:
        _insert(database, "entry", changes | {"id": f"id + {first}"}, f"WHERE id <= {feeds}")
        _insert(
            database,
            "seen",
            {"key": f"key || '{mark}'", "entry_id": f"entry_id + {first}"},
            f"WHERE entry_id <= {feeds}",
        )
        moved = {"docid": f"docid + {number}"} | {
            name: f"{name} + {first}" for name in ("entry_id", "post_id")
        }
        _insert(database, "document", moved, f"WHERE entry_id <= {feeds}")
        database.execute(
            "INSERT INTO search (rowid, title, feed) SELECT d.docid, lower(e.title), d.feed_id"
            " FROM document AS d JOIN entry AS e ON e.id = d.entry_id WHERE d.entry_id BETWEEN ? AND ?",
            (first + 1, first + feeds),
        )


def _insert(database: sqlite3.Connection, table: str, changes: Mapping[str, str], where: str) -> None:
    """Insert copies of rows. `changes`: the expressions of the columns that differ."""
    columns = [row[1] for row in database.execute(f"PRAGMA table_info ({table})")]
    values = ", ".join(changes.get(name, name) for name in columns)
    database.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} {where}")  # noqa: S608 - our own names


def _entry(feed: int) -> Entry:
    dice = random.Random(feed)
    text = " ".join(sentence(dice) for _ in range(_SENTENCES))
    link = f"http://garden-{feed}.example/post"
    return Entry(
        guid=link,
        link=link,
        title=f"Bed of garden {feed}",
        content=f"<p>{text}</p>",
        text=text,
        authors=(f"Gardener {feed % 40}",),
        tags=("garden", f"bed {feed % 7}"),
        published=FIRST_POST + timedelta(minutes=30 * feed),
    )
