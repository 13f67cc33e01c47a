"""Document × known keys × subscriptions → what is new or edited, and which deliveries follow."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bot.model import (
    NEWEST_COUNT,
    DeliveryState,
    Entry,
    Identified,
    KnownChange,
    KnownEntry,
    NewEntry,
    Plan,
    PlannedDelivery,
    PostSettings,
    Subscription,
)
from bot.relay.identity import LASTING_KINDS, identity_across_feeds
from bot.relay.match import match

HELD_REASON = "more new posts at once than posts.burst_limit"
TOO_OLD_REASON = "older than posts.max_age"


def plan(
    feed_id: int,
    document: Sequence[Identified],
    known: Mapping[str, KnownEntry],
    subscriptions: Sequence[Subscription],
    settings: PostSettings,
    now: datetime,
) -> Plan:
    """Decide what this document changes. `known`: the document's keys that are in the `seen` table."""
    ordered = oldest_first(document)
    entry_ids = {item: known_as(item, known) for item in ordered}
    new = [item for item in ordered if entry_ids[item] is None]
    deliveries = _deliveries(ordered, new, subscriptions, settings, now)
    changes = [
        _change(item, entry, known, deliveries.get(item, ()))
        for item, entry in entry_ids.items()
        if entry is not None
    ]
    return Plan(
        new=tuple(new_entry(feed_id, item, known, deliveries.get(item, ())) for item in new),
        known=tuple(change for change in changes if change.edited or change.new_keys or change.deliveries),
        shared_keys=tuple(dict.fromkeys(key for item in ordered for key in item.shared_keys)),
        baselined=tuple(subscription.id for subscription in subscriptions if subscription.baseline_due),
        unchanged=sum(not change.edited for change in changes),
    )


def oldest_first(document: Sequence[Identified]) -> list[Identified]:
    """Return the entries by date if all have one, else in the document's order, reversed unless its dates ascend."""
    ordered = list(document) if ascends(document) else list(reversed(document))
    if all(item.entry.published for item in document):
        ordered.sort(key=_published)
    return ordered


def ascends(document: Sequence[Identified]) -> bool:
    """Return whether the dates show that the oldest entry comes first."""
    dates = [item.entry.published for item in document if item.entry.published]
    return len(dates) > 1 and dates == sorted(dates) and dates[0] < dates[-1]


def _published(item: Identified) -> datetime:
    if item.entry.published is None:
        raise ValueError("only dated entries are sorted by date")
    return item.entry.published


def known_as(item: Identified, known: Mapping[str, KnownEntry]) -> KnownEntry | None:
    """Return the entry with the strongest known key, or None if no key is known."""
    found = (known[key] for key in item.keys if key in known)
    return next((entry for entry in found if not entry.shared), None)


def new_entry(
    feed_id: int,
    item: Identified,
    known: Mapping[str, KnownEntry],
    deliveries: tuple[PlannedDelivery, ...] = (),
) -> NewEntry:
    """Return an unknown entry as it is written to the store."""
    keys = _unknown(item, known)
    return NewEntry(item, keys, identity_across_feeds(item.entry, keys, feed_id), deliveries)


def _unknown(item: Identified, known: Mapping[str, KnownEntry]) -> tuple[str, ...]:
    """Return the keys that are not in the `seen` table, which also lists those that identify nothing."""
    return tuple(key for key in item.keys if key not in known)


def _change(
    item: Identified,
    entry: KnownEntry,
    known: Mapping[str, KnownEntry],
    deliveries: tuple[PlannedDelivery, ...],
) -> KnownChange:
    return KnownChange(
        entry_id=entry.entry_id,
        identified=item,
        edited=item.fingerprint != entry.fingerprint,
        new_keys=tuple(key for key in _unknown(item, known) if key.startswith(LASTING_KINDS)),
        deliveries=deliveries,
    )


def _deliveries(
    ordered: Sequence[Identified],
    new: Sequence[Identified],
    subscriptions: Iterable[Subscription],
    settings: PostSettings,
    now: datetime,
) -> dict[Identified, tuple[PlannedDelivery, ...]]:
    deliveries: dict[Identified, tuple[PlannedDelivery, ...]] = {}
    for subscription in subscriptions:
        candidates = ordered if subscription.baseline_due else new
        wanted = [item for item in candidates if match(subscription.rule, item.entry).wanted]
        for item, state, reason in _states(wanted, subscription, settings, now):
            delivery = PlannedDelivery(subscription.id, subscription.channel_id, state, reason)
            deliveries[item] = (*deliveries.get(item, ()), delivery)
    return deliveries


def _states(
    wanted: Sequence[Identified], subscription: Subscription, settings: PostSettings, now: datetime
) -> list[tuple[Identified, DeliveryState, str]]:
    """Return the state of each wanted entry's delivery and the reason. Most entries of a baseline get no delivery."""
    if subscription.baseline_due:
        newest = wanted[len(wanted) - min(settings.first_run, len(wanted)) :]
        return [(item, DeliveryState.PENDING, "") for item in newest]
    recent = [item for item in wanted if not _is_too_old(item.entry, settings, now)]
    sent = _without_flood(recent, settings)
    states = dict.fromkeys(wanted, (DeliveryState.SKIPPED, TOO_OLD_REASON))
    states |= dict.fromkeys(recent, (DeliveryState.HELD, HELD_REASON))
    states |= dict.fromkeys(sent, (DeliveryState.PENDING, ""))
    if subscription.paused:
        states |= dict.fromkeys(recent, (DeliveryState.PAUSED, ""))
    return [(item, *states[item]) for item in wanted]


def _without_flood(recent: Sequence[Identified], settings: PostSettings) -> Sequence[Identified]:
    """Return what is sent now: all entries, or of a flood the newest, or none if an admin can be asked about it."""
    if len(recent) <= settings.burst_limit:
        return recent
    return () if settings.ask_about_floods else recent[-min(NEWEST_COUNT, settings.burst_limit) :]


def _is_too_old(entry: Entry, settings: PostSettings, now: datetime) -> bool:
    return (
        settings.max_age is not None
        and entry.published is not None
        and now - entry.published > settings.max_age
    )
