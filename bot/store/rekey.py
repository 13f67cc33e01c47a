"""Rebuild the keys of stored entries after an upgrade that gives the same entries other keys.

This is finished before the first poll: a poll that misses a key would post an old entry again.
"""

from itertools import count, groupby
from operator import itemgetter

import structlog

from bot.store import rows
from bot.store.database import Reader, Repository, Row, Transaction, long_transaction
from bot.store.entries import put_keys
from bot.text.keys import VERSION, Site, hints, post_keys

log = structlog.get_logger(__name__)

STEP = 500
"""Entries per transaction."""


class Rekeying(Repository):
    """Adds the keys that today's version makes; earlier keys stay."""

    async def is_finished(self) -> bool:
        """Return whether no key is missing."""
        return await _progress(self._db) is None

    async def finish(self) -> None:
        """Make all keys that are missing, in steps; after a crash it continues where it was.

        If none is missing, it only reads: commands open the database while the bot writes.
        """
        if await self.is_finished():
            return
        for step in count():
            if await self._step():
                return
            if step == 1:  # a small database is done before anyone could read this
                log.info("preparing stored posts", until_then="no feed is polled")

    @long_transaction
    async def _step(self, tx: Transaction) -> bool:
        """Return whether nothing is left."""
        last = await _progress(tx)
        if last is None:
            return True
        found = await tx.rows("entries_to_rekey", after=last, limit=STEP)
        for feed_id, rows_of_feed in groupby(found, key=itemgetter("feed_id")):
            await put_keys(tx, feed_id, {row["id"]: _keys(row) for row in rows_of_feed})
        await tx.run("set_rekeyed", value=f"{VERSION} {found[-1]['id'] if found else 'all'}")
        return False


async def _progress(reader: Reader) -> int | None:
    """Return the id of the last entry that has its keys, 0 before the first; None if all have."""
    done = await reader.row("rekeyed")
    version, _, last = (done["value"] if done else "").partition(" ")
    if version != VERSION:
        return 0
    return None if last == "all" else int(last)


def _keys(row: Row) -> list[str]:
    """Return the keys of an entry; those of the words of a pruned one can no longer be made."""
    entry = rows.entry(row)
    keys = post_keys(entry, Site(row["site_link"], row["feed_url"]))
    return list(keys[:-1]) if row["pruned_at"] is not None else [*keys, *hints(entry)]
