"""A database moves between engines with every row, can be used in one place only, and posts nothing twice."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest

from bot import errors
from bot.model import ChannelDeclaration
from bot.store import copying, store, transfer
from bot.store.backfills import Worker
from bot.store.engine import Engine
from bot.store.place import Place
from bot.store.postgres import locks
from bot.store.sqlite import migrate
from bot.store.store import Store
from tests.postgres import Databases, connected
from tests.store.conftest import ASK, LEASE, NEWS, STARS_FEED, Services, baselined, found, post

PROGRESS = list[tuple[str, int, int]]


@pytest.fixture(params=["sqlite to postgres", "postgres to sqlite"])
async def places(request: pytest.FixtureRequest, tmp_path: Path, postgres: Databases) -> tuple[Place, Place]:
    file, server = tmp_path / "feed-relay.db", await postgres.new()
    return (file, server) if request.param == "sqlite to postgres" else (server, file)


async def fill(place: Place) -> Services:
    """Two feeds, posts that were sent, that wait, that are held, and one that is being sent."""
    async with await Store.open(place) as opened:
        services = Services(opened)
        await baselined(services, NEWS)
        await services.follow(ChannelDeclaration(200), url=STARS_FEED)
        for feed in await opened.feeds.claim(services.now, LEASE, 10):
            await services.record(feed, post(1, title="Be\0ans", text="Beans.", tags=("Spring", "c++")))
        await services.send_all()
    return services


async def contents(engine: Engine) -> dict[str, Sequence[copying.Record]]:
    async with engine.reading() as reader:
        return {
            table: [
                row
                async for batch in reader.rows(table, await reader.columns(table))
                for row in copying._portable(batch)
            ]
            for table in copying.TABLES
        }


async def test_every_row_and_every_id_is_there_afterwards(places: tuple[Place, Place]) -> None:
    source, target = places
    await fill(source)
    before = await contents(store.engine_of(source))
    steps: PROGRESS = []

    await Store.move(source, target, lambda *step: steps.append(step))

    assert await contents(store.engine_of(target)) == before
    assert list(dict.fromkeys(what for what, _, _ in steps)) == ["copying", "indexing", "checking"]
    assert [step[1] for step in steps if step[0] == "checking"][-1] == steps[0][2]
    async with store.engine_of(source).reading() as old, store.engine_of(target).reading() as new:
        assert await new.last_ids() == await old.last_ids()


async def test_the_target_is_searched_and_relays_on_and_posts_nothing_again(
    places: tuple[Place, Place],
) -> None:
    source, target = places
    await fill(source)

    left = await Store.move(source, target, lambda *_: None)

    async with await Store.open(target) as opened:
        services = Services(opened)
        services.now = services.now.replace(year=2027)
        assert await services.send_all() == []
        assert await opened.index.lag() == left > 0
        assert await opened.index.catch_up() == 0
        assert len(await found(services, "beans")) >= 1
        for feed in await opened.feeds.claim(services.now, LEASE, 10):
            await services.record(feed, post(2), settings=ASK)
        assert {title for _, title in await services.send_all()} == {"Post 2"}
        assert await opened.check() == []


async def test_the_source_is_not_used_again(places: tuple[Place, Place]) -> None:
    source, target = places
    await fill(source)
    await Store.move(source, target, lambda *_: None)

    for use in (Store.open, Store.open_beside):
        with pytest.raises(errors.StoreUnopenable, match="was moved to"):
            await use(source)


async def test_a_move_to_something_that_exists_changes_nothing(places: tuple[Place, Place]) -> None:
    source, target = places
    await fill(source)
    await fill(target)
    before = await contents(store.engine_of(target))

    with pytest.raises(errors.StoreUnopenable, match="already"):
        await Store.move(source, target, lambda *_: None)

    assert await contents(store.engine_of(target)) == before
    async with await Store.open(source):
        pass


@pytest.mark.parametrize("worker", Worker)
async def test_a_move_is_refused_while_the_database_is_in_use(
    places: tuple[Place, Place], worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "WAIT", 0.01)
    source, target = places
    await fill(source)

    async with Store.lock(source, worker):
        with pytest.raises(errors.StoreLocked):
            await Store.move(source, target, lambda *_: None)

    assert await Store.size(target) == 0


_FILE_SCHEMA = "SELECT name, sql FROM sqlite_schema WHERE name NOT GLOB 'sqlite_stat*' ORDER BY name"
_SERVER_SCHEMA = """
    SELECT CAST(conrelid AS REGCLASS) || ' ' || conname AS name, pg_get_constraintdef(oid) AS sql
    FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
    UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()
    UNION ALL
    SELECT CAST(tgrelid AS REGCLASS) || ' ' || tgname, CAST(tgenabled AS TEXT) || ' ' || pg_get_triggerdef(oid)
    FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT CAST(attrelid AS REGCLASS) || ' ' || attname, CAST(attnotnull AS TEXT) FROM pg_attribute
    WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = current_schema()::regnamespace) AND attnum > 0
    ORDER BY 1, 2
"""
_STATISTICS = "SELECT count(*) FROM {} WHERE {} = 'delivery'"


async def ask(place: Place, on_file: str, on_server: str) -> list[tuple[object, ...]]:
    if isinstance(place, Path):
        with closing(sqlite3.connect(place)) as connection:
            return connection.execute(on_file).fetchall()
    async with connected(place) as server:
        return [tuple(row) for row in await server.fetch(on_server)]


async def test_the_target_has_the_schema_of_a_new_database_and_statistics(
    places: tuple[Place, Place], tmp_path: Path, postgres: Databases
) -> None:
    source, target = places
    await fill(source)
    new: Place = tmp_path / "new.db" if isinstance(target, Path) else await postgres.new()
    async with await Store.open(new):
        pass

    await Store.move(source, target, lambda *_: None)

    made = await ask(target, _FILE_SCHEMA, _SERVER_SCHEMA)
    assert made == await ask(new, _FILE_SCHEMA, _SERVER_SCHEMA)
    assert len(made) > 60
    ((known,),) = await ask(
        target, _STATISTICS.format("sqlite_stat1", "tbl"), _STATISTICS.format("pg_stats", "tablename")
    )
    assert isinstance(known, int)
    assert known > 1


async def test_a_damaged_row_is_reported_and_nothing_is_moved(tmp_path: Path, postgres: Databases) -> None:
    source, target = tmp_path / "feed-relay.db", await postgres.new()
    await fill(source)
    with closing(sqlite3.connect(source)) as connection, connection:
        connection.execute("UPDATE feed_address SET feed_id = 999")

    with pytest.raises(errors.StoreUnopenable, match="table feed_address of the other database has a row"):
        await Store.move(source, target, lambda *_: None)

    assert await Store.size(target) == 0


async def test_a_damaged_text_of_the_source_is_reported_with_its_file(tmp_path: Path) -> None:
    source, target = tmp_path / "feed-relay.db", tmp_path / "new.db"
    await fill(source)
    with closing(sqlite3.connect(source)) as connection, connection:
        connection.execute("UPDATE entry SET title = CAST(x'ff62' AS TEXT)")

    with pytest.raises(errors.StoreCorrupt) as raised:
        await Store.move(source, target, lambda *_: None)

    assert raised.value.path == str(source)
    assert not target.exists()


END_READER = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
"""


async def test_a_lost_connection_to_the_source_is_reported_with_its_address(postgres: Databases) -> None:
    source, target = await postgres.new(), await postgres.new()
    await fill(source)

    async def end_reader() -> None:
        async with connected(source) as connection:
            await connection.execute(END_READER)

    def interrupt(*_: object) -> None:
        ending = Thread(target=asyncio.run, args=(end_reader(),))
        ending.start()
        ending.join()

    with pytest.raises(errors.StoreUnreachable) as raised:
        await Store.move(source, target, interrupt)

    assert raised.value.path == str(source)
    assert await Store.size(target) == 0


async def test_a_full_disk_is_reported_without_a_promise_to_continue(
    places: tuple[Place, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = places
    await fill(source)

    async def fail(*_: object) -> None:
        raise errors.StoreFull(str(target))

    monkeypatch.setattr(copying, "copy", fail)
    with pytest.raises(errors.StoreFull, match="free some space, then move again"):
        await Store.move(source, target, lambda *_: None)

    assert await Store.size(target) == 0


async def test_what_a_killed_move_to_a_file_left_is_removed_before_the_next_one(
    tmp_path: Path, postgres: Databases
) -> None:
    source, target = await postgres.new(), tmp_path / "feed-relay.db"
    await fill(source)
    left = tmp_path / "feed-relay.db.12345678.part"
    left.write_bytes(b"half")
    seen = []

    await Store.move(source, target, lambda *_: seen.append(left.exists()))

    assert set(seen) == {False}


class Interrupted(Exception):
    """The move ends here."""


@pytest.mark.parametrize("what", ["copying", "indexing", "checking"])
async def test_a_move_that_ends_early_leaves_nothing(places: tuple[Place, Place], what: str) -> None:
    source, target = places
    await fill(source)

    def interrupt(step: str, _done: int, _total: int) -> None:
        if step == what:
            raise Interrupted

    with pytest.raises(Interrupted):
        await Store.move(source, target, interrupt)

    assert await Store.size(target) == 0
    await Store.move(source, target, lambda *_: None)


@pytest.mark.parametrize("moment", ["move_to", "finish"])
async def test_a_move_that_ends_before_it_is_finished_can_be_repeated(
    places: tuple[Place, Place], moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = places
    await fill(source)

    async def interrupt(*_: object) -> None:
        raise Interrupted

    with monkeypatch.context() as patched:
        patched.setattr(transfer.Marks, moment, interrupt)
        with pytest.raises(Interrupted):
            await Store.move(source, target, lambda *_: None)
    with pytest.raises(errors.StoreUnopenable, match="was interrupted"):
        await Store.open(target)

    await Store.move(source, target, lambda *_: None)

    async with await Store.open(target):
        pass


async def test_an_unfinished_move_of_something_else_is_refused(
    places: tuple[Place, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = places
    await fill(source)

    async def interrupt(*_: object) -> None:
        raise Interrupted

    with monkeypatch.context() as patched:
        patched.setattr(transfer.Marks, "move_to", interrupt)
        with pytest.raises(Interrupted):
            await Store.move(source, target, lambda *_: None)
    async with await Store.open(source) as opened:
        await opened.guilds.set_managers_role(7, 100)

    with pytest.raises(errors.StoreUnopenable, match="has changed since"):
        await Store.move(source, target, lambda *_: None)


def test_every_table_is_copied_or_left_out_on_purpose() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(migrate.schema())
        rows = connection.execute("""
            SELECT name FROM sqlite_schema
            WHERE type = 'table' AND NOT name GLOB 'sqlite*' AND NOT name GLOB '*search_*'
        """)
        tables = {name for (name,) in rows}

    assert tables | {"search_request"} == set(copying.TABLES) | copying.LEFT_OUT


async def test_a_server_restored_through_a_file_reads_its_channels(
    tmp_path: Path, postgres: Databases
) -> None:
    server, copy, file = await postgres.new(), tmp_path / "copy.db", tmp_path / "feed-relay.db"
    services = await fill(server)

    await Store.move(server, copy, lambda *_: None)
    await Store.restore(file, copy, services.now)
    empty = await postgres.new()
    await Store.move(file, empty, lambda *_: None)

    async with await Store.open(empty) as opened:
        assert await opened.recoveries.begin(services.now, LEASE) == 2
        channels = [each.channel_id for each in await opened.recoveries.unfinished()]
    assert channels == [100, 200]
