"""Known-item search: does a search for some of a post's rarer words find it, as people remember and type them?

    python -m benchmarks.search_quality [--languages L …] [--cache FOLDER] [--posts N] [--queries N]

Each form uses random posts, the same ones each time. A post counts as found if it is on the first page of five posts.
PyPI's `reader` gets the same posts and queries. The last table sums up the others. See `search_speed` for the cache.
"""

import argparse
import asyncio
import random
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice, takewhile
from pathlib import Path

from benchmarks import search_forms as forms
from benchmarks.search_archive import built, number_of
from benchmarks.search_forms import Vocabulary, remembered
from benchmarks.search_questions import question
from benchmarks.search_reader import ReaderWorker, start_reader
from benchmarks.search_slips import Variants, slipped, slips
from benchmarks.search_typed import TypedQuery
from benchmarks.tables import head, line, table
from benchmarks.texts import inflections as inflect
from benchmarks.texts.inflections import inflections
from benchmarks.texts.languages import ARABIC, ENGLISH, GERMAN, JAPANESE, LANGUAGES, Language
from benchmarks.texts.posts import NOW, Post, posts
from bot.search.query import parse_query
from bot.store.search import Search
from bot.store.store import Store

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


@dataclass(frozen=True, slots=True)
class Found:
    """How many of some posts were found."""

    posts: int
    ours: int
    nothing: int
    too_much: int
    theirs: int
    theirs_nothing: int
    example: str

    def share(self, found: int) -> str:
        """Return the share of the posts that were found."""
        return f"{found / self.posts:.1%}"

    def cells(self) -> tuple[object, ...]:
        """Return the cells of its table row."""
        ours = (self.posts, self.share(self.ours), self.nothing, self.too_much)
        return (*ours, self.share(self.theirs), self.theirs_nothing, self.example)


async def main(wanted: Sequence[str], cache: Path, limit: int, queries: int) -> None:
    """Print a table for each language, and one of all."""
    found = {name: await _language(LANGUAGES[name], cache, limit, queries) for name in wanted}
    print("\n## Found on the first page, and in brackets by `reader`")
    forms_of_all = dict.fromkeys(form for own in found.values() for form in own)
    table(
        ("query", *found),
        [(form, *(_both(own.get(form)) for own in found.values())) for form in forms_of_all],
    )


def _both(found: Found | None) -> str:
    return f"{found.share(found.ours)} ({found.share(found.theirs)})" if found else ""


async def _language(language: Language, cache: Path, limit: int, queries: int) -> Mapping[str, Found]:
    """Return what is found by each form of query, and print it."""
    everything = partial(_distinct, language, cache, limit)
    archive = list(everything())
    name = str(limit) if language is ENGLISH else f"{language.name}-{limit}"
    await built(cache / f"{name}.db", archive)
    print(f"\n## {language.name}: {len(archive):,} posts")
    results: dict[str, Found] = {}
    async with await Store.open(cache / f"{name}.db") as store:
        with start_reader(cache, name, everything) as other:
            head(*_COLUMNS)
            for form, draw in _draws(language, archive, cache).items():
                if measured := await _measure(
                    store.search, other, list(islice(_drawn(archive, draw), queries))
                ):
                    results[form] = measured
                    line(form, *measured.cells())
    return results


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
        **{kind: _slipping(as_written, variants) for kind, variants in slips(language.name).items()},
        "last word cut, typing": lambda post, dice: _cut(as_written(post, dice), dice, is_typing=True),
        "last word cut, sent": lambda post, dice: _cut(as_written(post, dice), dice, is_typing=False),
        "question": lambda post, dice: question(language.name, post, forms.same, known, dice),
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


def _slipping(draw: Draw, variants: Variants) -> Draw:
    def draw_slipped(post: Post, dice: random.Random) -> TypedQuery | None:
        query = draw(post, dice)
        return query and slipped(query, variants, dice)

    return draw_slipped


def _cut(query: TypedQuery | None, dice: random.Random, *, is_typing: bool) -> TypedQuery | None:
    return query and forms.cut(query, dice, is_typing=is_typing)


def _drawn(archive: Sequence[Post], draw: Draw) -> Iterator[tuple[Post, TypedQuery]]:
    """Yield posts that have such a query."""
    dice = random.Random(11)
    for post in dice.sample(archive, len(archive)):
        if query := draw(post, dice):
            yield post, query


async def _measure(
    search: Search, other: ReaderWorker, queries: Sequence[tuple[Post, TypedQuery]]
) -> Found | None:
    """Return how many of the posts each program finds; None if there are none."""
    if not queries:
        return None
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
    example = queries[0][1].typed
    return Found(len(queries), ours, ours_empty, too_much, theirs, theirs_empty, example)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--languages", nargs="+", default=list(LANGUAGES), choices=LANGUAGES)
    parser.add_argument("--posts", type=int, default=100_000, help="posts of each language, at most")
    parser.add_argument("--queries", type=int, default=500, help="queries of each form, at most")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "feed-relay-benchmarks")
    given = parser.parse_args()
    asyncio.run(main(given.languages, given.cache, given.posts, given.queries))
