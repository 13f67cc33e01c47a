"""Scripted faults of the REST API or the gateway: those still to come, and what hangs until a test releases it."""

import asyncio
from collections.abc import Callable
from typing import Generic, ParamSpec, Protocol, TypeVar


class Repeated(Protocol):
    """A fault that will happen `times` more times."""

    times: int


F = TypeVar("F", bound=Repeated)
P = ParamSpec("P")


class Script(Generic[F]):
    """The faults that haven't happened yet. Without one, everything is answered normally."""

    def __init__(self, touch: Callable[[], None] = lambda: None) -> None:
        """`touch` wakes the tests that wait for a fault."""
        self._touch = touch
        self._faults: list[F] = []
        self._released = asyncio.Event()
        self.used = 0
        """How many faults have happened."""
        self.hanging = 0
        """How many requests or connections are hanging."""

    @property
    def pending(self) -> int:
        """How many faults haven't happened yet."""
        return sum(fault.times for fault in self._faults)

    def scripting(self, make: Callable[P, F]) -> Callable[P, None]:
        """Return a function that makes a fault of its arguments, and adds it."""

        def add_next(*args: P.args, **kwargs: P.kwargs) -> None:
            self.add(make(*args, **kwargs))

        return add_next

    def add(self, fault: F) -> None:
        """Add a fault, which happens after those that were added before."""
        self._faults.append(fault)

    def add_first(self, fault: F) -> None:
        """Add a fault, which happens before all others."""
        self._faults.insert(0, fault)

    def remove(self, fault: F) -> None:
        """Remove a fault that has not happened as often as scripted."""
        self._faults = [each for each in self._faults if each is not fault]

    def take_first(self, applies: Callable[[F], bool]) -> F | None:
        """Return the first fault that applies, and count it."""
        fault = next(filter(applies, self._faults), None)
        if fault is None:
            return None
        self.used += 1
        fault.times -= 1
        if fault.times == 0:
            self._faults.remove(fault)
        self._touch()
        return fault

    def clear(self) -> None:
        """Remove the faults that haven't happened, and release what hangs."""
        self._faults.clear()
        self.release()

    def release(self) -> None:
        """Continue what hangs."""
        self._released.set()
        self._released = asyncio.Event()

    async def wait_for_release(self) -> None:
        """Wait for `release`."""
        self.hanging += 1
        self._touch()
        try:
            await self._released.wait()
        finally:
            self.hanging -= 1
