"""`db check`, `db backup`, `db stats`."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common_options import options_of
from bot.cli.output import say
from bot.store.archive import Stats
from bot.store.store import Store

app = typer.Typer(
    help="The database: whether it is sound, a copy of it, what is in it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command()
def check(ctx: typer.Context) -> None:
    """Read all of the database and say what is damaged. Exit code 1 if anything is."""
    path = options_of(ctx).load().store.path
    problems = asyncio.run(_check(path))
    for problem in problems:
        say(problem)
    if problems:
        say(
            f"{path} is damaged; stop the bot, keep a copy of the file and restore the newest backup beside it."
        )
        raise typer.Exit(1)
    say(f"{path} is sound.")


@app.command()
def backup(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(help="The copy; it must not exist yet.")],
) -> None:
    """Write a copy of the database that is whole, also while the bot runs."""
    asyncio.run(_backup(options_of(ctx).load().store.path, path))
    say(f"Copied to {path} ({size(path.stat().st_size)}).")


@app.command()
def stats(ctx: typer.Context) -> None:
    """Say how much there is, what is held back, and which channels refuse the bot."""
    for line in _lines(asyncio.run(_stats(options_of(ctx).load().store.path))):
        say(line)


async def _check(path: Path) -> list[str]:
    async with await Store.open(path, create=False) as store:
        return await store.check()


async def _backup(path: Path, target: Path) -> None:
    async with await Store.open(path, create=False) as store:
        await store.backup(target)


async def _stats(path: Path) -> Stats:
    async with await Store.open(path, create=False) as store:
        return await store.archive.stats()


def _lines(stats: Stats) -> Iterator[str]:
    counts = {
        "size": size(stats.bytes),
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
            f"held: {held.deliveries} posts of {held.feed_name} for channel {held.channel_id}{_since(held.since)}: "
            "more at once than posts.burst_limit"
        )
    for channel in stats.suspended:
        yield (
            f"suspended: channel {channel.channel_id}{_since(channel.since)}, {channel.waiting} posts wait: "
            f"{channel.reason}"
        )


def _since(moment: datetime | None) -> str:
    return f" since {moment:%Y-%m-%d %H:%M} UTC" if moment else ""


def size(count: int) -> str:
    """A number of bytes for people."""
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1e6:.1f} MB" if count >= 1_000_000 else f"{count / 1e3:.1f} KB"
