"""`search`."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common_options import options_of
from bot.cli.dates import day
from bot.cli.feed_lookup import find_feeds
from bot.cli.output import say, say_json, warn
from bot.model import Found, Order, Query, SearchHit
from bot.search.query import parse_with_options
from bot.search.snippet import build_snippet
from bot.store.store import Store

_SNIPPET = 200
"""UTF-16 units."""


def search(
    ctx: typer.Context,
    query: Annotated[
        str,
        typer.Argument(help='Words, "phrases", -not, title:, tag:, author:, feed:, before:, after:.'),
    ],
    feed: Annotated[str, typer.Option(help="Only this feed: its name or address.")] = "",
    tag: Annotated[str, typer.Option(help="Only posts with this tag.")] = "",
    after: Annotated[
        str,
        typer.Option(callback=day, help="Only posts of this day or later: 2026-01-31, 2026-01, 2026, 7d."),
    ] = "",
    before: Annotated[str, typer.Option(callback=day, help="Only posts before this day.")] = "",
    sort: Annotated[Order, typer.Option(help="The best first, or the newest.")] = Order.RELEVANCE,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="An array of objects instead of lines.")] = False,
) -> None:
    """Search the posts that were archived, as /search does in Discord."""
    from bot.app import clock

    wanted = parse_with_options(query, clock(), tag=tag, after=after, before=before)
    if feed:
        wanted = replace(wanted, feeds=(*wanted.feeds, feed))
    found = asyncio.run(_search(options_of(ctx).load().store.path, wanted, sort, limit))
    if as_json:
        say_json([_object(hit, found.query) for hit in found.hits])
        return
    for hit in found.hits:
        say(_lines(hit, found.query))
    if not found.hits:
        warn("Nothing found; try fewer words.")


async def _search(path: Path, wanted: Query, order: Order, limit: int) -> Found:
    async with await Store.open(path, create=False) as store:
        if lag := await store.index.lag():
            warn(f"About {lag} posts are indexed first; that happens once.")
            while await store.index.catch_up():
                pass
        followed = await store.archive.feeds() if wanted.feeds else []
        named = frozenset(feed.id for name in wanted.feeds for feed in find_feeds(followed, name))
        return await store.search.find(wanted, named or None, order=order, limit=limit)


def _lines(hit: SearchHit, query: Query) -> str:
    date = f"{hit.published:%Y-%m-%d}" if hit.published else "no date   "
    about = " · ".join([hit.feed_name, *(f"#{tag}" for tag in hit.tags)])
    lines = (
        f"{date}  {hit.title or _snippet(hit, query)}",
        *(f"            {part}" for part in (about, hit.link) if part),
    )
    return "\n".join(lines)


def _snippet(hit: SearchHit, query: Query) -> str:
    return "".join(piece.text for piece in build_snippet(hit.text, query, _SNIPPET))


def _object(hit: SearchHit, query: Query) -> dict[str, object]:
    return {
        "title": hit.title,
        "link": hit.link,
        "feed": hit.feed_name,
        "tags": list(hit.tags),
        "published": hit.published.isoformat() if hit.published else None,
        "snippet": _snippet(hit, query),
    }
