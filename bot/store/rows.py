"""Turn rows into values: the one place that knows how values are stored."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from bot.model import (
    SAMPLE_LENGTH,
    ArchivedEntry,
    Backfill,
    BackfillProgress,
    BackfillState,
    Bookmark,
    ChannelPast,
    Decision,
    Delivery,
    DeliveryState,
    Embed,
    Entry,
    Feed,
    FeedStatus,
    FoundMessage,
    Hashes,
    Hold,
    Identified,
    KnownEntry,
    Media,
    MediaKind,
    Notice,
    NoticeKind,
    NoticeMessage,
    Publication,
    ReadItem,
    Reblogs,
    Recovery,
    Rule,
    SearchHit,
    SentNotice,
    Setting,
    Settings,
    StoredItem,
    Style,
    Subscription,
    Trace,
    TracedDelivery,
    Upkeep,
    UpkeepKind,
    Validators,
    problem_of,
)
from bot.store.database import Row, Value
from bot.store.texts import Texts, pack, unpack, unpack_text

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")

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


def length(stored: int | None) -> timedelta | None:
    """Return a stored length of time."""
    return None if stored is None else stored * MILLISECOND


def as_json(value: object) -> str:
    """Return compact JSON, with every script as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def fill(kind: type[T], row: Row, /, **converted: Any) -> T:  # noqa: ANN401 -- values of any field
    """Make a value from the columns named like its fields; `converted` overrides columns."""
    columns = {name: row[name] for name in kind.__dataclass_fields__ if name not in converted}
    return kind(**columns, **converted)


def columns(value: "DataclassInstance") -> dict[str, Any]:
    """Return the fields of a value by name, as they are. `asdict` would copy what they hold."""
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def feed(row: Row) -> Feed:
    """Return the feed of a row of `feed`."""
    return fill(
        Feed,
        row,
        name=row["display_name"],
        interval=length(row["interval"]),
        asked_interval=length(row["asked_interval"]),
        asks_default=bool(row["asks_default"]),
        validators=fill(Validators, row),
        last_full_at=moment(row["last_full_at"]),
        parse_time=row["parse_time"] * MILLISECOND,
        read_from_start=bool(row["read_from_start"]),
        ttl=length(row["ttl"]),
        leased_until=moment(row["leased_until"]),
    )


def texts(row: Row) -> Texts:
    """Return the texts of a row of `entry`, which an earlier version may have written without compressing them."""
    return unpack(row["texts"]) if row["texts"] else fill(Texts, row)


def text(row: Row) -> str:
    """Return the plain text of a row that has `text` and `texts`."""
    return unpack(row["texts"]).text if row["texts"] else row["text"]


def entry(row: Row) -> Entry:
    """Return the entry of a row of `tagged_entry`."""
    found = texts(row)
    return fill(
        Entry,
        row,
        text=found.text,
        content=found.content,
        summary=found.summary,
        authors=tuple(json.loads(row["authors"])),
        tags=tuple(json.loads(row["tags"])),
        media=tuple(Media(**{**item, "kind": MediaKind(item["kind"])}) for item in json.loads(row["media"])),
        published=moment(row["published_at"]),
        updated=moment(row["updated_at"]),
    )


def known(row: Row) -> KnownEntry:
    """Return the known entry of a row of the query `known`."""
    return KnownEntry(
        row["entry_id"],
        row["fingerprint"],
        Entry(
            guid=row["guid"],
            link=row["link"],
            title=row["title"],
            text=unpack_text(row["texts"], SAMPLE_LENGTH) if row["texts"] else row["text"],
            published=moment(row["published_at"]),
            source_id=row["source_id"],
        ),
        is_pruned=row["pruned_at"] is not None,
    )


def stored_item(row: Row) -> StoredItem:
    """Return the item of a row of the query `stored_items`."""
    own, _, digest, whole, words = json.loads(row["item"])
    return StoredItem(own, entry(row), Hashes(digest, whole, words, row["fingerprint"]))


def item_values(item: ReadItem, entry_id: int) -> list[Value]:
    """Return an item of a document as it is stored."""
    hashes = item.hashes
    return [item.hash, entry_id, hashes.digest, hashes.whole, hashes.words]


def entry_values(item: Identified) -> dict[str, Value]:
    """Return the columns of an entry, without its tags."""
    found = item.entry
    columns = ("guid", "link", "title", "source_id", "warning")
    return {
        **{name: getattr(found, name) for name in columns},
        "texts": pack(Texts(found.text, found.content, found.summary)),
        "fingerprint": item.fingerprint,
        "authors": as_json(found.authors),
        "media": as_json([asdict(media) for media in found.media]),
        "published_at": found.published,
        "updated_at": found.updated,
    }


def subscription(row: Row) -> Subscription:
    """Return the subscription of a row of `subscription`."""
    return Subscription(  # without `fill`, because a server may have thousands
        row["id"],
        row["feed_id"],
        row["channel_id"],
        _rule(row["rule"]),
        Style(row["style"]),
        _roles(row["mention_roles"]),
        paused=bool(row["paused"]),
        baseline_due=bool(row["baseline_due"]),
        name=row["name"],
        silent=bool(row["silent"]),
        thread=length(row["thread"]),
        ping_cooldown=row["ping_cooldown"] * MILLISECOND,
        interval=length(row["interval"]),
    )


def channel_past(row: Row, found: tuple[FoundMessage, ...]) -> ChannelPast:
    """Return what a channel shows about the lost time, for a row of the query `subscriptions_of`."""
    return ChannelPast(
        since=required(row["copied_at"]),
        feed_name=row["feed_name"],
        was_followed=row["created_at"] <= row["copied_at"],
        unread_until=moment(row["unread_until"]),
        found=found,
    )


def recovery(row: Row) -> Recovery:
    """Return the channel to read, for a row of the table `recovery`."""
    return fill(Recovery, row, since=required(row["since"]), until=required(row["until"]))


def found_message(row: Row) -> FoundMessage:
    """Return the message of a row of the table `found_message`."""
    embeds = (
        Embed(**{**embed, "timestamp": moment(embed["timestamp"])}) for embed in json.loads(row["embeds"])
    )
    return fill(FoundMessage, row, embeds=tuple(embeds), publishable=bool(row["publishable"]))


def stored_embeds(embeds: Sequence[Embed]) -> str:
    """Return embeds, as stored."""
    return as_json(
        [
            {**asdict(embed), "timestamp": embed.timestamp and milliseconds(embed.timestamp)}
            for embed in embeds
        ]
    )


@lru_cache(maxsize=64)
def as_setting_names(settings: Iterable[Setting]) -> str:
    """Return the names of settings, as stored."""
    return as_json(sorted(settings))


def setting_names(written: str) -> frozenset[Setting]:
    """Return names of settings as stored; those of a newer version are left out."""
    return frozenset(Setting(name) for name in json.loads(written) if name in _SETTING_NAMES)


_SETTING_NAMES = frozenset(each.value for each in Setting)


def settings_columns(settings: Settings) -> dict[str, Value]:
    """Return settings as the columns of a subscription that hold them."""
    return {
        "rule": _stored_rule(settings.rule),
        "style": settings.style.value,
        "mention_roles": as_json(settings.mention_roles),
        "name": settings.name,
        "silent": int(settings.silent),
        "thread": _stored_length(settings.thread),
        "ping_cooldown": settings.ping_cooldown // MILLISECOND,
        "interval": _stored_length(settings.interval),
    }


def settings(columns: Row) -> Settings:
    """Return the settings in these columns."""
    return Settings(
        rule=_rule(columns["rule"]),
        style=Style(columns["style"]),
        mention_roles=_roles(columns["mention_roles"]),
        name=columns["name"],
        silent=bool(columns["silent"]),
        thread=length(columns["thread"]),
        ping_cooldown=columns["ping_cooldown"] * MILLISECOND,
        interval=length(columns["interval"]),
    )


def _stored_length(length: timedelta | None) -> int | None:
    return None if length is None else length // MILLISECOND


@lru_cache(maxsize=1024)  # most rules are alike
def _stored_rule(rule: Rule) -> str:
    return as_json(asdict(rule))


@lru_cache(maxsize=1024)  # every /search reads all rules, most of which are alike
def _rule(written: str) -> Rule:
    values = json.loads(written)
    reblogs = Reblogs(values.pop("reblogs", Reblogs.ALL))
    return Rule(**{name: tuple(found) for name, found in values.items()}, reblogs=reblogs)


@lru_cache(maxsize=1024)
def _roles(written: str) -> tuple[int, ...]:
    return tuple(json.loads(written))


def delivery(row: Row) -> Delivery:
    """Return the delivery of a row of the query `claimed_deliveries`."""
    return fill(
        Delivery,
        row,
        id=row["delivery_id"],
        entry=entry(row),
        style=Style(row["style"]),
        mention_roles=_roles(row["mention_roles"]),
        silent=bool(row["silent"]),
        thread=length(row["thread"]),
        ping_cooldown=row["ping_cooldown"] * MILLISECOND,
        pinged_at=moment(row["pinged_at"]),
        uncertain_since=moment(row["uncertain_since"]),
        uncertain_until=moment(row["uncertain_until"]),
        leased_until=moment(row["leased_until"]),
        link_keys=tuple(json.loads(row["link_keys"] or "[]")),
    )


def publication(row: Row) -> Publication:
    """Return the publication of a row of the query `claim_publications`."""
    return fill(Publication, row, leased_until=required(row["due_at"]))


def upkeep(row: Row) -> Upkeep:
    """Return the upkeep of a row of the query `claimed_upkeep`."""
    return fill(
        Upkeep,
        row,
        kind=UpkeepKind(row["kind"]),
        entry=entry(row),
        style=Style(row["style"]),
        thread=length(row["thread"]),
        leased_until=required(row["due_at"]),
    )


def hold(row: Row) -> Hold:
    """Return the hold of a row of the query `hold`."""
    decision = Decision(row["decision"]) if row["decision"] else None
    return fill(Hold, row, paused=bool(row["paused"]), decision=decision)


def notice(row: Row) -> Notice:
    """Return the notice of a row of the query `waiting_notices`."""
    return fill(
        Notice,
        row,
        kind=NoticeKind(row["kind"]),
        direct=bool(row["direct"]),
        guild_id=row["about_guild_id"],
        due_at=required(row["due_at"]),
    )


def notice_message(found: Sequence[Row], leased_until: datetime) -> NoticeMessage:
    """Return the message of rows of the query `waiting_notices`, as they were before the claim."""
    first = found[0]
    uncertain_since = moment(first["uncertain_since"]) if first["attempts"] else None
    return NoticeMessage(tuple(map(notice, found)), first["attempts"], uncertain_since, leased_until)


def sent_notice(row: Row) -> SentNotice:
    """Return the notice of a row of the query `sent_notices`."""
    kind = NoticeKind(row["kind"])
    problem = problem_of(kind, row["feed_id"], row["about_channel_id"])
    return SentNotice(kind, problem, row["message"], required(row["due_at"]))


def archived(row: Row) -> ArchivedEntry:
    """Return the archived entry of a row of `tagged_entry`."""
    return ArchivedEntry(row["id"], entry(row), required(row["first_seen_at"]))


def feed_status(row: Row) -> FeedStatus:
    """Return the status of a row of the query `statuses`."""
    ended = row["state"] == "ended"
    return fill(
        FeedStatus,
        row,
        name=row["display_name"],
        ended=ended,
        last_poll=moment(row["last_poll_at"]),
        next_poll=None if ended else moment(max(row["next_poll_at"], row["cooldown_until"])),
        last_new=moment(row["last_new_at"]),
    )


def backfill(row: Row) -> Backfill:
    """Return the backfill of a row of the query `claimed_backfills`."""
    return fill(
        Backfill,
        row,
        feed=feed(row),
        last_success=required(row["last_success_at"]),
        leased_until=required(row["lease"]),
        bookmark=fill(Bookmark, row),
        since=moment(row["since"]),
        limit=row["max_posts"],
        spacing=row["spacing"] * MILLISECOND,
    )


def backfill_progress(row: Row) -> BackfillProgress:
    """Return the progress of a row of the query `backfill_progress`."""
    return fill(
        BackfillProgress,
        row,
        state=BackfillState(row["state"]),
        due_at=required(max(row["due_at"], row["cooldown_until"])),
        polled=row["last_success_at"] is not None,
    )


def trace(row: Row, deliveries: Sequence[Row]) -> Trace:
    """Return the trace of a row of the query `traced`, with those of `traced_deliveries`."""
    return fill(
        Trace,
        row,
        entry=entry(row),
        first_seen=required(row["first_seen_at"]),
        edited=moment(row["edited_at"]),
        keys=tuple(json.loads(row["keys"])),
        deliveries=tuple(_traced(delivery) for delivery in deliveries),
    )


def _traced(row: Row) -> TracedDelivery:
    return fill(
        TracedDelivery,
        row,
        state=DeliveryState(row["state"]),
        created=required(row["created_at"]),
        settled=moment(row["settled_at"]),
    )


def search_hit(row: Row) -> SearchHit:
    """Return the hit of a row of the query `search_hits`."""
    return fill(
        SearchHit,
        row,
        text=text(row),
        tags=tuple(json.loads(row["tags"])),
        published=moment(row["published_at"]),
        first_seen=required(row["first_seen_at"]),
    )
