"""Recently used nonces and their messages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.sandbox.discord.models import StoredMessage


@dataclass(frozen=True, slots=True)
class _Entry:
    message_id: int
    expires_at: float


class Nonces:
    """A nonce belongs to one author in one channel until the window ends."""

    def __init__(self, monotonic: Callable[[], float], window: timedelta) -> None:
        self._monotonic = monotonic
        self._window = window
        self._recent: dict[tuple[int, int, str], _Entry] = {}

    def find(self, author_id: int, channel_id: int, nonce: str) -> int | None:
        """Return the id of the message with this nonce; None: there is none, or the window has ended."""
        entry = self._recent.get((author_id, channel_id, nonce))
        return entry.message_id if entry is not None and self._monotonic() < entry.expires_at else None

    def add(self, message: StoredMessage, nonce: str) -> None:
        """Store a message's nonce."""
        expires_at = self._monotonic() + self._window.total_seconds()
        self._recent[message.author.id, message.channel_id, nonce] = _Entry(message.id, expires_at)

    def expire(self) -> None:
        """Forget all nonces."""
        self._recent.clear()
