"""Changes of a subscription's settings, which can be undone, and a new look for its messages."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.model import LookProgress, Setting, Settings, differences, take
from bot.store import rows
from bot.store.database import Repository, Transaction, transaction
from bot.store.rows import as_json
from bot.store.subscriptions import FollowedFeed, find_subscription, read_followed

MAX_CHANGES = 20
"""How many changes of a subscription's settings can be undone."""


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """A change of a subscription's settings."""

    id: int
    """0: nothing changed, so nothing was written."""
    before: FollowedFeed
    after: FollowedFeed

    @property
    def fields(self) -> frozenset[Setting]:
        """The settings that changed."""
        return differences(self.before.subscription.settings, self.after.subscription.settings)


@dataclass(frozen=True, slots=True)
class StoredChange:
    """A change that may be undone."""

    id: int
    subscription_id: int
    user_id: int
    before: Settings
    after: Settings
    undone: bool


Edit = Callable[[FollowedFeed], Settings]
"""Given a subscription as it is, returns the settings that it should have. May raise to change nothing."""


class SettingsChanges(Repository):
    """Changes settings, and applies a new look to messages that were sent."""

    @transaction
    async def change(
        self,
        tx: Transaction,
        subscription_id: int,
        edit: Edit,
        user_id: int,
        now: datetime,
        *,
        undoes: int | None = None,
    ) -> SettingsChange | None:
        """Change settings as `edit` says, in one transaction, so that no change of two admins at once is lost.

        What the config file names stays as it is. `undoes`: the change that this one undoes; it can be undone once.
        Returns None if there is no such subscription, or the change was undone before. Raises what `edit` raises.
        """
        before = await read_followed(tx, subscription_id)
        if before is None or (undoes is not None and not await tx.rows("mark_undone", id=undoes, now=now)):
            return None
        current = before.subscription.settings
        wanted = take(edit(before), current, before.fixed)
        changed = differences(current, wanted)
        if not changed:
            return SettingsChange(0, before, before)
        chosen = rows.as_setting_names(await _chosen(tx, before) | changed)
        await tx.run("set_settings", id=subscription_id, chosen=chosen, **rows.settings_columns(wanted))
        if Setting.INTERVAL in changed:
            await tx.run("poll_now", id=before.subscription.feed_id, now=now)
        after = await read_followed(tx, subscription_id)
        assert after is not None  # noqa: S101  # this transaction has just read it
        return SettingsChange(await _record_change(tx, before, wanted, user_id, now), before, after)

    async def read_change(self, change_id: int) -> StoredChange | None:
        """Return a change of settings; None if there is none with this id, or it was deleted."""
        row = await self._db.row("settings_change", id=change_id)
        if row is None:
            return None
        before, after = (rows.settings(json.loads(row[column])) for column in ("before", "after"))
        undone = row["undone_at"] is not None
        return StoredChange(row["id"], row["subscription_id"], row["user_id"], before, after, undone)

    @transaction
    async def apply_look(self, tx: Transaction, subscription_id: int, limit: int, now: datetime) -> int:
        """Edit the newest messages, so that they look as posts do now; return how many. Earlier requests end."""
        await tx.run("forget_edits", id=subscription_id)
        return await tx.run("add_edits", id=subscription_id, limit=limit, now=now)

    async def count_messages(self, subscription_id: int, limit: int) -> int:
        """Return how many messages could be edited, `limit` at most."""
        (row,) = await self._db.rows("count_messages", id=subscription_id, limit=limit)
        return int(row["messages"])

    async def look_progress(self, subscription_id: int) -> LookProgress:
        """Return the progress of the last `apply_look`."""
        found = await self._db.rows("count_edits", id=subscription_id)
        return LookProgress(**{row["state"]: row["messages"] for row in found})


async def _record_change(
    tx: Transaction, before: FollowedFeed, after: Settings, user_id: int, now: datetime
) -> int:
    subscription_id = before.subscription.id
    old, new = before.subscription.settings, after
    (row,) = await tx.rows(
        "add_settings_change",
        subscription_id=subscription_id,
        user_id=user_id,
        before=as_json(rows.settings_columns(old)),
        after=as_json(rows.settings_columns(new)),
        now=now,
    )
    await tx.run("forget_settings_changes", subscription_id=subscription_id, kept=MAX_CHANGES)
    return int(row["id"])


async def _chosen(tx: Transaction, followed: FollowedFeed) -> frozenset[Setting]:
    found = await find_subscription(tx, followed.subscription.feed_id, followed.subscription.channel_id)
    return frozenset() if found is None else rows.setting_names(found["chosen"])
