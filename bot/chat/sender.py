"""Sends a Message to a channel and returns an Outcome. Only needs REST, not the gateway."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

import discord
import structlog
from discord.http import handle_message_parameters

from bot.chat.channels import ChannelReport, Channels, Lookup, name_missing
from bot.chat.embeds import create_allowed_mentions, create_buttons, create_embed, create_view
from bot.chat.find_sent import SentSearch
from bot.chat.forum_tags import choose_tags
from bot.chat.http_trace import Attempt, record_requests
from bot.chat.look_back import LookBack
from bot.chat.outcomes import (
    EDIT_ROWS,
    INSPECT_ROWS,
    MAPPED,
    PUBLISH_ROWS,
    SEND_ROWS,
    THREAD_ROWS,
    UNREADABLE,
    Row,
    find_outcome,
)
from bot.chat.permissions import HISTORY, Kind, kind_of
from bot.chat.refused_fields import EMBEDS, describe_refused
from bot.chat.send_accepted import MISSING_PERMISSIONS, Send, send_accepted
from bot.errors import ChatUnreachable
from bot.model import (
    ARCHIVE_TIMES,
    MAX_SNOWFLAKE,
    Dead,
    HistoryPage,
    Message,
    Outcome,
    Refused,
    Retry,
    Sent,
    Uncertainty,
)

_Minutes = Literal[60, 1440, 4320, 10080]
_ARCHIVE_MINUTES: dict[timedelta, _Minutes] = dict(zip(ARCHIVE_TIMES, (60, 1440, 4320, 10080), strict=True))

SEND_TIMEOUT = 90.0
"""Seconds for one call, including discord.py's own retries and waits."""

_PERMISSION_CODES = (50001, MISSING_PERMISSIONS)

_WRITABLE = (discord.ForumChannel, discord.abc.Messageable)

_log = structlog.get_logger(__name__)


class Sender:
    """Sends messages, publishes them and inspects channels. Errors of Discord and the network become outcomes."""

    def __init__(self, rest: Callable[[], discord.Client], lookup: Lookup) -> None:
        """`rest`: returns the logged-in client or raises ChatUnreachable. `lookup`: the gateway's cache of channels."""
        self._rest = rest
        self.channels = Channels(rest, lookup)
        self._search = SentSearch(self.channels)
        self._look_back = LookBack(self.channels)

    async def send(
        self,
        channel_id: int,
        message: Message,
        *,
        nonce: str,
        uncertainty: Uncertainty | None = None,
    ) -> Outcome:
        """Send the message unless it is in the channel already.

        If cancelled, the message may or may not be there. If cancelled before it was sent, return that as an outcome.

        `uncertainty`: it may have been sent; None: it wasn't. Unless Discord still knows the nonce, the channel is
        searched first.
        """
        attempt = Attempt()
        work = self._deliver(attempt, channel_id, message, nonce, uncertainty)
        try:
            outcome = await self._settle(channel_id, work, SEND_ROWS, embeds=bool(message.embeds))
        except asyncio.CancelledError:
            if attempt.uncertain:
                raise
            outcome = Retry("The bot stopped before this was sent.", after=timedelta(0))
        return _describe_uncertainty(outcome, attempt, was_uncertain=uncertainty is not None)

    async def publish(self, channel_id: int, message_id: int) -> Outcome:
        """Publish a message of an announcement channel to its followers; repeating it is harmless."""
        outcome = await self._settle(
            channel_id, self._publish(channel_id, message_id), PUBLISH_ROWS, embeds=False
        )
        return replace(outcome, message_id=message_id) if isinstance(outcome, Sent) else outcome

    async def edit(self, channel_id: int, message_id: int, message: Message) -> Outcome:
        """Replace what a message shows, without pings; repeating it is harmless."""
        work = self._edit(channel_id, message_id, message)
        return await self._settle(channel_id, work, EDIT_ROWS, embeds=bool(message.embeds))

    async def open_thread(
        self, channel_id: int, message_id: int, name: str, hidden_after: timedelta
    ) -> Outcome:
        """Open the thread of a message, unless it has one, or none of this channel's can; repeating it is harmless."""
        work = self._open_thread(channel_id, message_id, name, hidden_after)
        return await self._settle(channel_id, work, THREAD_ROWS, embeds=False)

    async def inspect(self, channel_id: int, *, embeds: bool = True, threads: bool = False) -> ChannelReport:
        """Report on a channel, always fetched. Raises ChatUnreachable if Discord can't be asked now.

        `embeds`: whether the channel gets posts of a style that has embeds. `threads`: whether posts get threads.
        """
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                return await self.channels.inspect(channel_id, embeds=embeds, threads=threads)
        except MAPPED as error:
            outcome = find_outcome(error, INSPECT_ROWS)
            if isinstance(outcome, Refused):
                return ChannelReport(channel_id, Kind.OTHER, advice=outcome.reason)
            raise ChatUnreachable("" if isinstance(outcome, Sent) else outcome.reason) from error

    async def look_back(
        self, channel_id: int, since: datetime, read_down_to: int | None
    ) -> HistoryPage | Refused | Retry:
        """Return a page of a channel's history: see LookBack. Errors of Discord and the network become outcomes."""
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                return await self._look_back.page(channel_id, self._me, since, read_down_to)
        except MAPPED as error:
            outcome = find_outcome(error, INSPECT_ROWS)
            if isinstance(outcome, Retry):
                return outcome
            return Refused("" if isinstance(outcome, Sent) else outcome.reason)

    async def _settle(
        self, channel_id: int, work: Awaitable[Outcome], rows: tuple[Row, ...], *, embeds: bool
    ) -> Outcome:
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                return await work
        except MAPPED as error:
            if isinstance(error, UNREADABLE):
                _log.exception("response unreadable", channel=channel_id)
            if getattr(error, "code", 0):
                # Discord refused, perhaps because the channel changed.
                self.channels.doubt(channel_id)
            outcome = find_outcome(error, rows)
            if getattr(error, "code", 0) not in _PERMISSION_CODES or not isinstance(outcome, Refused):
                return outcome
            needed = self.channels.missing_by_cache(channel_id, embeds=embeds)
            lacking = tuple(need for need in needed if need is not HISTORY)
            return Refused(name_missing(lacking)) if lacking else outcome

    async def _deliver(
        self, attempt: Attempt, channel_id: int, message: Message, nonce: str, uncertainty: Uncertainty | None
    ) -> Outcome:
        channel = await self.channels.find(channel_id)
        if not isinstance(channel, _WRITABLE) or kind_of(channel) is Kind.OTHER:
            return Refused(
                "This kind of channel can't hold messages; choose a text, announcement or forum channel."
            )
        is_forum = isinstance(channel, discord.ForumChannel)
        if uncertainty and (is_forum or not uncertainty.nonce_holds):
            found = await self._search.find(channel, self._me, message, nonce, uncertainty)
            if found is not None:
                return found
            attempt.searched = True
        send: Send = (
            partial(self._open_post, attempt, channel)
            if isinstance(channel, discord.ForumChannel)
            else partial(self._write, attempt, channel, nonce)
        )
        return await send_accepted(self.channels, channel, send, message)

    async def _write(
        self, attempt: Attempt, channel: discord.abc.Messageable, nonce: str, message: Message
    ) -> Sent:
        with record_requests(attempt):
            sent = await channel.send(
                message.content,
                embeds=[create_embed(embed) for embed in message.embeds],
                allowed_mentions=create_allowed_mentions(message.mention_roles),
                suppress_embeds=message.suppress_embeds,
                silent=message.silent,
                nonce=nonce,
                view=create_view(create_buttons(message.buttons)),  # type: ignore[arg-type]  # None is its default
            )
        publishable = isinstance(channel, discord.TextChannel) and channel.is_news()
        return Sent(_id_of(sent), publishable, note=_note_embeds(message, sent))

    async def _open_post(
        self, attempt: Attempt, forum: discord.ForumChannel, message: Message
    ) -> Sent | Refused:
        granted = self.channels.granted_by_cache(forum.id)
        tags = choose_tags(
            forum.available_tags,
            message.tags,
            may_moderate=granted is not None and granted.manage_threads,
            required=forum.flags.require_tag,
        )
        if forum.flags.require_tag and not tags:
            self.channels.doubt(forum.id)
            return Refused(
                "This forum requires a tag but has none that the bot can use; add one that isn't moderated."
            )
        # A forum post has no nonce, so a request isn't repeated if it may be a duplicate; the next call searches first.
        with record_requests(attempt, repeatable=False):
            post = await forum.create_thread(
                name=message.thread_name,
                content=message.content if message.opening is None else message.opening,
                embeds=[create_embed(embed) for embed in message.embeds],
                allowed_mentions=create_allowed_mentions(message.mention_roles),
                suppress_embeds=message.suppress_embeds,
                silent=message.silent,
                applied_tags=tags,
                view=create_view(create_buttons(message.buttons)) or discord.utils.MISSING,
            )
        return Sent(_id_of(post.message), note=_note_embeds(message, post.message))

    async def _publish(self, channel_id: int, message_id: int) -> Sent:
        with record_requests(Attempt(), repeatable=False):  # the outbox repeats it
            await self._rest().http.publish_message(channel_id, message_id)
        return Sent(message_id)

    async def _edit(self, channel_id: int, message_id: int, message: Message) -> Outcome:
        channel = await self.channels.find(channel_id)
        is_forum = isinstance(channel, discord.ForumChannel)
        # The first message of a forum post has the post's id.
        place = message_id if is_forum else channel_id
        return await send_accepted(
            self.channels, channel, partial(self._change, place, message_id, is_forum), message
        )

    async def _change(self, channel_id: int, message_id: int, is_forum: bool, message: Message) -> Sent:
        opening = message.opening if is_forum else None
        with (
            record_requests(Attempt(), repeatable=False),  # the outbox repeats it
            handle_message_parameters(
                content=message.content if opening is None else opening,
                embeds=[create_embed(embed) for embed in message.embeds],
                flags=discord.MessageFlags(suppress_embeds=message.suppress_embeds),
                allowed_mentions=discord.AllowedMentions.none(),
            ) as params,
        ):
            await self._rest().http.edit_message(channel_id, message_id, params=params)
        return Sent(message_id)

    async def _open_thread(
        self, channel_id: int, message_id: int, name: str, hidden_after: timedelta
    ) -> Sent:
        channel = await self.channels.find(channel_id)
        if isinstance(channel, discord.TextChannel):  # also announcements; a forum post is a thread itself
            with record_requests(Attempt(), repeatable=False):
                await self._rest().http.start_thread_with_message(
                    channel_id,
                    message_id,
                    name=name,
                    auto_archive_duration=_ARCHIVE_MINUTES[hidden_after],
                )
        return Sent(message_id)

    @property
    def _me(self) -> int:
        user = self._rest().user
        if user is None:
            raise ChatUnreachable
        return user.id


def _id_of(sent: discord.Message) -> int:
    """Return a message's id. Raises ValueError for one that Discord can't have given."""
    if not 0 < sent.id <= MAX_SNOWFLAKE:
        raise ValueError
    return sent.id


def _note_embeds(message: Message, sent: discord.Message) -> str:
    """Return a sentence if Discord left the embeds out, as it does where the bot may not embed links."""
    return describe_refused((EMBEDS,)) if message.embeds and not sent.embeds else ""


def _describe_uncertainty(outcome: Outcome, attempt: Attempt, *, was_uncertain: bool) -> Outcome:
    """Add to an outcome whether the message may be there, so that the next call searches for it.

    A refused repeat says nothing about the first try. Earlier uncertainty lasts until the message is found or sent, or
    a search shows that it isn't there.
    """
    if isinstance(outcome, Refused | Dead) and attempt.uncertain:
        outcome = Retry(outcome.reason)
    if not isinstance(outcome, Retry):
        return outcome
    uncertain = attempt.uncertain or (was_uncertain and not attempt.searched)
    return replace(outcome, uncertain=uncertain, lost=attempt.uncertain, searched=attempt.searched)
