"""A query → an expression for MATCH: https://www.sqlite.org/fts5.html#full_text_query_syntax"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import chain, pairwise
from operator import itemgetter

from bot.model import Condition, Field, Query, Term
from bot.search.joined import joined
from bot.search.stems import is_stopword, query_stems, stems
from bot.search.tokens import EVERY_POST, STEM_PREFIX, feed_token
from bot.store.sqlite.fts_frequencies import Frequencies

_COLUMNS = {Field.TITLE: "title : ", Field.TAG: "tags : ", Field.AUTHOR: "author : "}
_STEMS = {Field.ANY: "stems : ", Field.TITLE: ""}
"""The fields in which other forms of a word are found, and the column that holds these."""
_FORMER_STEMS = {"english": "\ue002", "german": "\ue005"}
"""The prefixes of stems in indexes up to version 3 of the tokens."""
_MAX_OR_PARTS = 20
"""Parts of an OR; more are put in groups."""
_MAX_NESTED = 12
"""Parts of an AND that are nested."""
_MAX_WORDS_OF_PHRASE = 4
"""Words of a phrase that are matched before it."""
_CLOSE = 3
"""At most this many words are between two that are close together."""
_TAG, _WORD, _OTHER = range(3)
"""Kinds of conditions, in the order in which they are matched. Feeds are as quick to match as a word."""
_Cost = tuple[int, int]
"""What it takes to match a condition: its kind, and about how many posts are read."""


@dataclass(frozen=True, slots=True)
class Expressions:
    """Makes expressions for an index with posts in some languages."""

    languages: tuple[str, ...] = ()
    has_former: bool = False
    """Whether posts are still in an index of an earlier version."""
    beginnings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The words of the index that begin like an unfinished word; a beginning that is not here is matched as one."""
    frequencies: Frequencies = field(default_factory=Frequencies)
    """Of words: the rarest are matched first."""

    def of(self, query: Query, feeds: Iterable[int] = ()) -> str:
        """Return the expression for every condition, and any of these feeds if there are some.

        Tokens never contain quotes; they are quoted all the same.
        """
        return self._all(query.conditions, feeds)

    def _all(self, conditions: Iterable[Condition], feeds: Iterable[int] = ()) -> str:
        """Return an expression for posts that meet all conditions, of any of these feeds if there are some."""
        required, unwanted = [], []
        if (in_feeds := _in_feeds(feeds)) is not None:
            required.append(((_WORD, self.frequencies.searched_count), in_feeds))
        for each in conditions:
            if each.is_excluded:
                unwanted.append(self._any(each))
            else:
                required.append((self._cost(each), self._any(each)))
        required.sort(key=itemgetter(0))
        found = _nested_and([part for _, part in required] or [_quoted((EVERY_POST,))])
        return f"({found}) NOT ({' OR '.join(unwanted)})" if unwanted else found

    def _cost(self, condition: Condition) -> _Cost:
        """Return a sort key: conditions that are cheaper to match come first."""
        if isinstance(condition, Term) and len(condition.words) == 1 and not condition.is_prefix:
            is_tag = condition.field is Field.TAG
            return (_TAG, 0) if is_tag else (_WORD, self.frequencies.posts_read(condition))
        return _OTHER, 0

    def _any(self, condition: Condition) -> str:
        """Return an expression for a condition, whether or not it is excluded."""
        if isinstance(condition, Term):
            return self._term(condition)
        return f"({' OR '.join(f'({self._all(option)})' for option in condition.options)})"

    def _term(self, term: Term) -> str:
        forms = [_quoted(term.words), *(self._beginning(term) if term.is_prefix else ())]
        column = _STEMS.get(term.field)
        word = term.words[0] if len(term.words) == 1 else joined(term.words)
        if word and column is not None and not term.is_exact:
            forms += [_quoted((word,))] if len(term.words) > 1 else []
            forms += [f"{column}{_quoted((form,))}" for form in self._forms(word)]
        return f"({_COLUMNS.get(term.field, '')}{_grouped_or(forms)})"

    def _beginning(self, term: Term) -> list[str]:
        """Return what matches a term whose last word is unfinished."""
        *before, last = term.words
        known = self.beginnings.get(last)
        if known is None:
            return [f"{_quoted(term.words)} *"]
        return [_quoted((*before, word)) for word in known]

    def _forms(self, word: str) -> list[str]:
        """Return the tokens of a word's other forms."""
        found = {STEM_PREFIX + word, *query_stems(word, self.languages)}
        if self.has_former:
            found |= {
                prefix + stem for language, prefix in _FORMER_STEMS.items() for stem in stems(word, language)
            }
        return sorted(found)


def closeness(query: Query, feeds: Iterable[int] = ()) -> str | None:
    """Return an expression for posts, of any of these feeds if there are some, with two words as close as in the query.

    None if fewer than two words count. Stop words don't, since they are close to everything.
    """
    terms = [
        term
        for term in query.terms
        if term.field is Field.ANY
        and not (term.is_excluded or term.is_prefix or all(map(is_stopword, term.words)))
    ]
    pairs = [f"NEAR({_quoted(one.words)} {_quoted(other.words)}, {_CLOSE})" for one, other in pairwise(terms)]
    if not pairs:
        return None
    close = f"{{title text}} : ({' OR '.join(pairs)})"
    in_feeds = _in_feeds(feeds)
    return close if in_feeds is None else f"{in_feeds} AND {close}"


def without_small_words(phrase: Term) -> Sequence[Term]:
    """Return the words of a phrase without its small ones; () if it has no small ones, or nothing else."""
    words = [word for word in phrase.words if not is_stopword(word)]
    is_shorter = phrase.is_exact and len(words) < len(phrase.words)
    return [replace(phrase, words=(word,)) for word in words] if is_shorter else ()


def with_words_before_phrases(query: Query, min_words: int = 2) -> Query:
    """Return the query with the words of each phrase, except small ones, as conditions before it.

    A phrase with fewer than `min_words` of them gets none. FTS5 then checks the phrase only in posts that meet these
    conditions. For a long phrase, the first words are enough.
    """
    words = [without_small_words(term)[:_MAX_WORDS_OF_PHRASE] for term in query.terms if not term.is_excluded]
    before = chain.from_iterable(each for each in words if len(each) >= min_words)
    return replace(query, terms=(*before, *query.terms))


def _in_feeds(feeds: Iterable[int]) -> str | None:
    """Return an expression for posts of any of these feeds; None if there are none."""
    tokens = [_quoted((feed_token(feed_id),)) for feed_id in sorted(feeds)]
    return _grouped_or(tokens) if tokens else None


def _nested_and(parts: Sequence[str]) -> str:
    """Return an expression for posts that match all parts: ((a AND b) AND c) AND d.

    FTS5 advances every part of an AND for each post of the first one. Nested, c is advanced only for posts that have a
    and b. Its parser allows about 48 levels, so only some parts are nested, and the others joined.
    """
    found = " AND ".join(parts[:2])
    nested = reduce(lambda both, part: f"{_unmerged(both)} AND {part}", parts[2:_MAX_NESTED], found)
    return " AND ".join((nested, *parts[_MAX_NESTED:]))


def _grouped_or(parts: Sequence[str]) -> str:
    """Return an expression for posts that match any part, in groups.

    FTS5 compares the next posts of all parts of an OR.
    """
    if len(parts) > _MAX_OR_PARTS:
        starts = range(0, len(parts), _MAX_OR_PARTS)
        parts = [_unmerged(" OR ".join(parts[start : start + _MAX_OR_PARTS])) for start in starts]
    return f"({' OR '.join(parts)})"


def _unmerged(expression: str) -> str:
    """Return an expression that FTS5 does not merge into the AND or OR around it. NOT "" excludes nothing."""
    return f'(({expression}) NOT "")'


def _quoted(words: Iterable[str]) -> str:
    return '"' + " ".join(words).replace('"', '""') + '"'
