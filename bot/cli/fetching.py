"""The web as the config wants it asked, for the commands that look at it without a database."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.config import Config
from bot.relay.cadence import budget
from bot.source.fetch import Fetcher, FetchLimits
from bot.source.site import site_of

T = TypeVar("T")


def fetcher(config: Config) -> Fetcher:
    """Not yet opened."""
    polling = config.polling
    limits = FetchLimits(polling.timeout, polling.max_body, polling.allow_private_addresses)
    return Fetcher(limits, polling.contact)


def paced(ask: Callable[[str], Awaitable[T]], config: Config) -> Callable[[str], Awaitable[T]]:
    """`ask`, which then pauses between two requests to one site as a poll would."""
    free_at: dict[str, float] = {}

    async def asked(url: str) -> T:
        site = site_of(url)
        clock = asyncio.get_running_loop().time
        await asyncio.sleep(free_at.get(site, 0.0) - clock())
        spacing = budget(site, config.polling.per_site, config.polling.site_spacing).spacing
        free_at[site] = clock() + spacing.total_seconds()
        return await ask(url)

    return asked
