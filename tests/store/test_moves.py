"""Moved and copied subscriptions: what goes along, and what was under way."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.model import ChannelDeclaration, DeliveryState
from bot.store.store import Store
from tests.store.conftest import ASK, GUILD, MINUTE, NEWS, Services, baselined, post, subscribe

OTHER = ChannelDeclaration(200)


async def move(services: Services, number: int, to: int = OTHER.channel_id) -> str:
    moved = await services.store.moves.move(number, NEWS.channel_id, to, GUILD, services.now)
    return moved.outcome


async def test_a_post_that_is_being_sent_stays_and_is_tried_again_there(services: Services) -> None:
    number = await baselined(services)
    await services.poll(post(1))
    (sending,) = await services.claim()

    await move(services, number)
    await services.settle(sending, state=DeliveryState.PENDING, message_id=None, reason="Discord is busy")

    assert await services.send_all() == [(NEWS.channel_id, "Post 1")]


async def test_a_post_that_may_have_arrived_is_looked_for_where_it_was_sent(services: Services) -> None:
    number = await baselined(services)
    await services.poll(post(1))
    await services.claim()
    await services.store.outbox.release(services.now)  # as after a kill
    (uncertain,) = await services.claim()
    waiting = {"state": DeliveryState.PENDING, "message_id": None, "uncertain_since": services.now}
    await services.settle(uncertain, **waiting, uncertain_until=services.now)

    await move(services, number)

    (again,) = await services.claim()
    assert again.channel_id == NEWS.channel_id
    assert again.uncertain_since is not None


async def test_a_post_that_the_other_channel_has_is_not_sent_twice(services: Services) -> None:
    number = await baselined(services)
    other = await subscribe(services, OTHER)
    assert other.followed is not None
    await services.poll()
    await services.poll(post(1))
    await services.settle(*[each for each in await services.claim() if each.channel_id == OTHER.channel_id])
    await services.store.removals.remove(other.followed.subscription.id, services.now)
    services.now += timedelta(hours=1)
    await services.store.outbox.release(services.now)
    (sending,) = await services.claim()
    await services.settle(sending, state=DeliveryState.PENDING, message_id=None, due_at=services.now)

    moved = await services.store.moves.move(number, NEWS.channel_id, OTHER.channel_id, GUILD, services.now)

    assert (moved.moved, moved.skipped) == (0, 1)
    assert await services.send_all() == []


async def test_held_posts_are_decided_about_after_a_move(services: Services) -> None:
    number = await baselined(services)
    await services.poll(*map(post, range(1, 8)), settings=ASK)
    (hold,) = await services.store.holds.undecided([number])

    await move(services, number)

    again = await services.store.holds.get(hold.id)
    assert again is not None
    assert (again.channel_id, again.waiting) == (OTHER.channel_id, 7)


async def test_two_moves_of_one_subscription_end_in_one_place(services: Services) -> None:
    number = await baselined(services)

    assert [await move(services, number), await move(services, number, 300)] == ["moved", "gone"]


async def test_a_move_updates_the_due_times_of_both_channels(services: Services) -> None:
    """A claim reads only channels that are due."""
    number = await baselined(services)
    await services.poll(post(1))

    await move(services, number)

    assert await services.send_all() == [(OTHER.channel_id, "Post 1")]
    services.now += MINUTE
    assert await services.claim() == []


async def test_a_copy_has_every_setting_of_the_original(tmp_path: Path) -> None:
    """A copy has all columns, also later ones, except those that say where a subscription comes from."""
    path = tmp_path / "feed-relay.db"
    async with await Store.open(path) as store:
        services = Services(store)
        number = await baselined(services)
        with closing(sqlite3.connect(path)) as connection:
            columns = {row[1]: row[2] for row in connection.execute("PRAGMA table_info(subscription)")}
            own = {
                "id",
                "feed_id",
                "channel_id",
                "origin",
                "created_at",
                "added_by",
                "pinged_at",
                "fixed",
                "chosen",
            }
            texts = {"rule": '{"tags":["moss"]}', "mention_roles": "[8]", "style": "link"}
            for name in columns.keys() - own:
                value = texts.get(name, "x" if columns[name] == "TEXT" else 1)
                connection.execute(f"UPDATE subscription SET {name} = ?", (value,))  # noqa: S608 -- names from the schema
            connection.commit()
        await store.moves.copy([number], OTHER.channel_id, GUILD, 9, 5, services.now)
        with closing(sqlite3.connect(path)) as connection:
            connection.row_factory = sqlite3.Row
            one, other = [dict(row) for row in connection.execute("SELECT * FROM subscription ORDER BY id")]

    assert {name for name in columns.keys() - own if one[name] != other[name]} == set()


@pytest.mark.parametrize("limit", [1, 2])
async def test_a_copy_keeps_the_limit(services: Services, limit: int) -> None:
    number = await baselined(services)

    (copied,) = await services.store.moves.copy([number], 200, GUILD, limit, 5, services.now)

    assert copied.outcome == {1: "full", 2: "copied"}[limit]
