"""`/search` and `/latest`: find posts in the archive."""

from typing import Literal

from discord import app_commands

from bot.chat.commands.common.responses import Interaction
from bot.chat.commands.member.autocomplete import MemberAutocomplete
from bot.chat.commands.member.search_reply import reply
from bot.chat.commands.member.search_request import SearchOptions
from bot.chat.services import Services
from bot.model import Order

MAX_QUERY_LENGTH = 300
MAX_LATEST = 20
DEFAULT_LATEST = 5

Words = app_commands.Range[str, 1, MAX_QUERY_LENGTH]
Name = app_commands.Range[str, 0, 100]
Date = app_commands.Range[str, 0, 30]
Sort = Literal["relevance", "newest"]


def create_search(services: Services) -> app_commands.Command[app_commands.Group, ..., None]:
    """Return the command."""
    complete = MemberAutocomplete(services)

    @app_commands.command(description="Find posts from the blogs that this server follows")
    @app_commands.describe(
        query='Words to find; also "a phrase", -not, tag:, title:, author:',
        tag="Only posts with this tag",
        feed="Only posts from this feed",
        after="Only posts from this day on: 2026, 2026-05, 2026-05-04, 7d",
        before="Only posts before this day",
        sort="What comes first (default: the best match)",
    )
    @app_commands.autocomplete(
        query=complete.titles,
        tag=complete.tags,
        feed=complete.feeds,
        after=complete.dates,
        before=complete.dates,
    )
    async def search(
        interaction: Interaction,
        query: Words,
        tag: Name = "",
        feed: Name = "",
        after: Date = "",
        before: Date = "",
        sort: Sort = "relevance",
    ) -> None:
        await reply(interaction, SearchOptions(query, tag, feed, after, before, Order(sort)))

    return search


def create_latest(services: Services) -> app_commands.Command[app_commands.Group, ..., None]:
    """Return the command."""
    complete = MemberAutocomplete(services)

    @app_commands.command(description="Show the newest posts from the blogs that this server follows")
    @app_commands.describe(
        feed="Only posts from this feed", tag="Only posts with this tag", count="How many (default: 5)"
    )
    @app_commands.autocomplete(feed=complete.feeds, tag=complete.tags)
    async def latest(
        interaction: Interaction,
        feed: Name = "",
        tag: Name = "",
        count: app_commands.Range[int, 1, MAX_LATEST] = DEFAULT_LATEST,
    ) -> None:
        await reply(interaction, SearchOptions(tag=tag, feed=feed, order=Order.NEWEST, limit=count))

    return latest
