"""Settings of subscriptions: changed field by field, undone once, and kept beside the config file."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model import (
    ChannelDeclaration,
    FeedDeclaration,
    Reblogs,
    Rule,
    Setting,
    Settings,
    Style,
    differences,
    take,
)
from bot.store.settings_changes import SettingsChange
from bot.store.store import Store
from bot.store.subscriptions import FollowedFeed
from tests.store.conftest import GARDEN, GUILD, LEASE, MINUTE, START, Services, budget, site_of, subscribed

EVERYTHING = Settings(
    rule=Rule(("stars",), ("moss",), ("night sky",), ("sale",), Reblogs.COMMENTED),
    style=Style.FULL,
    mention_roles=(8, 9),
    name="The Garden",
    silent=True,
    thread=timedelta(days=3),
    ping_cooldown=30 * MINUTE,
    interval=5 * MINUTE,
)
ADMIN = 7


def setting(**fields: object) -> Callable[[FollowedFeed], Settings]:
    """Return an edit that changes these fields."""
    return lambda each: replace(each.subscription.settings, **fields)  # type: ignore[arg-type]  # a test's own fields


async def change(store: Store, number: int, **fields: object) -> SettingsChange:
    done = await store.settings_changes.change(number, setting(**fields), ADMIN, START)
    assert done is not None
    return done


async def settings(store: Store, number: int) -> Settings:
    found = await store.subscriptions.get(number)
    assert found is not None
    return found.subscription.settings


async def declare(store: Store, *fixed: Setting, **fields: object) -> FollowedFeed:
    """Start with a config file that names these settings of the channel."""
    channel = ChannelDeclaration(100, fixed=frozenset(fixed), **fields)  # type: ignore[arg-type]  # as above
    await store.subscriptions.sync([FeedDeclaration(GARDEN, channels=(channel,))], site_of, budget, START)
    (found,) = await store.subscriptions.all()
    return found


def test_every_setting_is_in_the_sample() -> None:
    assert differences(EVERYTHING, Settings()) == set(Setting)
    assert take(Settings(), EVERYTHING, set(Setting)) == EVERYTHING


async def test_every_setting_is_stored_and_can_be_undone(services: Services) -> None:
    number = await subscribed(services)

    done = await services.store.settings_changes.change(number, lambda _: EVERYTHING, ADMIN, START)

    assert done is not None
    assert done.fields == set(Setting)
    assert await settings(services.store, number) == EVERYTHING
    stored = await services.store.settings_changes.read_change(done.id)
    assert stored is not None
    assert (stored.before, stored.after, stored.undone) == (Settings(), EVERYTHING, False)


async def test_a_change_without_effect_writes_nothing(services: Services) -> None:
    number = await subscribed(services)

    done = await change(services.store, number, style=Style.CARD)

    assert (done.id, done.fields) == (0, frozenset())
    assert await services.store.settings_changes.read_change(1) is None


async def test_two_admins_keep_each_others_simultaneous_changes(services: Services) -> None:
    number = await subscribed(services)

    await asyncio.gather(
        change(services.store, number, style=Style.FULL), change(services.store, number, silent=True)
    )

    assert await settings(services.store, number) == Settings(style=Style.FULL, silent=True)


async def test_a_change_is_undone_once(services: Services) -> None:
    number = await subscribed(services)
    done = await change(services.store, number, style=Style.FULL)
    undo = services.store.settings_changes.change

    first, second = await asyncio.gather(
        undo(number, setting(style=Style.CARD), ADMIN, START, undoes=done.id),
        undo(number, setting(style=Style.LINK), ADMIN, START, undoes=done.id),
    )

    assert (first is None) is not (second is None)
    stored = await services.store.settings_changes.read_change(done.id)
    assert stored is not None
    assert stored.undone


async def test_an_edit_that_raises_changes_nothing(services: Services) -> None:
    number = await subscribed(services)
    done = await change(services.store, number, style=Style.FULL)

    def refuse(_: FollowedFeed) -> Settings:
        raise PermissionError

    with pytest.raises(PermissionError):
        await services.store.settings_changes.change(number, refuse, ADMIN, START, undoes=done.id)

    stored = await services.store.settings_changes.read_change(done.id)
    assert stored is not None
    assert not stored.undone


async def test_a_subscription_that_ended_is_not_changed(services: Services) -> None:
    number = await subscribed(services)
    done = await change(services.store, number, style=Style.FULL)
    await services.store.removals.remove(number, START)

    assert await services.store.settings_changes.change(number, setting(silent=True), ADMIN, START) is None
    assert await services.store.subscriptions.get(number) is None
    assert await services.store.settings_changes.read_change(done.id) is None


async def test_only_the_newest_changes_are_kept(services: Services) -> None:
    number = await subscribed(services)
    changes = [await change(services.store, number, name=f"Garden {count}") for count in range(25)]

    kept = [each for each in changes if await services.store.settings_changes.read_change(each.id)]

    assert kept == changes[5:]


async def test_the_config_file_wins_field_by_field(store: Store) -> None:
    found = await declare(store, Setting.STYLE, style=Style.COMPACT)
    done = await store.settings_changes.change(found.subscription.id, lambda _: EVERYTHING, ADMIN, START)

    assert done is not None
    assert found.fixed == {Setting.STYLE}
    assert done.after.subscription.settings == replace(EVERYTHING, style=Style.COMPACT)
    again = await declare(store, Setting.STYLE, style=Style.LINK)
    assert again.subscription.settings == replace(EVERYTHING, style=Style.LINK)


async def test_a_setting_added_to_the_config_file_replaces_an_admins_choice_permanently(store: Store) -> None:
    found = await declare(store)
    await change(store, found.subscription.id, silent=True, rule=Rule(words=("moss",)))

    named = await declare(store, Setting.WORDS, rule=Rule(words=("fern",)))
    left_out = await declare(store)

    assert (named.subscription.silent, named.subscription.rule.words) == (True, ("fern",))
    assert (left_out.subscription.silent, left_out.subscription.rule.words) == (True, ())


async def test_the_default_style_follows_the_file_until_an_admin_chooses_one(store: Store) -> None:
    found = await declare(store, style=Style.CARD)
    followed = await declare(store, style=Style.COMPACT)
    await change(store, found.subscription.id, style=Style.FULL)

    chosen = await declare(store, style=Style.LINK)

    assert (followed.subscription.style, chosen.subscription.style) == (Style.COMPACT, Style.FULL)


async def test_a_subscription_taken_over_by_the_config_file_keeps_the_other_settings(
    services: Services,
) -> None:
    number = await subscribed(services)
    await services.store.settings_changes.change(number, lambda _: EVERYTHING, ADMIN, START)

    found = await declare(services.store, Setting.SILENT)

    assert (found.origin, found.subscription.id) == ("config", number)
    assert found.subscription.settings == replace(EVERYTHING, silent=False)


async def test_posts_of_a_channel_use_its_own_name_for_the_feed(services: Services) -> None:
    number = await subscribed(services)
    await change(services.store, number, name="Our Garden")

    (found,) = await services.store.subscriptions.in_guild(GUILD)

    assert found.feed_name == "Our Garden"


async def asked(store: Store) -> tuple[timedelta | None, bool]:
    """Claim the feed, and return the shortest interval that is asked for and whether the default is, too."""
    await store.feeds.poll_all(START)
    (feed,) = await store.feeds.claim(START, LEASE, 10)
    await store.feeds.unclaim(feed.id)
    return feed.asked_interval, feed.asks_default


async def test_a_feed_knows_the_shortest_interval_that_its_channels_ask_for(services: Services) -> None:
    store, first = services.store, await subscribed(services)
    assert await asked(store) == (None, True)
    await change(store, first, interval=60 * MINUTE)
    assert await asked(store) == (60 * MINUTE, False)
    await store.subscriptions.follow(GARDEN, "", 200, "opml", "garden.example", budget(""), START)
    assert await asked(store) == (60 * MINUTE, True)
    (second,) = [each for each in await store.subscriptions.all() if each.subscription.channel_id == 200]
    await change(store, second.subscription.id, interval=5 * MINUTE)
    assert await asked(store) == (5 * MINUTE, False)

    await store.guilds.assign_channels({200: GUILD})
    await store.removals.remove(second.subscription.id, START)

    assert await asked(store) == (60 * MINUTE, False)


async def test_a_shorter_interval_counts_from_now(services: Services) -> None:
    number = await subscribed(services)
    await services.poll()

    assert await services.store.feeds.claim(START, LEASE, 10) == []
    await services.store.settings_changes.change(number, setting(interval=MINUTE), ADMIN, START)

    assert len(await services.store.feeds.claim(START, LEASE, 10)) == 1


async def test_an_interval_that_left_the_file_is_open_to_change_again(services: Services) -> None:
    number = await subscribed(services)
    declared = FeedDeclaration(GARDEN, interval=20 * MINUTE)
    await services.store.subscriptions.sync([declared], site_of, budget, START)
    await services.store.subscriptions.sync([], site_of, budget, START)

    await change(services.store, number, interval=MINUTE)

    assert await settings(services.store, number) == Settings(interval=MINUTE)


async def test_an_interval_in_the_file_is_fixed_for_everybody_who_follows_the_feed(
    services: Services,
) -> None:
    number = await subscribed(services)
    elsewhere = ChannelDeclaration(300)
    declared = FeedDeclaration(GARDEN, interval=20 * MINUTE, channels=(elsewhere,))
    await services.store.subscriptions.sync([declared], site_of, budget, START)

    await change(services.store, number, interval=MINUTE, silent=True)

    assert await settings(services.store, number) == Settings(silent=True)
