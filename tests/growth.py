"""How the cost of a call grows with its input, without a limit in seconds."""

import gc
from collections.abc import Callable
from time import process_time

FACTOR = 8
"""How much larger the large input is. Linear cost grows as much, quadratic cost by its square, 64."""
_LIMIT = 24
_ROUNDS = 5
_LEAST = 0.002
"""Seconds of CPU that a measurement takes at least, because the clock is coarse."""


def assert_linear(call: Callable[[str], object], part: str, size: int = 400_000) -> None:
    """Fail if the cost of a call grows much faster than its text: repetitions of `part`, `size` characters long."""
    small, large = (part * max(1, length // len(part)) for length in (size // FACTOR, size))
    assert_growth(lambda: call(small), lambda: call(large))


def assert_growth(small: Callable[[], object], large: Callable[[], object]) -> None:
    """Fail if the second call, with an input FACTOR times as large, costs much more than FACTOR times the first.

    Both are measured in turns, in CPU time, and the cheapest run of each counts. So neither a slow nor a busy
    machine matters, and only code that grows faster fails every round.
    """
    cheapest_small = cheapest_large = float("inf")
    for _ in range(_ROUNDS):
        cheapest_small = min(cheapest_small, _cpu(small))
        cheapest_large = min(cheapest_large, _cpu(large))
        if cheapest_large < _LIMIT * cheapest_small:
            return
    raise AssertionError(
        f"{FACTOR} times the input costs {cheapest_large / cheapest_small:.0f} times as much CPU"
    )


def _cpu(call: Callable[[], object]) -> float:
    """Return the seconds of CPU that one call costs. Short calls are repeated until they can be measured."""
    calls, spent = 0, 0.0
    gc.disable()  # a collection costs by what other tests left behind
    try:
        started = process_time()
        while spent < _LEAST:
            call()
            calls += 1
            spent = process_time() - started
    finally:
        gc.enable()
    return spent / calls
