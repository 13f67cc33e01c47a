"""Space a command's requests to one site like those of polls.

This is not in `site`, which is pure: this module waits.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from bot.source.http.site import site_of

T = TypeVar("T")


def rate_limited(
    request: Callable[[str], Awaitable[T]], spacing: Callable[[str], timedelta]
) -> Callable[[str], Awaitable[T]]:
    """Wrap `request(url)` so that requests to a site start at least `spacing(site)` apart."""
    next_start_at: dict[str, float] = {}

    async def limited(url: str) -> T:
        site = site_of(url)
        now = asyncio.get_running_loop().time()
        start = max(now, next_start_at.get(site, now))
        next_start_at[site] = start + spacing(site).total_seconds()
        await asyncio.sleep(start - now)
        return await request(url)

    return limited
