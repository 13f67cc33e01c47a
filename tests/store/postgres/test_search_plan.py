"""A search reads the posts that have its words, and not the whole archive."""

from collections.abc import Sequence

import pytest

from bot.store.place import ServerAddress
from bot.store.postgres.database import PostgresDatabase
from bot.store.postgres.engine import PostgresEngine
from bot.store.postgres.values import STATEMENTS
from tests.postgres import Databases, connected

_FILL = """
    SET session_replication_role = replica;
    INSERT INTO document (docid, entry_id, feed_id, post_id) SELECT n, n, 1, n FROM generate_series(1, 3000) AS n;
    INSERT INTO search (docid, head, vec)
    SELECT n, v, v FROM generate_series(1, 3000) AS n, LATERAL (
        SELECT to_tsvector('simple', 'common w' || n % 1000)
    ) AS made (v);
    SELECT gin_clean_pending_list('search_vec');
    ANALYZE search, document;
"""
_VALUES = {
    "posted_match": None,
    "channels": None,
    "max_posted": 2000,
    "feeds": None,
    "scope": None,
    "first": 0,
    "last": 10_000,
    "terms": ("'w7'",),
    "term_weights": (1.0,),
    "weights": (0.15, 0.05, 0.1, 0.5),
    "near": None,
    "closeness": 1.3,
    "best": 60,
    "has_former": False,
    "max_hits": 5000,
    "without": (),
    "limit": 5,
    "offset": 0,
}


@pytest.fixture
async def place(postgres: Databases) -> ServerAddress:
    """Return a new database. In the shared one, a test that rebuilt the index left `search` with `former_search_vec`.

    Rows that other tests deleted would count in the costs, too.
    """
    address = await postgres.new()
    await (await PostgresEngine(address).open(create=True)).database.close()
    return address


@pytest.mark.parametrize(("word", "scan"), [("w7", "Bitmap Index Scan on search_vec"), ("common", "")])
async def test_a_search_looks_up_its_hits_one_by_one(place: ServerAddress, word: str, scan: str) -> None:
    async with connected(place) as connection:
        await connection.execute(_FILL)
    database = PostgresDatabase(place)
    statement = STATEMENTS["find"]

    async with database._searcher.use() as connection:
        rows: Sequence[Sequence[str]] = await connection.fetch(
            f"EXPLAIN {statement.sql}", *statement.bound({**_VALUES, "match": f"'{word}'"})
        )
        mode = await connection.fetchval("SHOW plan_cache_mode")
    await database.close()

    plan = "\n".join(row[0] for row in rows)
    assert scan in plan
    assert "Seq Scan on document" not in plan
    assert "Index Scan Backward using document_pkey" not in plan
    assert mode == "force_custom_plan"  # after some searches, one plan for all words would read everything
