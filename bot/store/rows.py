"""Rows ↔ values: the one place that knows how a value is stored."""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

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
from bot.store.sqlite.database import Row

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def milliseconds(moment: datetime | None) -> int | None:
    """As stored."""
    return None if moment is None else (moment - _EPOCH) // _MILLISECOND


def moment(stored: int | None) -> datetime | None:
    """Aware UTC."""
    return None if stored is None else _EPOCH + stored * _MILLISECOND


def required(stored: int) -> datetime:
    """A moment that is always there."""
    return _EPOCH + stored * _MILLISECOND


def length(stored: int | None) -> timedelta | None:
    """A stored length of time."""
    return None if stored is None else stored * _MILLISECOND


def as_json(value: object) -> str:
    """Compact, with every script as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def whole(text: str) -> str:
    """Text that SQLite can store: a lone surrogate has no UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def feed(row: Row) -> Feed:
    """A row of `feed`."""
    return Feed(
        id=row["id"],
        url=row["url"],
        site=row["site"],
        name=row["name"] or row["title"] or row["label"],
        interval=length(row["interval"]),
        validators=Validators(row["etag"], row["last_modified"], row["body_hash"]),
        failures=row["failures"],
    )


def entry(row: Row, tags: str) -> Entry:
    """A row of `entry` with its tags as a JSON list."""
    return Entry(
        guid=row["guid"],
        link=row["link"],
        title=row["title"],
        content=row["content"],
        summary=row["summary"],
        text=row["text"],
        authors=tuple(json.loads(row["authors"])),
        tags=tuple(json.loads(tags)),
        media=tuple(Media(**{**item, "kind": MediaKind(item["kind"])}) for item in json.loads(row["media"])),
        published=moment(row["published_at"]),
        updated=moment(row["updated_at"]),
        source_id=row["source_id"],
    )


def entry_values(item: Identified) -> dict[str, Any]:
    """The columns of an entry, its tags apart."""
    found = item.entry
    return {
        "fingerprint": item.fingerprint,
        "guid": whole(found.guid),
        "link": whole(found.link),
        "title": whole(found.title),
        "content": whole(found.content),
        "summary": whole(found.summary),
        "text": whole(found.text),
        "authors": whole(as_json(found.authors)),
        "media": whole(as_json([asdict(media) for media in found.media])),
        "source_id": whole(found.source_id),
        "published_at": milliseconds(found.published),
        "updated_at": milliseconds(found.updated),
    }


def subscription(row: Row) -> Subscription:
    """A row of `subscription`."""
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


@lru_cache(maxsize=1024)  # a server with a thousand feeds has but a few, and every /search reads them all
def _rule(written: str) -> Rule:
    return Rule(**{name: tuple(values) for name, values in json.loads(written).items()})


@lru_cache(maxsize=1024)
def _roles(written: str) -> tuple[int, ...]:
    return tuple(json.loads(written))


def delivery(row: Row) -> Delivery:
    """A row of the query `claimed`."""
    return Delivery(
        id=row["delivery_id"],
        channel_id=row["channel_id"],
        entry_id=row["id"],
        entry=entry(row, row["tags"]),
        feed_name=row["feed_name"],
        style=Style(row["style"]),
        mention_roles=_roles(row["mention_roles"]),
        attempts=row["attempts"],
        uncertain_since=moment(row["doubt_since"]),
        probes=row["probes"],
    )


def publication(row: Row) -> Publication:
    """A row of the query `claim_publications`."""
    return Publication(row["delivery_id"], row["channel_id"], row["message_id"], row["attempts"])


def hold(row: Row) -> Hold:
    """A row of the query `hold`."""
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
    """A row of the query `claimed_notices`."""
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
        uncertain_since=moment(row["doubt_since"]) if row["tried"] else None,
    )


def archived(row: Row) -> ArchivedEntry:
    """A row of `entry` with its tags."""
    return ArchivedEntry(row["id"], entry(row, row["tags"]), required(row["first_seen_at"]))


def feed_status(row: Row) -> FeedStatus:
    """A row of the query `statuses`."""
    return FeedStatus(
        feed_id=row["id"],
        url=row["url"],
        name=row["name"] or row["title"] or row["label"],
        ended=row["state"] == "ended",
        failures=row["failures"],
        error=row["error"],
        last_poll=moment(row["last_poll_at"]),
        next_poll=None if row["state"] == "ended" else moment(max(row["next_poll_at"], row["cool_until"])),
        last_new=moment(row["last_new_at"]),
        posts_last_month=row["posts_last_month"],
        waiting=row["waiting"],
        held=row["held"],
        paused=row["paused"],
    )


def backfill(row: Row) -> Backfill:
    """A row of the query `claimed_backfills`."""
    return Backfill(
        feed=feed(row),
        last_success=required(row["last_good_at"]),
        leased_until=required(row["lease"]),
        bookmark=Bookmark(row["kind"], row["cursor"], row["pages"], row["mark"], row["page_hash"]),
        archived=row["archived"],
        since=moment(row["since"]),
        limit=row["most"],
        attempts=row["attempts"],
        spacing=timedelta(milliseconds=row["spacing"]),
    )


def backfill_progress(row: Row) -> BackfillProgress:
    """A row of the query `backfill_progress`."""
    return BackfillProgress(
        feed_id=row["feed_id"],
        feed_name=row["feed_name"],
        state=BackfillState(row["stands"]),
        archived=row["archived"],
        read=row["read"],
        total=row["total"],
        error=row["error"],
        due_at=required(row["goes_on_at"]),
        polled=row["last_good_at"] is not None,
    )


def trace(row: Row, deliveries: list[Row]) -> Trace:
    """A row of the query `traced`, with those of `traced_deliveries`."""
    return Trace(
        feed_id=row["feed_id"],
        feed_name=row["feed_name"],
        entry_id=row["id"],
        entry=entry(row, row["tags"]),
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
    """A row of the query `find`."""
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
    """A row of `question`."""
    return SearchRequest(
        token=row["token"],
        guild_id=row["guild_id"],
        user_id=row["user_id"],
        request=row["asked"],
        created_at=required(row["asked_at"]),
    )
