"""`discover`."""

import asyncio
from typing import Annotated

import typer

from bot.cli.common_options import options_of
from bot.cli.output import print_line
from bot.config import Config
from bot.model import FoundFeed


def discover(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(help="An address from your browser: a blog, a post, a feed.")],
) -> None:
    """Find the feeds behind an address. Each line shows an address, a title, and the tag if the address has one."""
    for feed in asyncio.run(_find(url, options_of(ctx).load(need_file=False))):
        print_line(_line(feed))


def _line(feed: FoundFeed) -> str:
    tag = f'  (tag "{feed.tag}": follow the feed with this tag)' if feed.tag else ""
    return f"{feed.url}  {feed.title}".rstrip() + tag


async def _find(url: str, config: Config) -> tuple[FoundFeed, ...]:
    from bot.cli.fetch import fetcher, rate_limited
    from bot.source.discovery.discover import discover as find
    from bot.source.formats.process import Parser

    async with fetcher(config) as fetch, Parser() as parser:
        return await find(url, rate_limited(fetch.fetch_page, config), parser.parse)
