"""Subscribe a channel to the feed of a draft, and post its newest post if the admin wants that."""

import asyncio

from bot.chat.commands.admin.base.rules import describe_rule, fill
from bot.chat.commands.admin.server.notices import describe_place
from bot.chat.commands.common.channels import TargetChannel
from bot.chat.commands.common.resolve import limit_reached
from bot.chat.commands.common.responses import Interaction, UserError
from bot.chat.feed_draft import MAX_POSTS, FeedDraft
from bot.chat.messages import _
from bot.chat.services import Services
from bot.model import ArchivedEntry, ChannelDeclaration, FeedDeclaration
from bot.relay.baseline import make_baseline
from bot.relay.match import match
from bot.source.http.site import site_of
from bot.store.subscriptions import FollowedFeed, SubscribeResult

POLL_CHECK_INTERVAL = 0.5
"""Seconds between two checks of whether a new feed was polled."""
MAX_POLL_CHECKS = 120


async def require_within_limit(services: Services, target: TargetChannel) -> None:
    """Raise UserError if the server has reached its limit of subscriptions."""
    followed = await services.store.subscriptions.in_guild(target.guild_id)
    if len(followed) >= services.settings.max_subscriptions:
        raise UserError(limit_reached(services.settings.max_subscriptions))


async def require_unfollowed(services: Services, target: TargetChannel, url: str) -> None:
    """Raise UserError if the channel already follows this feed."""
    for each in await services.store.subscriptions.in_guild(target.guild_id):
        if each.feed_url == url and each.subscription.channel_id == target.id:
            raise UserError(_already_follows(each))


async def subscribe(
    interaction: Interaction, services: Services, target: TargetChannel, draft: FeedDraft
) -> tuple[FollowedFeed, str]:
    """Make the draft a subscription, added by its user, unless the channel already follows the feed.

    Returns the channel's subscription, and the answer. Raises UserError if the server has reached its limit.
    """
    done = await subscribe_draft(services, target, draft, interaction.user.id)
    if done.followed is None:
        raise UserError(limit_reached(services.settings.max_subscriptions))
    if done.outcome != "added":
        return done.followed, _already_follows(done.followed)
    place = await describe_place(interaction, services)
    return done.followed, f"{_now_follows(done.followed)} {place}"


async def subscribe_draft(
    services: Services, target: TargetChannel, draft: FeedDraft, user_id: int
) -> SubscribeResult:
    """Make the draft a subscription, as `subscribe` does, and return the store's result."""
    site, now = site_of(draft.url), services.clock()
    baseline = None
    if draft.document and draft.read_at is not None:
        posts = services.settings.posts
        baseline = make_baseline(draft.document, draft.link, draft.read_at, posts, now)
    done = await services.store.subscriptions.subscribe(
        FeedDeclaration(draft.url, name=draft.name),
        ChannelDeclaration(target.id, draft.rule, draft.style),
        target.guild_id,
        site=site,
        budget=services.budget(site),
        limit=services.settings.max_subscriptions,
        now=now,
        baseline=baseline,
        added_by=user_id,
    )
    services.wake()
    return done


def _now_follows(followed: FollowedFeed) -> str:
    return fill(
        _(
            "<#{channel}> now follows **{feed}**: {rule}. Change what is posted with `/follow add` and"
            " `/follow exclude`, or check on the feed with `/feed status`."
        ),
        followed,
        rule=describe_rule(followed.subscription.rule),
    )


def _already_follows(followed: FollowedFeed) -> str:
    return fill(
        _(
            "<#{channel}> already follows **{feed}**: {rule}. Nothing changed; change its tags with `/follow add`."
        ),
        followed,
        rule=describe_rule(followed.subscription.rule),
    )


async def post_newest(services: Services, followed: FollowedFeed) -> str:
    """Queue the newest post that the subscription wants, and return the answer; a new feed must be polled first."""
    subscription = followed.subscription
    if subscription.paused:
        return _("It's paused in this channel, so nothing was posted; continue with `/feed resume`.")
    posts = await _wait_for_posts(services, subscription.feed_id)
    if not posts:
        return _(
            "The feed couldn't be read in time, so nothing was posted; see its newest post with `/feed test`."
        )
    newest = next((each for each in posts if match(subscription.rule, each.entry).wanted), None)
    if newest is None:
        return _(
            "The channel wants none of its newest posts, so nothing was posted; see one with `/feed test`."
        )
    if not await services.store.subscriptions.post_now(subscription.id, newest.id, services.clock()):
        return _("Its newest post is already in the channel.")
    services.wake()
    return _("Its newest post is on its way.")


async def _wait_for_posts(services: Services, feed_id: int) -> list[ArchivedEntry]:
    """Return the newest posts once there are any, since a new feed is polled within seconds; [] after the timeout."""
    for _check in range(MAX_POLL_CHECKS):
        if posts := await services.store.archive.newest(feed_id, MAX_POSTS):
            return posts
        await asyncio.sleep(POLL_CHECK_INTERVAL)
    return []
