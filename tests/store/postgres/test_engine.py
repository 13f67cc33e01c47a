"""Why a database on a server is refused, in one sentence without the password, and which process may use it."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot import errors
from bot.model import ChannelDeclaration, Query
from bot.store.backfills import Worker
from bot.store.place import ServerAddress
from bot.store.postgres import connection, locks
from bot.store.postgres.steps import this_program
from bot.store.store import Store
from tests.postgres import Databases, connected
from tests.store.conftest import Services, found, post
from tests.store.postgres.proxy import proxied

PASSWORD = "p%40ss-in-the-address"


def changed(place: ServerAddress, old: str, new: str) -> ServerAddress:
    return ServerAddress(place.url.replace(old, new).replace("postgres@", f"postgres:{PASSWORD}@"))


def name_of(place: ServerAddress) -> str:
    return place.url.partition("@/")[2].partition("?")[0]


async def refusal(place: ServerAddress) -> errors.StoreError:
    """The error of every way to open a database; it never has the password."""
    with pytest.raises(errors.StoreError) as refused:
        await Store.open(place)
    with pytest.raises(type(refused.value)):
        await Store.trial(place)
    for text in (str(refused.value), repr(refused.value), repr(place), str(place)):
        assert PASSWORD not in text
        assert "p@ss" not in text
    assert refused.value.__cause__ is None
    return refused.value


async def test_a_database_that_does_not_exist_is_reported(place: ServerAddress) -> None:
    error = await refusal(changed(place, name_of(place), "elsewhere"))

    assert isinstance(error, errors.StoreUnopenable)
    assert "create it with createdb" in str(error)


async def test_a_user_that_the_server_does_not_know_is_reported(place: ServerAddress) -> None:
    error = await refusal(ServerAddress(place.url.replace("postgres@", f"nobody:{PASSWORD}@")))

    assert "refuses this user or password" in str(error)


async def test_a_server_that_does_not_run_is_reported(place: ServerAddress, tmp_path: Path) -> None:
    nowhere = place.url.partition("host=")[2]
    error = await refusal(changed(place, nowhere, str(tmp_path).replace("/", "%2F")))

    assert isinstance(error, errors.StoreUnreachable)


async def test_an_address_that_is_none_is_reported() -> None:
    error = await refusal(ServerAddress(f"postgresql://me:{PASSWORD}@host:port/x"))

    assert "not an address of a database" in str(error)


async def test_a_version_that_is_not_supported_is_refused_and_the_supported_ones_are_named(
    place: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "NEWEST", 13)

    assert "works with versions 14 to 13" in str(await refusal(place))


async def test_a_database_without_some_letters_is_refused(postgres: Databases) -> None:
    place = await postgres.new("ENCODING 'SQL_ASCII' TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'")

    assert "--encoding=UTF8" in str(await refusal(place))


async def test_another_programs_database_is_refused(postgres: Databases) -> None:
    place = await postgres.new()
    async with connected(place) as opened:
        await opened.execute("CREATE TABLE users (id BIGINT)")

    assert "some other program's database" in str(await refusal(place))


async def test_a_newer_database_is_refused(place: ServerAddress) -> None:
    async with connected(place) as opened:
        await opened.execute("UPDATE meta SET value = '9999' WHERE key IN ('schema', 'works with')")

    assert isinstance(await refusal(place), errors.StoreTooNew)


async def test_an_empty_database_is_created_only_by_run(postgres: Databases) -> None:
    place = await postgres.new()
    assert not (await Store.trial(place)).exists
    with pytest.raises(errors.StoreUnopenable, match="there is no database here yet"):
        await Store.read(place, lambda store: store.archive.stats())

    async with await Store.open(place):
        pass

    assert (await Store.trial(place)).exists
    assert await Store.schema_version(place) == this_program().version


async def test_two_processes_that_open_an_empty_database_create_it_once(postgres: Databases) -> None:
    place = await postgres.new()
    stores = await asyncio.gather(Store.open(place), Store.open(place))
    instances = [await store.outbox.instance() for store in stores]
    for store in stores:
        await store.close()

    assert instances[0] == instances[1] != ""


@pytest.mark.parametrize("worker", Worker)
async def test_a_second_process_of_a_kind_is_refused_until_the_first_ends(
    place: ServerAddress, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "WAIT", 0.01)
    async with Store.lock(place, worker):
        with pytest.raises(errors.StoreLocked):
            async with Store.lock(place, worker):
                pass
        assert (await Store.trial(place)).is_running is (worker is Worker.RUN)

    async with Store.lock(place, worker):
        pass


def taken_again(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Return an event that is set when a lost lock was taken again."""
    taken = asyncio.Event()
    take_again = locks._take_again

    async def take(take_lock: Callable[[], Awaitable[connection.Connection]]) -> connection.Connection:
        again = await take_again(take_lock)
        taken.set()
        return again

    monkeypatch.setattr(locks, "_take_again", take)
    return taken


async def test_a_lock_is_taken_again_when_its_connection_was_lost(
    place: ServerAddress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = taken_again(monkeypatch)
    async with proxied(place, tmp_path) as (proxy, address), Store.lock(address, Worker.RUN):
        proxy.cut()
        await taken.wait()
        monkeypatch.setattr(locks, "WAIT", 0.01)
        with pytest.raises(errors.StoreLocked):
            async with Store.lock(place, Worker.RUN):
                pass


async def test_a_process_stops_when_another_took_its_lock(
    place: ServerAddress, tmp_path: Path, killed: asyncio.Queue[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with proxied(place, tmp_path) as (proxy, address), Store.lock(address, Worker.RUN):
        proxy.refuses = True
        proxy.cut()
        async with Store.lock(place, Worker.RUN):
            monkeypatch.setattr(locks, "WAIT", 0.01)
            proxy.refuses = False
            assert await killed.get() == signal.SIGTERM


async def test_every_post_is_found_at_each_step_of_a_rebuild(place: ServerAddress) -> None:
    async with await Store.open(place) as store:
        services = Services(store)
        await services.follow(ChannelDeclaration(100))
        await services.poll(*(post(number, text="Beans.") for number in range(6)))
    async with connected(place) as opened:
        await opened.execute("UPDATE meta SET value = 'an earlier one' WHERE key = 'index version'")

    async with await Store.open(place) as store:
        services = Services(store)
        counts = [len(await found(services, "beans"))]
        while await store.index.catch_up(limit=2):
            counts.append(len(await found(services, "beans")))
        counts.append(len(await found(services, "beans")))

    assert set(counts) == {6}
    assert len(counts) > 2


async def test_characters_that_postgres_cannot_store_are_removed_from_texts(place: ServerAddress) -> None:
    async with await Store.open(place) as store:
        services = Services(store)
        await services.follow(ChannelDeclaration(100))
        await services.poll(post(1, title="Be\0ans\ud800", tags=("a\0b",), text="x\0y"))
        (entry,) = await store.archive.newest(1)

    assert entry.entry.title == "Beans?"


async def test_a_search_that_takes_too_long_shows_the_newest_hits(
    place: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with await Store.open(place) as store:
        services = Services(store)
        await services.follow(ChannelDeclaration(100))
        await services.poll(post(1, text="Beans."))
        search = store._db.search  # type: ignore[attr-defined]  # the engine's own

        async def slow(query: str, seconds: float, **values: object) -> object:
            return await search(query, seconds, **values) if values.get("max_hits") == 500 else None

        monkeypatch.setattr(store._db, "search", slow)
        page = await store.search.find(Query(), None)

    assert page.is_partial
    assert [hit.title for hit in page.hits] == ["Post 1"]


async def test_compacting_a_database_says_its_size(place: ServerAddress) -> None:
    async with await Store.open(place):
        pass

    await Store.compact(place)

    assert await Store.size(place) > 0


def test_the_password_is_a_secret_in_both_forms() -> None:
    address = ServerAddress(
        f"postgresql://me:{PASSWORD}@db.example:5433/relay?sslmode=require&password=other"
    )

    assert str(address) == "postgresql://me@db.example:5433/relay"
    assert set(address.secrets()) == {PASSWORD, "p@ss-in-the-address", "other"}
    assert PASSWORD not in repr(address)


async def test_a_lock_that_the_server_still_gives_to_the_lost_connection_is_taken_over(
    place: ServerAddress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a network failure, the server may not notice the end of a connection for minutes."""
    taken = taken_again(monkeypatch)
    async with proxied(place, tmp_path) as (proxy, address), Store.lock(address, Worker.RUN):
        proxy.cut(only_clients=True)
        await taken.wait()

        assert (await Store.trial(place)).is_running
