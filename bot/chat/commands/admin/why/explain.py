"""Finds the post that `/why` is asked about, and explains what happened to it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.chat.commands.admin.why.text import describe_last_check, describe_outcome, describe_post
from bot.chat.commands.common.access import may_see, seen_channels
from bot.chat.commands.common.autocomplete import is_truncated
from bot.chat.commands.common.resolve import require_visible
from bot.chat.commands.common.responses import Interaction, UserError, guild_of, services_of
from bot.chat.messages import _, escape_text, message_ids
from bot.model import ArchivedEntry, FeedStatus, Trace
from bot.source.http.site import site_of
from bot.store.subscriptions import FollowedFeed
from bot.text.address import hide_secrets
from bot.text.links import host_of

_MAX_FOUND = 100
"""Posts that an admin may have meant by a part of a title or address."""
_MAX_FEEDS = 15
"""How many feeds to list for a link that none of them had."""


@dataclass(frozen=True, slots=True)
class SeveralPosts:
    """The posts that a part of a title or address may mean, newest first."""

    part: str
    posts: Sequence[ArchivedEntry]


async def explain(
    interaction: Interaction, link: str, channel_id: int | None
) -> Sequence[str] | SeveralPosts:
    """Explain what happened to a post in a channel (None: in all that the user may see).

    `link`: its address or guid, its message, or a part of its title or address. Raises UserError if the link is of
    another message, or the user may not see the channel.
    """
    followed = await _require_visible(interaction, channel_id)
    here = [each for each in followed if channel_id in {None, each.channel_id}]
    guild_id, archive = guild_of(interaction).id, services_of(interaction).store.archive
    found = await archive.trace_message(message_ids(link), guild_id) or await archive.trace(link, guild_id)
    if traces := await _keep_visible(interaction, followed, found):
        return describe_traces(guild_id, followed, traces, channel_id)
    named = await _find_by_part(interaction, here, link)
    if len(named) > 1:
        return SeveralPosts(link, named)
    if named:
        return await explain_entry(interaction, named[0].id, channel_id)
    return await _explain_unknown(interaction, here, link)


async def explain_entry(interaction: Interaction, entry_id: int, channel_id: int | None) -> Sequence[str]:
    """Explain what happened to the post of an entry: see `explain`. Raises UserError if the user may not see it."""
    followed = await _require_visible(interaction, channel_id)
    guild_id, archive = guild_of(interaction).id, services_of(interaction).store.archive
    found = await archive.trace_entry(entry_id, guild_id)
    if traces := await _keep_visible(interaction, followed, found):
        return describe_traces(guild_id, followed, traces, channel_id)
    raise UserError(_("That post is no longer in the archive; run `/why` again."))


async def _require_visible(interaction: Interaction, channel_id: int | None) -> Sequence[FollowedFeed]:
    """Return the subscriptions that the user may see. Raises UserError if there is none, or the channel is hidden."""
    if channel_id is not None and not await may_see(interaction, channel_id):
        raise UserError(_("You can't see that channel; ask someone who can."))
    return await require_visible(interaction, services_of(interaction))


async def _keep_visible(
    interaction: Interaction, followed: Sequence[FollowedFeed], traces: Sequence[Trace]
) -> list[Trace]:
    """Return what happened to a post as far as the user may see it."""
    return [trace for trace in await _keep_seen(interaction, traces) if _channels(followed, trace)]


async def _find_by_part(
    interaction: Interaction, followed: Sequence[FollowedFeed], typed: str
) -> Sequence[ArchivedEntry]:
    """Return the newest posts of these feeds with this text in their title or address.

    Autocomplete cuts long addresses, so it fills in a part, which means the newest post that has it.
    """
    limit = 1 if is_truncated(typed) else _MAX_FOUND
    feeds = {each.feed_id for each in followed}
    return await services_of(interaction).store.archive.named(feeds, typed.strip().strip("<>"), limit)


async def _explain_unknown(interaction: Interaction, here: Sequence[FollowedFeed], link: str) -> list[str]:
    if message_ids(link):
        raise UserError(
            _(
                "That message isn't one of the bot's posts here. Copy the link of one that is (right-click it, **Copy"
                " Message Link**), or type the post's address."
            )
        )
    services, guild_id = services_of(interaction), guild_of(interaction).id
    archive, now = services.store.archive, services.clock()
    feeds = await archive.worst_first(guild_id, {each.feed_id for each in here})
    statuses = await archive.statuses(guild_id, feeds[:_MAX_FEEDS], now)
    return _describe_unknown(link, here, statuses, len(feeds), now)


async def _keep_seen(interaction: Interaction, traces: Sequence[Trace]) -> list[Trace]:
    """Return the traces without what happened in channels that the user may not see."""
    seen = await seen_channels(
        interaction, (each.channel_id for trace in traces for each in trace.deliveries)
    )
    return [
        replace(trace, deliveries=tuple(each for each in trace.deliveries if each.channel_id in seen))
        for trace in traces
    ]


def _channels(followed: Sequence[FollowedFeed], trace: Trace) -> list[int]:
    """Return the channels that follow the post's feed or got the post."""
    following = [each.channel_id for each in followed if each.feed_id == trace.feed_id]
    return list(dict.fromkeys((*following, *(each.channel_id for each in trace.deliveries))))


def describe_traces(
    guild_id: int,
    followed: Sequence[FollowedFeed],
    traces: Sequence[Trace],
    channel_id: int | None,
) -> list[str]:
    """Describe what happened to a post of several feeds in a channel; None: in all that follow or got it."""
    lines: list[str] = []
    for trace in traces:
        here = {each.channel_id: each for each in followed if each.feed_id == trace.feed_id}
        others = [other for other in traces if other.entry_id != trace.entry_id]
        channels = _channels(followed, trace) if channel_id is None else [channel_id]
        lines += ["", *describe_post(trace)]
        lines += [
            describe_outcome(here.get(channel), channel, trace, others, guild_id) for channel in channels
        ]
    return lines[1:]


def _describe_unknown(
    link: str, followed: Sequence[FollowedFeed], statuses: Sequence[FeedStatus], feeds: int, now: datetime
) -> list[str]:
    """Say when the feeds were last checked for a post that none of them had, and whether one is from its site.

    `statuses`: the statuses of the first of these `feeds`.
    """
    shown = escape_text(hide_secrets(link), 200)
    if not followed:
        return [
            _(
                "That channel doesn't follow any feeds, so {link} can't be posted there; add one with `/feed add`."
            ).format(link=shown)
        ]
    lines = [_("None of the feeds followed here has had {link}.").format(link=shown)]
    sites = {site_of(url) for each in followed for url in (each.feed_url, each.feed_link) if url}
    if host_of(link) and "." in host_of(link) and site_of(link) not in sites:
        lines.append(
            _("None of them is from {site}; add its feed with `/feed add`.").format(
                site=escape_text(host_of(link))
            )
        )
    lines += [f"- {describe_last_check(status, now)}" for status in statuses]
    if feeds > len(statuses):
        lines.append(_("`/feed status` shows all {count} feeds.").format(count=feeds))
    return lines
