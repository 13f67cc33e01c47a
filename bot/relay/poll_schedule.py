"""When a feed is asked next, how failures slow it down, and what a site may be asked."""

from datetime import datetime, timedelta

from bot.errors import Gone, HttpError, RateLimited, SourceError
from bot.model import Feed, PollResult, PollSettings, SiteBudget

LONGEST_WAIT = timedelta(days=1)
"""No back-off and no server makes a feed wait longer than this."""

LONGEST_HINT = timedelta(hours=1)
"""How far `max-age` and `ttl` may stretch a shorter interval: most sites send an hour without meaning it."""

COOL_DOWN = timedelta(minutes=15)
"""How long a site rests after a 429 that names no time; doubled with each further one."""

_STRICT_SITES = {"tumblr.com": SiteBudget(max_concurrent=1, spacing=timedelta(seconds=2))}
"""Sites known to count all requests of one address together."""


def interval_of(feed: Feed, settings: PollSettings) -> timedelta:
    """What the feed is meant to be asked at, hints and failures apart."""
    return max(feed.interval or settings.interval, settings.minimum_interval)


def after_success(
    feed: Feed, settings: PollSettings, hints: tuple[timedelta | None, ...], jitter: float, now: datetime
) -> datetime:
    """When to poll again. `hints`: max-age, ttl; `jitter` in [0, 1) spreads feeds over a tenth of the interval."""
    interval = interval_of(feed, settings)
    asked = max((hint for hint in hints if hint is not None), default=timedelta())
    wait = max(interval, min(asked, LONGEST_HINT))
    return now + wait * (1 + jitter / 10)


def after_failure(
    feed: Feed, settings: PollSettings, error: SourceError, jitter: float, now: datetime
) -> PollResult:
    """Exponential back-off with jitter up to a day; a 410 ends the feed; a 429 or Retry-After rests its whole site,
    unless it is meant for this feed alone.
    """
    wait = min(interval_of(feed, settings) * (1 << min(feed.failures, 16)), LONGEST_WAIT)
    due = now + wait * (1 - jitter / 4)
    rest = resting_until(feed.failures, error, now)
    return PollResult(
        next_poll_at=max(due, rest) if rest else due,
        error=str(error),
        ended=isinstance(error, Gone),
        cooldown_until=rest if rests_site(error) else None,
    )


def rests_site(error: SourceError) -> bool:
    """Whether what the site asked for is meant for all its feeds."""
    return isinstance(error, HttpError) and error.whole_site


def resting_until(failures: int, error: SourceError, now: datetime) -> datetime | None:
    """Until when the site wants rest; None: it did not say so. `failures`: in a row, before this one."""
    if not isinstance(error, HttpError):
        return None
    if error.retry_after is not None:
        return now + min(error.retry_after, LONGEST_WAIT)
    if isinstance(error, RateLimited):
        return now + min(COOL_DOWN * (1 << min(failures, 16)), LONGEST_WAIT)
    return None


def budget(site: str, max_concurrent: int, spacing: timedelta) -> SiteBudget:
    """What a site may be asked: the configured budget, or a stricter one where the site is known to need it."""
    strict = _STRICT_SITES.get(site)
    if strict is None:
        return SiteBudget(max_concurrent, spacing)
    return SiteBudget(min(max_concurrent, strict.max_concurrent), max(spacing, strict.spacing))
