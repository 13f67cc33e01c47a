"""Processes that share a database: seats, leading, wake-ups, and lost connections."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import pytest

from bot import errors
from bot.model import Role
from bot.roles import take_back
from bot.store.backfills import Worker
from bot.store.place import ServerAddress
from bot.store.postgres import connection as connection_module
from bot.store.postgres import locks, member
from bot.store.postgres.member import PostgresMember
from bot.store.store import Store
from tests.postgres import connected
from tests.store.conftest import LEASE, NEWS, Services, post
from tests.store.postgres.proxy import proxied


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(member, "_PAUSE", 0.01)
    monkeypatch.setattr(member, "_TURN_PAUSE", 0.01)


@asynccontextmanager
async def members(place: ServerAddress, role: Role, count: int = 2) -> AsyncIterator[list[PostgresMember]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(member.join(place, role, _ignore)) for _ in range(count)]


def _ignore(names: Sequence[str]) -> None:
    del names


async def test_each_process_has_a_seat_of_its_own(place: ServerAddress) -> None:
    async with members(place, Role.POLL) as (one, two):
        assert [await one.take_seat(None), await two.take_seat(None)] == [1, 2]
        assert sorted(await one.seats()) == [1, 2]


async def test_a_waiting_process_gets_the_seat_of_one_that_ends(place: ServerAddress) -> None:
    async with members(place, Role.GATEWAY) as (one, two):
        await one.take_seat(1)
        waiting = asyncio.create_task(two.take_seat(1))
        await asyncio.sleep(0)
        assert not waiting.done()
        await one.close()

        assert await waiting == 1


async def test_one_process_leads_and_another_one_follows_it(place: ServerAddress) -> None:
    led: list[str] = []
    is_led = asyncio.Event()

    async def lead(name: str) -> None:
        led.append(name)
        is_led.set()

    async with members(place, Role.DELIVER) as (one, two):
        leading = asyncio.create_task(one.lead(lambda: lead("one"), lambda: led.append("lost")))
        await is_led.wait()
        is_led.clear()
        following = asyncio.create_task(two.lead(lambda: lead("two"), lambda: None))
        await one.close()
        await is_led.wait()
        for task in (leading, following):
            task.cancel()

    assert led == ["one", "two"]


async def test_a_lost_connection_ends_the_lead_at_once(place: ServerAddress) -> None:
    led, lost = asyncio.Event(), asyncio.Event()

    async def lead() -> None:
        led.set()

    async with members(place, Role.DELIVER, 1) as (one,):
        leading = asyncio.create_task(one.lead(lead, lost.set))
        await led.wait()
        await eventually_leading(one)
        led.clear()
        async with connected(place) as connection:
            await connection.fetch(locks.END, one._name)
        await lost.wait()
        assert not one.is_leading
        await led.wait()  # it leads again: nobody else does
        leading.cancel()


async def eventually_leading(one: PostgresMember) -> None:
    while not one.is_leading:  # noqa: ASYNC110 -- it is a plain value
        await asyncio.sleep(0)


async def test_a_process_without_signs_of_life_loses_its_lead(
    place: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A frozen process also keeps its connection."""
    monkeypatch.setattr(member, "SILENCE", 0.0)
    led = asyncio.Event()

    async def lead() -> None:
        led.set()

    frozen = PostgresMember(place, Role.DELIVER, _ignore)
    await frozen.connect()  # nobody keeps it
    assert await frozen._try(member.LEADER)
    async with members(place, Role.DELIVER, 1) as (other,):
        leading = asyncio.create_task(other.lead(lead, lambda: None))
        await led.wait()
        leading.cancel()
    await frozen.close()


async def test_a_wake_up_reaches_the_other_processes(place: ServerAddress) -> None:
    heard: asyncio.Future[list[str]] = asyncio.get_running_loop().create_future()

    def on_wake(names: Sequence[str]) -> None:
        heard.set_result(list(names))

    async with members(place, Role.POLL, 1) as (one,), member.join(place, Role.DELIVER, on_wake):
        one.wake("publish")
        one.wake("deliver")

        assert await heard == ["deliver", "publish"]


async def test_turns_are_taken_one_after_the_other(place: ServerAddress) -> None:
    async with members(place, Role.GATEWAY) as (one, two):
        await one.take_turn(0, 3600)
        again = asyncio.create_task(one.take_turn(0, 0))
        other = asyncio.create_task(two.take_turn(0, 0))
        await two.take_turn(1, 0)  # of another bucket
        assert not again.done()
        assert not other.done()
        await one.close()

        await other
        again.cancel()


async def test_a_turn_waits_for_a_server_that_cannot_be_reached(place: ServerAddress, tmp_path: Path) -> None:
    async with (
        proxied(place, tmp_path) as (proxy, address),
        member.join(address, Role.GATEWAY, _ignore) as one,
    ):
        proxy.refuses = True
        proxy.cut()
        refused = asyncio.Event()
        proxy.on_refusal = refused.set
        turn = asyncio.create_task(one.take_turn(0, 0))
        await refused.wait()
        proxy.refuses = False

        await turn


async def test_processes_with_roles_and_one_without_refuse_each_other(
    place: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "WAIT", 0.01)
    monkeypatch.setitem(connection_module.SETTINGS, "lock_timeout", "10ms")
    async with Store.join(place, Role.POLL, _ignore):
        with pytest.raises(errors.StoreLocked, match="another feed-relay runs"):
            async with Store.lock(place, Worker.RUN):
                pass
    async with Store.lock(place, Worker.RUN):
        with pytest.raises(errors.StoreLocked, match="another feed-relay runs"):
            async with Store.join(place, Role.POLL, _ignore):
                pass


async def test_a_process_gets_its_seat_back_after_a_lost_connection(
    place: ServerAddress, tmp_path: Path
) -> None:
    async with (
        proxied(place, tmp_path) as (proxy, address),
        member.join(address, Role.POLL, _ignore) as one,
        members(place, Role.POLL, 1) as (other,),
    ):
        await one.take_seat(None)
        proxy.cut(only_clients=True)
        with suppress(errors.StoreUnreachable):  # if asyncpg has not noticed yet
            await one.seats()

        assert await one.seats() == [1]
        assert await other.take_seat(None) == 2


async def test_another_process_continues_the_history_that_a_lost_one_was_reading(
    place: ServerAddress,
) -> None:
    async with Store.join(place, Role.POLL, _ignore) as (store, one):
        await one.take_seat(None)
        services = Services(store)
        await services.follow(NEWS)
        await services.poll(post(1))
        await store.backfills.request(1, services.now)
        async with Store.join(place, Role.POLL, _ignore) as (lost, two):
            assert await lost.backfills.claim(services.now, Worker.RUN, LEASE, seat=await two.take_seat(None))
            await take_back(store.feeds, one)
            assert await store.backfills.claim(services.now, Worker.RUN, LEASE, seat=1) == []

        await take_back(store.feeds, one)

        assert len(await store.backfills.claim(services.now, Worker.RUN, LEASE, seat=1)) == 1


async def test_a_process_does_not_come_back_to_a_database_that_a_newer_version_changed(
    place: ServerAddress,
) -> None:
    async with members(place, Role.POLL, 1) as (older,), connected(place) as connection:
        await connection.execute("UPDATE meta SET value = '9999' WHERE key IN ('schema', 'works with')")

        with pytest.raises(errors.StoreTooNew, match="install that version"):
            await older.connect()
