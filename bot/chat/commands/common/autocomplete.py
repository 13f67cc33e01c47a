"""Completion: what a feed, tag or post option offers while one types, and which feed a finished option names.

Discord shows nothing if an answer is late or wrong, so an answer is never late, wrong or without a reason in the log.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress

import structlog
from discord import app_commands

from bot.chat.commands.common.channels import may_see
from bot.chat.commands.common.responses import Interaction
from bot.chat.messages import plain_text
from bot.errors import StoreError
from bot.model import ArchivedEntry, TagCount
from bot.store.store import Store
from bot.store.subscriptions import Followed
from bot.text import limits
from bot.text.canonical import label_of
from bot.text.fold import fold, fold_tag
from bot.text.headline import choose_headline
from bot.text.html import parse_html
from bot.text.links import host_of

MOST = 25
"""Choices that Discord shows."""
LONGEST = 100
"""UTF-16 units of a choice's name and of its value."""
PATIENCE = 2.0
"""Seconds; Discord waits three."""
_TOKEN = "feed:"  # noqa: S105 - no secret: it marks a feed's id
_TYPED = 200
_NEWEST = 50
"""Posts of a feed that are looked through for who may not see every channel."""

_log = structlog.get_logger(__name__)

Choices = list[app_commands.Choice[str]]


class Completions:
    """Answers for a guild's admins, out of its own feeds; nothing for anybody else."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def feeds(self, interaction: Interaction, typed: str) -> Choices:
        """The feeds of the channel that the command names, or else of the whole guild."""
        return await _for_admins(interaction, lambda guild_id: self._feeds(interaction, guild_id, typed))

    async def tags(self, interaction: Interaction, typed: str) -> Choices:
        """Tags of the feeds that the command is about, most used first, with their counts."""
        return await _for_admins(interaction, lambda guild_id: self._tags(interaction, guild_id, typed))

    async def rule_tags(self, interaction: Interaction, typed: str) -> Choices:
        """Tags that a rule of the channel follows or excludes."""
        return await _for_admins(interaction, lambda guild_id: self._rule_tags(interaction, guild_id, typed))

    async def posts(self, interaction: Interaction, typed: str) -> Choices:
        """The newest posts with this in title or address; their links are the values."""
        return await _for_admins(interaction, lambda guild_id: self._posts(interaction, guild_id, typed))

    async def _visible(self, interaction: Interaction, guild_id: int) -> list[Followed]:
        followed = await self._store.subscriptions.in_guild(guild_id)
        return [each for each in followed if may_see(interaction, each.subscription.channel_id)]

    async def _feeds(self, interaction: Interaction, guild_id: int, typed: str) -> Choices:
        followed = await self._visible(interaction, guild_id)
        return offer_feeds(_in_channel(followed, interaction) or followed, typed)

    async def _tags(self, interaction: Interaction, guild_id: int, typed: str) -> Choices:
        followed = await self._visible(interaction, guild_id)
        feed_ids = {each.subscription.feed_id for each in _meant(followed, interaction)}
        first, _comma, last = typed.rpartition(",")
        counts = await self._store.search.tags(frozenset(feed_ids), last.strip()[:LONGEST], MOST)
        return offer_tags(counts, first)

    async def _rule_tags(self, interaction: Interaction, guild_id: int, typed: str) -> Choices:
        followed = await self._visible(interaction, guild_id)
        rules = [each.subscription.rule for each in _meant(followed, interaction)]
        tags = {fold_tag(tag): tag for rule in rules for tag in (*rule.tags, *rule.exclude_tags)}
        found = [tag for folded, tag in tags.items() if fold_tag(typed) in folded and _is_value(tag)]
        return [choice(tag, tag) for tag in found[:MOST]]

    async def _posts(self, interaction: Interaction, guild_id: int, typed: str) -> Choices:
        part, archive = typed.strip()[:_TYPED], self._store.archive
        followed = await self._store.subscriptions.in_guild(guild_id)
        if all(may_see(interaction, each.subscription.channel_id) for each in followed):
            return offer_posts(await archive.recent_links(guild_id, part, MOST))
        visible = {each.subscription.feed_id for each in await self._visible(interaction, guild_id)}
        found = [post for feed_id in sorted(visible) for post in await archive.newest(feed_id, _NEWEST)]
        matching = [post for post in found if fold(part) in fold(f"{post.entry.title} {post.entry.link}")]
        return offer_posts(sorted(matching, key=lambda post: post.first_seen, reverse=True)[:MOST])


def offer_feeds(followed: Iterable[Followed], typed: str) -> Choices:
    """Each feed once; of two with one name the address tells which."""
    feeds = {each.subscription.feed_id: each for each in followed}
    names = [fold(each.feed_name) for each in feeds.values()]
    offered = []
    for feed_id, each in feeds.items():
        label, address = plain_text(each.feed_name), label_of(each.feed_url)
        if names.count(fold(each.feed_name)) > 1:
            label = f"{plain_text(each.feed_name, LONGEST // 2)} · {address}"
        if fold(typed) in fold(f"{label} {address}"):
            offered.append(choice(label or address, f"{_TOKEN}{feed_id}"))
    return sorted(offered, key=lambda each: fold(each.name))[:MOST]


def offer_tags(counts: Iterable[TagCount], before: str = "") -> Choices:
    """Spellings of one tag are one choice; `before`: tags that stand before this one, parted by commas."""
    merged: dict[str, TagCount] = {}
    for count in counts:
        known = merged.get(fold_tag(count.tag), TagCount(count.tag.lstrip("#").strip(), 0))
        merged[fold_tag(count.tag)] = TagCount(known.tag, known.entries + count.entries)
    most_used = sorted(merged.values(), key=lambda count: -count.entries)
    lead = f"{before.strip()}, " if before.strip() else ""
    values = [(f"{lead}{count.tag}", count.entries) for count in most_used if fold_tag(count.tag)]
    return [
        choice(f"{plain_text(value, LONGEST - 12)} ({n})", value) for value, n in values if _is_value(value)
    ][:MOST]


def _is_value(text: str) -> bool:
    return 0 < limits.utf16_length(text) <= LONGEST


def offer_posts(entries: Iterable[ArchivedEntry]) -> Choices:
    """By title; a link that is too long for Discord is cut, and found again by its beginning."""
    posts = [(each, each.entry.link) for each in entries if each.entry.link]
    return [choice(title_of(each) or link, limits.truncate(link, LONGEST)) for each, link in posts]


def is_cut(link: str) -> bool:
    """Whether the value of a choice may be the beginning of a longer link."""
    return limits.utf16_length(link) >= LONGEST - 1


def title_of(archived: ArchivedEntry) -> str:
    """What names the post in one line."""
    entry = archived.entry
    title = plain_text(entry.title)
    return title or plain_text(
        choose_headline("", parse_html(entry.content or entry.summary), entry.media).line
    )


def choice(name: str, value: str) -> app_commands.Choice[str]:
    """Within Discord's limits."""
    return app_commands.Choice(name=plain_text(name, LONGEST) or "—", value=value)


def find_feed(followed: Sequence[Followed], named: str) -> list[Followed]:
    """The subscriptions to the feed that a finished option names: by choice, address, name, or a part of either.

    Several feeds may share a name; empty if none has it.
    """
    tests: tuple[Callable[[Followed], bool], ...] = (
        lambda each: named == f"{_TOKEN}{each.subscription.feed_id}",
        lambda each: named.strip() in {each.feed_url, each.feed_link},
        lambda each: fold(named) == fold(each.feed_name),
        lambda each: fold(named) in fold(f"{each.feed_name} {label_of(each.feed_url)}"),
        lambda each: host_of(named) != "" and host_of(named) == host_of(each.feed_link or each.feed_url),
    )
    found = ([each for each in followed if test(each)] for test in tests)
    return next(filter(None, found), [])


def _meant(followed: list[Followed], interaction: Interaction) -> list[Followed]:
    """What the options that are filled in so far leave of the guild's subscriptions."""
    here = _in_channel(followed, interaction) or followed
    named = interaction.namespace.feed
    return (find_feed(here, named) if isinstance(named, str) and named else []) or here


def _in_channel(followed: list[Followed], interaction: Interaction) -> list[Followed]:
    chosen = interaction.namespace.channel
    channel_id = interaction.channel_id if chosen is None else chosen.id
    return [each for each in followed if each.subscription.channel_id == channel_id]


async def _for_admins(interaction: Interaction, ask: Callable[[int], Awaitable[Choices]]) -> Choices:
    """Only for who may run the commands."""
    guild_id = interaction.guild_id
    if guild_id is None or not interaction.permissions.manage_guild:
        return []
    return await patiently(interaction, lambda: ask(guild_id))


async def patiently(interaction: Interaction, ask: Callable[[], Awaitable[Choices]]) -> Choices:
    """What is there in time; nothing where the store is too slow or broken, or outside of a server."""
    if interaction.guild is None or interaction.guild.unavailable:
        return []
    with suppress(TimeoutError):
        try:
            async with asyncio.timeout(PATIENCE):
                return await ask()
        except StoreError as error:
            _log.warning("nothing to complete with", error=str(error))
        except Exception:  # noqa: BLE001 -- nobody is told more by Discord: an empty list, and the log
            _log.exception("completion failed by a bug")
    return []
