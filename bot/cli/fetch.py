"""Network access for the commands that need no database."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.config import Config
from bot.relay.poll_schedule import budget
from bot.source.http import rate_limit
from bot.source.http.fetch import FetchLimits
from bot.source.tumblr.web import TumblrFetcher

T = TypeVar("T")


def fetcher(config: Config) -> TumblrFetcher:
    """Return a fetcher with the config's limits, not yet opened."""
    polling, key = config.polling, config.tumblr.api_key.get_secret_value()
    limits = FetchLimits(polling.timeout, polling.max_body, polling.allow_private_addresses)
    return TumblrFetcher(limits, polling.contact, key=key, api_url=config.tumblr.api_url)


def rate_limited(fetch: Callable[[str], Awaitable[T]], config: Config) -> Callable[[str], Awaitable[T]]:
    """Return `fetch` with the same pause between two requests to one site as polls have."""
    polling = config.polling
    return rate_limit.rate_limited(
        fetch, lambda site: budget(site, polling.per_site, polling.site_spacing).spacing
    )
