"""The nonces that were used lately, and by which messages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.sandbox.discord.models import StoredMessage


@dataclass(frozen=True, slots=True)
class _Held:
    message_id: int
    expires_at: float


class Nonces:
    """A nonce belongs to its author in its channel for the window's length."""

    def __init__(self, monotonic: Callable[[], float], window: timedelta) -> None:
        self._monotonic = monotonic
        self._window = window
        self._held: dict[tuple[int, int, str], _Held] = {}

    def holder(self, author_id: int, channel_id: int, nonce: str) -> int | None:
        """Return the id of the message that bears this nonce; None if that is too long ago."""
        held = self._held.get((author_id, channel_id, nonce))
        return held.message_id if held is not None and self._monotonic() < held.expires_at else None

    def hold(self, message: StoredMessage, nonce: str) -> None:
        """Remember a nonce from now on."""
        expires_at = self._monotonic() + self._window.total_seconds()
        self._held[message.author.id, message.channel_id, nonce] = _Held(message.id, expires_at)

    def expire(self) -> None:
        """Forget all of them."""
        self._held.clear()
