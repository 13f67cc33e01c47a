"""Measurements as Markdown tables."""

from collections.abc import Iterable, Sequence
from statistics import quantiles


def spread(seconds: Sequence[float]) -> str:
    """Return the median, 95th and 99th percentile and maximum in milliseconds, as table cells."""
    found = (at(seconds, 50), at(seconds, 95), at(seconds, 99), max(seconds))
    return " | ".join(f"{value * 1000:.1f}" for value in found)


def significant(value: float) -> str:
    """Return a number with three significant digits, or all of its whole part."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def at(seconds: Sequence[float], percent: int) -> float:
    """Return a percentile."""
    if len(seconds) < 2:
        return seconds[0]
    return quantiles(seconds, n=100, method="inclusive")[percent - 1]


def head(*columns: str) -> None:
    """Print the head of a table."""
    print(f"\n| {' | '.join(columns)} |")
    print("|---" * len(columns) + "|")


def line(*cells: object) -> None:
    """Print a row of a table."""
    print(f"| {' | '.join(map(str, cells))} |", flush=True)


def table(columns: Iterable[str], lines: Iterable[Sequence[object]]) -> None:
    """Print a table."""
    head(*columns)
    for cells in lines:
        line(*cells)
