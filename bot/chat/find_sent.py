"""Finds out from a channel's messages whether one was sent already, after its nonce has expired."""

import re
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import discord

from bot.model import Embed, Message
from bot.text.keys import link_key
from bot.text.markdown import quote_marks
from bot.text.repetition import letters_of

CLOCK_SKEW = timedelta(minutes=65)
"""How far our clock may have differed from Discord's, which determines message ids."""

_LINK = re.compile(r"https?://[^\s<>()\[\]]+")
_PING = re.compile(r"<@&\d+>")
_MIN_SAME_LETTERS = 80
"""Letters and digits; two summaries of different length with this many in common are of the same post."""


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """A message may have been sent already."""

    since: datetime
    until: datetime | None = None
    """When the last such send ended; None: that is unknown."""
    arrives_within: timedelta = timedelta()
    """For how long the message may still arrive."""
    others: frozenset[int] = frozenset()
    """Messages that are known to be other posts, although they may have the same link."""
    nonce_holds: bool = False
    """Discord still responds to a second send with the first message."""

    @property
    def oldest(self) -> int:
        """The smallest id that the message can have: Discord's ids are times."""
        return discord.utils.time_snowflake(self.since - CLOCK_SKEW)

    def may_be(self, message_id: int) -> bool:
        """Return whether the message can have this id."""
        return (
            self.oldest <= message_id and not self.ends_before(message_id) and message_id not in self.others
        )

    def ends_before(self, message_id: int) -> bool:
        """Return whether the message must be older than the one with this id."""
        return self.until is not None and message_id > discord.utils.time_snowflake(self.until + CLOCK_SKEW)


@dataclass(slots=True)
class Progress:
    """How far a channel was searched. A search that takes too long continues there."""

    read_until: int = 0
    """The id of the last message that was read."""


AnyEmbed = Embed | discord.Embed
"""Ours, or Discord's."""


def is_same(message: Message, content: str, embeds: Sequence[AnyEmbed]) -> bool:
    """Return whether a message with this content and these embeds is the given one."""
    if not message.link:
        return _words(content, embeds) == _words(message.content, message.embeds) or _is_old_card(
            message, content, embeds
        )
    # The whole link, not the beginning of a longer one. Inside of Markdown it is quoted.
    written = "|".join(map(re.escape, (message.link, quote_marks(message.link))))
    link = re.compile(rf"(?:{written})(?=[\s>)\]]|$)")
    if any(embed.url == message.link for embed in embeds) or link.search(content) is not None:
        return True
    links = (*(embed.url or "" for embed in embeds), *_LINK.findall(content))
    return not {link_key(each) for each in links}.isdisjoint(message.link_keys)


def _words(content: str, embeds: Iterable[AnyEmbed]) -> list[str]:
    """Return all words of a message: Discord doesn't preserve white space."""
    texts = (part for embed in embeds for part in (embed.title, embed.description))
    return " ".join(part or "" for part in (content, *texts)).split()


def _is_old_card(message: Message, content: str, embeds: Sequence[AnyEmbed]) -> bool:
    """Return whether this is the message in its first layout, which may have been sent before an upgrade.

    It had the title in the content and again in the embed. A title that repeated the text was replaced by "Post", and
    the text began with it.
    """
    if len(embeds) != 1 or len(message.embeds) != 1 or not embeds[0].title:
        return False
    found, wanted = embeds[0], message.embeds[0]
    if _moment(found) != _moment(wanted) or _footer(found) != _footer(wanted):
        return False
    if not wanted.title and content.split() == message.content.split():
        return (found.description or "").split() == wanted.description.split()
    title = _PING.sub("", wanted.title or message.content)
    old, new = letters_of(found.description or ""), letters_of(f"{title} {wanted.description}")
    is_cut = min(len(old), len(new)) >= _MIN_SAME_LETTERS and (new.startswith(old) or old.startswith(new))
    return bool(old) and (old == new or is_cut)


def _footer(embed: AnyEmbed) -> list[str]:
    text = embed.footer if isinstance(embed, Embed) else embed.footer.text
    return (text or "").split()


def _moment(embed: AnyEmbed) -> int:
    """Return seconds: Discord doesn't preserve fractions."""
    return 0 if embed.timestamp is None else int(embed.timestamp.timestamp())


async def find_message(
    channel: discord.abc.Messageable, me: int, message: Message, uncertainty: Uncertainty, progress: Progress
) -> int | None:
    """Return the id of the message if the bot wrote it in this channel at that time, or None."""
    after = discord.Object(max(uncertainty.oldest, progress.read_until + 1) - 1)
    async for found in channel.history(limit=None, after=after, oldest_first=True):
        if found.author.id == me and uncertainty.may_be(found.id):
            if is_same(message, found.content, found.embeds):
                return found.id
        elif uncertainty.ends_before(found.id):
            return None
        progress.read_until = found.id
    return None


async def find_post(
    forum: discord.ForumChannel, me: int, message: Message, uncertainty: Uncertainty
) -> int | None:
    """Return the id of the forum post (and of its first message) if the bot opened it at that time, or None."""
    threads = [thread for thread in await forum.guild.active_threads() if thread.parent_id == forum.id]
    threads += [thread async for thread in _archived_since(forum, uncertainty.since - CLOCK_SKEW)]
    mine = [thread for thread in threads if thread.owner_id == me and uncertainty.may_be(thread.id)]
    for thread in sorted(mine, key=lambda thread: (thread.name != message.thread_name, -thread.id)):
        if await _starts_with(thread, message):
            return thread.id
    return None


async def _archived_since(forum: discord.ForumChannel, since: datetime) -> AsyncIterator[discord.Thread]:
    """Yield the threads archived since then; Discord lists the last archived first."""
    async for thread in forum.archived_threads(limit=None):
        if thread.archive_timestamp < since:
            return
        yield thread


async def _starts_with(thread: discord.Thread, message: Message) -> bool:
    try:
        starter = await thread.fetch_message(thread.id)
    except discord.NotFound:
        # A moderator deleted the message, but the post is still there.
        return thread.name == message.thread_name
    return is_same(message, starter.content, starter.embeds)
