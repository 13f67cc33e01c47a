"""`/why`: what happened to a post, and why it was or wasn't posted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import discord
from discord import app_commands

from bot.chat.commands.admin.base.autocomplete import AdminAutocomplete
from bot.chat.commands.admin.why.text import describe_last_check, describe_outcome, describe_post
from bot.chat.commands.common.access import may_see, seen_channels
from bot.chat.commands.common.autocomplete import is_truncated
from bot.chat.commands.common.channels import Channel
from bot.chat.commands.common.resolve import require_visible
from bot.chat.commands.common.responses import Interaction, UserError, defer, guild_of, respond
from bot.chat.messages import _, escape_text, fit_lines, message_ids
from bot.chat.services import Services
from bot.model import FeedStatus, Trace
from bot.source.http.site import site_of
from bot.store.subscriptions import FollowedFeed
from bot.text import limits
from bot.text.address import hide_secrets
from bot.text.links import host_of

Link = app_commands.Range[str, 1, 2000]
_MAX_FEEDS = 15
"""How many feeds to list for a link that none of them had."""


def create_why(services: Services) -> app_commands.Command[app_commands.Group, ..., None]:
    """Return the command `/why`."""
    completions = AdminAutocomplete(services.store)

    @app_commands.command(description="Find out why a post was or wasn't posted")
    @app_commands.describe(
        link="The post's address, part of its title, or the link or ID of the bot's message",
        channel="Only what happened in this channel",
    )
    @app_commands.autocomplete(link=completions.posts)
    @app_commands.default_permissions(manage_guild=True)
    async def why(interaction: Interaction, link: Link, channel: Channel | None = None) -> None:
        await defer(interaction)
        if channel is not None and not await may_see(interaction, channel.id):
            raise UserError(_("You can't see that channel; ask someone who can."))
        lines = await _explain(services, interaction, link, None if channel is None else channel.id)
        await respond(
            interaction, "", embeds=(discord.Embed(description=fit_lines(lines, limits.EMBED_DESCRIPTION)),)
        )

    return why


def describe_here(
    interaction: Interaction, followed: Sequence[FollowedFeed], traces: Sequence[Trace], message_id: int
) -> list[str]:
    """Describe what happened to a post in the channel where this message shows it."""
    channels = {
        each.channel_id for trace in traces for each in trace.deliveries if each.message_id == message_id
    }
    return [
        line
        for channel_id in channels
        for line in _describe_traces(guild_of(interaction).id, followed, traces, channel_id)
    ]


async def _explain(
    services: Services, interaction: Interaction, link: str, channel_id: int | None
) -> list[str]:
    followed = await require_visible(interaction, services)
    guild_id = guild_of(interaction).id
    candidates = [
        [trace for trace in await _keep_seen(interaction, traces) if _channels(followed, trace)]
        for traces in await _find(services, link, guild_id)
    ]
    visible = [traces for traces in candidates if traces]
    if len(visible) > 1:
        raise UserError(
            _(
                "Several posts have {part} in their title or address; pick one from the list as you type."
            ).format(part=escape_text(hide_secrets(link.strip()), 200))
        )
    if visible:
        return _describe_traces(guild_id, followed, visible[0], channel_id)
    if message_ids(link):
        raise UserError(
            _(
                "That message isn't one of the bot's posts here. Copy the link of one that is (right-click it, **Copy"
                " Message Link**), or type the post's address."
            )
        )
    here = [each for each in followed if channel_id in {None, each.subscription.channel_id}]
    archive, now = services.store.archive, services.clock()
    feeds = await archive.worst_first(guild_id, {each.subscription.feed_id for each in here})
    statuses = await archive.statuses(guild_id, feeds[:_MAX_FEEDS], now)
    return _describe_unknown(link, here, statuses, len(feeds), now)


async def _find(services: Services, link: str, guild_id: int) -> list[list[Trace]]:
    """Find a post by its message, its address, or a part of its title or address. Return two if the part fits more.

    Autocomplete cuts long addresses, so it fills in a part, which means the newest post that has it.
    """
    traces = await services.store.archive.trace_message(message_ids(link), guild_id)
    traces = traces or await services.store.archive.trace(link, guild_id)
    if traces:
        return [traces]
    found = await services.store.archive.recent_links(guild_id, link.strip().strip("<>"), 2)
    links = dict.fromkeys(each.entry.link for each in (found[:1] if is_truncated(link) else found))
    return [await services.store.archive.trace(each, guild_id) for each in links]


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


def _describe_traces(
    guild_id: int,
    followed: Sequence[FollowedFeed],
    traces: Sequence[Trace],
    channel_id: int | None,
) -> list[str]:
    lines: list[str] = []
    for trace in traces:
        here = {
            each.subscription.channel_id: each
            for each in followed
            if each.subscription.feed_id == trace.feed_id
        }
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
