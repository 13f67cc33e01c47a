"""`backfill`."""

import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

import typer

from bot.cli.common_options import options_of
from bot.cli.database import read_store
from bot.cli.dates import check_date
from bot.cli.entry import INTERRUPTED
from bot.cli.feed_lookup import find_feeds
from bot.cli.output import count_of, print_error, print_line, without_control_characters
from bot.errors import FeedRelayError
from bot.model import BackfillProgress, BackfillState
from bot.search.dates import parse_date
from bot.source.http.url import public_url
from bot.store.archive import FeedHealth

_STOPPED = "Stopped; run the same command again to continue."
_NOT_POLLED = (
    "This feed was never polled, so the bot can't distinguish new posts from old ones yet. "
    "Start the bot, or run `feed-relay run --once`, then try again."
)
_MAX_LIMIT = 1_000_000_000


def backfill(
    ctx: typer.Context,
    feed: Annotated[str, typer.Argument(help="A followed feed: its name, address or title.")],
    since: Annotated[
        str,
        typer.Option(
            callback=check_date, help="Only posts from this day or later: 2026-01-31, 2026-01, 2026, 1y."
        ),
    ] = "",
    limit: Annotated[
        int | None, typer.Option(min=1, max=_MAX_LIMIT, help="How many posts, newest first.")
    ] = None,
) -> None:
    """Archive older posts that are no longer in the feed. Posts nothing. You can stop it and run it again."""
    from bot import app

    config = options_of(ctx).load()
    feed_id = _find_feed(read_store(config.store.place, lambda store: store.archive.feeds()), feed)
    span = parse_date(since, app.clock())
    first_day = span.start if span else None
    try:
        with _progress_display(app.clock) as on_progress:
            result = asyncio.run(app.backfill(config, feed_id, first_day, limit, on_progress))
    except KeyboardInterrupt:
        print_error(_STOPPED)
        raise typer.Exit(INTERRUPTED) from None
    _report(result)


def _report(result: BackfillProgress) -> None:
    """Print the result of a finished backfill. Raises FeedRelayError if it did not finish."""
    added = count_of(result.archived, "post")
    if result.state is not BackfillState.DONE:
        raise FeedRelayError(f"{result.feed_name}: {_reason(result)} Added so far: {added}.")
    print_line(f"Added {added} of {result.feed_name} to the archive.")


def _reason(result: BackfillProgress) -> str:
    """Return why a backfill did not finish."""
    if result.state is BackfillState.STOPPED:
        return _STOPPED
    return result.error if result.polled else _NOT_POLLED


def _find_feed(feeds: Sequence[FeedHealth], name: str) -> int:
    """Return the id of the followed feed with this name. Raises FeedRelayError if there is none, or more than one."""
    found = find_feeds(feeds, name)
    followed = [feed for feed in found if feed.subscriptions]
    if not followed:
        raise FeedRelayError(f"No channel follows {found[0].name}; follow it first, then try again.")
    if len(followed) > 1:
        addresses = ", ".join(public_url(feed.url) for feed in followed)
        raise FeedRelayError(f"Several feeds are called {name}; use one of their addresses: {addresses}")
    return followed[0].id


@contextmanager
def _progress_display(clock: Callable[[], datetime]) -> Iterator[Callable[[BackfillProgress], None]]:
    """Show progress on stderr: a bar in a terminal, else a line for each change."""
    if not sys.stderr.isatty():
        yield _line_printer(clock)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("starting", total=None)

        def show(progress: BackfillProgress) -> None:
            total = None if progress.total is None else max(progress.total, progress.read)
            bar.update(task, description=_summary(progress, clock()), completed=progress.read, total=total)

        yield show


def _line_printer(clock: Callable[[], datetime]) -> Callable[[BackfillProgress], None]:
    """Return a function that prints progress to stderr, unless the line repeats the previous one."""
    last = ""

    def show(progress: BackfillProgress) -> None:
        nonlocal last
        posts = count_of(progress.read if progress.total is None else progress.total, "post")
        read = posts if progress.total is None else f"{progress.read:,} of {posts}"
        line = f"{_summary(progress, clock())}: {read} read"
        if line != last:
            print_error(line)
        last = line

    return show


def _summary(progress: BackfillProgress, now: datetime) -> str:
    reason = f" ({progress.error})" if progress.error else ""
    pause = f", waits until {progress.due_at:%Y-%m-%d %H:%M:%S} UTC{reason}" if progress.due_at > now else ""
    return without_control_characters(f"{progress.feed_name}: {progress.archived:,} added{pause}")
