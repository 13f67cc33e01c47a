"""Estimate from the word table how many posts FTS5 reads for a word."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.model import Query, Term
from bot.search.stems import is_stopword, query_stems
from bot.search.tokens import STEM_PREFIX, is_plain_word

_MIN_SHARE = 0.0005
"""Assumed share of feeds that have none of the newest posts."""


@dataclass(frozen=True, slots=True)
class Frequencies:
    """About how many posts of an archive have each word."""

    entry_count: int = 0
    """0 if no words were looked up."""
    words: Mapping[str, int] = field(default_factory=dict)
    searched_share: float = 1.0
    """Share of the entries that are in the searched feeds, at a guess."""
    languages: tuple[str, ...] = ()
    """The languages of the posts."""

    @property
    def searched_count(self) -> int:
        """Return about how many entries are in the searched feeds."""
        return round(max(self.searched_share, _MIN_SHARE) * self.entry_count)

    def posts_read(self, term: Term) -> int:
        """Return about how many posts FTS5 reads for a term: those with each of its words and other forms, added up.

        The word table lacks words of one letter: a small one is assumed to be in half of the posts. It also lacks parts
        of unsegmented words, which are assumed to be rare. 0 if no words were looked up.
        """
        if not self.entry_count:
            return 0
        return sum(self._posts_read(word, is_exact=term.is_exact) for word in term.words)

    def _posts_read(self, word: str, *, is_exact: bool) -> int:
        """Return the number for one word. The list of its stem is at least as long as that of the word.

        The table has no stems. But a stem that is a word, too, gives a better estimate.
        """
        guess = self.entry_count // 2
        posts = self.words.get(word, guess if len(word) == 1 and is_stopword(word) else 0)
        if is_exact:
            return posts
        return posts + max(posts, sum(self.words.get(stem, 0) for stem in _stems(word, self.languages)))


def words_to_look_up(queries: Iterable[Query], languages: tuple[str, ...]) -> set[str]:
    """Return the words whose frequencies decide how these queries are matched and scored, with their stems.

    Not those that the word table lacks.
    """
    terms = {term for query in queries for term in query.all_terms()}
    words = {word for term in terms for word in term.words}
    inflected = {word for term in terms if not term.is_exact for word in term.words}
    words.update(*(_stems(word, languages) for word in inflected))
    return {word for word in words if len(word) > 1 and is_plain_word(word)}


def _stems(word: str, languages: tuple[str, ...]) -> list[str]:
    return [token.removeprefix(STEM_PREFIX) for token in query_stems(word, languages)]
