"""When a feed is due again, how failures slow it down, and how often a site may be fetched from."""

from datetime import datetime, timedelta

from bot.errors import DocumentError, Gone, HttpError, Incomplete, RateLimited, SourceError
from bot.model import Feed, PollResult, PollSettings, SiteBudget, Validators
from bot.relay.backoff import backoff

MAX_WAIT = timedelta(days=1)
"""The longest that a back-off or a server's request delays a feed."""

MAX_HINT = timedelta(hours=1)
"""How far `max-age` and `ttl` may stretch a shorter interval: most sites send an hour without meaning it."""

COOLDOWN = timedelta(minutes=15)
"""How long a site cools down after a 429 that names no time; doubled with each 429 after that."""

TORN_WAIT = timedelta(minutes=1)
"""How soon a document that broke off is fetched again; doubled each time that it breaks off again."""

MAX_TORN = 6
"""After this many documents in a row that broke off, such a document is accepted as a baseline."""

FULL_INTERVAL = timedelta(days=1)
"""How often a feed is fetched without validators: some servers answer 304 forever, whatever is new."""

SLOW_PARSE = timedelta(seconds=1)
"""A document that takes longer to parse lets its site rest."""

FEED_REST = 60
"""How much longer than parsing took a feed waits at least, so that it uses a sixtieth of a processor at most."""

SITE_REST = 3
"""How much longer than parsing took the site waits. Less than the feed, because many blogs may share the site."""

_NO_TIME = timedelta()
_STRICT_SITES = {"tumblr.com": SiteBudget(max_concurrent=1, spacing=timedelta(seconds=2))}
"""Sites known to count all requests from one address together."""


def interval_of(feed: Feed, settings: PollSettings) -> timedelta:
    """Return the feed's interval before hints and failures: the config file's, or the shortest that a channel wants."""
    wanted = feed.interval or feed.asked_interval or settings.interval
    if feed.interval is None and feed.asks_default:
        wanted = min(wanted, settings.interval)
    return max(wanted, settings.minimum_interval)


def validators_for(feed: Feed, now: datetime) -> Validators:
    """Return the validators of the next request: only the hash if the server last sent a document a day ago."""
    if feed.last_full_at is not None and timedelta() <= now - feed.last_full_at < FULL_INTERVAL:
        return feed.validators
    return Validators(body_hash=feed.validators.body_hash)


def after_success(
    feed: Feed,
    settings: PollSettings,
    hints: tuple[timedelta | None, ...],
    jitter: float,
    now: datetime,
    parse_time: timedelta = _NO_TIME,
) -> datetime:
    """Return when to poll again. `hints`: max-age, ttl. `jitter` in [0, 1) spreads feeds by a tenth."""
    interval = interval_of(feed, settings)
    hint = max((hint for hint in hints if hint is not None), default=timedelta())
    wait = max(interval, min(hint, MAX_HINT), parse_time * FEED_REST)
    return now + wait * (1 + jitter / 10)


def after_torn(
    feed: Feed, settings: PollSettings, jitter: float, now: datetime, parse_time: timedelta = _NO_TIME
) -> datetime:
    """Return when to poll again after a document that broke off: soon, and then at growing intervals."""
    wait = max(backoff(TORN_WAIT, feed.torn, interval_of(feed, settings)), parse_time * FEED_REST)
    return now + wait * (1 + jitter / 10)


def site_rest_until(parse_time: timedelta, now: datetime) -> datetime | None:
    """Return until when a site rests after a document that was slow to parse; None after any other."""
    return now + parse_time * SITE_REST if parse_time > SLOW_PARSE else None


def after_failure(
    feed: Feed, settings: PollSettings, error: SourceError, jitter: float, now: datetime
) -> PollResult:
    """Back off exponentially, up to a day; a 410 ends the feed.

    A 429 or Retry-After cools down the whole site, unless it applies to this feed only.
    """
    interval = interval_of(feed, settings)
    wait = backoff(interval, feed.failures, MAX_WAIT)
    if isinstance(error, Incomplete) and not feed.failures:
        wait = min(TORN_WAIT, interval)
    due = now + wait * (1 - jitter / 4)
    cooldown = cooldown_until(feed.failures, error, now)
    parse_time = error.parse_time if isinstance(error, DocumentError) else timedelta()
    return PollResult(
        next_poll_at=max(due, cooldown or due, now + parse_time * FEED_REST),
        error=str(error),
        ended=isinstance(error, Gone),
        cooldown_until=cooldown if cools_down_site(error) else None,
        parse_time=parse_time or None,
        site_rest_until=site_rest_until(parse_time, now),
        leased_until=feed.leased_until,
    )


def cools_down_site(error: SourceError) -> bool:
    """Return whether the site's request to wait applies to all its feeds."""
    return isinstance(error, HttpError) and error.whole_site


def cooldown_until(failures: int, error: SourceError, now: datetime) -> datetime | None:
    """Return the time until which the site asks for no requests, or None. `failures`: in a row, before this one."""
    if not isinstance(error, HttpError):
        return None
    if error.retry_after is not None:
        return now + min(error.retry_after, MAX_WAIT)
    if isinstance(error, RateLimited):
        return now + backoff(COOLDOWN, failures, MAX_WAIT)
    return None


def budget(site: str, max_concurrent: int, spacing: timedelta) -> SiteBudget:
    """Return the configured budget of a site, or a stricter one if the site is known to need it."""
    strict = _STRICT_SITES.get(site)
    if strict is None:
        return SiteBudget(max_concurrent, spacing)
    return SiteBudget(min(max_concurrent, strict.max_concurrent), max(spacing, strict.spacing))
