"""One polled document × what is known × who follows → what is new or edited, and what is owed to whom."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bot.model import (
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
from bot.relay.identity import LASTING, identity_across_feeds
from bot.relay.match import match

NEWEST_OF_A_FLOOD = 3
"""How many posts of a flood are delivered where no admin can be asked; the others are held."""

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
    """Decide once what this document changes; `known` holds what the seen-table knows of its keys."""
    ordered = oldest_first(document)
    entry_ids = {item: known_as(item, known) for item in ordered}
    new = [item for item in ordered if entry_ids[item] is None]
    owed = _owed(ordered, new, subscriptions, settings, now)
    changes = [
        _change(item, entry, known, owed.get(item, ()))
        for item, entry in entry_ids.items()
        if entry is not None
    ]
    return Plan(
        new=tuple(new_entry(feed_id, item, known, owed.get(item, ())) for item in new),
        known=tuple(change for change in changes if change.edited or change.new_keys or change.deliveries),
        shared_keys=tuple(dict.fromkeys(key for item in ordered for key in item.shared_keys)),
        baselined=tuple(subscription.id for subscription in subscriptions if subscription.baseline_due),
        unchanged=sum(not change.edited for change in changes),
    )


def oldest_first(document: Sequence[Identified]) -> list[Identified]:
    """By date where every entry has one; else as the document stands, turned round unless dates ascend."""
    ordered = list(document) if ascends(document) else list(reversed(document))
    if all(item.entry.published for item in document):
        ordered.sort(key=_published)
    return ordered


def ascends(document: Sequence[Identified]) -> bool:
    """Whether its dates say that the oldest stands first."""
    dates = [item.entry.published for item in document if item.entry.published]
    return len(dates) > 1 and dates == sorted(dates) and dates[0] < dates[-1]


def _published(item: Identified) -> datetime:
    if item.entry.published is None:
        raise ValueError("only dated entries are sorted by date")
    return item.entry.published


def known_as(item: Identified, known: Mapping[str, KnownEntry]) -> KnownEntry | None:
    """The entry that the strongest known key names; None if no key is known."""
    found = (known[key] for key in item.keys if key in known)
    return next((entry for entry in found if not entry.shared), None)


def new_entry(
    feed_id: int,
    item: Identified,
    known: Mapping[str, KnownEntry],
    deliveries: tuple[PlannedDelivery, ...] = (),
) -> NewEntry:
    """An entry that is not known, as it is to be written."""
    keys = _unknown(item, known)
    return NewEntry(item, keys, identity_across_feeds(item.entry, keys, feed_id), deliveries)


def _unknown(item: Identified, known: Mapping[str, KnownEntry]) -> tuple[str, ...]:
    """The keys that the seen-table lacks: not those that once proved to identify nothing."""
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
        new_keys=tuple(key for key in _unknown(item, known) if key.startswith(LASTING)),
        deliveries=deliveries,
    )


def _owed(
    ordered: Sequence[Identified],
    new: Sequence[Identified],
    subscriptions: Iterable[Subscription],
    settings: PostSettings,
    now: datetime,
) -> dict[Identified, tuple[PlannedDelivery, ...]]:
    owed: dict[Identified, tuple[PlannedDelivery, ...]] = {}
    for subscription in subscriptions:
        offered = ordered if subscription.baseline_due else new
        wanted = [item for item in offered if match(subscription.rule, item.entry).wanted]
        for item, state, reason in _states(wanted, subscription, settings, now):
            delivery = PlannedDelivery(subscription.id, subscription.channel_id, state, reason)
            owed[item] = (*owed.get(item, ()), delivery)
    return owed


def _states(
    wanted: Sequence[Identified], subscription: Subscription, settings: PostSettings, now: datetime
) -> list[tuple[Identified, DeliveryState, str]]:
    """What happens to each wanted entry: baseline, too old, kept while paused, held, or owed."""
    if subscription.baseline_due:
        newest = wanted[len(wanted) - min(settings.first_run, len(wanted)) :]
        return [(item, DeliveryState.PENDING, "") for item in newest]
    fresh = [item for item in wanted if not _too_old(item.entry, settings, now)]
    owed = _let_through(fresh, settings)
    states = dict.fromkeys(wanted, (DeliveryState.SKIPPED, TOO_OLD_REASON))
    states |= dict.fromkeys(fresh, (DeliveryState.HELD, HELD_REASON)) | dict.fromkeys(
        owed, (DeliveryState.PENDING, "")
    )
    if subscription.paused:
        states |= dict.fromkeys(fresh, (DeliveryState.PAUSED, ""))
    return [(item, *states[item]) for item in wanted]


def _let_through(fresh: Sequence[Identified], settings: PostSettings) -> Sequence[Identified]:
    """All, unless they are a flood: then nothing where an admin can be asked, else its newest."""
    if len(fresh) <= settings.burst_limit:
        return fresh
    return () if settings.ask_about_floods else fresh[-min(NEWEST_OF_A_FLOOD, settings.burst_limit) :]


def _too_old(entry: Entry, settings: PostSettings, now: datetime) -> bool:
    return (
        settings.max_age is not None
        and entry.published is not None
        and now - entry.published > settings.max_age
    )
