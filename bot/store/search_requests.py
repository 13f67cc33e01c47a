"""Search requests: what members searched for, kept for the buttons below the answers."""

import secrets
from datetime import datetime, timedelta

from bot.model import SearchRequest
from bot.store import rows
from bot.store.database import Repository, Transaction, transaction

MAX_REQUESTS = 10_000
"""Older requests are forgotten."""
MAX_OF_MEMBER = 100
"""Older requests of the same member are forgotten."""
RETENTION = timedelta(days=7)
"""Requests are forgotten after this; Discord itself drops answers to one person sooner."""
_TOKENS = 10**18


class SearchRequests(Repository):
    """Requests, each found by a token that nobody can guess."""

    @transaction
    async def keep(self, tx: Transaction, guild_id: int, user_id: int, request: str, now: datetime) -> int:
        """Keep a request, as JSON, and return its token of at most 18 digits."""
        token = secrets.randbelow(_TOKENS)
        await tx.run(
            "add_search_request", token=token, guild_id=guild_id, user_id=user_id, request=request, now=now
        )
        await tx.run("forget_search_requests_of", user_id=user_id, kept=MAX_OF_MEMBER)
        await tx.run("forget_search_requests", kept=MAX_REQUESTS, oldest=now - RETENTION)
        return token

    async def get(self, token: int) -> SearchRequest | None:
        """Return the request; None if it is no longer stored."""
        if token >= _TOKENS:  # forged, and no database has such integers
            return None
        row = await self._db.row("search_request", token=token)
        return (
            None
            if row is None
            else rows.fill(SearchRequest, row, created_at=rows.required(row["created_at"]))
        )
