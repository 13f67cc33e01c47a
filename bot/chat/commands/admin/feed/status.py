"""`/feed list` and `/feed status`: a server's subscriptions, and the state of its feeds."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import discord

from bot.chat.commands.admin.base.rules import describe_subscription
from bot.chat.commands.common.pager import ListPage, create_long_list, cut_page
from bot.chat.commands.common.resolve import list_channels, require_visible
from bot.chat.commands.common.responses import Interaction, UserError, guild_of, services_of
from bot.chat.messages import MAX_ERROR_LENGTH, _, escape_text, n_, next_time, relative_time
from bot.chat.services import Services
from bot.model import FeedStatus
from bot.store.subscriptions import FollowedFeed
from bot.text import limits
from bot.text.address import label_of
from bot.text.summary import clip

_WEEKS = 4


async def list_feeds(interaction: Interaction, _argument: str, number: int) -> ListPage:
    """Return a page of the subscriptions of all channels that the user may see, sorted by feed."""
    services = services_of(interaction)
    followed = await require_visible(interaction, services)
    followed.sort(key=lambda each: (each.feed_name.casefold(), each.subscription.channel_id))
    limit = services.settings.max_subscriptions
    note = _("{count} of {limit} subscriptions used.").format(count=len(followed), limit=limit)
    cut = cut_page(followed, number)
    lines = [_format_subscription(each) for each in cut.items]
    return ListPage(_("Feeds that this server follows"), lines, cut.number, cut.pages, note)


FEED_LIST = create_long_list("feeds", list_feeds)


def _format_subscription(each: FollowedFeed) -> str:
    address = escape_text(each.feed_label, 80)
    return f"{describe_subscription(each)} · {each.subscription.style.value} · {address}"


async def list_statuses(interaction: Interaction, _argument: str, number: int) -> ListPage:
    """Return a page with one line per feed that the user may see, the worst first."""
    services, guild_id = services_of(interaction), guild_of(interaction).id
    followed: dict[int, list[FollowedFeed]] = {}
    for each in await require_visible(interaction, services):
        followed.setdefault(each.subscription.feed_id, []).append(each)
    suspended = [feed_id for feed_id, channels in followed.items() if _suspended(channels)]
    feeds = await services.store.archive.worst_first(guild_id, followed, suspended)
    cut = cut_page(feeds, number)
    statuses = await services.store.archive.statuses(guild_id, cut.items, services.clock())
    lines = [_summarise(each, followed[each.feed_id]) for each in statuses]
    note = _("For details, run `/feed status` and choose a feed.")
    return ListPage(_("Feed status"), lines, cut.number, cut.pages, note)


STATUS_LIST = create_long_list("status", list_statuses)


def _summarise(status: FeedStatus, followed: Sequence[FollowedFeed]) -> str:
    parts = [f"**{escape_text(followed[0].feed_name)}**", _state(status)]
    if not status.ended:
        newest = _("last new post {time}") if status.last_new else _("no new posts yet")
        parts.append(newest.format(time=relative_time(status.last_new)))
    if stopped := _suspended(followed):
        parts.append(_("stopped in {channels}").format(channels=list_channels(stopped)))
    return " · ".join((*parts, *_waiting(status)))


def _suspended(followed: Sequence[FollowedFeed]) -> list[FollowedFeed]:
    return [each for each in followed if each.suspended]


def _describe_suspended(each: FollowedFeed) -> str:
    reason = escape_text(each.suspended, MAX_ERROR_LENGTH)
    return _("Stopped in <#{channel}>: {reason}").format(channel=each.subscription.channel_id, reason=reason)


def _state(status: FeedStatus) -> str:
    if status.ended:
        return _("ended: the site says it's gone for good")
    if status.failures:
        failed = n_("the last check failed", "the last {count} checks failed", status.failures)
        return f"{failed}: {escape_text(status.error, MAX_ERROR_LENGTH)}"
    return _("working") if status.last_poll else _("not checked yet")


def _waiting(status: FeedStatus) -> list[str]:
    counts = (
        (status.waiting, n_("{count} post to send", "{count} posts to send", status.waiting)),
        (status.held, n_("{count} post on hold", "{count} posts on hold", status.held)),
        (
            status.paused,
            n_("{count} post kept by the pause", "{count} posts kept by the pause", status.paused),
        ),
    )
    return [text for count, text in counts if count]


async def describe_feed(
    interaction: Interaction, services: Services, followed: Sequence[FollowedFeed]
) -> discord.Embed:
    """Describe the feed of these subscriptions in detail. Raises UserError."""
    feed_id = followed[0].subscription.feed_id
    now = services.clock()
    statuses = await services.store.archive.statuses(guild_of(interaction).id, [feed_id], now)
    if not statuses:
        raise UserError(_("This feed was just removed; see `/feed list`."))
    (status,) = statuses
    lines = [
        escape_text(label_of(status.url), 200),
        "",
        *_details(status, now),
        *map(_describe_suspended, _suspended(followed)),
        "",
        *(_format_subscription(replace(each, suspended="")) for each in followed),
    ]
    text = clip("\n".join(lines), limits.EMBED_DESCRIPTION)
    return discord.Embed(title=escape_text(followed[0].feed_name, 200), description=text)


def _details(status: FeedStatus, now: datetime) -> list[str]:
    lines = [
        _("Status: {state}").format(state=_state(status)),
        _("Last check: {time}").format(time=relative_time(status.last_poll)),
        "" if status.ended else _("Next check: {time}").format(time=next_time(status.next_poll, now)),
        _("Last new post: {time}").format(time=relative_time(status.last_new)),
        _("Posts per week: {count}").format(count=_per_week(status.posts_last_month)),
        _("Waiting: {posts}").format(posts=", ".join(_waiting(status)) or _("no posts")),
        *_document(status),
    ]
    return [line for line in lines if line]


def _document(status: FeedStatus) -> list[str]:
    """Return what is special about the feed's last document."""
    notes = []
    if status.torn:
        notes.append(
            _("The feed's last document breaks off. Its complete posts were read; the bot checks again soon.")
        )
    if status.left_out:
        left_out = n_("the oldest {count} post", "the oldest {count} posts", status.left_out)
        notes.append(_("The feed is very long: {posts} in it weren't read.").format(posts=left_out))
    return notes


def _per_week(posts: int) -> str:
    return f"{posts / _WEEKS:.1f}".removesuffix(".0")
