"""The full-text index: updated by the transactions that write entries, and filled step by step where it is behind.

Everything in it is derived from the entries. When it must be rebuilt (after an upgrade, or because tokens changed), the
entries are indexed in small steps, newest first, while the bot works.
"""

import json
from dataclasses import asdict

from bot.search.document import build_document
from bot.search.tokens import VERSION
from bot.store import rows
from bot.store.database import Repository, Row, Transaction, Value, transaction
from bot.store.entries import Index

_MERGED = 2
"""A merge that had work changes at least this many rows: https://www.sqlite.org/fts5.html#the_merge_command"""


class FtsIndex(Repository, Index):
    """Keeps the index up to date."""

    async def is_current(self) -> bool:
        """Return whether the index holds this version of tokens."""
        found = await self._db.row("index_version")
        return found is not None and found["value"] == VERSION

    async def renew(self) -> None:
        """Start to rebuild the index if it holds another version of tokens."""
        if not await self.is_current():
            await self._clear()

    @transaction
    async def _clear(self, tx: Transaction) -> None:
        await tx.run("empty_documents")
        await tx.run("empty_index")
        await tx.run("set_usermerge")
        await _set_unindexed(tx, None)
        await tx.run("set_index_version", version=VERSION)

    async def lag(self) -> int:
        """Return about how many entries are not indexed yet."""
        (row,) = await self._db.rows("count_unindexed")
        return int(row["entries"])

    async def catch_up(self, limit: int = 200) -> int:
        """Index at most `limit` entries that are not indexed yet; return about how many are left."""
        if await self.lag():
            await self._catch_up(limit)
        return await self.lag()

    @transaction
    async def _catch_up(self, tx: Transaction, limit: int) -> None:
        found = await tx.rows("unindexed", limit=limit)
        for row in found:
            if not row["is_indexed"]:
                await self.put(tx, row["id"])
        await _set_unindexed(tx, found[-1]["id"] - 1 if found else 0)

    @transaction
    async def merge(self, tx: Transaction) -> bool:
        """Do some of the work that keeps searches quick; return whether there was any.

        A search looks a word up in each of the index's b-trees, of which there are about a dozen without this.
        """
        before = await _changes(tx)
        await tx.run("merge_index")
        return await _changes(tx) - before >= _MERGED

    async def put(self, tx: Transaction, entry_id: int) -> None:
        """See Index."""
        row = await _indexable(tx, entry_id)
        if row is None:
            return
        (added,) = await tx.rows(
            "add_document",
            docid=row["wanted_docid"],
            entry_id=entry_id,
            feed_id=row["feed_id"],
            post_id=row["post_id"],
        )
        await tx.run("index_words", docid=added["docid"], **_words(row))

    async def drop(self, tx: Transaction, entry_id: int) -> None:
        """See Index: the entry and its tags show what the index has of it."""
        row = await _indexable(tx, entry_id)
        if row is None or row["docid"] is None:
            return
        await tx.run("unindex_words", docid=row["docid"], **_words(row))
        await tx.run("drop_document", docid=row["docid"])


async def _indexable(tx: Transaction, entry_id: int) -> Row | None:
    return await tx.row("indexable", id=entry_id)


def _words(row: Row) -> dict[str, Value]:
    """Return the columns of the index."""
    made = build_document(
        row["title"],
        rows.text(row),
        json.loads(row["tags"]),
        json.loads(row["authors"]),
        row["feed_id"],
    )
    return asdict(made)


async def _changes(tx: Transaction) -> int:
    (row,) = await tx.rows("total_changes")
    return int(row["changes"])


async def _set_unindexed(tx: Transaction, up_to: int | None) -> None:
    await tx.run("set_unindexed", up_to=up_to)
