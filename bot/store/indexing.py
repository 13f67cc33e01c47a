"""The full-text index: updated by the transactions that write entries, and filled step by step where it is behind.

Everything in it is derived from the entries. When it must be rebuilt (after an upgrade, or because tokens changed), the
entries are indexed in small steps, newest first, while the bot works. Until an entry's turn, the former index finds it.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from bot.search.document import PostWords, belongs_in_table, build_document, read_words
from bot.search.languages import detect_languages, usual_languages
from bot.search.tokens import VERSION
from bot.store import rows
from bot.store.database import Repository, Row, Transaction, Value, long_transaction, transaction
from bot.store.entries import Index

_NEAR = 8
"""Document ids up to which one after another is tried: a second."""
_SPREAD_DOCIDS = 16_384
"""Document ids over which posts of one moment are spread if there are many: half an hour."""

_SPREAD = 0x9E3779B97F4A7C15
"""Knuth's multiplier for 64 bits."""


class Indexing(Repository, Index):
    """Keeps the index up to date."""

    async def is_current(self) -> bool:
        """Return whether the index holds this version of tokens."""
        found = await self._db.row("index_version")
        return found is not None and found["value"] == VERSION

    async def renew(self) -> None:
        """Start to rebuild the index if it has another version of tokens. What was set aside is searched meanwhile."""
        if not await self.is_current():
            await self._clear()

    @transaction
    async def _clear(self, tx: Transaction) -> None:
        await self._clear_within(tx)

    async def _clear_within(self, tx: Transaction) -> None:
        await tx.run("empty_documents")
        await tx.run_last("empty_index", [{}])
        await _set_unindexed(tx, None)
        await tx.run("set_index_version", version=VERSION)

    async def lag(self) -> int:
        """Return about how many entries are not indexed yet."""
        (row,) = await self._db.rows("count_unindexed")
        return int(row["entries"])

    async def catch_up(self, limit: int = 200) -> int:
        """Index at most `limit` entries that are not indexed yet; return about how many are left."""
        if await self.lag():
            await self._catch_up(limit)
        return await self.lag()

    @long_transaction
    async def _catch_up(self, tx: Transaction, limit: int) -> None:
        found = await tx.rows("unindexed", limit=limit)
        await self.put(tx, [row["id"] for row in found if not row["is_indexed"]])
        up_to = found[-1]["id"] - 1 if found else 0
        await _set_unindexed(tx, up_to)
        if not up_to:
            await tx.run("empty_former_documents")
            await tx.run("empty_former_index")

    async def set_aside(self) -> None:
        """Exchange the index with the empty one, in one transaction, before it is rebuilt.

        If one is aside already, a rebuild had begun. That one has all entries but the newest, which are indexed first.
        """
        raise NotImplementedError

    async def merge(self) -> bool:
        """Do some of the work that keeps searches quick; return whether there was any."""
        return False

    async def put(self, tx: Transaction, entry_ids: Sequence[int]) -> None:
        """See Index.

        FTS5 writes what it has collected as a b-tree of its own at each statement of another kind. So the words of all
        entries follow each other, also those of other transactions.
        """
        found = [row for entry_id in entry_ids if (row := await _indexable(tx, entry_id)) is not None]
        usual = _UsualLanguages(tx)
        columns: list[Mapping[str, Value]] = []
        posts: Counter[str] = Counter()
        for row in found:
            if row["former_docid"] is not None:
                await _drop_former(tx, row["former_docid"])
            words = _words(row)
            languages = await usual.detect(row["feed_id"], words)
            docid = await _add_document(tx, row, languages)
            columns.append({"docid": docid, **rows.columns(build_document(words, row["feed_id"], languages))})
            posts.update(words.tokens())
        await usual.write()
        await tx.run_last("index_words", columns)
        await _add_words(tx, posts, _salt(entry_ids[-1] if entry_ids else 0))

    async def drop(self, tx: Transaction, entry_id: int) -> None:
        """See Index: the entry and its tags show what the index has of it."""
        row = await _indexable(tx, entry_id)
        if row is None:
            return
        if row["former_docid"] is not None:
            await _drop_former(tx, row["former_docid"])
        if row["docid"] is not None:
            document = build_document(_words(row), row["feed_id"], row["languages"].split())
            await tx.run_last("unindex_words", [{"docid": row["docid"], **rows.columns(document)}])
            await tx.run("drop_document", docid=row["docid"])


class _UsualLanguages:
    """The languages that feeds are usually in, with those of the entries that are being indexed."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._posts: dict[int, Counter[str]] = {}
        """The posts of each feed that are certainly in a language."""
        self._new: dict[int, Counter[str]] = {}

    async def detect(self, feed_id: int, words: PostWords) -> Sequence[str]:
        """Return the languages of a post, which count as usual from now on if it is surely in them."""
        if feed_id not in self._posts:
            counted = await self._tx.rows("languages_of_feed", feed_id=feed_id)
            self._posts[feed_id] = Counter({row["language"]: row["posts"] for row in counted})
            self._new[feed_id] = Counter()
        posts, new = self._posts[feed_id], self._new[feed_id]
        detected = detect_languages((*words.title, *words.text), usual_languages(posts))
        new.update(dict.fromkeys(detected.languages, 0))
        for counts in (posts, new):
            counts.update(detected.sure)
        return detected.languages

    async def write(self) -> None:
        """Count the entries."""
        for feed_id, new in self._new.items():
            await self._tx.run("count_languages", feed_id=feed_id, posts=rows.as_json(new))


async def _add_document(tx: Transaction, row: Row, languages: Sequence[str]) -> int:
    (added,) = await tx.rows(
        "add_document",
        docid=row["wanted_docid"],
        near=_NEAR,
        crowded=row["wanted_docid"] + _NEAR + _salt(row["id"]) % _SPREAD_DOCIDS,
        entry_id=row["id"],
        feed_id=row["feed_id"],
        post_id=row["post_id"],
        languages=" ".join(languages),
    )
    return int(added["docid"])


async def _add_words(tx: Transaction, posts: Mapping[str, int], salt: int) -> None:
    """Add words to their table, in its order. `posts`: how many have each."""
    sizes = {word: posts[word].bit_length() - 1 for word in sorted(filter(belongs_in_table, posts))}
    await tx.run("add_words", words=rows.as_json(sizes), salt=salt)


async def _indexable(tx: Transaction, entry_id: int) -> Row | None:
    return await tx.row("indexable", id=entry_id)


def _words(row: Row) -> PostWords:
    return read_words(row["title"], rows.text(row), json.loads(row["tags"]), json.loads(row["authors"]))


def _salt(entry_id: int) -> int:
    """Spread the bits of an id, so that each of the result is set in every second entry, in no order."""
    return (entry_id * _SPREAD >> 16) & 0xFFFFFFFF


async def _drop_former(tx: Transaction, docid: int) -> None:
    """Remove an entry's document from the former index: a hit without its document is not found."""
    await tx.run("drop_former_document", docid=docid)


async def _set_unindexed(tx: Transaction, up_to: int | None) -> None:
    await tx.run("set_unindexed", up_to=up_to)
