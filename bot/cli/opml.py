"""`opml import` and `opml export`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common_options import options_of
from bot.cli.files import read_file
from bot.cli.opml_file import Outline, read_opml, write_opml
from bot.cli.output import count_of, print_error, print_line
from bot.config import Config
from bot.store.store import Store

app = typer.Typer(
    help="Import feeds from other readers, or export them.", no_args_is_help=True, rich_markup_mode=None
)

_MAX_FILE_SIZE = 10_000_000
"""Bytes."""


@app.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="An OPML file from another feed reader.")],
    channel: Annotated[
        int | None,
        typer.Option(min=1, max=2**63 - 1, help="The id of the channel that should follow the feeds."),
    ] = None,
) -> None:
    """Let a channel follow every feed of an OPML file. Posts that are in them now are not posted."""
    outlines = read_opml(_read(file), str(file))
    if channel is None:
        for outline in outlines:
            print_line(f"{outline.url}  {outline.title}".rstrip())
        found = count_of(len(outlines), "feed")
        print_error(
            f"Found {found}, imported none; choose the channel that should follow them with --channel ID."
        )
        raise typer.Exit(2)
    added = asyncio.run(_follow(outlines, channel, options_of(ctx).load()))
    print_line(
        f"Added {count_of(added, 'feed')} to channel {channel}; it already followed {len(outlines) - added}."
    )


@app.command()
def export(ctx: typer.Context) -> None:
    """Print all followed feeds as OPML."""
    print_line(write_opml(asyncio.run(_followed(options_of(ctx).load()))))


async def _follow(outlines: tuple[Outline, ...], channel: int, config: Config) -> int:
    from bot.app import clock
    from bot.relay.poll_schedule import budget
    from bot.source.http.site import site_of

    now, added = clock(), 0
    async with await Store.open_beside(config.store.path, create=True) as store:
        for outline in outlines:
            site = site_of(outline.url)
            allowance = budget(site, config.polling.per_site, config.polling.site_spacing)
            added += await store.subscriptions.follow(
                outline.url, outline.title, channel, "opml", site, allowance, now
            )
    return added


async def _followed(config: Config) -> tuple[Outline, ...]:
    """Return the feeds of the config file and of the database, each once."""
    found = {feed.url: Outline(feed.url, feed.name) for feed in config.feeds}
    if config.store.path.exists():
        for item in await Store.read(config.store.path, lambda store: store.subscriptions.all()):
            found[item.feed_url] = Outline(item.feed_url, item.feed_name, item.feed_link)
    return tuple(found.values())


def _read(path: Path) -> bytes:
    too_large = f"{_MAX_FILE_SIZE // 10**6} MB; split it into several files"
    return read_file(path, _MAX_FILE_SIZE, "choose an OPML file", too_large=too_large)
