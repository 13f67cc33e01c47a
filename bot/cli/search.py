"""`search`."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated

import typer

from bot.cli.common_options import options_of
from bot.cli.database import read_store
from bot.cli.dates import check_date
from bot.cli.feed_lookup import find_feeds
from bot.cli.output import count_of, print_error, print_json, print_line
from bot.model import Facets, Narrowing, Order, Query, SearchHit, SearchResult
from bot.search.query import parse_with_options
from bot.search.snippet import build_snippet
from bot.store.store import Store

_MAX_SNIPPET_LENGTH = 200
"""UTF-16 units."""


def search(
    ctx: typer.Context,
    query: Annotated[
        str,
        typer.Argument(
            help='Words, "phrases", -not, OR, (brackets), word*, title:, tag:, author:, feed:, before:, after:, on:.'
        ),
    ],
    feed: Annotated[str, typer.Option(help="Only this feed: its name or address.")] = "",
    tag: Annotated[str, typer.Option(help="Only posts with this tag.")] = "",
    after: Annotated[
        str,
        typer.Option(
            callback=check_date, help="Only posts from this day or later: 2026-01-31, 2026-01, 2026, 7d."
        ),
    ] = "",
    before: Annotated[str, typer.Option(callback=check_date, help="Only posts before this day.")] = "",
    sort: Annotated[Order, typer.Option(help="Best matches or newest posts first.")] = Order.RELEVANCE,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many posts.")] = 10,
    facets: Annotated[
        bool,
        typer.Option("--facets", help="Count the years and tags of what is found, instead of the posts."),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON array of objects; with --facets, an object.")
    ] = False,
) -> None:
    """Search the archive, as /search does in Discord."""
    from bot.app import clock

    now = clock()
    wanted = parse_with_options(query, now, tag=tag, after=after, before=before)
    if feed:
        wanted = replace(wanted, feeds=(*wanted.feeds, feed))
    place = options_of(ctx).load().store.place
    found = read_store(place, lambda store: _search(store, wanted, sort, limit, now))
    if facets:
        _print_facets(found, as_json=as_json)
        return
    if as_json:
        print_json([_object(hit, found.query) for hit in found.hits])
        return
    for hit in found.hits:
        print_line(_lines(hit, found.query))
    for correction in found.corrections:
        print_error(f"Nothing has {correction.typed!r}; these posts have {correction.meant!r}.")
    if found.left_out:
        print_error(f"Left out, as too few posts have everything: {', '.join(found.left_out)}")
    if not found.hits:
        print_error("Nothing found; try fewer words.")


async def _search(store: Store, wanted: Query, order: Order, limit: int, now: datetime) -> SearchResult:
    if lag := await store.index.lag():
        print_error(f"About {count_of(lag, 'post')} may be missing here until a bot has indexed them.")
    followed = await store.archive.feeds() if wanted.feeds else []
    feed_ids = frozenset(feed.id for name in wanted.feeds for feed in find_feeds(followed, name))
    return await store.search.find_narrowed(
        wanted, feed_ids or None, Narrowing(), order=order, limit=limit, now=now
    )


def _print_facets(found: SearchResult, *, as_json: bool) -> None:
    """Print the years and tags of what was found; a page of posts has none."""
    facets = found.facets or Facets()
    if as_json:
        print_json(
            {
                "years": [{"year": each.year, "posts": each.posts} for each in facets.years],
                "tags": [{"tag": each.tag, "posts": each.entries} for each in facets.tags],
                "counted": facets.counted,
                "all": not facets.is_more,
            }
        )
        return
    for year in facets.years:
        print_line(f"{year.posts:>6}  {year.year}")
    for tag in facets.tags:
        print_line(f"{tag.entries:>6}  #{tag.tag.lstrip('#')}")
    if facets.is_more:
        print_error(f"Only the newest {count_of(facets.counted, 'post')} were counted.")
    if not facets.counted:
        print_error("Nothing to count: all posts fit on one page.")


def _lines(hit: SearchHit, query: Query) -> str:
    date = f"{hit.published:%Y-%m-%d}" if hit.published else "no date   "
    origin = " · ".join([hit.feed_name, *(f"#{tag}" for tag in hit.tags)])
    lines = (
        f"{date}  {hit.title or _snippet(hit, query)}",
        *(f"            {part}" for part in (origin, hit.link) if part),
    )
    return "\n".join(lines)


def _snippet(hit: SearchHit, query: Query) -> str:
    return "".join(piece.text for piece in build_snippet(hit.text, query, _MAX_SNIPPET_LENGTH))


def _object(hit: SearchHit, query: Query) -> dict[str, object]:
    return {
        "title": hit.title,
        "link": hit.link,
        "feed": hit.feed_name,
        "tags": list(hit.tags),
        "published": hit.published.isoformat() if hit.published else None,
        "snippet": _snippet(hit, query),
    }
