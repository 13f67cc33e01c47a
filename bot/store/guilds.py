"""Guilds: which channels are theirs, where they want notices, and what happens when they go."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model import Hold
from bot.store.database import Repository, Transaction, transaction
from bot.store.holds import read_hold
from bot.store.subscriptions import assign_channels, end_subscription, hold_waiting

_LEFT = "The bot was removed from the server; invite it again within 30 days and everything is as it was."
_DELETED = "The channel was deleted; follow the feed in another one."
_NEVER = timedelta(days=36500)


@dataclass(frozen=True, slots=True)
class NoticesChannels:
    """The channels of a guild that notices may go to."""

    chosen: int | None
    """By an admin."""
    updates: int | None
    """Discord's channel for Community updates or safety alerts, if the bot can write there."""

    @property
    def used(self) -> int | None:
        """Where notices go; None: to the member who added the feed, or to the channel that the notice is about."""
        return self.updates if self.chosen is None else self.chosen


@dataclass(frozen=True, slots=True)
class FollowedChannel:
    """A channel that follows a feed, as Discord last reported it."""

    id: int
    guild_id: int | None
    """None: not reported yet."""
    gone: bool
    """It was deleted, or its guild removed the bot."""
    has_left: bool
    """Its guild removed the bot."""


class Guilds(Repository):
    """Records what Discord reports about guilds, and their settings."""

    @transaction
    async def assign_channels(self, tx: Transaction, guild_of: Mapping[int, int]) -> None:
        """Record the guild of each channel; channels without a subscription are skipped."""
        for guild_id in set(guild_of.values()):
            ids = [channel_id for channel_id, its_guild in guild_of.items() if its_guild == guild_id]
            await assign_channels(tx, ids, guild_id)

    async def notices_channels(self, guild_id: int) -> NoticesChannels:
        """Return the channels where notices of the guild may go."""
        row = await self._db.row("notices_channels", id=guild_id)
        if row is None:
            return NoticesChannels(None, None)
        return NoticesChannels(row["notices_channel_id"], row["updates_channel_id"])

    async def managers_role(self, guild_id: int) -> int | None:
        """Return the role whose members may press the buttons of admins; None: none may."""
        row = await self._db.row("managers_role", id=guild_id)
        return None if row is None else row["managers_role_id"]

    async def time_zone(self, guild_id: int) -> str:
        """Return the name of the guild's time zone; "": none was chosen."""
        row = await self._db.row("time_zone", id=guild_id)
        return "" if row is None else str(row["time_zone"])

    @transaction
    async def set_time_zone(self, tx: Transaction, guild_id: int, time_zone: str) -> None:
        """Change where the days of the guild's searches begin, from the next search on."""
        await tx.run("set_time_zone", id=guild_id, time_zone=time_zone)

    async def language(self, guild_id: int) -> str:
        """Return the language of what the bot posts in the guild; "": none was chosen."""
        row = await self._db.row("language", id=guild_id)
        return "" if row is None else str(row["language"])

    @transaction
    async def set_language(self, tx: Transaction, guild_id: int, language: str) -> None:
        """Change the language of what the bot posts in the guild, from the next message on."""
        await tx.run("set_language", id=guild_id, language=language)

    async def followed_channels(self) -> list[FollowedChannel]:
        """Return the channels that follow a feed."""
        return [
            FollowedChannel(row["id"], row["guild_id"], bool(row["gone"]), bool(row["has_left"]))
            for row in await self._db.rows("followed_channels")
        ]

    @transaction
    async def set_notices_channel(self, tx: Transaction, guild_id: int, channel_id: int | None) -> None:
        """Change where notices go from now on; None: to the default."""
        await tx.run("set_notices_channel", id=guild_id, channel_id=channel_id)

    @transaction
    async def set_managers_role(self, tx: Transaction, guild_id: int, role_id: int | None) -> None:
        """Change which role may press the buttons of admins; None: none."""
        await tx.run("set_managers_role", id=guild_id, role_id=role_id)

    @transaction
    async def set_updates_channel(self, tx: Transaction, guild_id: int, channel_id: int | None) -> None:
        """Record Discord's channel for the guild's staff; None: there is none where the bot can write."""
        await tx.run("set_updates_channel", id=guild_id, channel_id=channel_id)

    @transaction
    async def left(self, tx: Transaction, guild_id: int, now: datetime) -> int:
        """Record that the bot was removed: suspend the guild's channels, and return how many."""
        await tx.run("guild_left", id=guild_id, now=now)
        return await _suspend_gone(tx, now, _LEFT, guild_id=guild_id)

    @transaction
    async def returned(self, tx: Transaction, guild_id: int, now: datetime) -> list[Hold]:
        """Record that the bot is back: its channels are open, and what waited is held until an admin decides.

        Returns the holds; none if the bot had not left. Channels that were deleted stay so.
        """
        if not await tx.rows("guild_returned", id=guild_id):
            return []
        await tx.run("channels_back", guild_id=guild_id, deleted=_DELETED)
        waiting = await tx.rows("waiting_in_guild", guild_id=guild_id)
        found = [await read_hold(tx, await hold_waiting(tx, row["subscription_id"], now)) for row in waiting]
        return [hold for hold in found if hold is not None]

    @transaction
    async def channel_gone(self, tx: Transaction, channel_id: int, now: datetime) -> None:
        """Record that a channel was deleted: its subscriptions are suspended, and notices go elsewhere."""
        await _suspend_gone(tx, now, _DELETED, channel_id=channel_id)
        await tx.run("clear_notices_channel", channel_id=channel_id)
        await tx.run("return_notices", channel_id=channel_id, now=now)

    @transaction
    async def forget(self, tx: Transaction, before: datetime, now: datetime) -> int:
        """End subscriptions whose channels were deleted before this time, except the config's; return how many."""
        found = await tx.rows("long_gone", before=before)
        for row in found:
            await end_subscription(tx, row["id"], now)
        return len(found)


async def _suspend_gone(
    tx: Transaction, now: datetime, reason: str, *, channel_id: int | None = None, guild_id: int | None = None
) -> int:
    gone = await tx.rows(
        "channels_gone", channel_id=channel_id, guild_id=guild_id, reason=reason, now=now, never=now + _NEVER
    )
    return len(gone)
