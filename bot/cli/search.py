"""`search`."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.everywhere import given
from bot.cli.output import say, say_json, warn
from bot.model import SearchHit
from bot.store.archive import Search
from bot.store.store import Store


def search(
    ctx: typer.Context,
    query: Annotated[str, typer.Argument(help="Words; a post needs all of them.")],
    feed: Annotated[str, typer.Option(help="Only this feed: its name or address.")] = "",
    tag: Annotated[str, typer.Option(help="Only posts with this tag.")] = "",
    after: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only posts of this day or later.")
    ] = None,
    before: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only posts before this day.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, the newest ones.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="An array of objects instead of lines.")] = False,
) -> None:
    """Search the posts that were archived, newest first."""
    wanted = Search(tuple(query.split()), feed, tag, _day(after), _day(before), limit)
    hits = asyncio.run(_search(given(ctx).load().store.path, wanted))
    if as_json:
        say_json([_object(hit) for hit in hits])
        return
    for hit in hits:
        say(_lines(hit))
    if not hits:
        warn("Nothing found; try fewer words.")


def _day(moment: datetime | None) -> datetime | None:
    """Days are days of UTC."""
    return moment.replace(tzinfo=UTC) if moment else None


async def _search(path: Path, wanted: Search) -> list[SearchHit]:
    async with await Store.open(path, create=False) as store:
        return await store.archive.search(wanted)


def _lines(hit: SearchHit) -> str:
    date = f"{hit.published:%Y-%m-%d}" if hit.published else "no date   "
    about = " · ".join([hit.feed_name, *(f"#{tag}" for tag in hit.tags)])
    return "\n".join(
        filter(
            None, (f"{date}  {hit.title or hit.snippet}", f"            {about}", f"            {hit.link}")
        )
    )


def _object(hit: SearchHit) -> dict[str, object]:
    return {
        "title": hit.title,
        "link": hit.link,
        "feed": hit.feed_name,
        "tags": list(hit.tags),
        "published": hit.published.isoformat() if hit.published else None,
        "snippet": hit.snippet,
    }
