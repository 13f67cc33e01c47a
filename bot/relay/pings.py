"""Which roles a post pings: those of its subscription, unless another of its posts pinged a short time ago."""

from datetime import datetime, timedelta

from bot.model import Delivery


def roles_to_ping(delivery: Delivery, now: datetime) -> tuple[int, ...]:
    """Return the roles to ping. An uncertain send is decided as of its start, because its message may have arrived. A
    ping in the future comes from a wrong clock.
    """
    if delivery.pinged_at is None:
        return delivery.mention_roles
    passed = (delivery.uncertain_since or now) - delivery.pinged_at
    return () if timedelta() <= passed < delivery.ping_cooldown else delivery.mention_roles
