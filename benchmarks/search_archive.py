"""An archive of posts, built with the bot's own code: declared feeds, plans of several entries, a transaction each."""

import html
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from unittest.mock import patch

import aiosqlite

from benchmarks.texts.posts import FEEDS, NOW, Post
from bot.model import (
    ChannelDeclaration,
    Entry,
    FeedDeclaration,
    Known,
    PollResult,
    PostSettings,
    SiteBudget,
)
from bot.relay.identity import identify
from bot.relay.plan import plan
from bot.store.store import Store

BATCH_SIZE = 100_000
"""Posts that are collected before they are written feed by feed."""
MAX_PLAN_ENTRIES = 3_000
"""The maximum number of entries in one plan."""
SCOPES: dict[str, Sequence[int]] = {
    "1 small feed": (700,),
    "1 large feed": (3,),
    "10 feeds": range(5, FEEDS, 100),
    "100 feeds": range(7, FEEDS, 10),
    "1,000 feeds": range(FEEDS),
}
"""The feeds that servers follow, by their numbers. Feeds with low numbers have more posts."""


@dataclass(frozen=True, slots=True)
class Built:
    """The size of an archive and the time to build it."""

    entries: int
    seconds: float
    text_bytes: int
    """The bytes of titles and texts in UTF-8."""
    distinct: int
    """The number of posts that share no sentence with another."""


async def built(path: Path, posts: Iterable[Post]) -> Built:
    """Return the existing archive, or build a new one."""
    summary = path.with_suffix(".built.json")
    if not summary.exists():
        for part in path.parent.glob(f"{path.name}*"):
            part.unlink()
        summary.write_text(json.dumps(asdict(await _build(path, posts))), "utf-8")
    await _renew(path)
    return Built(**json.loads(summary.read_text("utf-8")))


async def _renew(path: Path) -> None:
    """Finish the index, which the store begins again when its tokens have changed."""
    with without_threads():
        async with await Store.open(path) as store:
            while await store.index.catch_up(MAX_PLAN_ENTRIES) or await store.index.merge():
                pass
            await store.maintain()


async def _build(path: Path, posts: Iterable[Post]) -> Built:
    entries = text_bytes = distinct = 0
    seconds = 0.0
    with without_threads():
        store = await Store.open(path)
        await follow(store, {1: range(FEEDS)})
        source = iter(posts)
        while collected := list(islice(source, BATCH_SIZE)):
            began = time.perf_counter()
            for feed, own in _by_feed(collected):
                await record(store, feed, own)
            seconds += time.perf_counter() - began
            entries += len(collected)
            text_bytes += sum(len((post.title + post.text).encode()) for post in collected)
            distinct += sum(post.is_distinct for post in collected)
            if entries % BATCH_SIZE == 0:
                print(f"  {entries:,} entries after {seconds:.0f} s", flush=True)
        await store.maintain()
        await store.close()
    return Built(entries, seconds, text_bytes, distinct)


@contextmanager
def without_threads() -> Iterator[None]:
    """Run statements in the calling thread: thread switches would take most of the time of a million entries."""
    connect = partial(aiosqlite.connect, check_same_thread=False)
    with (
        patch.object(aiosqlite.Connection, "_execute", _run_method_here),
        patch.object(aiosqlite, "connect", connect),
        patch("asyncio.to_thread", _run_here),
    ):
        yield


async def _run_method_here(
    _self: object, function: Callable[..., object], *given: object, **named: object
) -> object:
    return function(*given, **named)


async def _run_here(function: Callable[..., object], *given: object, **named: object) -> object:
    return function(*given, **named)


async def follow(store: Store, channels: dict[int, Sequence[int]]) -> None:
    """Let exactly these channels follow these feeds, given by their numbers."""
    declared = [
        FeedDeclaration(url_of(feed), name_of(feed), channels=tuple(map(ChannelDeclaration, following)))
        for feed in range(FEEDS)
        if (following := [channel for channel, feeds in channels.items() if feed in feeds])
    ]
    await store.subscriptions.sync(declared, lambda url: url.split("/")[2], _budget, NOW)


async def record(store: Store, feed: int, posts: Sequence[Post]) -> None:
    """Write posts as one poll would, without deliveries."""
    entries = tuple(map(entry_of, posts))
    items = identify(entries, "", url_of(feed))
    decided = plan(feed + 1, items, Known(), (), PostSettings(), NOW)
    await store.feeds.record(feed + 1, decided, PollResult(NOW, title=name_of(feed)), NOW)


def entry_of(post: Post) -> Entry:
    """Return the post as a parser would."""
    link = f"{_site(post.feed)}/{post.published:%Y/%m}/{post.number}"
    return Entry(
        guid=link,
        link=link,
        title=post.title,
        content=f"<p>{html.escape(post.text)}</p>",
        text=post.text,
        authors=(post.author,),
        tags=post.tags,
        published=post.published,
    )


def number_of(link: str) -> int:
    """Return the number of the post with this address."""
    return int(link.rpartition("/")[2])


def url_of(feed: int) -> str:
    """Return a feed's address. The feed's id in the database is its number plus one."""
    return f"{_site(feed)}/feed"


def name_of(feed: int) -> str:
    """Return the name of a feed."""
    return f"Blog {feed}"


def feed_ids(scope: str) -> frozenset[int]:
    """Return the database ids of a scope's feeds."""
    return frozenset(feed + 1 for feed in SCOPES[scope])


def _by_feed(posts: Sequence[Post]) -> Iterator[tuple[int, list[Post]]]:
    found: dict[int, list[Post]] = defaultdict(list)
    for post in posts:
        found[post.feed].append(post)
    for feed, own in sorted(found.items()):
        for first in range(0, len(own), MAX_PLAN_ENTRIES):
            yield feed, own[first : first + MAX_PLAN_ENTRIES]


def _site(feed: int) -> str:
    return f"https://blog-{feed}.example"


def _budget(_site: str) -> SiteBudget:
    return SiteBudget(max_concurrent=2, spacing=timedelta())
