"""Guilds: which channels are theirs, where they want notices, and what happens when they go."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.model import Hold
from bot.store.holds import Holds
from bot.store.queries import SQL
from bot.store.rows import milliseconds
from bot.store.sqlite.database import Database, Writer
from bot.store.subscriptions import end_subscription, hold_what_waits, place_channels

_LEFT = "The bot was removed from the server; invite it again within 30 days and everything is as it was."
_DELETED = "The channel was deleted; follow the feed in another one."
_NEVER = timedelta(days=36500)


class Guilds:
    """What Discord tells about guilds, and what they have set."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def place(self, channels: Mapping[int, int]) -> None:
        """Remember which guild each channel belongs to; channels that nobody follows are passed over."""

        async def work(writer: Writer) -> None:
            for guild_id in set(channels.values()):
                ids = [channel_id for channel_id, its_guild in channels.items() if its_guild == guild_id]
                await place_channels(writer, ids, guild_id)

        await self._db.write(work)

    async def notices_channel(self, guild_id: int) -> int | None:
        """Where notices go; None: each to the channel that it concerns."""
        found = await self._db.read(SQL["notices_channel"], (guild_id,))
        return found[0]["notices_channel_id"] if found else None

    async def set_notices_channel(self, guild_id: int, channel_id: int | None) -> None:
        """From now on."""
        values = {"id": guild_id, "channel_id": channel_id}
        await self._db.write(lambda writer: writer.run(SQL["set_notices_channel"], values))

    async def left(self, guild_id: int, now: datetime) -> int:
        """The bot was removed: suspend the guild's channels, and say how many."""

        async def work(writer: Writer) -> int:
            await writer.run(SQL["guild_left"], {"id": guild_id, "now": milliseconds(now)})
            return await _gone(writer, None, guild_id, _LEFT, now)

        return await self._db.write(work)

    async def returned(self, guild_id: int, now: datetime) -> list[Hold]:
        """The bot is back: its channels are open, and what waited is held until an admin decides.

        Empty if the bot had not left.
        """

        async def work(writer: Writer) -> list[int]:
            if not await writer.rows(SQL["guild_returned"], (guild_id,)):
                return []
            await writer.run(SQL["channels_back"], (guild_id,))
            waiting = await writer.rows(SQL["waiting_in_guild"], (guild_id,))
            return [await hold_what_waits(writer, row["subscription_id"], now) for row in waiting]

        holds = Holds(self._db)
        found = [await holds.get(hold_id) for hold_id in await self._db.write(work)]
        return [hold for hold in found if hold is not None]

    async def channel_gone(self, channel_id: int, now: datetime) -> None:
        """A channel was deleted: what follows in it is suspended, and notices go elsewhere."""

        async def work(writer: Writer) -> None:
            await _gone(writer, channel_id, None, _DELETED, now)
            await writer.run(SQL["forget_notices_channel"], (channel_id,))
            values = {"channel_id": channel_id, "now": milliseconds(now)}
            await writer.run(SQL["tell_where_it_belongs"], values)

        await self._db.write(work)

    async def forget(self, before: datetime, now: datetime) -> int:
        """End the subscriptions whose channel has been gone since before then; how many. The config's stay."""

        async def work(writer: Writer) -> int:
            found = await writer.rows(SQL["long_gone"], (milliseconds(before),))
            for row in found:
                await end_subscription(writer, row["id"], now)
            return len(found)

        return await self._db.write(work)


async def _gone(
    writer: Writer, channel_id: int | None, guild_id: int | None, reason: str, now: datetime
) -> int:
    values = {
        "channel_id": channel_id,
        "guild_id": guild_id,
        "reason": reason,
        "now": milliseconds(now),
        "never": milliseconds(now + _NEVER),
    }
    return len(await writer.rows(SQL["channels_gone"], values))
