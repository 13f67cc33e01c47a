"""How a server's feeds do, as lines of a list or one feed at length."""

from collections.abc import Sequence

import discord

from bot.chat.commands.admin.rules import write_subscription
from bot.chat.commands.common.pager import Listing, lists
from bot.chat.commands.common.resolve import channels_of, visible
from bot.chat.commands.common.responses import Interaction, UserError, guild_of, services_of
from bot.chat.messages import ERROR, _, escape_text, n_, relative_time
from bot.chat.services import Services
from bot.model import FeedStatus
from bot.store.subscriptions import Followed
from bot.text import limits
from bot.text.canonical import label_of
from bot.text.summary import clip

FEEDS = "feeds"
STATUS = "status"
_WEEKS = 4


@lists(FEEDS)
async def list_feeds(interaction: Interaction, _argument: str) -> Listing:
    """Every subscription in channels that the asker may see, by feed."""
    followed = await visible(interaction, services_of(interaction))
    if not followed:
        raise UserError(_("This server follows no feed yet; begin with `/feed add`."))
    followed.sort(key=lambda each: (each.feed_name.casefold(), each.subscription.channel_id))
    most = services_of(interaction).settings.most_subscriptions
    note = _("{count} of at most {most} subscriptions.").format(count=len(followed), most=most)
    return Listing(_("What this server follows"), tuple(map(_write_line, followed)), note)


def _write_line(each: Followed) -> str:
    return f"{write_subscription(each)} · {each.subscription.style.value} · {escape_text(label_of(each.feed_url), 80)}"


@lists(STATUS)
async def list_statuses(interaction: Interaction, _argument: str) -> Listing:
    """Every feed in a line, the worst first."""
    services = services_of(interaction)
    followed: dict[int, list[Followed]] = {}
    for each in await visible(interaction, services):
        followed.setdefault(each.subscription.feed_id, []).append(each)
    statuses = await services.store.archive.statuses(guild_of(interaction).id, services.clock())
    lines = tuple(_sum_up(each, followed[each.feed_id]) for each in statuses if each.feed_id in followed)
    if not lines:
        raise UserError(_("This server follows no feed yet; begin with `/feed add`."))
    return Listing(_("How the feeds do"), lines, _("`/feed status feed` tells more of one."))


def _sum_up(status: FeedStatus, followed: Sequence[Followed]) -> str:
    parts = [f"**{escape_text(status.name)}**", _state(status)]
    if not status.ended:
        parts.append(_("last new post {ago}").format(ago=relative_time(status.last_new)))
    stopped = [each for each in followed if each.suspended]
    if stopped:
        parts.append(_("stopped in {channels}").format(channels=channels_of(stopped)))
    return " · ".join((*parts, *_kept(status)))


def _state(status: FeedStatus) -> str:
    if status.ended:
        return _("ended: its site says that it is gone for good")
    if status.failures:
        failed = n_("failed {count} time in a row", "failed {count} times in a row", status.failures)
        return f"{failed}: {escape_text(status.error, ERROR)}"
    return _("well") if status.last_poll else _("not polled yet")


def _kept(status: FeedStatus) -> list[str]:
    counts = (
        (status.waiting, _("{count} waiting to be sent")),
        (status.held, _("{count} held until an admin decides")),
        (status.paused, _("{count} kept while paused")),
    )
    return [words.format(count=count) for count, words in counts if count]


async def tell_status(
    interaction: Interaction, services: Services, followed: Sequence[Followed]
) -> discord.Embed:
    """All about the feed of these subscriptions."""
    feed_id = followed[0].subscription.feed_id
    statuses = await services.store.archive.statuses(guild_of(interaction).id, services.clock())
    status = next((each for each in statuses if each.feed_id == feed_id), None)
    if status is None:
        raise UserError(_("This feed was removed just now; see `/feed list`."))
    lines = [escape_text(label_of(status.url), 200), "", *_figures(status), "", *map(_write_line, followed)]
    text = clip("\n".join(lines), limits.EMBED_DESCRIPTION)
    return discord.Embed(title=escape_text(status.name, 200), description=text)


def _figures(status: FeedStatus) -> list[str]:
    lines = [
        _("State: {state}").format(state=_state(status)),
        _("Last poll: {ago}").format(ago=relative_time(status.last_poll)),
        "" if status.ended else _("Next poll: {ago}").format(ago=relative_time(status.next_poll)),
        _("Last new post: {ago}").format(ago=relative_time(status.last_new)),
        _("Posts a week: {count}").format(count=_weekly(status.posts_last_month)),
        _("Kept: {what}").format(what=", ".join(_kept(status)) or _("nothing")),
    ]
    return [line for line in lines if line]


def _weekly(posts: int) -> str:
    return f"{posts / _WEEKS:.1f}".removesuffix(".0")
