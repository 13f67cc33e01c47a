"""The document that an admin saw before they subscribed: what is in it is old, and everything else is new."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.model import Baseline, Entry, Identified, Known, ParsedFeed, Plan, PostSettings, Subscription
from bot.relay.identity import identify
from bot.relay.match import match
from bot.relay.plan import plan

MAX_LENGTH = 4_000_000
"""Characters of a document that is kept while an admin chooses. A longer one is read again by the first poll."""


def identify_shown(feed: ParsedFeed, url: str) -> tuple[Identified, ...]:
    """Return the entries of a document that may be a baseline; () if the first poll has to make it.

    A torn document can't be one: the posts that it lacks may be old.
    """
    length = sum(len(entry.content) + len(entry.text) for entry in feed.entries)
    return () if feed.torn or length > MAX_LENGTH else identify(feed.entries, feed.link, url)


def make_baseline(
    document: tuple[Identified, ...],
    link: str,
    read_at: datetime,
    posts: PostSettings,
    now: datetime,
) -> Baseline:
    """Return what the store needs to record the baseline with its subscription, in one transaction."""

    def decide(feed_id: int, known: Known, subscriptions: Sequence[Subscription], *, outdated: bool) -> Plan:
        decided = plan(feed_id, document, known, subscriptions, posts, now)
        return _without_edits(decided) if outdated else decided

    return Baseline(document, link, read_at, decide, _wants)


def _wants(subscription: Subscription, entry: Entry) -> bool:
    return match(subscription.rule, entry).wanted


def _without_edits(decided: Plan) -> Plan:
    """Return the plan of a document that is older than the last poll: its texts are older, too."""
    kept = (
        replace(change, edited=False, new_keys=(), hints=()) for change in decided.known if change.deliveries
    )
    return replace(decided, known=tuple(kept))
