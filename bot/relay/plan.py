"""Document × known keys × subscriptions → what is new or edited, and which deliveries follow."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol, TypeVar

from bot.model import (
    NEWEST_COUNT,
    DeliveryState,
    Entry,
    FoundMessage,
    Identified,
    Known,
    KnownChange,
    KnownEntry,
    NewEntry,
    Plan,
    PlannedDelivery,
    PostSettings,
    Subscription,
)
from bot.relay.identity import identity_across_feeds
from bot.relay.match import match
from bot.relay.recognise import Recognised, recognise
from bot.relay.recover import FOUND_REASON, baseline_end, doubt_about, find_posted
from bot.text.keys import LASTING_KINDS

HELD_REASON = "more new posts at once than posts.burst_limit"
TOO_OLD_REASON = "older than posts.max_age"


class _HasEntry(Protocol):
    """A post, in a document or in the archive."""

    @property
    def entry(self) -> Entry:
        """What it says."""


P = TypeVar("P", bound=_HasEntry)


def plan(
    feed_id: int,
    document: Sequence[Identified],
    known: Known,
    subscriptions: Sequence[Subscription],
    settings: PostSettings,
    now: datetime,
    *,
    was_cut_off: bool = False,
) -> Plan:
    """Decide what this document changes. `known`: the posts that its entries may match.

    `was_cut_off`: whether the last poll read only the first posts of the document, so what follows them is not new.
    """
    recognised = recognise(document, known)
    ordered = oldest_first(_without_versions(document, recognised))
    new = [item for item in ordered if item not in recognised.entries]
    unread = _after_known(document, recognised) if was_cut_off else frozenset()
    news = [item for item in new if item not in unread and not recognised.is_old_news(item)]
    deliveries = _deliveries(ordered, news, subscriptions, settings, now)
    changes = [
        _change(item, recognised.entries[item], known, deliveries.get(item, ()))
        for item in ordered
        if item in recognised.entries
    ]
    return Plan(
        new=tuple(new_entry(feed_id, item, known, deliveries.get(item, ())) for item in new),
        known=tuple(change for change in changes if _adds(change)),
        known_up_to=known.up_to,
        shown=frozenset(entry.entry_id for entry in recognised.entries.values()),
        baselined=tuple(subscription.id for subscription in subscriptions if subscription.baseline_due),
        unchanged=sum(not change.edited for change in changes),
        entry_ids={item: entry.entry_id for item, entry in recognised.entries.items()},
    )


def _after_known(document: Sequence[Identified], recognised: Recognised) -> frozenset[Identified]:
    """Return the entries after the last known one; all if no entry is known."""
    places = [place for place, item in enumerate(document) if item in recognised.entries]
    return frozenset(document[places[-1] + 1 if places else 0 :])


def _without_versions(document: Sequence[Identified], recognised: Recognised) -> list[Identified]:
    """Return the entries with one version of each known post: the unchanged one, or else the first."""
    chosen: dict[int, Identified] = {}
    for item in document:
        known = recognised.entries.get(item)
        if known is not None and (known.entry_id not in chosen or item.fingerprint == known.fingerprint):
            chosen[known.entry_id] = item
    kept = set(chosen.values())
    return [item for item in document if item not in recognised.entries or item in kept]


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


def new_entry(
    feed_id: int, item: Identified, known: Known, deliveries: tuple[PlannedDelivery, ...] = ()
) -> NewEntry:
    """Return an unknown entry to write. Its identity comes only from keys that no other post has."""
    own = [key for key in item.keys if key not in known.by_key] or item.keys[-1:]
    return NewEntry(item, item.all_keys, identity_across_feeds(item.entry, own, feed_id), deliveries)


def _change(
    item: Identified, entry: KnownEntry, known: Known, deliveries: tuple[PlannedDelivery, ...]
) -> KnownChange:
    edited = item.fingerprint != entry.fingerprint
    return KnownChange(
        entry_id=entry.entry_id,
        identified=item,
        edited=edited,
        new_keys=tuple(
            key
            for key in (*item.keys, *item.shared_keys)
            if key.startswith(LASTING_KINDS) and not _has(key, entry, known)
        ),
        hints=item.hints if edited or not all(_has(hint, entry, known) for hint in item.hints) else (),
        deliveries=deliveries,
    )


def _has(key: str, entry: KnownEntry, known: Known) -> bool:
    return any(holder.entry_id == entry.entry_id for holder in known.by_key.get(key, ()))


def _adds(change: KnownChange) -> bool:
    return bool(change.edited or change.new_keys or change.hints or change.deliveries)


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
        for item, delivery in owed(subscription, candidates, settings, now):
            deliveries[item] = (*deliveries.get(item, ()), delivery)
    return deliveries


def owed(
    subscription: Subscription, posts: Iterable[P], settings: PostSettings, now: datetime
) -> list[tuple[P, PlannedDelivery]]:
    """Return the posts that a subscription wants, with their deliveries. `posts`: oldest first."""
    wanted = [post for post in posts if match(subscription.rule, post.entry).wanted]
    posted = find_posted(subscription, wanted, settings.summary_length)
    if subscription.baseline_due and (end := baseline_end(subscription, wanted, posted)) is not None:
        wanted, subscription = wanted[end:], replace(subscription, baseline_due=False)
    left = [post for post in wanted if post not in posted]
    planned = {post: _sent(subscription, found) for post, found in posted.items()}
    for post, state, reason in _states(left, subscription, settings, now):
        planned[post] = _planned(subscription, post.entry, state, reason)
    return [(post, planned[post]) for post in wanted if post in planned]


def _sent(subscription: Subscription, found: FoundMessage) -> PlannedDelivery:
    return PlannedDelivery(
        subscription.id, subscription.channel_id, DeliveryState.SENT, FOUND_REASON, found=found
    )


def _planned(subscription: Subscription, entry: Entry, state: DeliveryState, reason: str) -> PlannedDelivery:
    since, until = doubt_about(subscription.past, entry)
    return PlannedDelivery(
        subscription.id,
        subscription.channel_id,
        state,
        reason,
        doubtful_since=since,
        doubtful_until=until,
    )


def _states(
    wanted: Sequence[P], subscription: Subscription, settings: PostSettings, now: datetime
) -> list[tuple[P, DeliveryState, str]]:
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


def _without_flood(recent: Sequence[P], settings: PostSettings) -> Sequence[P]:
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
