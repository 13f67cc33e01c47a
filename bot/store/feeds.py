"""Feeds and the seen-table: what a poll reads and writes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.model import (
    SAMPLE_LENGTH,
    Feed,
    Identified,
    Known,
    KnownEntry,
    Move,
    NoticeKind,
    Plan,
    PollResult,
    ReadItems,
    RecordResult,
    SiteBudget,
    StoredItem,
    Subscription,
)
from bot.model import DeliveryState as State
from bot.store import rows
from bot.store.database import Reader, Transaction, lane_attempt, long_transaction, transaction
from bot.store.deliveries import read_found
from bot.store.entries import EntryRepository, EntryWriter
from bot.store.notices import add_feed_notice
from bot.store.texts import start_length
from bot.text.address import label_of

_UNCHANGED = dict.fromkeys(("etag", "last_modified", "body_hash"))
"""Values for a response without validators: NULL keeps the stored ones."""

MAX_HOLDERS = 8
"""Known posts with one key that a poll compares with an entry: the newest, since a placeholder may be on thousands."""


class PlanOutdated(Exception):
    """A subscription is new, or has changed or got its baseline, since the plan was made, so it must be made again."""


class Feeds(EntryRepository):
    """What polls read and write."""

    @transaction
    async def set_budgets(self, tx: Transaction, budget: Callable[[str], SiteBudget]) -> None:
        """Give every known site the budget of this run."""
        for row in await tx.rows("sites"):
            wanted = budget(row["domain"])
            if wanted != SiteBudget(row["max_concurrent"], row["spacing"] * rows.MILLISECOND):
                await put_site(tx, row["domain"], wanted)

    async def claim(
        self,
        now: datetime,
        lease: timedelta,
        limit: int,
        polling: Sequence[int] = (),
        seat: int = 0,
    ) -> list[Feed]:
        """Claim feeds that are due, within their sites' budgets; nobody else gets them until the lease ends.

        `polling`: the ids of the feeds that the caller still polls; they are not claimed again. `seat`: the caller's
        seat among the processes that poll; 0: there are no others. If a crash undoes the claim, a feed is polled twice.
        """
        return await self._db.attempt(
            lambda tx: _claim(tx, now, lease, limit, polling, seat), alone=False, durable=False
        )

    @lane_attempt
    async def take_back_unpolled(
        self, tx: Transaction, until: datetime, polling: Sequence[int], seat: int = 0
    ) -> int:
        """End the caller's leases that end by `until`, except for `polling`; return how many."""
        return await tx.run("take_back_unpolled", until=until, polling=polling, seat=seat)

    @transaction
    async def poll_all(self, tx: Transaction, now: datetime) -> None:
        """Make every active feed due."""
        await tx.run("poll_all", now=now)

    async def first_start(self, now: datetime) -> datetime | None:
        """Return when the first feed that is due may be polled, unless its site cools down; None: none is due."""
        row = await self._db.row("first_start", now=now)
        return None if row is None else rows.required(row["due_at"])

    async def next_poll(self, now: datetime) -> datetime | None:
        """Return when a feed that can't be claimed now may become claimable; None: when a poll or a backfill ends."""
        (row,) = await self._db.rows("next_poll", now=now)
        return rows.moment(row["start_at"])

    async def cooldowns(self, now: datetime) -> dict[str, datetime]:
        """Return the sites that have due feeds but asked for a pause, with the end of each pause."""
        found = await self._db.rows("cooling_sites", now=now)
        return {row["domain"]: rows.required(row["cooldown_until"]) for row in found}

    @transaction
    async def release(self, tx: Transaction) -> None:
        """Take back every claim. Call it at the start, when no other process can be polling."""
        await tx.run("release_feeds")

    async def claiming_seats(self) -> list[int]:
        """Return the seats of the processes that have claimed feeds or pages of their histories."""
        return sorted({row["leased_by"] for row in await self._db.rows("claiming_seats")})

    @transaction
    async def take_back(self, tx: Transaction, seats: Sequence[int]) -> int:
        """Release what these processes, which no longer run, had claimed: feeds and pages; return how many."""
        return await tx.run("take_back_feeds", seats=seats) + await tx.run("take_back_backfills", seats=seats)

    @transaction
    async def unclaim(self, tx: Transaction, feed_id: int) -> None:
        """Give one feed back without a poll."""
        await tx.run("release_feed", id=feed_id)

    async def known(self, feed_id: int, document: Sequence[Identified]) -> Known:
        """Return the known posts that a document's entries may be, by each key that both have."""
        return await self._db.read(lambda reader: read_known(reader, feed_id, document))

    async def planned_with(
        self, feed_id: int, document: Sequence[Identified]
    ) -> tuple[Known, list[Subscription]]:
        """Return what the plan for a document depends on: the known posts, and the subscriptions to the feed."""
        return await self._db.read(lambda reader: _read_planned_with(reader, feed_id, document))

    async def items(self, feed_id: int, frame: str, hashes: Sequence[str]) -> list[StoredItem]:
        """Return the items of the feed's last documents that have these hashes, if `frame` surrounds them."""
        # On the database's thread, since texts are unpacked.
        return await self._db.read(lambda reader: _read_items(reader, feed_id, frame, hashes))

    @long_transaction
    async def record(
        self, tx: Transaction, feed_id: int, plan: Plan, result: PollResult, now: datetime
    ) -> RecordResult:
        """Write a plan and the result of its poll in one transaction: keys, entries, tags, deliveries, feed state.

        An entry is dropped, with its deliveries, if someone else wrote a post with one of its keys since the plan was
        made: two pollers never post twice. If the poll lost its claim, the posts are written, but not the feed's state.
        Raises PlanOutdated if a subscription is new, or has changed or got its baseline, meanwhile.
        """
        if await _is_outdated(tx, feed_id, plan):
            raise PlanOutdated
        recorded = await write_plan(tx, self._entries, feed_id, plan, now)
        was_claimed = await _record_success(tx, feed_id, result, recorded.new, now)
        if was_claimed and result.items is not None:
            await _record_items(tx, feed_id, result.items, recorded)
        return recorded

    async def settle_unchanged(self, feed_id: int, result: PollResult, now: datetime) -> bool:
        """Record a poll that found nothing new; alone if it found a new address, which may be that of another feed.

        Writes nothing and returns False if the poll lost its claim. If a crash undoes it, the feed is polled again.
        """
        has_moved = result.move is not None
        return await self._db.transact(
            lambda tx: _record_success(tx, feed_id, result, 0, now), alone=has_moved, durable=has_moved
        )

    async def settle_failed(self, feed_id: int, result: PollResult, now: datetime) -> bool:
        """Record a poll that failed: the feed backs off, and its site cools down if it asked for that.

        Writes nothing and returns False if the poll lost its claim. If a crash undoes it, the feed is polled again.
        """
        return await self._db.transact(
            lambda tx: _record_failure(tx, feed_id, result, now), alone=False, durable=False
        )


async def _claim(
    tx: Transaction, now: datetime, lease: timedelta, limit: int, polling: Sequence[int], seat: int
) -> list[Feed]:
    claimed: list[Feed] = []
    while (room := limit - len(claimed)) and (
        found := await _claim_some(tx, now, lease, room, polling, seat)
    ):
        claimed += found
    return claimed


async def _claim_some(
    tx: Transaction, now: datetime, lease: timedelta, limit: int, polling: Sequence[int], seat: int
) -> list[Feed]:
    """Claim feeds of each due site: one where starts are spaced, since the next one may only be claimed later."""
    claimed = await tx.rows(
        "claim_feeds", now=now, lease=now + lease, limit=limit, polling=polling, seat=seat
    )
    found = sorted(map(rows.feed, claimed), key=lambda feed: feed.id)
    if found:
        await tx.run("space_sites", now=now, sites=[feed.site for feed in found])
    return found


async def _is_outdated(reader: Reader, feed_id: int, plan: Plan) -> bool:
    """Return whether the plan would miss a subscription, post to its former channel, or be its second baseline."""
    if plan.planned_for is None:
        return False
    planned = {each.id: each for each in plan.planned_for}
    current = await read_subscriptions(reader, feed_id)
    return any(planned.get(each.id) != each for each in current)


async def _read_items(reader: Reader, feed_id: int, frame: str, hashes: Sequence[str]) -> list[StoredItem]:
    found = await reader.rows("stored_items", feed_id=feed_id, frame=frame, hashes=hashes)
    return [rows.stored_item(row) for row in found]


async def _read_planned_with(
    reader: Reader, feed_id: int, document: Sequence[Identified]
) -> tuple[Known, list[Subscription]]:
    return await read_known(reader, feed_id, document), await read_subscriptions(reader, feed_id)


async def read_known(reader: Reader, feed_id: int, document: Sequence[Identified]) -> Known:
    """Return the known posts that a document's entries may be, by each key that both have."""
    newest = await reader.row("newest_entry", feed_id=feed_id)
    keys = list(dict.fromkeys(key for item in document for key in item.all_keys))
    holders = await reader.rows("holders", feed_id=feed_id, keys=keys, holders=MAX_HOLDERS)
    found = await reader.rows(
        "known",
        ids=list(dict.fromkeys(row["entry_id"] for row in holders)),
        sample=SAMPLE_LENGTH,
        packed_sample=start_length(SAMPLE_LENGTH),
    )
    entries = {row["entry_id"]: rows.known(row) for row in found}
    by_key: dict[str, list[KnownEntry]] = {}
    for row in holders:
        by_key.setdefault(row["key"], []).append(entries[row["entry_id"]])
    return Known(by_key, newest["id"] if newest else 0)


async def read_subscriptions(reader: Reader, feed_id: int) -> list[Subscription]:
    """Return the subscriptions to a feed; after a restore, with what their channels show about the lost time."""
    found = await reader.rows("subscriptions_of", feed_id=feed_id)
    return [
        rows.subscription(row)
        if row["copied_at"] is None
        else replace(
            rows.subscription(row), past=rows.channel_past(row, await read_found(reader, row["channel_id"]))
        )
        for row in found
    ]


async def write_plan(
    tx: Transaction, entries: EntryWriter, feed_id: int, plan: Plan, now: datetime
) -> RecordResult:
    """Write what a document changes, without the feed's own state."""
    rivals = await entries.rivals(tx, feed_id, plan.known_up_to) if plan.new else frozenset()
    added = {
        # The older the post, the earlier it is due: every channel gets it before any gets the next one.
        item: await entries.add(tx, feed_id, item, rivals, now, now + place * rows.MILLISECOND)
        for place, item in enumerate(plan.new, 1 - len(plan.new))
    }
    kept = {item: entry_id for item, entry_id in added.items() if entry_id is not None}
    for change in plan.known:
        await entries.change(tx, feed_id, change, now)
    edited = [change.entry_id for change in plan.known if change.edited]
    await entries.index(tx, [*kept.values(), *edited])
    await tx.run("baselined", ids=plan.baselined)
    owed = [delivery for item in kept for delivery in item.deliveries]
    owed += [delivery for change in plan.known for delivery in change.deliveries]
    return RecordResult(
        new=len(kept),
        edited=len(edited),
        deliveries=sum(delivery.state is State.PENDING for delivery in owed),
        held=sum(delivery.state is State.HELD for delivery in owed),
        entry_ids={**plan.entry_ids, **{item.identified: entry_id for item, entry_id in kept.items()}},
    )


async def put_site(tx: Transaction, domain: str, budget: SiteBudget) -> None:
    """Add a site with its budget, or update the budget."""
    await tx.run("put_site", domain=domain, max_concurrent=budget.max_concurrent, spacing=budget.spacing)


async def put_address(tx: Transaction, url: str, feed_id: int) -> None:
    """Make an address lead to a feed, unless it leads to another one."""
    await tx.run("add_address", url=url, feed_id=feed_id)


async def cool_down_site(tx: Transaction, feed_id: int, until: datetime | None) -> None:
    """Pause requests to the feed's whole site until then; None: do nothing."""
    if until is not None:
        await tx.run("cool_down_site", id=feed_id, until=until)


async def _rest_site(tx: Transaction, feed_id: int, until: datetime | None) -> None:
    if until is not None:
        await tx.run("rest_site", id=feed_id, until=until)


async def _move(tx: Transaction, feed_id: int, move: Move, now: datetime) -> None:
    await put_site(tx, move.site, move.budget)
    label = label_of(move.url)
    if await tx.run("move_feed", id=feed_id, url=move.url, label=label, site=move.site):
        await add_feed_notice(tx, NoticeKind.FEED_MOVED, feed_id, label, now)
    await put_address(tx, move.url, feed_id)


async def _record_items(tx: Transaction, feed_id: int, read: ReadItems, recorded: RecordResult) -> None:
    """Store which entries the document's items are. Others are parsed again if the next document has them."""
    ids = recorded.entry_ids
    known = [rows.item_values(item, ids[item.identified]) for item in read.items if item.identified in ids]
    await tx.run("put_items", feed_id=feed_id, frame=read.frame, items=rows.as_json(known))


async def _record_failure(tx: Transaction, feed_id: int, result: PollResult, now: datetime) -> bool:
    was_claimed = await tx.run(
        "record_failure",
        id=feed_id,
        error=result.error,
        ended=result.ended,
        next_poll_at=result.next_poll_at,
        parse_time=result.parse_time,
        lease=result.leased_until,
        now=now,
    )
    if not was_claimed:
        return False
    await _rest_site(tx, feed_id, result.site_rest_until)
    if await tx.rows("report_failure", id=feed_id, ended=result.ended, now=now):
        kind = NoticeKind.FEED_ENDED if result.ended else NoticeKind.FEED_BROKEN
        await add_feed_notice(tx, kind, feed_id, result.error, now)
    await cool_down_site(tx, feed_id, result.cooldown_until)
    return True


async def _record_success(tx: Transaction, feed_id: int, result: PollResult, new: int, now: datetime) -> bool:
    validators = rows.columns(result.validators) if result.validators else _UNCHANGED
    recorded = await tx.row(
        "record_success",
        id=feed_id,
        **validators,
        title=result.title,
        link=result.link,
        new=new,
        torn=result.torn,
        left_out=result.left_out,
        full=result.full,
        parse_time=result.parse_time,
        items_hash=result.items_hash,
        ttl=result.ttl,
        now=now,
        next_poll_at=result.next_poll_at,
        lease=result.leased_until,
    )
    if recorded is None:
        return False
    if recorded["failure_reported"]:
        await tx.run("report_recovery", id=feed_id)
        await add_feed_notice(tx, NoticeKind.FEED_RECOVERED, feed_id, "", now)
    await _rest_site(tx, feed_id, result.site_rest_until)
    if result.move is not None:
        await _move(tx, feed_id, result.move, now)
    return True
