"""Posts arrive, are backdated and deleted; polls and pages of a history come in any order, and caches lag.

Each post that a poll sees after the baseline is delivered exactly once, nothing else is, and the archive is complete.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Entry, Identified, Known, KnownEntry, PostSettings, Subscription
from bot.relay.backfill_plan import CLOCK_TOLERANCE, OwnedByPoll, archivable
from bot.relay.identity import identify
from bot.relay.plan import plan

URL = "https://garden.example/rss"
FOLLOWED = Subscription(1, 1, 100)
SETTINGS = PostSettings(burst_limit=1000)
LENGTH = 3
PER_PAGE = 2
CACHED = timedelta(minutes=30)
LAGGING = datetime(2026, 1, 1, tzinfo=UTC)

Kind = Literal["api", "dated", "paged", "archives"]


@dataclass
class Site:
    """A feed of three posts with a history.

    The history is an API with dates of publication and change, an API with dates of publication only, pages without
    dates, or archives that repeat the feed's posts, with a clock that is months behind.
    """

    kind: Kind
    now: datetime = datetime(2026, 5, 4, 12, tzinfo=UTC)
    made: int = 0
    posts: list[Entry] = field(default_factory=list)
    """Newest first."""
    cached: list[Entry] = field(default_factory=list)
    """As in the cache in front of the feed; the history has no cache."""
    cached_at: datetime = datetime(2026, 5, 4, tzinfo=UTC)

    def publish(self, published: datetime) -> None:
        self.made += 1
        dated = self.kind != "paged"
        if self.kind == "archives":
            published = LAGGING + timedelta(days=self.made)
        post = Entry(
            guid=f"g{self.made}",
            link=f"https://garden.example/{self.made}",
            title=f"Post {self.made}",
            published=published if dated else None,
            updated=self.now if self.kind == "api" else None,
        )
        self.posts.insert(0, post)
        if dated:
            self.posts.sort(key=lambda each: each.published or self.now, reverse=True)

    def refresh(self) -> None:
        self.cached, self.cached_at = list(self.posts), self.now

    def feed(self) -> list[Entry]:
        if self.now - self.cached_at > CACHED:
            self.refresh()
        return self.cached[:LENGTH]

    def page(self, number: int) -> list[Entry]:
        if self.kind == "paged":
            return self.feed() if number == 0 else self._from(LENGTH + (number - 1) * PER_PAGE)
        if self.kind == "archives":
            return self.feed() if number == 0 else self._from((number - 1) * PER_PAGE)
        return self._from(number * PER_PAGE)

    def _from(self, start: int) -> list[Entry]:
        return self.posts[start : start + PER_PAGE]


@dataclass
class Bot:
    """A store and shells in memory."""

    site: Site
    seen: dict[str, tuple[KnownEntry, ...]] = field(default_factory=dict)
    archived: list[str] = field(default_factory=list)
    delivered: Counter[str] = field(default_factory=Counter)
    last_success: datetime = datetime(2026, 5, 4, tzinfo=UTC)
    at: int = 0
    """The page that the backfill reads next."""

    def poll(self) -> list[str]:
        document = identified(self.site.feed())
        decided = plan(1, document, Known(self.seen), [FOLLOWED], SETTINGS, self.site.now)
        for new in decided.new:
            self.see(new.identified)
            self.delivered.update(new.identified.entry.title for _ in new.deliveries)
        self.last_success = self.site.now
        return [item.entry.title for item in document]

    def read_a_page(self) -> None:
        page, first = identified(self.site.page(self.at)), self.at == 0
        owned_by_poll = OwnedByPoll.from_document(identified(self.site.feed()), self.last_success)
        for item in archivable(page, Known(self.seen), owned_by_poll, first=first):
            self.see(item)
        self.at = self.at + 1 if page else 0

    def see(self, item: Identified) -> None:
        self.archived.append(item.entry.title)
        entry = KnownEntry(len(self.archived), item.fingerprint, item.entry)
        for key in item.all_keys:
            self.seen[key] = (entry, *self.seen.get(key, ()))


def identified(entries: list[Entry]) -> tuple[Identified, ...]:
    return identify(entries, "https://garden.example/", URL)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), st.integers(1, 4)),
        st.tuples(st.just("publish backdated"), st.integers(2, 60)),
        st.tuples(st.just("refresh"), st.just(0)),
        st.tuples(st.just("poll"), st.sampled_from([1, 25, 90, 300])),
        st.tuples(st.just("read"), st.integers(1, 3)),
        st.tuples(st.just("start again"), st.just(0)),
        st.tuples(st.just("delete"), st.integers(LENGTH, 9)),
    ),
    max_size=14,
)


@pytest.mark.parametrize("kind", ["api", "dated", "paged", "archives"])
@given(age=st.integers(0, 8), steps=STEPS)
@settings(max_examples=500)
def test_posts_seen_by_polls_are_delivered_once_regardless_of_the_backfill(
    kind: Kind, age: int, steps: list[tuple[str, int]]
) -> None:
    site = Site(kind)
    for hours in range(age, 0, -1):
        site.publish(site.now - timedelta(hours=12 * hours))
    bot = Bot(site)
    seen_by_polls = set(bot.poll())
    bot.delivered.clear()
    expected: set[str] = set()

    for step, number in [*steps, ("refresh", 0), ("poll", 300), ("start again", 0), ("read", 40)]:
        site.now += timedelta(seconds=5)
        shown = set(take(step, number, site, bot))
        expected |= shown - seen_by_polls
        seen_by_polls |= shown

    assert bot.delivered == Counter(expected)
    assert len(bot.archived) == len(set(bot.archived))
    assert {post.title for post in site.posts if is_old(post, bot)} <= set(bot.archived)


def take(step: str, number: int, site: Site, bot: Bot) -> list[str]:
    """Take a step, and return the posts that a poll saw."""
    match step:
        case "publish":
            for _ in range(number):
                site.publish(site.now)
        case "publish backdated" if site.kind == "api":
            site.publish(site.now - timedelta(hours=number))
        case "delete" if site.kind == "paged":
            del site.posts[number : number + 1]
        case "refresh":
            site.refresh()
        case "poll":
            site.now += timedelta(minutes=number)
            return bot.poll()
        case "read":
            for _ in range(number):
                bot.read_a_page()
        case "start again":
            bot.at = 0
    return []


def is_old(post: Entry, bot: Bot) -> bool:
    changed = post.updated or post.published
    return changed is None or changed < bot.last_success - CLOCK_TOLERANCE
