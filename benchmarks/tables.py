"""Figures in tables."""

from collections.abc import Iterable, Sequence
from statistics import quantiles


def spread(seconds: Sequence[float]) -> str:
    """Median, 95th and 99th percentile and the longest, in milliseconds, as cells of a table."""
    found = (at(seconds, 50), at(seconds, 95), at(seconds, 99), max(seconds))
    return " | ".join(f"{value * 1000:.1f}" for value in found)


def at(seconds: Sequence[float], percent: int) -> float:
    """A percentile."""
    if len(seconds) < 2:
        return seconds[0]
    return quantiles(seconds, n=100, method="inclusive")[percent - 1]


def head(*columns: str) -> None:
    """Begin a table."""
    print(f"\n| {' | '.join(columns)} |")
    print("|---" * len(columns) + "|")


def line(*cells: object) -> None:
    """A line of a table."""
    print(f"| {' | '.join(map(str, cells))} |", flush=True)


def table(columns: Iterable[str], lines: Iterable[Sequence[object]]) -> None:
    """A whole table."""
    head(*columns)
    for cells in lines:
        line(*cells)
