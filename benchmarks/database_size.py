"""What a post costs in the database, and which table takes it.

    python -m benchmarks.database_size [--posts N] [--cache FOLDER]

Builds two archives with the bot's own code, one of short posts (about 100 words) and one of long ones (about 500), then
compacts them. The first run downloads texts, like benchmarks.search_speed.
"""

import argparse
import asyncio
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path

from benchmarks.search_archive import built
from benchmarks.tables import head, line
from benchmarks.texts.languages import ENGLISH
from benchmarks.texts.posts import Post, posts
from bot.store.store import Store

JOINED = 5
"""Short posts that make a long one."""
PARTS = {
    "index": ("search_%",),
    "posts and their texts": ("entry", "entry_newest", "entry_feed"),
    "keys": ("seen", "seen_entry", "entry_identity"),
    "tags": ("tag", "feed_tag"),
    "order by date": ("document", "sqlite_autoindex_document%"),
}
"""Names of tables and indexes, as patterns of LIKE; everything else is small."""


async def main(wanted: int, cache: Path) -> None:
    """Print a table for each archive."""
    short = posts(ENGLISH, cache, wanted)
    for name, these in (("short", short), ("long", joined(posts(ENGLISH, cache, wanted * JOINED)))):
        path = cache / f"size-{name}-{wanted}.db"
        archive = await built(path, these)
        await Store.compact(path)
        report(name, path, archive.entries, archive.text_bytes)


def joined(short: Iterator[Post]) -> Iterator[Post]:
    """Make long posts of short ones, each with the title of its first."""
    while parts := list(islice(short, JOINED)):
        yield replace(parts[0], text="\n\n".join(part.text for part in parts))


def report(name: str, path: Path, entries: int, text_bytes: int) -> None:
    """Print what each part takes, by post and compared with the plain text."""
    total = path.stat().st_size
    print(f"\n{entries:,} {name} posts of {text_bytes / entries:,.0f} bytes of plain text")
    head("", "bytes a post", "times the text")
    for part, size in (*sizes(path), ("the whole file", total)):
        line(part, f"{size / entries:,.0f}", f"{size / text_bytes:.2f}")


def sizes(path: Path) -> Iterable[tuple[str, int]]:
    """Yield the bytes of each part."""
    with closing(sqlite3.connect(path)) as connection:
        for part, patterns in PARTS.items():
            condition = " OR ".join(["name LIKE ?"] * len(patterns))
            query = f"SELECT sum(pgsize) FROM dbstat WHERE {condition}"  # noqa: S608 -- question marks
            yield part, connection.execute(query, patterns).fetchone()[0]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "feed-relay-benchmarks")
    given = parser.parse_args()
    asyncio.run(main(given.posts, given.cache))
