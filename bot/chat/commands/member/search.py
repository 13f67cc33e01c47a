"""`/search` and `/latest`: what members find in the archive."""

from typing import Literal

from discord import app_commands

from bot.chat.commands.common.responses import Interaction
from bot.chat.commands.member.autocomplete import MemberAutocomplete
from bot.chat.commands.member.search_reply import ask
from bot.chat.commands.member.search_request import Asked
from bot.chat.services import Services
from bot.model import Order

LONGEST_QUERY = 300
_LONGEST_NAME = 100
_LONGEST_DATE = 30
MOST_LATEST = 20
LATEST = 5

Words = app_commands.Range[str, 1, LONGEST_QUERY]
Name = app_commands.Range[str, 0, _LONGEST_NAME]
Date = app_commands.Range[str, 0, _LONGEST_DATE]
Sort = Literal["relevance", "newest"]


def create_search(services: Services) -> app_commands.Command[app_commands.Group, ..., None]:
    """The command."""
    suggest = MemberAutocomplete(services)

    @app_commands.command(description="Find posts of the blogs that are followed here")
    @app_commands.describe(
        query='Words that a post has; also "a phrase", -not, tag:, title:, author:',
        tag="Only posts with this tag",
        feed="Only posts of this feed",
        after="Only posts of this day or later: 2026, 2026-05, 2026-05-04, 7d",
        before="Only posts before this day",
        sort="What stands first; without it, what fits best",
    )
    @app_commands.autocomplete(
        query=suggest.titles, tag=suggest.tags, feed=suggest.feeds, after=suggest.dates, before=suggest.dates
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
        await ask(interaction, Asked(query, tag, feed, after, before, Order(sort)))

    return search


def create_latest(services: Services) -> app_commands.Command[app_commands.Group, ..., None]:
    """The command."""
    suggest = MemberAutocomplete(services)

    @app_commands.command(description="The newest posts of the blogs that are followed here")
    @app_commands.describe(
        feed="Only posts of this feed", tag="Only posts with this tag", count="How many; without it, five"
    )
    @app_commands.autocomplete(feed=suggest.feeds, tag=suggest.tags)
    async def latest(
        interaction: Interaction,
        feed: Name = "",
        tag: Name = "",
        count: app_commands.Range[int, 1, MOST_LATEST] = LATEST,
    ) -> None:
        await ask(interaction, Asked(tag=tag, feed=feed, order=Order.NEWEST, most=count))

    return latest
