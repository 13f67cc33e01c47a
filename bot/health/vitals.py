"""Counts what the bot does, for the metrics, and records when, for the checks. Labels have few values, and none from a
feed, a server or a config file.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.process_collector import ProcessCollector

from bot.errors import DocumentError, SourceError
from bot.model import DeliveryState, Fetched, NotModified, ParsedFeed, RecordResult, Settlement, Validators
from bot.relay.poll import Fetch, Parse

_POLL_OUTCOMES = ("document", "unchanged", "failed")
_SEND_OUTCOMES = ("sent", "postponed", "suspended", "given up")
_SECONDS = (0.001, 0.005, 0.025, 0.1, 0.25, 1, 5, 20)


class Vitals:
    """What this process has done since its start."""

    def __init__(self, version: str, clock: Callable[[], datetime]) -> None:
        self.started_at = clock()
        self.last_poll_at: datetime | None = None
        """When a site last answered, or failed to."""
        self.last_answer_at: datetime | None = None
        """When a site last answered with a feed, or that it is unchanged."""
        self.last_sent_at: datetime | None = None
        self.registry = registry = CollectorRegistry()
        self._clock = clock
        ProcessCollector(registry=registry)
        build = Gauge("feed_relay_build_info", "The version that runs.", ["version"], registry=registry)
        build.labels(version).set(1)
        self._polls = Counter("feed_relay_polls", "Fetches of feeds.", ["outcome"], registry=registry)
        self._failures = Counter("feed_relay_poll_failures", "Failed polls.", ["kind"], registry=registry)
        self._new = Counter("feed_relay_new_posts", "New posts that polls recorded.", registry=registry)
        self._held = Counter("feed_relay_held_posts", "Deliveries held for an admin.", registry=registry)
        self._sends = Counter("feed_relay_deliveries", "Sends of posts.", ["outcome"], registry=registry)
        self._lost = Counter("feed_relay_uncertain_sends", "Sends that may have arrived.", registry=registry)
        self._requests = Counter(
            "feed_relay_discord_answers", "Discord's answers.", ["class"], registry=registry
        )
        self._limited = Counter("feed_relay_discord_rate_limited", "Answers with 429.", registry=registry)
        self._parse = _histogram("feed_relay_parse_seconds", "Parsing one document.", registry)
        self._write = _histogram("feed_relay_write_seconds", "One commit of the database.", registry)
        self._search = _histogram("feed_relay_search_seconds", "One search of the archive.", registry)
        for counter, outcomes in ((self._polls, _POLL_OUTCOMES), (self._sends, _SEND_OUTCOMES)):
            for outcome in outcomes:
                counter.labels(outcome)  # from 0, so that a rule sees the first one, too

    def fetching(self, fetch: Fetch) -> Fetch:
        """Return `fetch`, counted."""

        async def counted(url: str, validators: Validators) -> Fetched | NotModified:
            try:
                answer = await fetch(url, validators)
            except SourceError:
                self.last_poll_at = self._clock()
                self._polls.labels("failed").inc()
                raise
            self.last_poll_at = self.last_answer_at = self._clock()
            self._polls.labels("unchanged" if isinstance(answer, NotModified) else "document").inc()
            return answer

        return counted

    def parsing(self, parse: Parse) -> Parse:
        """Return `parse`, timed."""

        async def timed(document: Fetched) -> ParsedFeed:
            try:
                parsed = await parse(document)
            except DocumentError as error:
                self._parse.observe(error.parse_time / timedelta(seconds=1))
                raise
            self._parse.observe(parsed.parse_time / timedelta(seconds=1))
            return parsed

        return timed

    def recorded(self, result: RecordResult) -> None:
        """Count what a poll found."""
        self._new.inc(result.new)
        self._held.inc(result.held)

    def failed(self, error: SourceError) -> None:
        """Count a poll whose fetch or document failed."""
        self._failures.labels(type(error).__name__).inc()

    def settled(self, settlement: Settlement) -> None:
        """Count a send."""
        if settlement.state is DeliveryState.SENT:
            self.last_sent_at = self._clock()
        self._sends.labels(_outcome_of(settlement)).inc()
        if settlement.uncertain_since is not None:
            self._lost.inc()

    def answered(self, status: int) -> None:
        """Count an answer of Discord."""
        self._requests.labels(f"{status // 100}xx").inc()
        if status == 429:
            self._limited.inc()

    def committed(self, seconds: float) -> None:
        """Note how long a commit took."""
        self._write.observe(seconds)

    def searched(self, seconds: float) -> None:
        """Note how long a search took."""
        self._search.observe(seconds)


def _outcome_of(settlement: Settlement) -> str:
    if settlement.probe_at is not None:
        return "suspended"
    names = {DeliveryState.SENT: "sent", DeliveryState.DEAD: "given up"}
    return names.get(settlement.state, "postponed")


def _histogram(name: str, text: str, registry: CollectorRegistry) -> Histogram:
    return Histogram(name, text, buckets=_SECONDS, registry=registry)
