"""`opml import` and `opml export`."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.chat import logged_in
from bot.cli.common_options import options_of
from bot.cli.files import read_file
from bot.cli.output import count_of, print_error, print_line
from bot.config import Config
from bot.errors import ChatUnreachable, FeedRelayError
from bot.model import MAX_SNOWFLAKE, Outline
from bot.source.formats.opml import MAX_NAMED, read_document, write_opml
from bot.source.http.url import public_url
from bot.store.store import Store
from bot.text.address import has_secret, label_of, safe_title

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
        typer.Option(min=1, max=MAX_SNOWFLAKE, help="The id of the channel that should follow the feeds."),
    ] = None,
) -> None:
    """Follow every feed of an OPML file in a channel. Posts that are in the feeds now are not posted."""
    document = read_document(_read(file), str(file))
    _print_dropped(document.dropped)
    if channel is None:
        for outline in document.outlines:
            print_line(f"{public_url(outline.url)}  {outline.title}".rstrip())
        found = count_of(len(document.outlines), "feed")
        print_error(
            f"Found {found}, imported none; choose the channel that should follow them with --channel ID."
        )
        raise typer.Exit(2)
    config = options_of(ctx).load()
    asyncio.run(_check_channel(channel, config))
    added = asyncio.run(_follow(document.outlines, channel, config))
    known = len(document.outlines) - added
    print_line(f"Added {count_of(added, 'feed')} to channel {channel}; it already followed {known}.")


@app.command()
def export(ctx: typer.Context) -> None:
    """Print all followed feeds as OPML."""
    outlines = asyncio.run(_followed(options_of(ctx).load()))
    print_line(write_opml(outlines))
    secret = [outline for outline in outlines if has_secret(outline.url) or has_secret(outline.link)]
    for outline in secret:
        print_error(f"The address of {outline.title or label_of(outline.url)} seems to contain a secret.")
    if secret:
        print_error(
            "Keep this file as safe as a password, and remove these feeds before you give it to others."
        )


def _print_dropped(sentences: Sequence[str]) -> None:
    for sentence in sentences[:MAX_NAMED]:
        print_error(sentence)
    if len(sentences) > MAX_NAMED:
        print_error(f"Left out {len(sentences) - MAX_NAMED} more.")


async def _check_channel(channel: int, config: Config) -> None:
    """Raise FeedRelayError if the bot can never post there; print a warning about what can be fixed later."""
    if not config.discord.token.get_secret_value():
        print_error(
            "The channel was not checked, because there is no bot token; run `feed-relay check` later."
        )
        return
    try:
        async with logged_in(config) as chat:
            report = await chat.sender.inspect(channel)
    except ChatUnreachable as error:
        print_error(f"The channel was not checked: {error}")
        return
    if report.advice and not report.missing:
        raise FeedRelayError(f"Channel {channel}: {report.advice} Nothing was imported.")
    if report.advice:
        print_error(f"Channel {channel} (#{report.name}, {report.guild}): {report.advice}")


async def _follow(outlines: tuple[Outline, ...], channel: int, config: Config) -> int:
    from bot.app import clock
    from bot.relay.poll_schedule import budget
    from bot.source.http.site import site_of

    now, added = clock(), 0
    async with await Store.open_beside(config.store.place, create=True) as store:
        for outline in outlines:
            site = site_of(outline.url)
            allowance = budget(site, config.polling.per_site, config.polling.site_spacing)
            added += await store.subscriptions.follow(
                outline.url, safe_title(outline.title, outline.url), channel, "opml", site, allowance, now
            )
    return added


async def _followed(config: Config) -> tuple[Outline, ...]:
    """Return the feeds of the config file and of the database, each once."""
    found = {feed.url: Outline(feed.url, feed.name) for feed in config.feeds}
    if await Store.size(config.store.place):
        for item in await Store.read(config.store.place, lambda store: store.subscriptions.all()):
            found[item.feed_url] = Outline(item.feed_url, item.feed_name, item.feed_link)
    return tuple(found.values())


def _read(path: Path) -> bytes:
    too_large = f"{_MAX_FILE_SIZE // 10**6} MB; split it into several files"
    return read_file(path, _MAX_FILE_SIZE, "choose an OPML file", too_large=too_large)
