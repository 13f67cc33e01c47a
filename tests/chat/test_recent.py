"""A bounded cache whose values may expire."""

from datetime import UTC, datetime, timedelta

from bot.chat.recent import RecentCache

NOW = datetime(2026, 5, 4, tzinfo=UTC)


def test_a_value_expires_at_its_time() -> None:
    cache: RecentCache[str, int] = RecentCache(10)

    cache.put("beans", 7, NOW + timedelta(seconds=30))

    assert cache.has("beans", NOW + timedelta(seconds=29))
    assert not cache.has("beans", NOW + timedelta(seconds=30))


def test_a_value_without_an_expiry_stays() -> None:
    cache: RecentCache[str, int] = RecentCache(10)

    cache.put("beans", 7)

    assert cache.has("beans", NOW + timedelta(days=1000))
    assert cache.get("beans") == 7


def test_the_value_put_first_makes_room() -> None:
    cache: RecentCache[str, int] = RecentCache(2)

    for number, name in enumerate(("beans", "peas", "beans", "leeks")):
        cache.put(name, number)

    assert (cache.get("beans"), cache.get("peas"), cache.get("leeks")) == (2, None, 3)


def test_a_dropped_value_is_gone() -> None:
    cache: RecentCache[str, int] = RecentCache(10)
    cache.put("beans", 7)

    cache.drop("beans")
    cache.drop("beans")

    assert cache.get("beans") is None
    assert not cache.has("beans", NOW)
