"""The words of all posts: in their table, and parts of words, as of Japanese ones, in the index."""

from collections.abc import Collection, Mapping

from bot.search.tokens import is_plain_word
from bot.store.matching import Words
from bot.store.postgres.database import PostgresDatabase

_TIMEOUT = 1.0
"""Seconds for looking words up in the index."""
_MAX_POSTS = 1_000
"""Posts up to which they are counted there: a word of more is common."""


class VectorWords(Words):
    """Looks words up."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._db = database

    async def known(self, words: Collection[str]) -> Mapping[str, int]:
        """See Words."""
        whole = sorted(filter(is_plain_word, words))
        found = list(await self._db.rows("known_words", words=whole))
        if parts := sorted(set(words).difference(whole)):
            found += await self._db.search("known_parts", _TIMEOUT, words=parts, most=_MAX_POSTS) or ()
        return {row["word"]: row["posts"] for row in found}
