"""Looks up the words of all posts: in their table, and parts of words, such as Japanese ones, in the index."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from bot.model import Query
from bot.search.tokens import is_plain_word
from bot.store.database import Reader, Row, Value
from bot.store.matching import Words, unfinished_words

_TIMEOUT = 1.0
"""Seconds for looking words up in the index."""
_MAX_POSTS = 1_000
"""Posts up to which they are counted there. A word with more is common."""
_MAX_WORDS = 200
"""An unfinished word is searched as each of the words that it may be, if there are no more than this."""
_MAX_MERGED = 100_000
"""Posts that an engine can match by the start of their words, in about 50 ms. Of more, the most used words count."""


class Searchable(Reader, Protocol):
    """A database with an index."""

    async def search(self, query: str, seconds: float, /, **values: Value) -> Sequence[Row] | None:
        """Like `rows`, one search after another; None if it was interrupted after `seconds`."""


class IndexedWords(Words):
    """The words of an index."""

    def __init__(self, database: Searchable) -> None:
        self._db = database

    async def known(self, words: Collection[str]) -> Mapping[str, int]:
        """See Words."""
        if not words:
            return {}
        whole = sorted(filter(is_plain_word, words))
        found = list(await self._db.rows("known_words", words=whole))
        if parts := sorted(set(words).difference(whole)):
            found += await self._db.search("known_parts", _TIMEOUT, words=parts, most=_MAX_POSTS) or ()
        return {row["word"]: row["posts"] for row in found}

    async def starting(self, starts: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Return the words with each beginning, without beginnings that the engine should match itself."""
        found = {start: await self._starting(start) for start in starts}
        return {start: words for start, words in found.items() if words is not None}

    async def _starting(self, start: str) -> Sequence[str] | None:
        found = await self._db.rows(
            "words_starting", first=start, last=f"{start}\U0010ffff", limit=_MAX_WORDS
        )
        if found and found[0]["words"] > _MAX_WORDS and found[0]["posts"] <= _MAX_MERGED:
            return None
        return [row["word"] for row in found]


class Beginnings:
    """What the unfinished words of one answer's queries may be, each looked up once."""

    def __init__(self, words: IndexedWords) -> None:
        self._words = words
        self._looked_up: set[str] = set()
        self._found: dict[str, Sequence[str]] = {}

    async def of(self, query: Query) -> Mapping[str, Sequence[str]]:
        """Return the words with each beginning, without beginnings that the engine should match itself."""
        unfinished = unfinished_words(query)
        if new := unfinished - self._looked_up:
            self._found |= await self._words.starting(new)
            self._looked_up |= new
        return {start: self._found[start] for start in unfinished if start in self._found}
