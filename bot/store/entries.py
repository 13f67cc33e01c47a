"""Writes entries with their keys, tags and deliveries, and indexes them; shared by polls and backfills."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.model import DeliveryState as State
from bot.model import Identified, KnownChange, NewEntry, PlannedDelivery
from bot.store import rows
from bot.store.database import Database, Repository, Transaction, Value, storable
from bot.store.deliveries import settle_found
from bot.store.holds import open_hold
from bot.store.texts import Texts, pack
from bot.text.fold import fold_tag
from bot.text.keys import HINT_KINDS


class Index(Protocol):
    """Makes entries searchable. It is changed by the transactions that write entries."""

    async def put(self, tx: Transaction, entry_ids: Sequence[int]) -> None:
        """Index entries with their tags. They must not be indexed yet; pruned ones are left out."""

    async def drop(self, tx: Transaction, entry_id: int) -> None:
        """Take an entry out of the index, before the entry or its tags change."""


class EntryWriter:
    """Writes entries within the caller's transaction."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def rivals(self, tx: Transaction, feed_id: int, known_up_to: int) -> frozenset[str]:
        """Return the keys of entries that others wrote since the newest known one, without those posts may share."""
        found = await tx.rows("keys_since", feed_id=feed_id, entry_id=known_up_to)
        return frozenset(row["key"] for row in found if not row["key"].startswith(HINT_KINDS))

    async def add(
        self,
        tx: Transaction,
        feed_id: int,
        item: NewEntry,
        rivals: frozenset[str],
        now: datetime,
        due_at: datetime | None = None,
    ) -> int | None:
        """Write a new entry with its keys, tags and deliveries; return its id, None if one of its keys is a rival's.

        `due_at`: when its deliveries are due; None: now. Call `index` when all entries of the transaction are written.
        """
        if not rivals.isdisjoint(map(storable, item.keys)):
            return None
        values = rows.entry_values(item.identified)
        (row,) = await tx.rows("add_entry", **values, identity=item.identity, feed_id=feed_id, now=now)
        entry_id: int = row["id"]
        await put_keys(tx, feed_id, {entry_id: item.keys})
        await _put_tags(tx, entry_id, item.identified)
        await put_deliveries(tx, entry_id, item.deliveries, now, due_at)
        return entry_id

    async def change(self, tx: Transaction, feed_id: int, change: KnownChange, now: datetime) -> None:
        """Write what a document adds to a known entry. Call `index` for those that were edited."""
        if change.edited:
            await self._index.drop(tx, change.entry_id)
            await tx.run("edit_entry", **rows.entry_values(change.identified), id=change.entry_id, now=now)
            await _drop_tags(tx, change.entry_id)
            await _put_tags(tx, change.entry_id, change.identified)
        if change.hints:
            await tx.run("drop_hints", entry_id=change.entry_id)
            await put_keys(tx, feed_id, {change.entry_id: change.hints})
        if change.new_keys:
            await tx.run("readdress_entry", id=change.entry_id, link=change.identified.entry.link)
            await tx.run("add_more_keys", feed_id=feed_id, entry_id=change.entry_id, keys=change.new_keys)
        await put_deliveries(tx, change.entry_id, change.deliveries, now)

    async def index(self, tx: Transaction, entry_ids: Sequence[int]) -> None:
        """Make new and edited entries searchable: once for each transaction, since many together cost less."""
        await self._index.put(tx, entry_ids)

    async def prune(self, tx: Transaction, entry_id: int, now: datetime) -> None:
        """Drop an entry's body and tags, and take it out of the index; its keys and deliveries stay."""
        await self._index.drop(tx, entry_id)
        await _drop_tags(tx, entry_id)
        await tx.run("prune_entry", id=entry_id, texts=pack(Texts()), now=now)


class EntryRepository(Repository):
    """A repository that also writes entries."""

    def __init__(self, database: Database, entries: EntryWriter) -> None:
        super().__init__(database)
        self._entries = entries


async def put_keys(tx: Transaction, feed_id: int, keys: Mapping[int, Sequence[str]]) -> None:
    """Add keys to entries of a feed. `keys`: by entry; they may have some of them already."""
    given: list[dict[str, Value]] = [
        {"feed_id": feed_id, "entry_id": entry_id, "keys": own} for entry_id, own in keys.items()
    ]
    await tx.run_many("add_keys", given)


async def _put_tags(tx: Transaction, entry_id: int, item: Identified) -> None:
    tags: list[dict[str, Value]] = [
        {"entry_id": entry_id, "folded": fold_tag(tag), "tag": tag, "position": position}
        for position, tag in enumerate(item.entry.tags)
    ]
    await tx.run_many("add_tag", tags)


async def _drop_tags(tx: Transaction, entry_id: int) -> None:
    await tx.run("drop_tags", entry_id=entry_id)


async def put_deliveries(
    tx: Transaction,
    entry_id: int,
    deliveries: Sequence[PlannedDelivery],
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    """Owe an entry to channels. `due_at`: when; None: now."""
    values: list[dict[str, Value]] = [
        {
            "subscription_id": delivery.subscription_id,
            "entry_id": entry_id,
            "channel_id": delivery.channel_id,
            "state": State.PENDING if delivery.found else delivery.state,
            "hold_id": await open_hold(tx, delivery.subscription_id, now)
            if delivery.state is State.HELD
            else None,
            "reason": "" if delivery.found else delivery.reason,
            "doubtful_since": delivery.doubtful_since,
            "doubtful_until": delivery.doubtful_until,
            "due_at": due_at or now,
            "now": now,
        }
        for delivery in deliveries
    ]
    await tx.run_many("add_delivery", values)
    for delivery in deliveries:
        if delivery.found is not None:
            await settle_found(tx, entry_id, delivery.channel_id, delivery.found, delivery.reason, now)
