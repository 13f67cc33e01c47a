"""Sends a message again without what Discord refuses of it, until Discord accepts it."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace

import discord
import structlog

from bot.chat.channels import Channels
from bot.chat.permissions import EMBED, AnyChannel, GuildChannel, kind_of, missing
from bot.chat.refused_fields import EMBEDS, RefusedField, describe_refused, find_refused, leave_out
from bot.model import Message, Outcome, Sent

MAX_REFUSED = 20
"""How many fields of a message Discord may refuse before the message is given up."""

MISSING_PERMISSIONS = 50013

Send = Callable[[Message], Awaitable[Outcome]]

_log = structlog.get_logger(__name__)


async def send_accepted(channels: Channels, channel: AnyChannel, send: Send, message: Message) -> Outcome:
    """Send a message without the fields that Discord refuses. Raises the refusal of what can't be left out."""
    refused: list[RefusedField] = []
    while True:
        try:
            outcome = await send(message)
        except discord.HTTPException as error:
            fields = find_refused(error) or await _find_unpermitted(channels, channel, error)
            lighter = leave_out(message, fields)
            if lighter == message or len(refused) > MAX_REFUSED:
                raise
            if await _has_other_tags(channels, channel, fields):
                raise
            _log_refused(channel.id, fields)
            message, refused = lighter, [*refused, *fields]
        else:
            return _add_note(outcome, describe_refused(refused))


async def _find_unpermitted(
    channels: Channels, channel: AnyChannel, error: discord.HTTPException
) -> tuple[RefusedField, ...]:
    """Return the embeds if the bot may write, but not embed: Discord refuses a message that would be empty."""
    if error.code != MISSING_PERMISSIONS or not isinstance(channel, GuildChannel | discord.Thread):
        return ()
    lacking = missing(await channels.granted(channel), kind_of(channel))
    return (EMBEDS,) if lacking[:1] == (EMBED,) else ()


async def _has_other_tags(channels: Channels, channel: AnyChannel, refused: Sequence[RefusedField]) -> bool:
    """Return whether tags were refused because the forum's tags have changed since they were read."""
    if not isinstance(channel, discord.ForumChannel) or not any(field.is_tags for field in refused):
        return False
    channels.doubt(channel.id)
    current = await channels.find(channel.id)
    return not isinstance(current, discord.ForumChannel) or _tags(current) != _tags(channel)


def _tags(forum: discord.ForumChannel) -> list[tuple[int, bool]]:
    return [(tag.id, tag.moderated) for tag in forum.available_tags]


def _add_note(outcome: Outcome, note: str) -> Outcome:
    if not isinstance(outcome, Sent):
        return outcome
    return replace(outcome, note=" ".join(filter(None, (note, outcome.note))))


def _log_refused(channel_id: int, fields: Iterable[RefusedField]) -> None:
    for field in fields:
        path = ".".join(field.path)
        _log.warning("field refused", channel=channel_id, field=path, problem=field.problem)
