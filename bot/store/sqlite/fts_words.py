"""The words of the full-text index."""

from collections.abc import Collection, Mapping

from bot.store.matching import Words
from bot.store.sqlite.database import SqliteDatabase

_TIMEOUT = 1.0
"""Seconds for looking words up."""
_MAX_POSTS = 1_000
"""Posts up to which they are counted: a word of more is common."""


class FtsWords(Words):
    """Looks words up in the index."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._db = database

    async def known(self, words: Collection[str]) -> Mapping[str, int]:
        """See Words."""
        found = await self._db.search("known_words", _TIMEOUT, words=sorted(words), most=_MAX_POSTS)
        return {row["word"]: row["posts"] for row in found or ()}
