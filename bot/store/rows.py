"""Turn rows into values: the one place that knows how values are stored."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from bot.model import (
    ArchivedEntry,
    Backfill,
    BackfillProgress,
    BackfillState,
    Bookmark,
    Decision,
    Delivery,
    DeliveryState,
    Entry,
    Feed,
    FeedStatus,
    Hold,
    Identified,
    Media,
    MediaKind,
    Notice,
    NoticeKind,
    Publication,
    Rule,
    SearchHit,
    SearchRequest,
    Style,
    Subscription,
    Trace,
    TracedDelivery,
    Validators,
)
from bot.store.database import Row, Value

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def milliseconds(moment: datetime) -> int:
    """Return a moment as stored."""
    return (moment - _EPOCH) // MILLISECOND


def moment(stored: int | None) -> datetime | None:
    """Return a stored moment, in aware UTC."""
    return None if stored is None else required(stored)


def required(stored: int) -> datetime:
    """Return a stored moment that is never NULL."""
    return _EPOCH + stored * MILLISECOND


def as_json(value: object) -> str:
    """Return compact JSON, with every script as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def feed(row: Row) -> Feed:
    """Return the feed of a row of `feed`."""
    return Feed(
        id=row["id"],
        url=row["url"],
        site=row["site"],
        name=row["display_name"],
        interval=None if row["interval"] is None else row["interval"] * MILLISECOND,
        validators=Validators(row["etag"], row["last_modified"], row["body_hash"]),
        failures=row["failures"],
    )


def entry(row: Row) -> Entry:
    """Return the entry of a row of `tagged_entry`."""
    return Entry(
        guid=row["guid"],
        link=row["link"],
        title=row["title"],
        content=row["content"],
        summary=row["summary"],
        text=row["text"],
        authors=tuple(json.loads(row["authors"])),
        tags=tuple(json.loads(row["tags"])),
        media=tuple(Media(**{**item, "kind": MediaKind(item["kind"])}) for item in json.loads(row["media"])),
        published=moment(row["published_at"]),
        updated=moment(row["updated_at"]),
        source_id=row["source_id"],
    )


def entry_values(item: Identified) -> dict[str, Value]:
    """Return the columns of an entry, without its tags."""
    found = item.entry
    return {
        "fingerprint": item.fingerprint,
        "guid": found.guid,
        "link": found.link,
        "title": found.title,
        "content": found.content,
        "summary": found.summary,
        "text": found.text,
        "authors": as_json(found.authors),
        "media": as_json([asdict(media) for media in found.media]),
        "source_id": found.source_id,
        "published_at": found.published,
        "updated_at": found.updated,
    }


def subscription(row: Row) -> Subscription:
    """Return the subscription of a row of `subscription`."""
    return Subscription(
        id=row["id"],
        feed_id=row["feed_id"],
        channel_id=row["channel_id"],
        rule=_rule(row["rule"]),
        style=Style(row["style"]),
        mention_roles=_roles(row["mention_roles"]),
        paused=bool(row["paused"]),
        baseline_due=bool(row["baseline_due"]),
    )


@lru_cache(maxsize=1024)  # every /search reads all rules, most of which are alike
def _rule(written: str) -> Rule:
    return Rule(**{name: tuple(values) for name, values in json.loads(written).items()})


@lru_cache(maxsize=1024)
def _roles(written: str) -> tuple[int, ...]:
    return tuple(json.loads(written))


def delivery(row: Row) -> Delivery:
    """Return the delivery of a row of the query `claimed_deliveries`."""
    return Delivery(
        id=row["delivery_id"],
        channel_id=row["channel_id"],
        entry_id=row["id"],
        entry=entry(row),
        feed_name=row["feed_name"],
        style=Style(row["style"]),
        mention_roles=_roles(row["mention_roles"]),
        attempts=row["attempts"],
        uncertain_since=moment(row["uncertain_since"]),
        probes=row["probes"],
    )


def publication(row: Row) -> Publication:
    """Return the publication of a row of the query `claim_publications`."""
    return Publication(row["delivery_id"], row["channel_id"], row["message_id"], row["attempts"])


def hold(row: Row) -> Hold:
    """Return the hold of a row of the query `hold`."""
    return Hold(
        id=row["id"],
        guild_id=row["guild_id"],
        channel_id=row["channel_id"],
        feed_name=row["feed_name"],
        waiting=row["waiting"],
        decision=Decision(row["decision"]) if row["decision"] else None,
        decided_by=row["decided_by"],
    )


def notice(row: Row) -> Notice:
    """Return the notice of a row of the query `claimed_notices`."""
    return Notice(
        id=row["id"],
        kind=NoticeKind(row["kind"]),
        channel_id=row["channel_id"],
        feed_name=row["feed_name"],
        about_channel_id=row["about_channel_id"],
        detail=row["detail"],
        hold_id=row["hold_id"],
        waiting=row["waiting"],
        more=row["more"],
        attempts=row["tried"],
        uncertain_since=moment(row["uncertain_since"]) if row["tried"] else None,
    )


def archived(row: Row) -> ArchivedEntry:
    """Return the archived entry of a row of `tagged_entry`."""
    return ArchivedEntry(row["id"], entry(row), required(row["first_seen_at"]))


def feed_status(row: Row) -> FeedStatus:
    """Return the status of a row of the query `statuses`."""
    return FeedStatus(
        feed_id=row["id"],
        url=row["url"],
        name=row["display_name"],
        ended=row["state"] == "ended",
        failures=row["failures"],
        error=row["error"],
        last_poll=moment(row["last_poll_at"]),
        next_poll=None
        if row["state"] == "ended"
        else moment(max(row["next_poll_at"], row["cooldown_until"])),
        last_new=moment(row["last_new_at"]),
        posts_last_month=row["posts_last_month"],
        waiting=row["waiting"],
        held=row["held"],
        paused=row["paused"],
    )


def backfill(row: Row) -> Backfill:
    """Return the backfill of a row of the query `claimed_backfills`."""
    return Backfill(
        feed=feed(row),
        last_success=required(row["last_success_at"]),
        leased_until=required(row["lease"]),
        bookmark=Bookmark(row["kind"], row["cursor"], row["pages"], row["cycle_marker"], row["page_hash"]),
        archived=row["archived"],
        since=moment(row["since"]),
        limit=row["max_posts"],
        attempts=row["attempts"],
        spacing=row["spacing"] * MILLISECOND,
    )


def backfill_progress(row: Row) -> BackfillProgress:
    """Return the progress of a row of the query `backfill_progress`."""
    return BackfillProgress(
        feed_id=row["feed_id"],
        feed_name=row["feed_name"],
        state=BackfillState(row["state"]),
        archived=row["archived"],
        read=row["read"],
        total=row["total"],
        error=row["error"],
        due_at=required(max(row["due_at"], row["cooldown_until"])),
        polled=row["last_success_at"] is not None,
    )


def trace(row: Row, deliveries: Sequence[Row]) -> Trace:
    """Return the trace of a row of the query `traced`, with those of `traced_deliveries`."""
    return Trace(
        feed_id=row["feed_id"],
        feed_name=row["feed_name"],
        entry_id=row["id"],
        entry=entry(row),
        first_seen=required(row["first_seen_at"]),
        edited=moment(row["edited_at"]),
        keys=tuple(json.loads(row["keys"])),
        deliveries=tuple(_traced(delivery) for delivery in deliveries),
    )


def _traced(row: Row) -> TracedDelivery:
    return TracedDelivery(
        channel_id=row["channel_id"],
        state=DeliveryState(row["state"]),
        reason=row["reason"],
        attempts=row["attempts"],
        message_id=row["message_id"],
        created=required(row["created_at"]),
        settled=moment(row["settled_at"]),
    )


def search_hit(row: Row) -> SearchHit:
    """Return the hit of a row of the query `find`."""
    return SearchHit(
        entry_id=row["id"],
        feed_id=row["feed_id"],
        identity=row["identity"],
        title=row["title"],
        link=row["link"],
        feed_name=row["feed_name"],
        tags=tuple(json.loads(row["tags"])),
        published=moment(row["published_at"]),
        first_seen=required(row["first_seen_at"]),
        text=row["text"],
    )


def search_request(row: Row) -> SearchRequest:
    """Return the request of a row of `search_request`."""
    return SearchRequest(
        token=row["token"],
        guild_id=row["guild_id"],
        user_id=row["user_id"],
        request=row["request"],
        created_at=required(row["created_at"]),
    )
