"""The messages in Discord that show the posts of an answer."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import discord

from bot.chat.commands.common.access import Viewer, find_channel, viewable, viewer_of
from bot.chat.commands.common.responses import Interaction, services_of
from bot.chat.permissions import permissions_of
from bot.chat.posted_messages import Place
from bot.model import PostedMessage, SearchHit

_MAX_LOOKUPS = 2
"""How many messages of a post to try: if one was deleted, the message in another channel is looked up."""


async def find_jumps(
    interaction: Interaction, hits: Iterable[SearchHit], among: Callable[[int], bool] = lambda _channel: True
) -> dict[str, PostedMessage]:
    """Return a message for each post, by identity, as `choose_jumps` does; `among`: whether a channel may be named.

    Someone who may not read old messages gets no link, because it would lead to an empty channel. A message that was
    deleted has the id 0, and that is recorded.
    """
    identities = [hit.identity for hit in hits]
    if not identities:
        return {}
    services, viewer = services_of(interaction), viewer_of(interaction)
    posted = [
        each
        for each in await services.store.search.posted(identities, viewer.guild.id)
        if among(each.channel_id)
    ]
    seen = await viewable(services, viewer, (each.channel_id for each in posted), history=True)
    jumps = choose_jumps(posted, seen, viewer.channel_id)
    for _round in range(_MAX_LOOKUPS):
        gone = await _find_gone(interaction, viewer, list(jumps.values()))
        if not gone:
            break
        await services.store.outbox.forget_messages(gone)
        posted = [replace(each, message_id=0) if each in gone else each for each in posted]
        jumps = choose_jumps(posted, seen, viewer.channel_id)
    return jumps


def choose_jumps(
    posted: Iterable[PostedMessage], channel_ids: frozenset[int], here: int | None
) -> dict[str, PostedMessage]:
    """Return one message per post in these channels: the one in the channel `here`, or else the oldest.

    One that was deleted only if there is no other.
    """
    jumps: dict[str, PostedMessage] = {}
    for each in sorted(
        posted, key=lambda each: (not each.message_id, each.channel_id != here, each.message_id)
    ):
        if each.channel_id in channel_ids:
            jumps.setdefault(each.identity, each)
    return jumps


async def _find_gone(
    interaction: Interaction, viewer: Viewer, messages: Sequence[PostedMessage]
) -> list[PostedMessage]:
    """Return the messages that were deleted, of those that the bot can read."""
    places = {
        each: place for each in messages if each.message_id and (place := _place_of(viewer, each)) is not None
    }
    services = services_of(interaction)
    gone = await services.messages.find_gone(interaction.client, places.values(), services.clock())
    return [each for each, place in places.items() if place in gone]


def _place_of(viewer: Viewer, message: PostedMessage) -> Place | None:
    """Return where to look for a message; None if the bot may not read it."""
    channel = find_channel(viewer, message.channel_id)
    granted = None if channel is None else permissions_of(viewer.guild.me, channel)
    if channel is None or granted is None or not granted.read_message_history:
        return None
    is_forum = isinstance(channel, discord.ForumChannel)
    return Place(message.message_id if is_forum else channel.id, message.message_id)
