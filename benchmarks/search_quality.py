"""Known-item search: does a search for some of a post's rarer words find it, as people remember and type them?

    python -m benchmarks.search_quality [--languages L …] [--cache FOLDER] [--english N]

Each form uses 500 random posts, the same ones each time. A post counts as found if it is on the first page of five
posts. PyPI's `reader` gets the same posts and queries. See `search_speed` for the cache.
"""

import argparse
import asyncio
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice, takewhile
from pathlib import Path

from benchmarks import search_forms as forms
from benchmarks.search_archive import built, number_of
from benchmarks.search_forms import Vocabulary, remembered
from benchmarks.search_queries import TypedQuery
from benchmarks.search_reader import ReaderWorker, start_reader
from benchmarks.tables import head, line
from benchmarks.texts import inflections as inflect
from benchmarks.texts.inflections import inflections
from benchmarks.texts.languages import ARABIC, ENGLISH, GERMAN, JAPANESE, LANGUAGES, Language
from benchmarks.texts.posts import NOW, Post, posts
from bot.search.query import parse_query
from bot.store.search import Search
from bot.store.store import Store

QUERIES_PER_FORM = 500
_COLUMNS = ("query", "posts", "found", "nothing", "too much", "reader: found", "nothing", "such as")
"""Too much: not on the first page, since more posts than fit match the query."""
_DICTIONARIES = {
    "arabic": inflect.ARABIC,
    "english": inflect.ENGLISH,
    "french": inflect.FRENCH,
    "german": inflect.GERMAN,
    "portuguese": inflect.PORTUGUESE,
    "russian": inflect.RUSSIAN,
    "spanish": inflect.SPANISH,
    "swedish": inflect.SWEDISH,
}
Draw = Callable[[Post, random.Random], TypedQuery | None]
"""Returns a query for a post, or None if the post has no suitable word."""


async def main(wanted: Sequence[str], cache: Path, english: int) -> None:
    """Print a table for each language."""
    for language in (LANGUAGES[name] for name in wanted):
        everything = partial(_distinct, language, cache, english)
        found = list(everything())
        name = str(english) if language is ENGLISH else language.name
        await built(cache / f"{name}.db", found)
        print(f"\n## {language.name}: {len(found):,} posts")
        async with await Store.open(cache / f"{name}.db") as store:
            with start_reader(cache, name, everything) as other:
                head(*_COLUMNS)
                for form, draw in _draws(language, found, cache).items():
                    line(form, *await _measure(store.search, other, found, draw))


def _distinct(language: Language, cache: Path, limit: int) -> Iterator[Post]:
    """Return posts that share no sentence, at most `limit` of them."""
    count = sum(
        1 for _ in takewhile(lambda post: post.is_distinct, islice(posts(language, cache, limit), limit))
    )
    return posts(language, cache, count)


def _draws(language: Language, found: list[Post], cache: Path) -> dict[str, Draw]:
    """Return the kinds of queries in a language."""
    if language is JAPANESE:
        posts_with = forms.pairs(found)
        return {
            "one run": lambda post, dice: forms.random_pieces(post, posts_with, 1, dice),
            "two runs": lambda post, dice: forms.random_pieces(post, posts_with, 2, dice),
        }
    known = Vocabulary.of(found)
    all_forms = {"as written": forms.same, **_own_forms(language, known, cache)}
    draws: dict[str, Draw] = {name: _remembering(form, known) for name, form in all_forms.items()}
    as_written = draws["as written"]
    return {
        **draws,
        "last word cut, typing": lambda post, dice: _cut(as_written(post, dice), dice, is_typing=True),
        "last word cut, sent": lambda post, dice: _cut(as_written(post, dice), dice, is_typing=False),
    }


def _own_forms(language: Language, known: Vocabulary, cache: Path) -> dict[str, forms.Form]:
    inflected = known.inflected(inflections(_DICTIONARIES[language.name], cache, known.used()))
    if language is ARABIC:
        return {
            "inflected": inflected,
            "without vowel marks": forms.unmarked,
            "other letters": forms.other_letters,
        }
    if language is GERMAN:
        return {"inflected": inflected, "umlauts dropped": forms.unaccented, "ae for ä": forms.spelled_out}
    return {"inflected": inflected, "without accents": forms.unaccented}


def _remembering(form: forms.Form, known: Vocabulary) -> Draw:
    return lambda post, dice: remembered(post, form, known, dice)


def _cut(query: TypedQuery | None, dice: random.Random, *, is_typing: bool) -> TypedQuery | None:
    return query and forms.cut(query, dice, is_typing=is_typing)


async def _measure(search: Search, other: ReaderWorker, found: list[Post], draw: Draw) -> tuple[object, ...]:
    """Return how many of the posts each program finds, and an example query."""
    dice = random.Random(11)
    drawn = ((post, draw(post, dice)) for post in dice.sample(found, len(found)))
    queries = list(islice(((post, query) for post, query in drawn if query), QUERIES_PER_FORM))
    ours = theirs = ours_empty = theirs_empty = too_much = 0
    for post, query in queries:
        page = await search.find(parse_query(query.typed, NOW, is_partial=query.is_typing), None)
        is_found = post.number in {number_of(hit.link) for hit in page.hits}
        ours += is_found
        too_much += not is_found and page.total > len(page.hits)
        ours_empty += not page.hits
        numbers = other.search(query.fts5).numbers
        theirs += post.number in numbers
        theirs_empty += not numbers
    return (
        len(queries),
        f"{ours / len(queries):.1%}",
        ours_empty,
        too_much,
        f"{theirs / len(queries):.1%}",
        theirs_empty,
        queries[0][1].typed,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--languages", nargs="+", default=list(LANGUAGES), choices=LANGUAGES)
    parser.add_argument("--english", type=int, default=100_000, help="posts of the English collection")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "feed-relay-benchmarks")
    given = parser.parse_args()
    asyncio.run(main(given.languages, given.cache, given.english))
