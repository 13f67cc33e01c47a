"""Requests to one site are spaced."""

import asyncio
from datetime import timedelta

from bot.source.http.rate_limit import rate_limited


async def test_requests_to_one_site_are_spaced_and_others_start_immediately() -> None:
    started: list[tuple[str, float]] = []
    clock = asyncio.get_running_loop().time

    async def request(url: str) -> str:
        started.append((url, clock()))
        return url

    limited = rate_limited(request, lambda site: timedelta(seconds=0.05 if site == "tumblr.com" else 0))
    urls = ["https://a.tumblr.com/rss", "https://b.tumblr.com/rss", "https://garden.example/rss"]

    assert await asyncio.gather(*map(limited, urls)) == urls
    assert [url for url, _ in started] == [urls[0], urls[2], urls[1]]
