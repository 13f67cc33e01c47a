"""About how many posts of an archive FTS5 reads for a word, from the table of words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.model import Query, Term
from bot.search.languages import LANGUAGES
from bot.search.stems import is_stopword, query_stems
from bot.search.tokens import STEM_PREFIX, is_plain_word

_SMALLEST_SHARE = 0.0005
"""The share of feeds that none of the newest posts is from."""


@dataclass(frozen=True, slots=True)
class Frequencies:
    """About how many posts of an archive have each word."""

    entry_count: int = 0
    """0 if no words were looked up."""
    words: Mapping[str, int] = field(default_factory=dict)
    searched_share: float = 1.0
    """Share of the entries that are in the searched feeds, at a guess."""
    languages: tuple[str, ...] = LANGUAGES
    """The languages of the posts."""

    @property
    def searched_count(self) -> int:
        """Return about how many entries are in the searched feeds."""
        return round(max(self.searched_share, _SMALLEST_SHARE) * self.entry_count)

    def counted(self, term: Term) -> int:
        """Return about how many posts FTS5 reads for a term: those with each of its words and other forms, added up.

        The word table has no words of one letter, of which a small one is assumed to be in half of the posts. It has no
        parts of unsegmented words either, which are assumed to be rare.
        """
        return sum(self._counted(word, is_exact=term.is_exact) for word in term.words)

    def _counted(self, word: str, *, is_exact: bool) -> int:
        guess = self.entry_count // 2
        posts = self.words.get(word, guess if len(word) == 1 and is_stopword(word) else 0)
        if is_exact:
            return posts
        return posts + max(posts, sum(self.words.get(stem, 0) for stem in _stems(word, self.languages)))


def counted_words(queries: Iterable[Query], languages: tuple[str, ...]) -> set[str]:
    """Return the words whose frequencies decide how these queries are matched and scored, with their stems."""
    terms = {term for query in queries for term in query.all_terms()}
    words = {word for term in terms for word in term.words}
    inflected = {word for term in terms if not term.is_exact for word in term.words}
    return set(filter(is_plain_word, words.union(*(_stems(word, languages) for word in inflected))))


def _stems(word: str, languages: tuple[str, ...]) -> list[str]:
    return [token.removeprefix(STEM_PREFIX) for token in query_stems(word, languages)]
