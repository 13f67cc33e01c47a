"""Lists of feeds that admins import into a channel, until each of the feeds was read once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model import ChannelDeclaration, FeedDeclaration, SiteBudget
from bot.store.database import Repository, Transaction, transaction
from bot.store.notices import drop_import, read_import
from bot.store.subscriptions import (
    add_subscription,
    assign_channels,
    count_in_guild,
    find_or_add_feed,
    find_subscription,
)


@dataclass(frozen=True, slots=True)
class StartedImport:
    """An import whose subscriptions were just made."""

    id: int
    """0 if nothing was new."""
    added: int
    already: int
    """Feeds that the channel followed before, by whatever address."""
    left_out: int
    """Feeds that the guild's limit doesn't allow."""


@dataclass(frozen=True, slots=True)
class UnreadableFeed:
    """An imported feed that couldn't be read."""

    name: str
    error: str


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far the feeds of an import were read."""

    feeds: int
    polled: int
    unreadable: tuple[UnreadableFeed, ...]


class Imports(Repository):
    """Starts imports, and follows their progress."""

    @transaction
    async def start(
        self,
        tx: Transaction,
        feeds: Sequence[FeedDeclaration],
        channel: ChannelDeclaration,
        guild_id: int,
        user_id: int,
        *,
        site_of: Callable[[str], str],
        budget: Callable[[str], SiteBudget],
        limit: int,
        now: datetime,
    ) -> StartedImport:
        """Subscribe a channel to these feeds, in one transaction, as far as the guild's limit allows.

        The next poll of each makes the baseline. The person who imported them gets a notice when all were read,
        unless `finish` is called before.
        """
        room = limit - await count_in_guild(tx, guild_id)
        added: list[int] = []
        already = left_out = 0
        for feed in feeds:
            if room <= len(added):
                left_out += 1
                continue
            site = site_of(feed.url)
            feed_id = await find_or_add_feed(tx, feed, site, budget(site), now)
            if await find_subscription(tx, feed_id, channel.channel_id) is not None:
                already += 1
                continue
            await add_subscription(tx, feed_id, channel, "discord", now, user_id)
            added.append(feed_id)
        if not added:
            return StartedImport(0, 0, already, left_out)
        await assign_channels(tx, [channel.channel_id], guild_id)
        (row,) = await tx.rows(
            "add_import", guild_id=guild_id, channel_id=channel.channel_id, user_id=user_id, now=now
        )
        await tx.run_many("add_imported_feed", [{"id": row["id"], "feed_id": each} for each in added])
        return StartedImport(row["id"], len(added), already, left_out)

    async def progress(self, import_id: int) -> ImportProgress | None:
        """Return how many of the feeds were read; None if the import is finished."""
        found = await read_import(self._db, import_id)
        if not found:
            return None
        unreadable = (
            UnreadableFeed(row["name"], row["error"]) for row in found if row["polled"] and row["error"]
        )
        return ImportProgress(len(found), sum(row["polled"] for row in found), tuple(unreadable))

    @transaction
    async def finish(self, tx: Transaction, import_id: int) -> None:
        """Delete an import whose result was shown, so that no notice follows."""
        await drop_import(tx, import_id)
