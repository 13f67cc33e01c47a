"""Guilds: their channels, and what happens when the bot is removed, comes back, or a channel is deleted."""

from datetime import timedelta

from bot.model import (
    ChannelDeclaration,
    Decision,
    NoticeKind,
)
from bot.relay.notify import decide
from tests.store.conftest import (
    ASK,
    GUILD,
    LEASE,
    Services,
    post,
    send_notices,
    subscribed,
)


async def test_a_guild_that_removed_the_bot_is_suspended_and_decides_after_its_return(
    services: Services,
) -> None:
    await subscribed(services)
    await services.poll()
    await services.poll(post(1))

    assert await services.store.guilds.left(GUILD, services.now) == 1
    await services.poll(post(2), post(1))
    assert await services.send_all() == []
    assert await services.store.outbox.reopen([100], services.now) == []
    (hold,) = await services.store.guilds.returned(GUILD, services.now)

    assert hold.waiting == 2
    await services.store.holds.decide(hold.id, Decision.ALL, 5, services.now)
    assert await services.send_all() == [(100, "Post 1"), (100, "Post 2")]


async def test_everything_that_is_posted_in_a_guild_has_its_language(services: Services) -> None:
    await subscribed(services)
    await services.poll()
    await services.store.guilds.set_language(GUILD, "de")

    await services.poll(*(post(number) for number in range(8)), settings=ASK)
    (message,) = await services.store.notices.claim(services.now, LEASE, 10, decide)
    hold = await services.store.holds.get(message.notices[0].hold_id or 0)
    assert hold is not None
    await services.store.holds.decide(hold.id, Decision.NEWEST, 5, services.now)
    (first, *_) = await services.claim()

    assert {message.notices[0].language, hold.language, first.language} == {"de"}
    assert await services.store.guilds.language(GUILD) == "de"
    assert await services.store.guilds.language(GUILD + 1) == ""


async def test_an_outage_is_not_a_removal(services: Services) -> None:
    await subscribed(services)
    await services.poll()
    await services.poll(post(1))

    assert await services.store.guilds.returned(GUILD, services.now) == []
    assert await services.send_all() == [(100, "Post 1")]


async def test_subscriptions_of_gone_channels_end_after_thirty_days_except_the_config_s(
    services: Services,
) -> None:
    await services.follow(ChannelDeclaration(200))
    await subscribed(services)
    await services.store.guilds.assign_channels({200: GUILD, 999: GUILD})
    await services.store.guilds.left(GUILD, services.now)
    services.now += timedelta(days=31)

    assert await services.store.guilds.forget(services.now - timedelta(days=30), services.now) == 1
    assert [found.origin for found in await services.store.subscriptions.all()] == ["config"]


async def test_a_deleted_channel_is_suspended_and_never_probed(services: Services) -> None:
    await subscribed(services)
    await services.poll()
    await services.poll(post(1))

    await services.store.guilds.channel_gone(100, services.now)

    services.now += timedelta(days=365)
    assert await services.send_all() == []
    (found,) = await services.store.subscriptions.in_guild(GUILD)
    assert "deleted" in found.suspended


async def test_notices_for_a_deleted_channel_go_to_the_channels_they_concern(
    services: Services,
) -> None:
    await subscribed(services)
    await services.store.guilds.set_notices_channel(GUILD, 900)
    await services.poll()
    await services.poll(*(post(number) for number in range(8)), settings=ASK)

    await services.store.guilds.channel_gone(900, services.now)

    assert (await services.store.guilds.notices_channels(GUILD)).used is None
    assert await send_notices(services) == [(NoticeKind.POSTS_HELD, 100)]
