"""Turn a Query into an FTS5 expression. Pure. Tokens never contain quotes; they are quoted all the same.

https://www.sqlite.org/fts5.html#full_text_query_syntax
"""

from collections.abc import Iterable

from bot.model import Field, Query, Term
from bot.search.stems import query_stems
from bot.search.tokens import EVERY_POST, feed_token

_COLUMNS = {Field.TITLE: "title : ", Field.TAG: "tags : ", Field.AUTHOR: "author : "}
_STEMS = {Field.ANY: "stems : ", Field.TITLE: ""}
"""The fields in which inflections are found, and the column that holds their stems."""


def expression(query: Query, feeds: Iterable[int] = ()) -> str:
    """Return the expression for MATCH: every condition, and any of these feeds if there are some."""
    wanted = [_term(term) for term in query.terms if not term.is_excluded]
    unwanted = [_term(term) for term in query.terms if term.is_excluded]
    scope = " OR ".join(_quoted((feed_token(feed_id),)) for feed_id in sorted(feeds))
    required = [*wanted, *([f"({scope})"] if scope else [])] or [_quoted((EVERY_POST,))]
    found = " AND ".join(required)
    return f"({found}) NOT ({' OR '.join(unwanted)})" if unwanted else found


def _term(term: Term) -> str:
    words = _quoted(term.words)
    forms = [words, f"{words} *"] if term.is_prefix else [words]
    column = _STEMS.get(term.field)
    if column is not None and not term.is_exact and len(term.words) == 1:
        forms += [f"{column}{_quoted((stem,))}" for stem in query_stems(term.words[0])]
    return f"({_COLUMNS.get(term.field, '')}({' OR '.join(forms)}))"


def _quoted(words: Iterable[str]) -> str:
    return '"' + " ".join(words).replace('"', '""') + '"'
