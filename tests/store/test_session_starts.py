"""Sessions at Discord's gateway are counted for a day, over all processes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.model import TO_OWNER, Notice, NoticeKind, NoticePlan, SentNotice
from bot.store.store import Store
from tests.store.conftest import START

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


async def test_no_more_sessions_than_the_limit_begin_within_a_day(store: Store) -> None:
    began = [await store.session_starts.add(shard, 2, START + shard * MINUTE) for shard in range(3)]

    assert began == [None, None, START + DAY]


async def test_a_day_later_the_next_session_may_begin(store: Store) -> None:
    await store.session_starts.add(0, 1, START)

    assert await store.session_starts.add(0, 1, START + DAY - MINUTE) == START + DAY
    assert await store.session_starts.add(0, 1, START + DAY) is None


async def test_sessions_of_a_machine_whose_clock_is_ahead_count(store: Store) -> None:
    await store.session_starts.add(0, 2, START + 10 * MINUTE)
    await store.session_starts.add(1, 2, START)

    assert await store.session_starts.add(1, 2, START + MINUTE) == START + DAY


async def test_the_stop_is_shown_until_a_session_begins_and_the_owner_gets_one_notice_a_day(
    store: Store,
) -> None:
    await store.session_starts.add(0, 1, START)
    for minutes in (1, 2):
        await store.session_starts.add(0, 1, START + minutes * MINUTE)

    assert (await store.heartbeats.backlog()).no_session_until == START + DAY
    assert await notices(store, START + 3 * MINUTE) == [
        (NoticeKind.NO_SESSIONS, TO_OWNER, str(int((START + DAY).timestamp())))
    ]
    await store.session_starts.add(0, 1, START + DAY)
    assert (await store.heartbeats.backlog()).no_session_until is None


def everything(waiting: Sequence[Notice], _sent: Sequence[SentNotice], _now: datetime) -> NoticePlan:
    return NoticePlan(message=tuple(each.id for each in waiting))


async def notices(store: Store, now: datetime) -> list[tuple[NoticeKind, int, str]]:
    claimed = await store.notices.claim(now, MINUTE, 10, everything)
    return [(each.kind, each.channel_id, each.detail) for message in claimed for each in message.notices]


async def test_a_clock_that_was_set_back_makes_no_session_count_for_longer(store: Store) -> None:
    await store.session_starts.add(0, 1, START + 30 * DAY)

    assert await store.session_starts.add(0, 1, START) is None
