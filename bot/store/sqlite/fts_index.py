"""The full-text index: kept by the transactions that write entries, and caught up where it lags behind them.

All of it is derived from the entries. Where it has to be made anew (after an upgrade, or since words are made in
another way now), the entries are indexed in small steps, newest first, while the bot works.
"""

import asyncio
import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.search.document import build_document
from bot.search.tokens import VERSION
from bot.store.queries import SQL
from bot.store.rows import milliseconds
from bot.store.sqlite.database import Database, Row, Writer

_MERGED = 2
"""Rows that a merge changes at least if there is anything to merge: https://www.sqlite.org/fts5.html#the_merge_command"""


class Index:
    """What keeps the index in shape."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def renew(self) -> None:
        """Begin anew if the index is of another version than the words that are asked for."""
        found = await self._db.read(SQL["index_version"])
        if found and found[0]["value"] == VERSION:
            return

        async def work(writer: Writer) -> None:
            await writer.run(SQL["empty_documents"])
            await writer.run(SQL["empty_index"])
            await writer.run(SQL["set_usermerge"])
            await _set_unindexed(writer, None)
            await writer.run(SQL["set_index_version"], {"version": VERSION})

        await self._db.write(work)

    async def lag(self) -> int:
        """About how many entries are not indexed yet."""
        (row,) = await self._db.read(SQL["count_unindexed"])
        entries: int = row["entries"]
        return entries

    async def catch_up(self, limit: int = 200) -> int:
        """Index so many of the entries that are not yet, and say how many are left, about."""

        async def work(writer: Writer) -> None:
            found = await writer.rows(SQL["unindexed"], {"limit": limit})
            for row in found:
                if not row["is_indexed"]:
                    await put_document(writer, row["id"])
            await _set_unindexed(writer, found[-1]["id"] - 1 if found else 0)

        if await self.lag():
            await self._db.write(work)
        return await self.lag()

    async def prune(self, before: datetime, now: datetime, limit: int = 500) -> int:
        """Drop the bodies, tags and index rows of posts older than this, so many at once; say how many it were.

        Their keys stay, so none of them is ever new again, and so does what is owed.
        """

        async def work(writer: Writer) -> int:
            found = await writer.rows(SQL["prunable"], {"before": milliseconds(before), "limit": limit})
            for row in found:
                await drop_document(writer, row["id"])
                await drop_tags(writer, row["id"])
                await writer.run(SQL["prune_entry"], {"id": row["id"], "now": milliseconds(now)})
            return len(found)

        return await self._db.write(work)

    async def merge(self) -> bool:
        """Do some of the work that keeps searches quick, and say whether there was any.

        A search looks a word up in each of the index's b-trees, of which there are about a dozen without this.
        """

        async def work(writer: Writer) -> bool:
            before = await _changes(writer)
            await writer.run(SQL["merge_index"])
            return await _changes(writer) - before >= _MERGED

        return await self._db.write(work)


async def drop_tags(writer: Writer, entry_id: int) -> None:
    """The entry bears no tags any more. Its document has to be dropped before."""
    await writer.run(SQL["drop_tags"], (entry_id,))


async def put_document(writer: Writer, entry_id: int) -> None:
    """Index an entry as it stands, with its tags; it must not be indexed. A pruned one is left out."""
    row = await _indexable(writer, entry_id)
    if row is None:
        return
    values = {
        "place": row["wanted_place"],
        "entry_id": entry_id,
        "feed_id": row["feed_id"],
        "post": row["post"],
    }
    (added,) = await writer.rows(SQL["add_document"], values)
    await writer.run(SQL["index_words"], await _words(row, added["place"]))


async def drop_document(writer: Writer, entry_id: int) -> None:
    """Take an entry out of the index. Call it before the entry or its tags change: they say what the index has."""
    row = await _indexable(writer, entry_id)
    if row is None or row["place"] is None:
        return
    await writer.run(SQL["unindex_words"], await _words(row, row["place"]))
    await writer.run(SQL["drop_document"], {"place": row["place"]})


async def _indexable(writer: Writer, entry_id: int) -> Row | None:
    return await writer.row(SQL["indexable"], {"id": entry_id})


async def _words(row: Row, place: int) -> dict[str, Any]:
    """The row of the index; made in a thread, since a long text takes a while."""
    made = await asyncio.to_thread(
        build_document,
        row["title"],
        row["text"],
        json.loads(row["tags"]),
        json.loads(row["authors"]),
        row["feed_id"],
    )
    return {**asdict(made), "place": place}


async def _changes(writer: Writer) -> int:
    (row,) = await writer.rows(SQL["total_changes"])
    changes: int = row["changes"]
    return changes


async def _set_unindexed(writer: Writer, up_to: int | None) -> None:
    await writer.run(SQL["set_unindexed"], {"up_to": up_to})
