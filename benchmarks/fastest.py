"""The fastest of several measurements."""

from collections.abc import Hashable
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


class Fastest(dict[K, float]):
    """Seconds by what was measured: the fewest, since other programs on the machine only add to them."""

    def add(self, measured: K, seconds: float) -> None:
        """Count one more measurement."""
        self[measured] = min(seconds, self.get(measured, seconds))
