"""Autocomplete for admins: feeds, tags and posts of their server as they type."""

from collections.abc import Awaitable, Callable

from bot.chat.commands.common.autocomplete import (
    MAX_CHOICE_LENGTH,
    MAX_CHOICES,
    Choices,
    choices_in_time,
    create_choice,
    feed_choices,
    is_value,
    post_choices,
    tag_choices,
)
from bot.chat.commands.common.channels import may_see
from bot.chat.commands.common.resolve import find_feed
from bot.chat.commands.common.responses import Interaction
from bot.store.store import Store
from bot.store.subscriptions import Followed
from bot.text.fold import fold, fold_tag

_MAX_TYPED = 200
_MAX_SCANNED = 50
"""Newest posts per feed that are searched for an admin who may not see every channel."""


class AdminAutocomplete:
    """Suggests what belongs to the server of an admin; nothing to anybody else."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def feeds(self, interaction: Interaction, typed: str) -> Choices:
        """Suggest feeds of the channel that the command names, or of the whole server if it follows none."""
        return await _for_admins(interaction, lambda guild_id: self._feeds(interaction, guild_id, typed))

    async def tags(self, interaction: Interaction, typed: str) -> Choices:
        """Suggest tags of the feeds that the command is about, most used first, with their counts."""
        return await _for_admins(interaction, lambda guild_id: self._tags(interaction, guild_id, typed))

    async def rule_tags(self, interaction: Interaction, typed: str) -> Choices:
        """Suggest tags that a rule of the channel follows or excludes."""
        return await _for_admins(interaction, lambda guild_id: self._rule_tags(interaction, guild_id, typed))

    async def posts(self, interaction: Interaction, typed: str) -> Choices:
        """Suggest the newest posts with this text in title or address; their links are the values."""
        return await _for_admins(interaction, lambda guild_id: self._posts(interaction, guild_id, typed))

    async def _visible(self, interaction: Interaction, guild_id: int) -> list[Followed]:
        followed = await self._store.subscriptions.in_guild(guild_id)
        return [each for each in followed if may_see(interaction, each.subscription.channel_id)]

    async def _feeds(self, interaction: Interaction, guild_id: int, typed: str) -> Choices:
        followed = await self._visible(interaction, guild_id)
        return feed_choices(_in_channel(followed, interaction) or followed, typed)

    async def _tags(self, interaction: Interaction, guild_id: int, typed: str) -> Choices:
        followed = await self._visible(interaction, guild_id)
        feed_ids = {each.subscription.feed_id for each in _matching_options(followed, interaction)}
        first, _comma, last = typed.rpartition(",")
        counts = await self._store.search.tags(
            frozenset(feed_ids), last.strip()[:MAX_CHOICE_LENGTH], MAX_CHOICES
        )
        return tag_choices(counts, first)

    async def _rule_tags(self, interaction: Interaction, guild_id: int, typed: str) -> Choices:
        followed = await self._visible(interaction, guild_id)
        rules = [each.subscription.rule for each in _matching_options(followed, interaction)]
        tags = {fold_tag(tag): tag for rule in rules for tag in (*rule.tags, *rule.exclude_tags)}
        found = [tag for folded, tag in tags.items() if fold_tag(typed) in folded and is_value(tag)]
        return [create_choice(tag, tag) for tag in found[:MAX_CHOICES]]

    async def _posts(self, interaction: Interaction, guild_id: int, typed: str) -> Choices:
        part, archive = typed.strip()[:_MAX_TYPED], self._store.archive
        followed = await self._store.subscriptions.in_guild(guild_id)
        if all(may_see(interaction, each.subscription.channel_id) for each in followed):
            return post_choices(await archive.recent_links(guild_id, part, MAX_CHOICES))
        visible = {each.subscription.feed_id for each in await self._visible(interaction, guild_id)}
        found = [post for feed_id in sorted(visible) for post in await archive.newest(feed_id, _MAX_SCANNED)]
        matching = [post for post in found if fold(part) in fold(f"{post.entry.title} {post.entry.link}")]
        return post_choices(sorted(matching, key=lambda post: post.first_seen, reverse=True)[:MAX_CHOICES])


def _matching_options(followed: list[Followed], interaction: Interaction) -> list[Followed]:
    """Return the subscriptions that match the options filled in so far; those of the channel if no feed matches."""
    here = _in_channel(followed, interaction) or followed
    named = interaction.namespace.feed
    return (find_feed(here, named) if isinstance(named, str) and named else []) or here


def _in_channel(followed: list[Followed], interaction: Interaction) -> list[Followed]:
    chosen = interaction.namespace.channel
    channel_id = interaction.channel_id if chosen is None else chosen.id
    return [each for each in followed if each.subscription.channel_id == channel_id]


async def _for_admins(interaction: Interaction, find: Callable[[int], Awaitable[Choices]]) -> Choices:
    """Return choices only to someone who may run the commands."""
    guild_id = interaction.guild_id
    if guild_id is None or not interaction.permissions.manage_guild:
        return []
    return await choices_in_time(interaction, lambda: find(guild_id))
