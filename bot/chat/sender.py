"""Message → channel, and whatever becomes of it → Outcome. Sending needs REST alone, no gateway."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

import discord
import structlog

from bot.chat.channels import ChannelReport, Channels, Lookup, name_missing
from bot.chat.crosspost import crosspost
from bot.chat.embeds import create_allowed_mentions, create_buttons, create_embed, create_view
from bot.chat.find_sent import Uncertainty, find_message, find_post
from bot.chat.forum_tags import choose_tags
from bot.chat.http_trace import Attempt, watched
from bot.chat.outcomes import INSPECT_ROWS, MAPPED, PUBLISH_ROWS, SEND_ROWS, UNREADABLE, Row, find_outcome
from bot.chat.permissions import HISTORY, AnyChannel, GuildChannel, Kind, kind_of
from bot.errors import ChatUnreachable
from bot.model import Message, Outcome, Refused, Retry, Sent

PATIENCE = 90.0
"""Seconds for one call, discord.py's own repeats and waits included."""

_PERMISSION_CODES = (50001, 50013)

_log = structlog.get_logger(__name__)


class Sender:
    """Sends, publishes, inspects. What Discord or the network does becomes an outcome, never an exception."""

    def __init__(self, rest: Callable[[], discord.Client], lookup: Lookup) -> None:
        """`rest`: the logged-in client, or ChatUnreachable. `lookup`: the gateway's cache of channels."""
        self._rest = rest
        self.channels = Channels(rest, lookup)

    async def send(
        self,
        channel_id: int,
        message: Message,
        *,
        nonce: str,
        uncertain_since: datetime | None,
        nonce_holds: bool,
        others: frozenset[int] = frozenset(),
    ) -> Outcome:
        """Sends the message unless it stands already. Cancelled, it leaves a doubt.

        `uncertain_since`: since when it may stand; None: it does not. `nonce_holds`: Discord still knows the nonce and
        answers a second send with the first message; else the channel is searched before sending, `others` apart.
        """
        attempt = Attempt()
        doubt = (
            None if uncertain_since is None else Uncertainty(uncertain_since, others, nonce_holds=nonce_holds)
        )
        work = self._deliver(attempt, channel_id, message, nonce, doubt)
        outcome = await self._settle(channel_id, work, SEND_ROWS)
        if attempt.doubtful:
            return _uncertain(outcome)
        # An older doubt lasts until the message is found or sent.
        return _uncertain(outcome) if uncertain_since is not None and isinstance(outcome, Retry) else outcome

    async def publish(self, channel_id: int, message_id: int) -> Outcome:
        """Shows a message of an announcement channel to those who follow it; doing it twice is harmless."""
        outcome = await self._settle(channel_id, self._publish(channel_id, message_id), PUBLISH_ROWS)
        return replace(outcome, message_id=message_id) if isinstance(outcome, Sent) else outcome

    async def inspect(self, channel_id: int) -> ChannelReport:
        """How the channel stands, asked afresh. Raises ChatUnreachable if that cannot be told now."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self.channels.inspect(channel_id)
        except MAPPED as error:
            outcome = find_outcome(error, INSPECT_ROWS)
            if isinstance(outcome, Refused):
                return ChannelReport(channel_id, Kind.OTHER, advice=outcome.reason)
            raise ChatUnreachable("" if isinstance(outcome, Sent) else outcome.reason) from error

    async def _settle(self, channel_id: int, work: Awaitable[Outcome], rows: tuple[Row, ...]) -> Outcome:
        try:
            async with asyncio.timeout(PATIENCE):
                return await work
        except MAPPED as error:
            if isinstance(error, UNREADABLE):
                _log.exception("answer unreadable", channel=channel_id)
            if getattr(error, "code", 0):
                # Discord itself has judged, perhaps since the channel is not what it was.
                self.channels.forget(channel_id)
            return self._name_permissions(channel_id, error, find_outcome(error, rows))

    def _name_permissions(self, channel_id: int, error: Exception, outcome: Outcome) -> Outcome:
        if getattr(error, "code", 0) not in _PERMISSION_CODES or not isinstance(outcome, Refused):
            return outcome
        lacking = tuple(need for need in self.channels.missing_by_cache(channel_id) if need is not HISTORY)
        return Refused(name_missing(lacking)) if lacking else outcome

    async def _deliver(
        self,
        attempt: Attempt,
        channel_id: int,
        message: Message,
        nonce: str,
        doubt: Uncertainty | None,
    ) -> Outcome:
        channel = await self.channels.find(channel_id)
        if isinstance(channel, discord.ForumChannel):
            found = doubt and await self._find_standing(channel, message, doubt)
            return found or await self._open_post(attempt, channel, message)
        if kind_of(channel) is Kind.OTHER or not isinstance(channel, discord.abc.Messageable):
            return Refused("This channel holds no messages; choose a text, announcement or forum channel.")
        looked = doubt if doubt and not doubt.nonce_holds else None
        found = looked and await self._find_standing(channel, message, looked)
        return found or await self._write(attempt, channel, message, nonce)

    async def _find_standing(
        self, channel: AnyChannel, message: Message, doubt: Uncertainty
    ) -> Sent | Refused | None:
        """None: it does not stand. Refused: that cannot be seen, and sending blindly might double it."""
        if not isinstance(channel, GuildChannel | discord.Thread):
            return None
        if not (await self.channels.granted(channel)).read_message_history:
            return Refused(name_missing((HISTORY,)))
        if isinstance(channel, discord.ForumChannel):
            found = await find_post(channel, self._me, message, doubt)
        elif isinstance(channel, discord.abc.Messageable):
            found = await find_message(channel, self._me, message, doubt)
        else:
            return None
        return None if found is None else Sent(found, publishable=kind_of(channel) is Kind.ANNOUNCEMENT)

    async def _write(
        self, attempt: Attempt, channel: discord.abc.Messageable, message: Message, nonce: str
    ) -> Sent:
        with watched(attempt):
            sent = await channel.send(
                message.content,
                embeds=[create_embed(embed) for embed in message.embeds],
                allowed_mentions=create_allowed_mentions(message.mention_roles),
                suppress_embeds=message.suppress_embeds,
                nonce=nonce,
                view=create_view(create_buttons(message.buttons)),  # type: ignore[arg-type]  # None is its default
            )
        return Sent(sent.id, publishable=isinstance(channel, discord.TextChannel) and channel.is_news())

    async def _open_post(
        self, attempt: Attempt, forum: discord.ForumChannel, message: Message
    ) -> Sent | Refused:
        told = self.channels.granted_by_cache(forum.id)
        tags = choose_tags(
            forum.available_tags,
            message.tags,
            may_moderate=told is not None and told.manage_threads,
            demanded=forum.flags.require_tag,
        )
        if forum.flags.require_tag and not tags:
            self.channels.forget(forum.id)
            return Refused(
                "The forum demands a tag and offers none that the bot may use; add one that is not moderated."
            )
        # A forum post has no nonce: what might double it is not repeated, the next call looks for it first.
        with watched(attempt, repeatable=False):
            post = await forum.create_thread(
                name=message.thread_name,
                content=message.content,
                embeds=[create_embed(embed) for embed in message.embeds],
                allowed_mentions=create_allowed_mentions(message.mention_roles),
                suppress_embeds=message.suppress_embeds,
                applied_tags=tags,
                view=create_view(create_buttons(message.buttons)) or discord.utils.MISSING,
            )
        return Sent(post.message.id)

    async def _publish(self, channel_id: int, message_id: int) -> Sent:
        await crosspost(self._rest().http, channel_id, message_id)
        return Sent(message_id)

    @property
    def _me(self) -> int:
        user = self._rest().user
        if user is None:
            raise ChatUnreachable
        return user.id


def _uncertain(outcome: Outcome) -> Outcome:
    """A refusal of a repeat says nothing about the first try, so the next call has to find out."""
    if isinstance(outcome, Sent):
        return outcome
    if isinstance(outcome, Retry):
        return replace(outcome, uncertain=True)
    return Retry(outcome.reason, uncertain=True)
