"""After a restore: found posts are settled once, unread ones stay in doubt, and a kill loses nothing."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.model import ChannelDeclaration, DeliveryState, Embed, FoundMessage, HistoryPage, Recovery, Style
from bot.relay import retry
from bot.relay.recover import FOUND_REASON
from bot.store.place import Place
from bot.store.rows import milliseconds
from bot.text.render import render
from tests.store.conftest import (
    ASK,
    LEASE,
    MINUTE,
    NEWS,
    START,
    Services,
    baselined,
    execute,
    flood,
    post,
    send_messages,
)

SINCE = START
TTL = retry.NONCE_WINDOW


def restored_from(copied_at: datetime) -> str:
    """Return the statement with which a restore marks the database."""
    return f"INSERT INTO meta (key, value) VALUES ('restored', '{milliseconds(copied_at)}')"  # noqa: S608 -- a number


RESTORED = restored_from(SINCE)


def found(number: int, message_id: int, **fields: object) -> FoundMessage:
    message = render(post(number), "Garden", Style.CARD)
    return replace(FoundMessage(message_id, message.content, message.embeds), **fields)  # type: ignore[arg-type]  # a test's own fields


@pytest.fixture
async def restored(services: Services, place: Place) -> Services:
    """A followed feed whose database was restored, with its channel to look through."""
    await baselined(services)
    await execute(place, RESTORED)
    assert await services.store.recoveries.begin(services.now, TTL) == 1
    return services


async def test_channels_are_due_from_the_restore_until_all_are_read(services: Services, place: Place) -> None:
    await services.follow(NEWS, ChannelDeclaration(101))
    recoveries = services.store.recoveries
    assert not await recoveries.are_due()
    await execute(place, RESTORED)
    assert await recoveries.are_due()
    await recoveries.begin(services.now, TTL)
    one, other = await recoveries.unfinished()
    await recoveries.end(one, {}, FOUND_REASON, None, services.now, TTL)
    assert await recoveries.are_due()

    await recoveries.end(other, {}, FOUND_REASON, None, services.now, TTL)

    assert not await recoveries.are_due()


async def look(
    services: Services, *messages: FoundMessage, posted: dict[int, FoundMessage] | None = None
) -> None:
    (recovery,) = await services.store.recoveries.unfinished()
    page = HistoryPage(messages, 1, is_last=True)
    await services.store.recoveries.add_page(recovery.channel_id, page)
    await services.store.recoveries.end(recovery, posted or {}, FOUND_REASON, None, services.now, TTL)


async def test_a_database_that_was_not_restored_has_no_channels_to_read(services: Services) -> None:
    await baselined(services)

    assert await services.store.recoveries.begin(services.now, TTL) == 0
    assert await services.store.recoveries.unfinished() == []


async def test_each_channel_is_read_once_and_continues_where_it_was(restored: Services) -> None:
    recoveries = restored.store.recoveries
    await recoveries.add_page(100, HistoryPage((found(1, 7),), 5, is_last=False))

    assert await recoveries.begin(restored.now, TTL) == 0
    assert await recoveries.unfinished() == [Recovery(100, SINCE, restored.now, 5, 1)]
    await look(restored)
    assert await recoveries.unfinished() == []


async def test_a_found_post_counts_as_sent_and_is_not_sent_again(restored: Services) -> None:
    await look(restored, found(1, 7), found(2, 8, publishable=True))

    recorded = await restored.poll(post(1), post(2), post(3))

    assert recorded.deliveries == 1
    assert await restored.send_all() == [(100, "Post 3")]
    assert await restored.store.outbox.posted(100, SINCE) >= {7, 8}
    publications = await restored.store.outbox.claim_publications(restored.now, LEASE, 10)
    assert [each.message_id for each in publications] == [8]
    assert await restored.store.recoveries.found(100) == ()


async def test_a_waiting_post_that_was_found_is_not_sent(restored: Services) -> None:
    await restored.poll(post(1), post(2))
    first, _ = await restored.store.recoveries.unsettled(100)

    await look(restored, found(1, 7), posted={first.entry_id: found(1, 7)})

    assert await restored.send_all() == [(100, "Post 2")]


async def test_known_messages_are_not_stored_as_found(restored: Services) -> None:
    await restored.poll(post(1))
    (delivery,) = await restored.claim()
    await restored.settle(delivery, message_id=7)

    await look(restored, found(1, 7), found(2, 8))

    assert [each.message_id for each in await restored.store.recoveries.found(100)] == [8]


async def test_a_found_message_keeps_its_parts(restored: Services) -> None:
    message = FoundMessage(
        7, "Roses", (Embed("Roses", "https://a.example", timestamp=START), Embed(footer="Garden")), "Roses"
    )

    await look(restored, message)

    assert await restored.store.recoveries.found(100) == (message,)


async def test_a_message_never_matches_two_posts(restored: Services) -> None:
    await restored.poll(post(1), post(2))
    first, second = await restored.store.recoveries.unsettled(100)

    await look(
        restored,
        found(1, 7),
        posted={first.entry_id: found(1, 7), second.entry_id: found(1, 7)},
    )

    assert await restored.send_all() == [(100, "Post 2")]


async def test_a_hold_ends_if_all_its_posts_were_found(services: Services, place: Place) -> None:
    await baselined(services)
    hold = await flood(services)
    await execute(place, RESTORED)
    await services.store.recoveries.begin(services.now, TTL)
    waiting = await services.store.recoveries.unsettled(100)

    await look(
        services,
        posted={each.entry_id: found(number, 10 + number) for number, each in enumerate(waiting)},
    )

    assert len(waiting) == 8
    assert await services.store.holds.undecided([1]) == []
    assert await services.store.holds.get(hold.id) is not None
    later = tuple(post(number) for number in range(20, 28))
    assert (await services.poll(*later, settings=ASK)).held == 8
    assert len(await services.store.holds.undecided([1])) == 1


async def test_unread_messages_leave_posts_in_doubt(restored: Services) -> None:
    await restored.poll(post(1))
    (recovery,) = await restored.store.recoveries.unfinished()
    until = restored.now
    await restored.store.recoveries.end(recovery, {}, FOUND_REASON, until, restored.now, TTL)

    (waited,) = await restored.claim()
    await restored.settle(waited)
    await restored.poll(post(2))
    (new,) = await restored.claim()

    doubts = {(each.uncertain_since, each.uncertain_until) for each in (waited, new)}
    assert doubts == {(SINCE - TTL, until)}


async def test_nonces_from_before_the_restore_are_not_relied_on(services: Services, place: Place) -> None:
    await baselined(services, NEWS)
    await services.follow(NEWS, ChannelDeclaration(300))
    await services.poll(post(1), post(2))
    sending, *_ = await services.claim()
    await services.settle(
        sending,
        state=DeliveryState.PENDING,
        message_id=None,
        uncertain_since=services.now,
        uncertain_until=services.now,
    )
    await execute(place, RESTORED)
    await services.store.recoveries.begin(services.now, TTL)

    claimed = await services.claim()

    uncertain = [each for each in claimed if each.uncertain_since is not None]
    assert uncertain
    assert not any(retry.nonce_holds(each.uncertain_since, services.now) for each in uncertain)


async def test_a_notice_that_waited_is_searched_for(services: Services, place: Place) -> None:
    await baselined(services)
    await services.poll(*(post(number) for number in range(8)), settings=ASK)
    await execute(place, RESTORED)
    await services.store.recoveries.begin(services.now, TTL)

    (message,) = await send_messages(services)

    assert message.uncertain_since == SINCE - TTL


async def test_found_messages_are_deleted_when_no_feed_can_show_them(restored: Services) -> None:
    await look(restored, found(1, 7))

    await restored.store.recoveries.forget(restored.now)
    assert len(await restored.store.recoveries.found(100)) == 1
    await restored.store.recoveries.forget(restored.now + MINUTE)
    assert await restored.store.recoveries.found(100) == ()


async def test_a_second_restore_reads_as_far_back_as_an_unfinished_first_one(
    restored: Services, place: Place
) -> None:
    await execute(place, restored_from(SINCE + timedelta(hours=1)))

    await restored.store.recoveries.begin(restored.now, TTL)

    (recovery,) = await restored.store.recoveries.unfinished()
    assert recovery.since == SINCE


async def test_a_frozen_process_cannot_undo_that_another_one_read_a_channel(restored: Services) -> None:
    await restored.poll(post(1))
    (frozen,) = await restored.store.recoveries.unfinished()
    await look(restored)

    await restored.store.recoveries.end(frozen, {}, FOUND_REASON, restored.now, restored.now, TTL)

    (delivery,) = await restored.claim()
    assert delivery.uncertain_since is None
