"""Autocomplete for members: titles, tags, feeds and dates as they type, from the feeds that they may see.

If an option `channel` is filled in, from what `choose_scope` would search.
"""

from datetime import datetime, timedelta

import discord

from bot.chat.commands.common.access import viewer_of
from bot.chat.commands.common.autocomplete import (
    MAX_CHOICE_LENGTH,
    MAX_CHOICES,
    Choices,
    create_choice,
    feed_choices,
    in_time,
    tag_choices,
)
from bot.chat.commands.common.resolve import find_feed
from bot.chat.commands.common.responses import Interaction
from bot.chat.commands.common.turns import turn_in
from bot.chat.commands.member.search_scope import choose_scope
from bot.chat.commands.member.visibility import VisibleFeeds, visible_to
from bot.chat.messages import _, plain_text
from bot.chat.services import Services
from bot.model import SearchHit
from bot.search.dates import PLAIN, Writer, parse_date
from bot.search.tokens import QUOTES
from bot.text import limits
from bot.text.fold import fold

_MAX_TYPED = 200
_MONTHS = 12


class MemberAutocomplete:
    """Suggests what a member may see; nothing to somebody who may see no feed."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @in_time
    async def titles(self, interaction: Interaction, typed: str) -> Choices:
        """Suggest posts whose title contains what is typed so far."""
        search, now = self._services.store.search, self._services.clock()
        async with turn_in(self._services.completions, interaction):
            visible = await self._visible(interaction)
            scope = choose_scope(visible, _channel(interaction), _named(visible, interaction) or None)
            return title_choices(
                await search.titles(
                    typed[:_MAX_TYPED],
                    scope.feeds,
                    now,
                    MAX_CHOICES,
                    posted=scope.posted,
                    wanted=scope.wanted,
                )
            )

    @in_time
    async def tags(self, interaction: Interaction, typed: str) -> Choices:
        """Suggest tags of the named feed, or of all, most used first, with their counts."""
        part = typed[:MAX_CHOICE_LENGTH].strip()
        async with turn_in(self._services.completions, interaction):
            visible = (await self._visible(interaction)).within(_channel(interaction))
            feeds = visible.feeds & _named(visible, interaction) or visible.feeds
            return tag_choices(await self._services.store.search.tags(feeds, part, MAX_CHOICES))

    @in_time
    async def feeds(self, interaction: Interaction, typed: str) -> Choices:
        """Suggest feeds by name, whether they are still followed or not."""
        visible = (await self._visible(interaction)).within(_channel(interaction))
        return feed_choices(visible.named, typed[:MAX_CHOICE_LENGTH])

    @in_time
    async def followed_feeds(self, interaction: Interaction, typed: str) -> Choices:
        """Suggest feeds that are followed, by name."""
        return feed_choices((await self._visible(interaction)).followed, typed[:MAX_CHOICE_LENGTH])

    @in_time
    async def dates(self, interaction: Interaction, typed: str) -> Choices:
        """Suggest the typed date, or common ones."""
        writer = Writer(interaction.locale.value)
        return date_choices(typed[:MAX_CHOICE_LENGTH], self._services.clock(), writer)

    async def _visible(self, interaction: Interaction) -> VisibleFeeds:
        return await visible_to(self._services, viewer_of(interaction))


def _named(visible: VisibleFeeds, interaction: Interaction) -> frozenset[int]:
    """Return the feeds that the option `feed` names so far; none if it names none."""
    named = interaction.namespace.feed
    found = find_feed(visible.named, named) if isinstance(named, str) and named.strip() else []
    return frozenset(each.feed_id for each in found)


def _channel(interaction: Interaction) -> int:
    """Return the id of the channel in the option `channel`; 0 if there is none."""
    channel = interaction.namespace.channel
    return channel.id if isinstance(channel, discord.abc.Snowflake) else 0


def title_choices(hits: tuple[SearchHit, ...]) -> Choices:
    """Return each title once; its value is a query that finds the post again."""
    found = {value: hit for hit in reversed(hits) if (value := title_query(hit.title))}
    return [create_choice(hit.title, value) for value, hit in reversed(found.items())][:MAX_CHOICES]


def title_query(title: str) -> str:
    """Return a title as a query for its words, without syntax, cut before the first word that doesn't fit."""
    bare = (
        word.lstrip("-−–#") for word in plain_text(title, 4 * MAX_CHOICE_LENGTH).translate(_SYNTAX).split()
    )
    query = ""
    for word in filter(None, bare):
        longer = f"{query} {word}".strip()
        if limits.utf16_length(longer) > MAX_CHOICE_LENGTH:
            break
        query = longer
    return query


_SYNTAX = {ord(sign): " " for sign in f"{QUOTES}:…()|"}


def date_choices(typed: str, now: datetime, writer: Writer = PLAIN) -> Choices:
    """Return the typed date if it is one, otherwise the common ones that match what is typed."""
    if typed.strip() and parse_date(typed.strip(), now, writer) is not None:
        return [create_choice(typed.strip(), typed.strip())]
    part = fold(typed)
    return [
        create_choice(name, value) for name, value in _common_dates(now) if part in fold(f"{name} {value}")
    ][:MAX_CHOICES]


def _common_dates(now: datetime) -> list[tuple[str, str]]:
    year = now.year
    months = [_month(now, back) for back in range(_MONTHS)]
    return [
        (_("7 days ago (the last week)"), "7d"),
        (_("30 days ago (the last month)"), "30d"),
        (_("1 January {year} (this year)").format(year=year), str(year)),
        (_("1 January {year} (last year)").format(year=year - 1), str(year - 1)),
        *((_("The beginning of {month}").format(month=month), month) for month in months),
    ]


def _month(now: datetime, back: int) -> str:
    """Return the month that is `back` months before this one, as "2026-05"."""
    first = now.replace(day=1)
    for _each in range(back):
        first = (first - timedelta(days=1)).replace(day=1)
    return f"{first:%Y-%m}"
