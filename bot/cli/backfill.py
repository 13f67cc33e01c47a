"""`backfill`."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common_options import options_of
from bot.cli.dates import day
from bot.cli.feed_lookup import find_feeds
from bot.cli.output import harmless, say, warn
from bot.errors import FeedRelayError
from bot.model import BackfillProgress, BackfillState
from bot.search.query import parse_date
from bot.source.http.url import public_url
from bot.store.store import Store

_GOES_ON = "Stopped; the same command goes on from here."
_NOT_POLLED = (
    "This feed was never read yet, so nothing tells its new posts from old ones. A running bot reads it first, "
    "and then its history; without one, call `feed-relay run --once`, and then this again."
)
_MOST = 1_000_000_000
INTERRUPTED = 130


def backfill(
    ctx: typer.Context,
    feed: Annotated[str, typer.Argument(help="A feed that is followed: its name, address or title.")],
    since: Annotated[
        str,
        typer.Option(callback=day, help="Only posts of this day or later: 2026-01-31, 2026-01, 2026, 1y."),
    ] = "",
    limit: Annotated[int | None, typer.Option(min=1, max=_MOST, help="How many, the newest ones.")] = None,
) -> None:
    """Fill the archive with the posts that a feed no longer holds. Posts nothing; can be stopped and called again."""
    from bot import app

    config = options_of(ctx).load()
    found = asyncio.run(_feed_to_fill(config.store.path, feed))
    span = parse_date(since, app.clock())
    first_day = span[0] if span else None
    try:
        with _shown(app.clock) as told:
            ended = asyncio.run(app.backfill(config, found, first_day, limit, told))
    except KeyboardInterrupt:
        warn(_GOES_ON)
        raise typer.Exit(INTERRUPTED) from None
    if ended.state is not BackfillState.DONE:
        raise FeedRelayError(f"{ended.feed_name}: {_why(ended)} {ended.archived:,} posts were added.")
    say(f"{ended.archived:,} posts of {ended.feed_name} were added to the archive.")


def _why(ended: BackfillProgress) -> str:
    """Why it did not come to its end."""
    if ended.state is BackfillState.STOPPED:
        return _GOES_ON
    return ended.error if ended.polled else _NOT_POLLED


async def _feed_to_fill(path: Path, name: str) -> int:
    """Its id. Raises FeedRelayError where the name fits none that is followed, or several."""
    async with await Store.open(path, create=False) as store:
        found = find_feeds(await store.archive.feeds(), name)
    followed = [feed for feed in found if feed.subscriptions]
    if not followed:
        raise FeedRelayError(
            f"Nobody follows {found[0].name} any more; follow it again, and its history can be read."
        )
    if len(followed) > 1:
        addresses = ", ".join(public_url(feed.url) for feed in followed)
        raise FeedRelayError(f"{name} fits several feeds; write an address: {addresses}")
    return followed[0].id


@contextmanager
def _shown(clock: Callable[[], datetime]) -> Iterator[Callable[[BackfillProgress], None]]:
    """What shows progress on stderr: a bar on a terminal, else a line for each change."""
    if not sys.stderr.isatty():
        yield _Lines(clock).tell
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("asking", total=None)

        def tell(progress: BackfillProgress) -> None:
            total = None if progress.total is None else max(progress.total, progress.read)
            bar.update(task, description=_about(progress, clock()), completed=progress.read, total=total)

        yield tell


class _Lines:
    """A line on stderr for each change."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._last = ""

    def tell(self, progress: BackfillProgress) -> None:
        """Say it unless it was just said."""
        of = f" of {progress.total:,}" if progress.total is not None else ""
        line = f"{_about(progress, self._clock())}: {progress.read:,}{of} posts read"
        if line != self._last:
            warn(line)
        self._last = line


def _about(progress: BackfillProgress, now: datetime) -> str:
    why = f" ({progress.error})" if progress.error else ""
    waits = f", waits until {progress.due_at:%Y-%m-%d %H:%M:%S} UTC{why}" if progress.due_at > now else ""
    return harmless(f"{progress.feed_name}: {progress.archived:,} added{waits}")
