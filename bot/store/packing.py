"""Compress the texts that earlier versions stored uncompressed: in small steps, newest first, while the bot works.

Until then they are read from their old columns.
"""

from bot.store import rows
from bot.store.database import Repository, Transaction, Value, long_transaction
from bot.store.texts import pack

STEP = 200
"""Entries per transaction."""


class Packing(Repository):
    """Compresses what is left of an earlier version."""

    async def step(self) -> bool:
        """Compress some texts; return whether there were any left. After a crash it continues where it was."""
        return await self._db.row("has_loose_texts") is not None and await self._step()

    async def finish(self) -> None:
        """Compress all that are left."""
        while await self.step():
            pass

    @long_transaction
    async def _step(self, tx: Transaction) -> bool:
        found = await tx.rows("loose_texts", limit=STEP)
        packed: list[dict[str, Value]] = [
            {"id": row["id"], "texts": pack(rows.texts(row))} for row in found if not row["texts"]
        ]
        await tx.run_many("pack_entry", packed)
        await tx.run("set_loose_texts", up_to=found[-1]["id"] - 1 if found else 0)
        return bool(found)
