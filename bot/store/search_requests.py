"""Search requests: what members asked for, kept for the buttons below the answers."""

import secrets
from datetime import datetime, timedelta

from bot.model import SearchRequest
from bot.store import rows
from bot.store.queries import SQL
from bot.store.rows import milliseconds
from bot.store.sqlite.database import Database, Writer

KEPT = 10_000
"""SearchRequests; older ones make room."""
REMEMBERED = timedelta(days=7)
"""And no longer than this: Discord itself drops answers for one person sooner."""
_TOKENS = 10**18


class SearchRequests:
    """What was asked, by a token that nobody guesses."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def keep(self, guild_id: int, user_id: int, asked: str, now: datetime) -> int:
        """Keep it, and return its token, of at most 18 digits; `asked`: JSON."""
        token = secrets.randbelow(_TOKENS)
        values = {
            "token": token,
            "guild_id": guild_id,
            "user_id": user_id,
            "asked": rows.whole(asked),
            "now": milliseconds(now),
        }

        async def work(writer: Writer) -> int:
            await writer.run(SQL["put_question"], values)
            bounds = {"kept": KEPT, "oldest": milliseconds(now - REMEMBERED)}
            return await writer.run(SQL["forget_questions"], bounds)

        await self._db.write(work)
        return token

    async def get(self, token: int) -> SearchRequest | None:
        """None: there is none of this token (any more)."""
        if token >= _TOKENS:  # forged, and SQLite has no such integers
            return None
        found = await self._db.read(SQL["question"], (token,))
        return rows.search_request(found[0]) if found else None
