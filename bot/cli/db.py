"""`db check`, `db backup`, `db restore`, `db stats`, `db compact`, `db move`."""

import asyncio
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common_options import options_of
from bot.cli.database import read_store
from bot.cli.output import count_of, print_line
from bot.errors import FeedRelayError
from bot.store.archive import Stats
from bot.store.place import Place, ServerAddress, secrets_in
from bot.store.store import Store
from bot.store.transfer import OnProgress

_ADDRESS = re.compile(r"[a-z+]{2,}:/|.*\b(host|password)=", re.IGNORECASE)
"""The beginning of an address as a path, where "//" becomes "/", or of libpq's other way to write it."""
_DATABASE_START = b"SQLite format 3\0"
_MAX_ADDRESS = 10_000
"""Bytes."""

app = typer.Typer(
    help="Check, back up, restore, describe, shrink or move the database.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command()
def check(ctx: typer.Context) -> None:
    """Check the database for damage. Exit code 1 if there is any."""
    place = options_of(ctx).load().store.place
    problems = read_store(place, lambda store: store.check(), any_version=True)
    for problem in problems:
        print_line(problem)
    if problems:
        print_line(
            f"{place} is damaged; stop the bot, keep a copy of the file, and restore the newest backup."
        )
        raise typer.Exit(1)
    print_line(f"{place} is OK.")


@app.command()
def backup(
    ctx: typer.Context, path: Annotated[Path, typer.Argument(help="The file to create; it must not exist.")]
) -> None:
    """Copy the complete database; safe while the bot runs."""
    read_store(options_of(ctx).load().store.place, lambda store: store.backup(path), any_version=True)
    print_line(f"Copied to {path} ({format_size(path.stat().st_size)}).")


@app.command()
def restore(
    ctx: typer.Context, file: Annotated[Path, typer.Argument(help="The backup; it is only read.")]
) -> None:
    """Put a backup in place of the database, which is kept beside it. Stop the bot first.

    At its next start, the bot looks through each channel before it posts, so nothing is posted twice.
    """
    from bot.app import clock

    place = options_of(ctx).load().store.place
    restored = asyncio.run(Store.restore(place, file, clock()))
    print_line(f"Restored {place} as it was at {restored.copied_at:%Y-%m-%d %H:%M} UTC.")
    if restored.kept is not None:
        print_line(f"The former database is now {restored.kept}.")
    print_line("Start the bot: it looks for what was posted since then before it posts anything.")


@app.command()
def stats(ctx: typer.Context) -> None:
    """Show sizes and counts, held posts, and channels that refuse the bot."""
    for line in _lines(read_store(options_of(ctx).load().store.place, lambda store: store.archive.stats())):
        print_line(line)


@app.command()
def compact(ctx: typer.Context) -> None:
    """Make the file as small as its contents. Stop the bot first; needs up to twice as much free space for a while."""
    place = options_of(ctx).load().store.place
    before, after = asyncio.run(_compact(place))
    print_line(f"Compacted {place}: {format_size(before)} before, {format_size(after)} now.")


@app.command()
def move(
    ctx: typer.Context,
    source: Annotated[
        Path,
        typer.Argument(
            metavar="FROM",
            help="The database file, or a file with the address of a PostgreSQL database.",
        ),
    ],
    target: Annotated[
        Path,
        typer.Argument(
            metavar="TO",
            help="A new file, or a file with the address of an empty PostgreSQL database.",
        ),
    ],
) -> None:
    """Move the database to a PostgreSQL server, or back to a file. Stop the bot first.

    Every row is copied and checked. Afterwards, the old database can't be used. A move that was interrupted can be
    repeated. The bot makes the search index while it runs.
    """
    options = options_of(ctx)
    places = place_in(source), place_in(target)
    options.start_logs(tuple(secret for place in places for secret in secrets_in(place)))
    if len({_identity(place) for place in places}) == 1:
        raise FeedRelayError("FROM and TO are the same database; choose another TO.")
    with _bar() as on_progress:
        left = asyncio.run(Store.move(*places, on_progress))
    print_line(
        f"Moved {places[0]} to {places[1]}. Change store.path or store.url in the config, then start the bot."
    )
    if left:
        print_line(
            f"It posts at once, and indexes about {count_of(left, 'post')} for searches meanwhile, newest first."
        )


def place_in(file: Path) -> Place:
    """Return the database file, or the server's address that the file contains, to keep it off the command line.

    Raises FeedRelayError if it is neither.
    """
    if not file.exists() and _ADDRESS.match(str(file)):
        raise FeedRelayError("Write the address into a file that only you can read, and pass that file.")
    if not file.is_file():
        return file.absolute()
    try:
        with file.open("rb") as opened:
            start = opened.read(_MAX_ADDRESS)
    except OSError as error:
        raise FeedRelayError(f"{file} cannot be read ({error.strerror}); check its permissions.") from None
    is_database = not start or start.startswith(_DATABASE_START)
    return file.absolute() if is_database else _read_address(file, start)


def _read_address(file: Path, content: bytes) -> ServerAddress:
    from bot.config.values import database_address

    try:
        if address := database_address(content.decode("utf-8-sig")):
            return ServerAddress(address)
    except ValueError:
        pass
    raise FeedRelayError(
        f"{file} is not a database, and not a file with only an address such as postgresql://db.example/feed_relay."
    )


def _identity(place: Place) -> Place:
    """Return the place without what two names of it may differ in."""
    return place.resolve() if isinstance(place, Path) else place


@contextmanager
def _bar() -> Iterator[OnProgress]:
    """Show progress on stderr in a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, TimeRemainingColumn(), console=Console(stderr=True), disable=not sys.stderr.isatty()
    ) as bar:
        task = bar.add_task("starting", total=None)

        def show(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total)

        yield show


async def _compact(place: Place) -> tuple[int, int]:
    """Return the sizes before and after."""
    before = await Store.size(place)
    await Store.compact(place)
    return before, await Store.size(place)


def _lines(stats: Stats) -> Iterator[str]:
    counts = {
        "size": format_size(stats.bytes),
        "feeds": stats.feeds,
        "posts": stats.entries,
        "known identities": stats.seen,
        "subscriptions": stats.subscriptions,
        "channels": stats.channels,
        **{f"deliveries {state}": number for state, number in sorted(stats.deliveries.items())},
    }
    width = max(len(name) for name in counts)
    yield from (f"{name:<{width}}  {value}" for name, value in counts.items())
    for held in stats.held:
        yield (
            f"held: {count_of(held.deliveries, 'post')} of {held.feed_name} for channel {held.channel_id}"
            f"{_since(held.since)}: more at once than posts.burst_limit"
        )
    for channel in stats.suspended:
        yield (
            f"suspended: channel {channel.channel_id}{_since(channel.since)}, "
            f"{count_of(channel.waiting, 'post')} waiting: {channel.reason}"
        )


def _since(moment: datetime | None) -> str:
    return f" since {moment:%Y-%m-%d %H:%M} UTC" if moment else ""


def format_size(count: int) -> str:
    """Return a number of bytes in a readable unit: "1.2 MB"."""
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1e6:.1f} MB" if count >= 1_000_000 else f"{count / 1e3:.1f} KB"
