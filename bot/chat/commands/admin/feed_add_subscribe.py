"""A draft becomes a subscription, and the newest post goes out if that is wished."""

import asyncio

from bot.chat.commands.admin.rules import describe
from bot.chat.commands.common.channels import TargetChannel
from bot.chat.commands.common.responses import UserError
from bot.chat.feed_draft import MOST_POSTS, Draft
from bot.chat.messages import _, escape_text
from bot.chat.services import Services
from bot.model import ArchivedEntry, ChannelDeclaration, FeedDeclaration
from bot.relay.match import match
from bot.source.http.site import site_of
from bot.store.subscriptions import Followed, Subscribed

LOOK = 0.5
"""Seconds between two looks whether a new feed was polled."""
LOOKS = 120


async def demand_room(services: Services, target: TargetChannel) -> None:
    """Raise UserError if the server has as many subscriptions as it may."""
    followed = await services.store.subscriptions.in_guild(target.guild_id)
    if len(followed) >= services.settings.most_subscriptions:
        raise UserError(_full(services))


async def demand_new(services: Services, target: TargetChannel, url: str) -> None:
    """Raise UserError if the channel follows this feed already."""
    for each in await services.store.subscriptions.in_guild(target.guild_id):
        if each.feed_url == url and each.subscription.channel_id == target.id:
            raise UserError(_tell_standing(each))


async def subscribe(services: Services, target: TargetChannel, draft: Draft) -> Subscribed:
    """Make the draft a subscription, unless there is one already. Raises UserError if the server has no room."""
    site = site_of(draft.url)
    done = await services.store.subscriptions.subscribe(
        FeedDeclaration(draft.url, name=draft.name),
        ChannelDeclaration(target.id, draft.rule, draft.style),
        target.guild_id,
        site=site,
        budget=services.budget(site),
        limit=services.settings.most_subscriptions,
        now=services.clock(),
    )
    if done.followed is None:
        raise UserError(_full(services))
    return done


def tell_outcome(done: Subscribed) -> str:
    """What stands now."""
    followed = done.followed
    if followed is None or done.outcome != "added":
        return "" if followed is None else _tell_standing(followed)
    return _(
        "<#{channel}> now follows **{feed}**: {rule}. `/follow add` and `/follow exclude` change what is posted;"
        " `/feed status` shows how the feed does."
    ).format(
        channel=followed.subscription.channel_id,
        feed=escape_text(followed.feed_name),
        rule=describe(followed.subscription.rule),
    )


def _tell_standing(followed: Followed) -> str:
    return _(
        "<#{channel}> follows **{feed}** already: {rule}. Nothing was changed; change its tags with `/follow add`."
    ).format(
        channel=followed.subscription.channel_id,
        feed=escape_text(followed.feed_name),
        rule=describe(followed.subscription.rule),
    )


def _full(services: Services) -> str:
    return _(
        "This server has {count} subscriptions, the most that it may; remove one with `/feed remove`, or ask whoever"
        " runs the bot to raise discord.max_subscriptions."
    ).format(count=services.settings.most_subscriptions)


async def post_newest(services: Services, followed: Followed | None) -> str:
    """Owe the newest post that the rule wants to its channel, and say so; a new feed is polled first."""
    if followed is None:
        return ""
    subscription = followed.subscription
    posts = await _read_archive(services, subscription.feed_id)
    if not posts:
        return _("The feed was not read in time, so its newest post stays unposted; `/feed test` shows it.")
    newest = next((each for each in posts if match(subscription.rule, each.entry).wanted), None)
    if newest is None:
        return _(
            "None of its newest posts is what the channel follows, so none was posted; see `/feed test`."
        )
    if not await services.store.subscriptions.post_now(subscription.id, newest.id, services.clock()):
        return _("Its newest post stands in the channel already.")
    services.wake()
    return _("Its newest post is on its way.")


async def _read_archive(services: Services, feed_id: int) -> list[ArchivedEntry]:
    """The newest posts, once there are any: a new feed is polled within seconds; [] if it was not in time."""
    for _look in range(LOOKS):
        if posts := await services.store.archive.newest(feed_id, MOST_POSTS):
            return posts
        await asyncio.sleep(LOOK)
    return []
