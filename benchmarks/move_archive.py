"""A database for `benchmarks.move`: many short posts, each sent to a channel or waiting."""

import sqlite3
from contextlib import closing
from pathlib import Path

from benchmarks.grown_database import build as build_posts

_CHANNELS = [800_000_000_000_000_000 + number for number in range(100)]
_POSTS_PER_FEED = 100
_DELIVER = """
    INSERT INTO delivery (
        subscription_id, entry_id, channel_id, identity, state, due_at, message_id, created_at, settled_at
    )
    SELECT s.id, e.id, s.channel_id, e.identity,
        CASE WHEN e.id % 50 = 0 THEN 'pending' ELSE 'sent' END, e.first_seen_at,
        CASE WHEN e.id % 50 = 0 THEN NULL ELSE 900000000000000000 + e.id END, e.first_seen_at,
        CASE WHEN e.id % 50 = 0 THEN NULL ELSE e.first_seen_at END
    FROM entry AS e JOIN subscription AS s ON s.feed_id = e.feed_id ORDER BY e.id
"""


def build(path: Path, posts: int) -> None:
    """Write a database of about so many posts. One in fifty waits to be sent."""
    feeds = max(1, posts // _POSTS_PER_FEED)
    build_posts(path, feeds, feeds * max(1, posts // feeds), _CHANNELS)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(_DELIVER)
