"""Requests that people set off keep to a site's pace."""

import asyncio
from datetime import timedelta

from bot.source.http.rate_limit import rate_limited


async def test_requests_to_one_site_start_their_spacing_apart_and_others_at_once() -> None:
    started: list[tuple[str, float]] = []
    clock = asyncio.get_running_loop().time

    async def ask(url: str) -> str:
        started.append((url, clock()))
        return url

    asked = rate_limited(ask, lambda site: timedelta(seconds=0.05 if site == "tumblr.com" else 0))
    urls = ["https://a.tumblr.com/rss", "https://b.tumblr.com/rss", "https://garden.example/rss"]

    assert await asyncio.gather(*map(asked, urls)) == urls
    assert [url for url, _ in started] == [urls[0], urls[2], urls[1]]
