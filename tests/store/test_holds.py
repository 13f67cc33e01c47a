"""Holds: posts wait until an admin decides, once."""

import pytest

from bot.model import Decision, NoticeKind
from bot.relay.notify import decide
from tests.store.conftest import (
    ASK,
    GUILD,
    LEASE,
    Services,
    baselined,
    flood,
    post,
    send_notices,
    subscribed,
)


@pytest.mark.parametrize(
    ("decision", "posted"),
    [
        (Decision.NEWEST, ["Post 5", "Post 6", "Post 7"]),
        (Decision.ALL, [f"Post {number}" for number in range(8)]),
        (Decision.SKIP, []),
    ],
)
async def test_a_flood_waits_for_one_decision(
    services: Services, decision: Decision, posted: list[str]
) -> None:
    await subscribed(services)
    await services.poll()
    hold = await flood(services)
    assert (hold.waiting, hold.channel_id, hold.guild_id, hold.feed_name) == (8, 100, GUILD, "Garden")
    assert await services.send_all() == []

    assert await services.store.holds.decide(hold.id, decision, 5, services.now) == hold
    assert await services.store.holds.decide(hold.id, Decision.ALL, 6, services.now) is None

    assert [title for _, title in await services.send_all()] == posted
    after = await services.store.holds.get(hold.id)
    assert after is not None
    assert (after.decision, after.decided_by, after.waiting) == (decision, 5, 0)


async def test_undecided_holds_can_be_listed(services: Services) -> None:
    followed = await subscribed(services)
    await services.poll()
    hold = await flood(services)

    assert await services.store.holds.undecided([followed]) == [hold]
    assert await services.store.holds.undecided([followed + 1]) == []
    await services.store.holds.decide(hold.id, Decision.SKIP, 1, services.now)
    assert await services.store.holds.undecided([followed]) == []


async def test_further_posts_join_the_undecided_hold(services: Services) -> None:
    await subscribed(services)
    await services.poll()
    hold = await flood(services)
    await services.poll(*(post(number) for number in range(16)), settings=ASK)

    again = await services.store.holds.get(hold.id)

    assert again is not None
    assert again.waiting == 16
    assert await send_notices(services) == []


async def test_a_hold_whose_notice_was_dropped_is_announced_again_when_posts_join_it(
    services: Services,
) -> None:
    await baselined(services)
    await services.poll(*(post(number) for number in range(8)), settings=ASK)
    (notice,) = await services.store.notices.claim(services.now, LEASE, 10, decide)
    await services.store.notices.settle(notice, None, None, uncertain=False)

    await services.poll(*(post(number) for number in range(16)), settings=ASK)

    (again,) = await services.store.notices.claim(services.now, LEASE, 10, decide)
    (asked,) = again.notices
    assert (asked.kind, asked.hold_id, asked.waiting) == (NoticeKind.POSTS_HELD, notice.hold_id, 16)
