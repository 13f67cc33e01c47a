"""After an upgrade in the middle of a flood, the new version posts the rest, and nothing twice.

The databases in `tests/data/databases` have posts that wait, that may have arrived, and that wait for an admin. Here,
their servers and channels are those of a Discord on this machine, and their clocks end now.
"""

import re
import signal
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.sandbox.discord.models import StoredMessage
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.sites.blog import Blog, BlogFeed, Post
from bot.source.http.site import site_of
from tests.e2e.bot_process import BotProcess
from tests.e2e.relay_fixture import eventually

DATABASES = Path(__file__).parents[1] / "data" / "databases"
END = datetime(2026, 5, 4, 13, 10, tzinfo=UTC)
"""The latest time in the databases."""
SERVERS = {7: (100, 102, 103, 104, 108, 110), 8: (800,)}
"""The servers of the databases, with their channels that still exist."""
FLOODED = (108, 800)
FLOODING = 9
"""The feed with the flood."""
ARRIVED = 100
"""The channel of a send that arrived although its answer was lost; another one, in channel 103, did not arrive."""
WAITING = {
    **{key: {f"Bean {number}" for number in (2, 12, 13, 14, 20, 21, 22, 23, 24)} for key in FLOODED},
    ARRIVED: {"Fresh 22"},
    102: {"Fresh 20", "Fresh 21", "Fresh 22"},
    103: {"Fresh 21", "Fresh 22"},
    104: set(),
}
"""The posts that must be in each channel in the end."""
HELD = 10
NEVER = 4_000_000_000_000
_IDS = {"guild_id", "channel_id", "about_channel_id", "notices_channel_id"}
_TIME = re.compile(r"(?:\w+_)?(?:at|until|since)")
_NAMES = {"garden.example": "Fresh", "discord.example": "Bean"}
_POST = re.compile(r"(Bean|Fresh|garden\.example|discord\.example)[ /](\d+)")


@dataclass(kw_only=True)
class UpgradeFixture(BotProcess):
    """The new version, and the old database's world."""

    discord: SandboxDiscord
    feed: BlogFeed
    channels: Mapping[int, int]
    """The ids of Discord's channels, by those in the old database."""

    def posts(self, channel: int) -> Counter[str]:
        """Return how often each post is in a channel."""
        messages = self.discord.messages(self.channels[channel])
        return Counter(name for message in messages for name in _names(message))

    def publish(self, number: int, guid: str = "") -> None:
        """Publish a post that both flooded channels want."""
        html, at = f"<p>Bean number {number}.</p>", datetime.now(UTC)
        self.feed.publish(Post(f"9{number}", f"Bean {number}", html, at, tags=("stars",), guid=guid))

    def states(self) -> Counter[str]:
        """Return how many deliveries of channels that exist are in each state."""
        with closing(sqlite3.connect(self.folder / "feed-relay.db")) as database:
            ids = ",".join(map(str, self.channels.values()))
            rows = database.execute(f"SELECT state FROM delivery WHERE channel_id IN ({ids})")  # noqa: S608 -- numbers
            return Counter(state for (state,) in rows)


def _names(message: StoredMessage) -> set[str]:
    """Return the posts that a message shows, by title or link."""
    shown = [message.content, *(f"{each.get('title')} {each.get('url')}" for each in message.embeds)]
    return {f"{_NAMES.get(kind, kind)} {number}" for kind, number in _POST.findall(" ".join(shown))}


@asynccontextmanager
async def upgrade_fixture(folder: Path, dump: Path) -> AsyncIterator[UpgradeFixture]:
    """The old database in its world; the bot isn't started yet."""
    async with SandboxDiscord() as discord, Blog() as blog:
        feed = blog.feed("beans", "Beans")
        ids: dict[int, int] = {}
        for old, channels in SERVERS.items():
            ids[old] = discord.add_guild(f"Server {old}").id
            ids |= {channel: discord.add_channel(ids[old], f"c{channel}").id for channel in channels}
        _write_database(folder / "feed-relay.db", dump, ids, feed.url)
        config = f'[discord]\napi_url = "{discord.api_url}"\n[polling]\nallow_private_addresses = true\n'
        (folder / "config.toml").write_text(config, "utf-8")
        found = UpgradeFixture(folder=folder, token=discord.token, discord=discord, feed=feed, channels=ids)
        try:
            yield found
        finally:
            await found.close()


def _write_database(path: Path, dump: Path, ids: Mapping[int, int], flood_url: str) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(dump.read_text("utf-8"))
        passed = (datetime.now(UTC) - END) // timedelta(milliseconds=1)
        for table, column in _columns(database):
            if _TIME.fullmatch(column):
                database.execute(
                    f'UPDATE "{table}" SET "{column}" = "{column}" + ? WHERE "{column}" BETWEEN 1 AND ?',  # noqa: S608 -- names from the schema
                    (passed, NEVER),
                )
            if column in _IDS or (column == "id" and table in {"guild", "channel"}):
                for old, new in ids.items():
                    database.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE "{column}" = ?', (new, old))  # noqa: S608 -- as above
        database.execute("UPDATE subscription SET origin = 'discord'")  # the config has no feeds
        database.execute("UPDATE feed SET next_poll_at = ?", (NEVER,))
        database.execute("UPDATE backfill SET due_at = ?", (NEVER,))
        database.execute(
            "INSERT INTO site (domain, at_once, spacing) VALUES (?, 2, 0)", (site_of(flood_url),)
        )
        flooding = (flood_url, site_of(flood_url), FLOODING)
        database.execute("UPDATE feed SET url = ?, site = ?, next_poll_at = 0 WHERE id = ?", flooding)
        database.execute("UPDATE feed_address SET url = ? WHERE feed_id = ?", (flood_url, FLOODING))


def _columns(database: sqlite3.Connection) -> list[tuple[str, str]]:
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return [
        (table, column)
        for table in tables
        for _, column, *_ in database.execute(f'PRAGMA table_info("{table}")')
    ]


@pytest.mark.parametrize("dump", ["c65eedc.sql"])
async def test_an_upgrade_in_the_middle_of_a_flood_loses_nothing_and_posts_nothing_twice(
    tmp_path: Path, dump: str
) -> None:
    async with upgrade_fixture(tmp_path, DATABASES / dump) as fixture:
        fixture.discord.say(
            fixture.channels[ARRIVED],
            "**[Fresh 22 🌱](<https://garden.example/22>)**",
            author=fixture.discord.bot,
        )
        for number in (2, 14, 24, 44):
            fixture.publish(number, guid=f"d{number}")
        fixture.publish(50)
        wanted = {
            channel: posts | {"Bean 50", "Bean 51"} if channel in FLOODED else posts
            for channel, posts in WAITING.items()
        }

        await fixture.start("tests.e2e.kill_at_step", "before", "send", "6")
        died = await fixture.died()
        await fixture.start()
        await eventually(lambda: all("Bean 50" in fixture.posts(channel) for channel in FLOODED))
        fixture.publish(51)
        await eventually(lambda: all(fixture.posts(channel).keys() >= wanted[channel] for channel in wanted))
        ended = await fixture.stop()

        assert (died, ended) == (-signal.SIGKILL, 0)
        assert {channel: fixture.posts(channel) for channel in wanted} == {
            channel: Counter(posts) for channel, posts in wanted.items()
        }
        states = fixture.states()
        assert (states["held"], states["pending"], states["sending"]) == (HELD, 0, 0)
        assert (tmp_path / "feed-relay.db.v5.backup").exists()
