"""The words of the full-text index."""

from collections.abc import Collection, Mapping

from bot.store.matching import Words
from bot.store.sqlite.database import SqliteDatabase

_TIMEOUT = 1.0
"""Seconds for looking words up."""


class FtsWords(Words):
    """Looks words up in the index."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._db = database

    async def known(self, words: Collection[str]) -> Mapping[str, int]:
        """See Words."""
        found = await self._db.search("known_words", _TIMEOUT, words=sorted(words))
        return {row["word"]: 1 for row in found or ()}
