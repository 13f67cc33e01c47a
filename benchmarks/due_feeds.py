"""A new database on a server with many feeds that are all due.

The rows are copied as `db move` does, since the bot's own commands would take minutes for 100,000 feeds. The bot knows
each feed's last document, but none of its posts.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from benchmarks.feed_documents import Edition, document
from benchmarks.feed_server import address_on_site
from bot.store import rows
from bot.store.copying import Cell
from bot.store.place import ServerAddress
from bot.store.postgres.engine import PostgresEngine
from bot.text.address import NAMES_VERSION, label_of
from tests.postgres import connected

EDITION = Edition(newest=0, posts=1, paragraphs=1)
"""What the bot knows of each feed."""
FEEDS_PER_SITE = 5
FEEDS_PER_CHANNEL = 10
_MAX_CONCURRENT = 2
"""As the bot's default, so that its start changes nothing."""
_GUILD = 1
_REST = timedelta(days=1)

Row = Mapping[str, Cell]


async def write(address: ServerAddress, count: int, port: int, now: datetime) -> None:
    """Fill an empty database. All sites rest until `release`. `port`: of the server of the feeds."""
    feeds = [_feed(number, count, port, now) for number in range(count)]
    channels = range(1, 2 + count // FEEDS_PER_CHANNEL)
    tables: dict[str, list[Row]] = {
        "meta": [{"key": "instance", "value": "benchmark"}, {"key": "names", "value": NAMES_VERSION}],
        "guild": [{"id": _GUILD}],
        "channel": [{"id": channel, "guild_id": _GUILD} for channel in channels],
        "site": [_site(str(domain), now) for domain in dict.fromkeys(feed["site"] for feed in feeds)],
        "feed": feeds,
        "feed_address": [{"url": feed["url"], "feed_id": feed["id"]} for feed in feeds],
        "subscription": [_subscription(number, now) for number in range(count)],
    }
    async with PostgresEngine(address).filling() as writer:
        for table, records in tables.items():
            await writer.insert(table, list(records[0]), [tuple(record.values()) for record in records])
        await writer.set_last_ids({"feed": count, "subscription": count})
        await writer.complete(lambda _done, _all: None)


async def release(address: ServerAddress) -> None:
    """Let all feeds be polled from now on."""
    async with connected(address) as connection:
        await connection.execute("UPDATE site SET cooldown_until = 0")
        await connection.execute("VACUUM ANALYZE site")


def _site(domain: str, now: datetime) -> Row:
    return {
        "domain": domain,
        "max_concurrent": _MAX_CONCURRENT,
        "spacing": 0,
        "first_due_at": rows.milliseconds(now),
        "cooldown_until": rows.milliseconds(now + _REST),
    }


def _feed(number: int, count: int, port: int, now: datetime) -> Row:
    url = address_on_site(number, number % max(1, count // FEEDS_PER_SITE), port)
    at = rows.milliseconds(now)
    return {
        "id": number + 1,
        "url": url,
        "label": label_of(url),
        "site": urlsplit(url).hostname,
        "title": f"Garden {number}",
        "etag": EDITION.etag_of(number),
        "body_hash": hashlib.sha256(document(number, EDITION)).hexdigest(),
        "last_poll_at": at,
        "last_success_at": at,
        "last_full_at": at,
        "next_poll_at": at,
        "is_followed": 1,
    }


def _subscription(number: int, now: datetime) -> Row:
    return {
        "id": number + 1,
        "feed_id": number + 1,
        "channel_id": 1 + number // FEEDS_PER_CHANNEL,
        "origin": "discord",
        "rule": "{}",
        "style": "card",
        "mention_roles": "[]",
        "baseline_due": 0,
        "created_at": rows.milliseconds(now),
    }
