"""`opml import` and `opml export`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common_options import options_of
from bot.cli.opml_file import Outline, read, write
from bot.cli.output import say, warn
from bot.config import Config
from bot.errors import FeedRelayError
from bot.store.store import Store

app = typer.Typer(
    help="Subscriptions from and to other feed readers.", no_args_is_help=True, rich_markup_mode=None
)

_LARGEST = 10_000_000


@app.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="An OPML file, as other readers export it.")],
    channel: Annotated[
        int | None, typer.Option(min=1, max=2**63 - 1, help="The id of the channel that shall follow them.")
    ] = None,
) -> None:
    """Let a channel follow every feed of an OPML file. Posts that stand there now are not posted."""
    outlines = read(_bytes_of(file), str(file))
    if channel is None:
        for outline in outlines:
            say(f"{outline.url}  {outline.title}".rstrip())
        warn(
            f"{len(outlines)} feeds, none imported; give --channel ID to say which channel shall follow them."
        )
        raise typer.Exit(2)
    added = asyncio.run(_follow(outlines, channel, options_of(ctx).load()))
    say(f"{added} feeds added to channel {channel}, {len(outlines) - added} were followed there already.")


@app.command()
def export(ctx: typer.Context) -> None:
    """Write all followed feeds as OPML to stdout."""
    say(write(asyncio.run(_followed(options_of(ctx).load()))))


async def _follow(outlines: tuple[Outline, ...], channel: int, config: Config) -> int:
    from bot.app import clock
    from bot.relay.poll_schedule import budget
    from bot.source.http.site import site_of

    now, added = clock(), 0
    async with await Store.open(config.store.path) as store:
        for outline in outlines:
            site = site_of(outline.url)
            allowance = budget(site, config.polling.per_site, config.polling.site_spacing)
            added += await store.subscriptions.follow(
                outline.url, outline.title, channel, "opml", site, allowance, now
            )
    return added


async def _followed(config: Config) -> tuple[Outline, ...]:
    """What the config file declares and what the database has; each feed once."""
    found = {feed.url: Outline(feed.url, feed.name) for feed in config.feeds}
    if config.store.path.exists():
        async with await Store.open(config.store.path, create=False) as store:
            for item in await store.subscriptions.all():
                found[item.feed_url] = Outline(item.feed_url, item.feed_name, item.feed_link)
    return tuple(found.values())


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            body = file.read(_LARGEST + 1)
    except OSError as error:
        raise FeedRelayError(f"{path}: this cannot be read ({error.strerror}); give an OPML file") from None
    if len(body) > _LARGEST:
        raise FeedRelayError(f"{path}: larger than {_LARGEST // 10**6} MB; split it into several files")
    return body
