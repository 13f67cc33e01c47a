"""Requests that a person sets off keep to a site's pace, as polls do."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from bot.source.http.site import site_of

T = TypeVar("T")


def rate_limited(
    ask: Callable[[str], Awaitable[T]], spacing: Callable[[str], timedelta]
) -> Callable[[str], Awaitable[T]]:
    """`ask`, each request to a site starting its `spacing` after the one before."""
    free_at: dict[str, float] = {}

    async def asked(url: str) -> T:
        site = site_of(url)
        now = asyncio.get_running_loop().time()
        start = max(now, free_at.get(site, now))
        free_at[site] = start + spacing(site).total_seconds()
        await asyncio.sleep(start - now)
        return await ask(url)

    return asked
