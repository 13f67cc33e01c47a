"""A bounded cache whose values may expire."""

from collections import OrderedDict
from datetime import datetime
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class RecentCache(Generic[Key, Value]):
    """Keeps the `limit` most recent values and drops older ones."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._entries: OrderedDict[Key, tuple[Value, datetime | None]] = OrderedDict()

    def put(self, key: Key, value: Value, expires_at: datetime | None = None) -> None:
        """Keep a value until this time, or until newer ones replace it."""
        self._entries[key] = (value, expires_at)
        self._entries.move_to_end(key)
        if len(self._entries) > self._limit:
            self._entries.popitem(last=False)

    def has(self, key: Key, now: datetime) -> bool:
        """Return whether there is a value that has not expired."""
        expires_at = self._entries[key][1] if key in self._entries else now
        return expires_at is None or now < expires_at

    def get(self, key: Key) -> Value | None:
        """Return the value, expired or not; None if there is none."""
        return self._entries[key][0] if key in self._entries else None

    def drop(self, key: Key) -> None:
        """Forget a value."""
        self._entries.pop(key, None)
