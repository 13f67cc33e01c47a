"""Metrics that are read on request: what is waiting, and the state of Discord and the database."""

from collections.abc import Callable
from datetime import datetime
from math import isfinite, nan

from prometheus_client import CollectorRegistry, Gauge

from bot.health.checks import Observed, live_problems, ready_problems


class Gauges:
    """Values of one moment."""

    def __init__(self, registry: CollectorRegistry, latency: Callable[[], float]) -> None:
        """`latency`: of the gateway, in seconds; not finite while it is not known."""
        self.registry = registry
        self._latency = latency

        def gauge(name: str, text: str) -> Gauge:
            return Gauge(f"feed_relay_{name}", text, registry=registry)

        self._live = gauge("live", "1 if the event loop and all jobs run.")
        self._ready = gauge("ready", "1 if posts arrive in time, or Discord alone is failing.")
        self._connected = gauge("gateway_connected", "1 if Discord's gateway is connected.")
        self._gateway_latency = gauge("gateway_latency_seconds", "Between a heartbeat and Discord's answer.")
        self._feeds = gauge("feeds", "Feeds that are polled.")
        self._poll_lag = gauge("poll_lag_seconds", "By how much the most overdue poll is late.")
        self._send_lag = gauge("send_lag_seconds", "By how much the most overdue send is late.")
        self._waiting = gauge("deliveries_waiting", "Deliveries that are not settled.")
        self._oldest = gauge("oldest_delivery_seconds", "The age of the oldest of them.")
        self._uncertain = gauge("deliveries_uncertain", "Those that may have arrived.")
        self._held = gauge("deliveries_held", "Those that wait for an admin's decision.")
        self._suspended = gauge("channels_suspended", "Channels that refuse the bot.")
        self._no_sessions = gauge(
            "gateway_sessions_stopped", "1 if too many sessions began within a day, so none begins."
        )
        self._bytes = gauge("database_bytes", "The size of the database.")
        self._backup_age = gauge(
            "backup_age_seconds", "The age of the newest daily backup; NaN if there is none."
        )
        self._backup_failing = gauge("backup_failing", "1 if the last attempt to make a backup failed.")

    def set(self, observed: Observed) -> None:
        """Set all values. Those of the database are NaN while it does not answer."""
        self._live.set(not live_problems(observed))
        self._ready.set(not ready_problems(observed))
        self._connected.set(observed.connected)
        latency = self._latency()
        self._gateway_latency.set(latency if isfinite(latency) else nan)
        backlog, now = observed.backlog, observed.now
        self._feeds.set(backlog.feeds if backlog else nan)
        self._poll_lag.set(_age(backlog.feed_due_at, now) if backlog else nan)
        self._send_lag.set(_age(backlog.send_due_at, now) if backlog else nan)
        self._waiting.set(backlog.waiting if backlog else nan)
        self._oldest.set(_age(backlog.oldest_at, now) if backlog else nan)
        self._uncertain.set(backlog.uncertain if backlog else nan)
        self._held.set(backlog.held if backlog else nan)
        self._suspended.set(backlog.suspended if backlog else nan)
        until = backlog.no_session_until if backlog else None
        self._no_sessions.set(until is not None and until > now if backlog else nan)
        self._bytes.set(nan if observed.bytes is None else observed.bytes)
        backups = observed.backups
        self._backup_age.set(_age(backups.last_at, now) if backups and backups.last_at else nan)
        self._backup_failing.set(bool(backups and backups.error) if backlog else nan)


def _age(moment: datetime | None, now: datetime) -> float:
    """Return the seconds since `moment`; 0 if it is None or in the future."""
    return 0.0 if moment is None else max((now - moment).total_seconds(), 0.0)
