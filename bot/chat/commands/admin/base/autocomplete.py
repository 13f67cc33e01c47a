"""Autocomplete for admins: feeds, tags and posts of their server as they type."""

from bot.chat.commands.admin.base.rules import write_tag
from bot.chat.commands.common.autocomplete import (
    MAX_CHOICE_LENGTH,
    MAX_CHOICES,
    Choices,
    create_choice,
    feed_choices,
    in_time,
    is_value,
    post_choices,
    tag_choices,
)
from bot.chat.commands.common.resolve import find_feed, keep_visible
from bot.chat.commands.common.responses import Interaction, guild_of
from bot.store.store import Store
from bot.store.subscriptions import FollowedFeed
from bot.text.fold import fold_tag

_MAX_TYPED = 200


class AdminAutocomplete:
    """Suggests what belongs to the server, as far as the user may view it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @in_time
    async def feeds(self, interaction: Interaction, typed: str) -> Choices:
        """Suggest every feed of the server, first those of the channel that the command names."""
        followed = await keep_visible(interaction, await self._followed(interaction))
        own = {each.subscription.feed_id for each in _in_channel(followed, interaction)}
        return feed_choices(followed, typed, own)

    @in_time
    async def tags(self, interaction: Interaction, typed: str) -> Choices:
        """Suggest tags of the feeds that the command is about, most used first, with their counts."""
        followed = await _matching_options(await self._followed(interaction), interaction)
        first, _comma, last = typed.rpartition(",")
        feeds = frozenset(each.subscription.feed_id for each in followed)
        counts = await self._store.search.tags(feeds, last.strip()[:MAX_CHOICE_LENGTH], MAX_CHOICES)
        return tag_choices(counts, first, write_tag)

    @in_time
    async def rule_tags(self, interaction: Interaction, typed: str) -> Choices:
        """Suggest tags that a rule of the channel follows or excludes."""
        followed = await _matching_options(await self._followed(interaction), interaction)
        rules = [each.subscription.rule for each in followed]
        tags = {fold_tag(tag): tag for rule in rules for tag in (*rule.tags, *rule.exclude_tags)}
        found = [write_tag(tag) for folded, tag in tags.items() if fold_tag(typed) in folded]
        return [create_choice(tag, tag) for tag in found if is_value(tag)][:MAX_CHOICES]

    @in_time
    async def posts(self, interaction: Interaction, typed: str) -> Choices:
        """Suggest the newest posts with this text in title or address; their links are the values."""
        visible = await keep_visible(interaction, await self._followed(interaction))
        feeds = {each.subscription.feed_id for each in visible}
        part = typed.strip()[:_MAX_TYPED]
        return post_choices(await self._store.archive.named(feeds, part, MAX_CHOICES))

    async def _followed(self, interaction: Interaction) -> list[FollowedFeed]:
        """Return the server's subscriptions. Discord asks only for those who may run the command."""
        return list(await self._store.subscriptions.in_guild(guild_of(interaction).id))


async def _matching_options(followed: list[FollowedFeed], interaction: Interaction) -> list[FollowedFeed]:
    """Return the visible subscriptions that match the options so far; those of the channel if no feed matches."""
    visible = await keep_visible(interaction, followed)
    here = _in_channel(visible, interaction) or visible
    named = interaction.namespace.feed
    return (find_feed(here, named) if isinstance(named, str) and named else []) or here


def _in_channel(followed: list[FollowedFeed], interaction: Interaction) -> list[FollowedFeed]:
    chosen = interaction.namespace.channel
    channel_id = interaction.channel_id if chosen is None else chosen.id
    return [each for each in followed if each.subscription.channel_id == channel_id]
