"""Publishes a message of an announcement channel to the channels that follow it.

This module makes the request itself. With a `max_ratelimit_timeout`, discord.py 2.7.1 refuses every request to a route
whose window ends later than that, no matter how many requests are left (http.py, `Ratelimit.acquire`), so only one of
ten messages an hour would be published. Without it, the tenth request sleeps for the rest of the hour.
"""

from typing import Any

import aiohttp
import discord
from discord.http import HTTPClient, Route, json_or_text

_ERRORS: dict[int, type[discord.HTTPException]] = {403: discord.Forbidden, 404: discord.NotFound}


async def crosspost(http: HTTPClient, channel_id: int, message_id: int) -> None:
    """Publish a message once; repeating it is harmless. Raises discord.py's errors, for a 429 HTTPException."""
    route = Route(
        "POST",
        "/channels/{channel_id}/messages/{message_id}/crosspost",
        channel_id=channel_id,
        message_id=message_id,
    )
    traces = [] if http.http_trace is None else [http.http_trace]
    headers = {"Authorization": f"Bot {http.token}", "User-Agent": http.user_agent}
    async with (
        aiohttp.ClientSession(trace_configs=traces, cookie_jar=aiohttp.DummyCookieJar()) as session,
        session.post(route.url, headers=headers, allow_redirects=False) as response,
    ):
        if response.status >= 300:
            raise _error(response, await json_or_text(response))


def _error(response: aiohttp.ClientResponse, body: dict[str, Any] | str) -> discord.HTTPException:
    common = discord.DiscordServerError if response.status >= 500 else discord.HTTPException
    return _ERRORS.get(response.status, common)(response, body)
