"""Feeds, their entries and the seen-table: what a poll reads and writes."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.model import DeliveryState as State
from bot.model import (
    Feed,
    Identified,
    KnownChange,
    KnownEntry,
    Move,
    NewEntry,
    NoticeKind,
    Plan,
    PlannedDelivery,
    PollResult,
    Recorded,
    SiteBudget,
    Subscription,
)
from bot.store import rows
from bot.store.holds import open_hold
from bot.store.notices import tell_of_feed
from bot.store.queries import SQL
from bot.store.rows import as_json, milliseconds
from bot.store.sqlite.database import Database, Writer
from bot.store.sqlite.fts_index import drop_document, drop_tags, put_document
from bot.text.canonical import label_of
from bot.text.fold import fold_tag


class Feeds:
    """What a poll needs of the store."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def set_budgets(self, budget: Callable[[str], SiteBudget]) -> None:
        """Give every known site the budget of this run."""

        async def work(writer: Writer) -> None:
            for row in await writer.rows(SQL["sites"]):
                await put_site(writer, row["domain"], budget(row["domain"]))

        await self._db.write(work)

    async def claim(self, now: datetime, lease: timedelta, limit: int) -> list[Feed]:
        """The feeds that are due and whose sites admit it; nobody else gets them until the lease ends."""

        async def work(writer: Writer) -> list[Feed]:
            parameters = {"now": milliseconds(now), "lease": milliseconds(now + lease), "limit": limit}
            claimed = [rows.feed(row) for row in await writer.rows(SQL["claim_feeds"], parameters)]
            if claimed:
                sites = as_json([feed.site for feed in claimed])
                await writer.run(SQL["space_sites"], {"now": parameters["now"], "sites": sites})
            return claimed

        return await self._db.write(work)

    async def poll_all(self, now: datetime) -> None:
        """Make every feed due."""
        await self._db.write(lambda writer: writer.run(SQL["poll_all"], {"now": milliseconds(now)}))

    async def waiting(self, now: datetime) -> tuple[int, datetime]:
        """How many feeds are due but not polled yet, and when the first of them may be."""
        (row,) = await self._db.read(SQL["waiting_feeds"], {"now": milliseconds(now)})
        return row["feeds"], rows.moment(row["first_at"]) or now

    async def resting(self, now: datetime) -> dict[str, datetime]:
        """Sites with due feeds that asked for rest, and until when they have it."""
        found = await self._db.read(SQL["resting_sites"], {"now": milliseconds(now)})
        return {row["domain"]: rows.required(row["cool_until"]) for row in found}

    async def release(self) -> None:
        """Take back every claim: call it at the start, when no one else can be polling."""
        await self._db.write(lambda writer: writer.run(SQL["release_feeds"]))

    async def unclaim(self, feed_id: int) -> None:
        """Give one feed back unpolled."""
        await self._db.write(lambda writer: writer.run(SQL["release_feed"], (feed_id,)))

    async def known(self, feed_id: int, document: Sequence[Identified]) -> dict[str, KnownEntry]:
        """What the seen-table knows of a document's keys, those included that its entries share; a key that is missing
        was never met.
        """
        keys = as_json([rows.whole(key) for item in document for key in (*item.keys, *item.shared_keys)])
        found = await self._db.read(SQL["known"], {"feed_id": feed_id, "keys": keys})
        return {
            row["key"]: KnownEntry(
                row["entry_id"] or 0, row["fingerprint"] or "", shared=row["entry_id"] is None
            )
            for row in found
        }

    async def subscriptions(self, feed_id: int) -> list[Subscription]:
        """Who follows a feed."""
        return [rows.subscription(row) for row in await self._db.read(SQL["subscriptions_of"], (feed_id,))]

    async def record(self, feed_id: int, plan: Plan, result: PollResult, now: datetime) -> Recorded:
        """Write a plan and what its poll leaves at the feed, in one transaction: seen keys, entries, tags, deliveries,
        feed state.

        An entry whose keys someone else wrote meanwhile is dropped, and so are its deliveries: two pollers never post
        twice.
        """

        async def work(writer: Writer) -> Recorded:
            kept = [item for item in plan.new if await add_entry(writer, feed_id, item, now)]
            for change in plan.known:
                await _change(writer, feed_id, change, now)
            owed = [delivery for item in kept for delivery in item.deliveries]
            owed += [delivery for change in plan.known for delivery in change.deliveries]
            await see_shared(writer, feed_id, plan.shared_keys)
            await writer.run(SQL["baselined"], (as_json(plan.baselined),))
            await _settle_good(writer, feed_id, result, len(kept), now)
            return Recorded(
                new=len(kept),
                edited=sum(change.edited for change in plan.known),
                deliveries=sum(delivery.state is State.PENDING for delivery in owed),
                held=sum(delivery.state is State.HELD for delivery in owed),
            )

        return await self._db.write(work)

    async def settle_unchanged(self, feed_id: int, result: PollResult, now: datetime) -> None:
        """A poll that brought nothing new."""
        await self._db.write(lambda writer: _settle_good(writer, feed_id, result, 0, now))

    async def settle_failed(self, feed_id: int, result: PollResult, now: datetime) -> None:
        """A poll that failed: the feed backs off, and its site rests if it asked for it."""

        async def work(writer: Writer) -> None:
            parameters = {
                "id": feed_id,
                "error": rows.whole(result.error),
                "ended": result.ended,
                "next_poll_at": milliseconds(result.next_poll_at),
                "now": milliseconds(now),
            }
            await writer.run(SQL["settle_failed_poll"], parameters)
            await _tell_of_failure(writer, feed_id, result, now)
            if result.cooldown_until is not None:
                await cool_site(writer, feed_id, result.cooldown_until)

        await self._db.write(work)


async def put_site(writer: Writer, domain: str, budget: SiteBudget) -> None:
    """Make sure that a site is there with this budget."""
    spacing = budget.spacing // timedelta(milliseconds=1)
    await writer.run(
        SQL["put_site"], {"domain": domain, "at_once": budget.max_concurrent, "spacing": spacing}
    )


async def put_address(writer: Writer, url: str, feed_id: int) -> None:
    """Let an address lead to a feed, unless it leads to another."""
    await writer.run(SQL["add_address"], {"url": url, "feed_id": feed_id})


async def cool_site(writer: Writer, feed_id: int, until: datetime) -> None:
    """Let the feed's whole site rest."""
    await writer.run(SQL["cool_site"], {"id": feed_id, "until": milliseconds(until)})


async def add_entry(writer: Writer, feed_id: int, item: NewEntry, now: datetime) -> bool:
    """Write a new entry with its keys, tags and deliveries; False if it turned out to be known."""
    values = {
        **rows.entry_values(item.identified),
        "identity": rows.whole(item.identity),
        "feed_id": feed_id,
        "now": milliseconds(now),
    }
    (row,) = await writer.rows(SQL["add_entry"], values)
    entry_id: int = row["id"]
    keys = [rows.whole(key) for key in item.keys]
    seen = await writer.rows(SQL["see"], {"feed_id": feed_id, "entry_id": entry_id, "keys": as_json(keys)})
    if len(seen) < len(set(keys)):
        await writer.run(SQL["drop_entry"], (entry_id,))
        return False
    await _put_tags(writer, entry_id, item.identified)
    await put_document(writer, entry_id)
    await _put_deliveries(writer, entry_id, item.deliveries, now)
    return True


async def _change(writer: Writer, feed_id: int, change: KnownChange, now: datetime) -> None:
    if change.edited:
        values = {**rows.entry_values(change.identified), "id": change.entry_id, "now": milliseconds(now)}
        await drop_document(writer, change.entry_id)
        await writer.run(SQL["edit_entry"], values)
        await drop_tags(writer, change.entry_id)
        await _put_tags(writer, change.entry_id, change.identified)
        await put_document(writer, change.entry_id)
    if change.new_keys:
        keys = as_json([rows.whole(key) for key in change.new_keys])
        await writer.run(SQL["see_more"], {"feed_id": feed_id, "entry_id": change.entry_id, "keys": keys})
    await _put_deliveries(writer, change.entry_id, change.deliveries, now)


async def see_shared(writer: Writer, feed_id: int, keys: Sequence[str]) -> None:
    """Let these keys identify nothing in this feed, from now on."""
    if keys:
        stored = as_json([rows.whole(key) for key in keys])
        await writer.run(SQL["see_shared"], {"feed_id": feed_id, "keys": stored})


async def _put_tags(writer: Writer, entry_id: int, item: Identified) -> None:
    tags = [
        (entry_id, rows.whole(fold_tag(tag)), rows.whole(tag), position)
        for position, tag in enumerate(item.entry.tags)
    ]
    await writer.run_many(SQL["add_tag"], tags)


async def _put_deliveries(
    writer: Writer, entry_id: int, deliveries: Sequence[PlannedDelivery], now: datetime
) -> None:
    owed = [
        {
            "subscription_id": delivery.subscription_id,
            "entry_id": entry_id,
            "channel_id": delivery.channel_id,
            "state": delivery.state,
            "hold_id": await open_hold(writer, delivery.subscription_id, now)
            if delivery.state is State.HELD
            else None,
            "reason": delivery.reason,
            "now": milliseconds(now),
        }
        for delivery in deliveries
    ]
    await writer.run_many(SQL["add_delivery"], owed)


async def _move(writer: Writer, feed_id: int, move: Move, now: datetime) -> None:
    await put_site(writer, move.site, move.budget)
    label = label_of(move.url)
    moved = {"id": feed_id, "url": move.url, "label": label, "site": move.site}
    if await writer.run(SQL["move_feed"], moved):
        await tell_of_feed(writer, NoticeKind.FEED_MOVED, feed_id, label, now)
    await put_address(writer, move.url, feed_id)


async def _tell_of_failure(writer: Writer, feed_id: int, result: PollResult, now: datetime) -> None:
    values = {"id": feed_id, "ended": result.ended, "now": milliseconds(now)}
    if await writer.rows(SQL["tell_broken"], values):
        kind = NoticeKind.FEED_ENDED if result.ended else NoticeKind.FEED_BROKEN
        await tell_of_feed(writer, kind, feed_id, result.error, now)


async def _tell_of_recovery(writer: Writer, feed_id: int, now: datetime) -> None:
    (feed,) = await writer.rows(SQL["told_broken"], (feed_id,))
    if feed["told_broken"]:
        await tell_of_feed(writer, NoticeKind.FEED_RECOVERED, feed_id, "", now)


async def _settle_good(writer: Writer, feed_id: int, result: PollResult, new: int, now: datetime) -> None:
    validators = result.validators
    await _tell_of_recovery(writer, feed_id, now)
    if result.move is not None:
        await _move(writer, feed_id, result.move, now)
    await writer.run(
        SQL["settle_good_poll"],
        {
            "id": feed_id,
            "etag": validators.etag if validators else None,
            "last_modified": validators.last_modified if validators else None,
            "body_hash": validators.body_hash if validators else None,
            "title": rows.whole(result.title),
            "link": rows.whole(result.link),
            "new": new,
            "now": milliseconds(now),
            "next_poll_at": milliseconds(result.next_poll_at),
        },
    )
