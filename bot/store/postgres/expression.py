"""A query → a tsquery: https://www.postgresql.org/docs/current/datatype-textsearch.html#DATATYPE-TSQUERY"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bot.model import Condition, Field, Query, Term
from bot.search.joined import joined
from bot.search.stems import is_stopword, query_stems
from bot.search.tokens import EVERY_POST, NO_POST, STEM_PREFIX, feed_token

_COLUMNS = {Field.TITLE: "A", Field.TAG: "B", Field.AUTHOR: "C"}
"""The weight that `post_vector` gives a column's tokens."""
_INFLECTED = (Field.ANY, Field.TITLE)
"""The fields in which other forms of a word are found."""
_CLOSE = 4
"""Words are close together if at most this many positions are between them."""


@dataclass(frozen=True, slots=True)
class Expressions:
    """Makes expressions for an index with posts in some languages."""

    languages: tuple[str, ...] = ()
    beginnings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The words of the index that begin like an unfinished word; a beginning that is not here is matched as one."""

    def of(self, query: Query, feeds: Iterable[int] = ()) -> str:
        """Return the expression for every condition, and any of these feeds if there are some."""
        scope = " | ".join(_lexeme(feed_token(feed_id)) for feed_id in sorted(feeds))
        return self._all(query.conditions, scope)

    def term(self, term: Term) -> str:
        """Return the expression for a term, whether or not it is excluded."""
        column = _COLUMNS.get(term.field, "")
        forms = [_phrase(term.words, column), *(self._beginning(term, column) if term.is_prefix else ())]
        word = term.words[0] if len(term.words) == 1 else joined(term.words)
        if word and term.field in _INFLECTED and not term.is_exact:
            forms += [_lexeme(word, column)] if len(term.words) > 1 else []
            forms += [_lexeme(form, column) for form in self._forms(word)]
        return f"({' | '.join(forms)})" if forms else _lexeme(NO_POST)

    def _all(self, conditions: Iterable[Condition], scope: str = "") -> str:
        """Return an expression for posts that meet all conditions, and match `scope` if it is given."""
        conditions = tuple(conditions)
        required = [self._any(each) for each in conditions if not each.is_excluded]
        required += [f"({scope})"] if scope else []
        unwanted = [f"!{self._any(each)}" for each in conditions if each.is_excluded]
        return " & ".join((required or [_lexeme(EVERY_POST)]) + unwanted)

    def _any(self, condition: Condition) -> str:
        """Return an expression for a condition, whether or not it is excluded."""
        if isinstance(condition, Term):
            return self.term(condition)
        return f"({' | '.join(f'({self._all(option)})' for option in condition.options)})"

    def _beginning(self, term: Term, column: str) -> list[str]:
        """Return what matches a term whose last word is unfinished."""
        *before, last = term.words
        known = self.beginnings.get(last)
        if known is None:
            return [_phrase(term.words, column, is_beginning=True)]
        return [_phrase((*before, word), column) for word in known]

    def _forms(self, word: str) -> list[str]:
        """Return the tokens of a word's other forms."""
        return sorted({STEM_PREFIX + word, *query_stems(word, self.languages)})


def closeness(query: Query) -> str | None:
    """Return an expression for posts in which two words are as close together as in the query; None if it has one word.

    Stop words do not count, since they are close to everything.
    """
    terms = [
        term
        for term in query.terms
        if term.field is Field.ANY
        and not (term.is_excluded or term.is_prefix or all(map(is_stopword, term.words)))
    ]
    pairs = [each for one, other in pairwise(terms) for each in _near(one.words, other.words)]
    return " | ".join(pairs) or None


def _near(one: Sequence[str], other: Sequence[str]) -> list[str]:
    """Return expressions for two words or phrases near each other, in either order."""
    return [
        f"({_phrase(first)} <{len(second) - 1 + gap}> {_phrase(second)})"
        for first, second in ((one, other), (other, one))
        for gap in range(1, _CLOSE + 1)
    ]


def _phrase(words: Sequence[str], column: str = "", *, is_beginning: bool = False) -> str:
    *before, last = words
    lexemes = [*(_lexeme(word, column) for word in before), _lexeme(last, column, is_beginning=is_beginning)]
    return f"({' <-> '.join(lexemes)})" if before else lexemes[0]


def _lexeme(word: str, column: str = "", *, is_beginning: bool = False) -> str:
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    label = f"{'*' if is_beginning else ''}{column}"
    return f"'{quoted}'{':' if label else ''}{label}"
