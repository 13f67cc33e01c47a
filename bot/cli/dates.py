"""Days as people write them in an option."""

import typer

from bot.search.query import parse_date


def day(typed: str) -> str:
    """A callback for an option: what was typed, if `parse_date` can read it."""
    from bot.app import clock

    if typed and parse_date(typed, clock()) is None:
        raise typer.BadParameter(
            "write a year, month or day (2026, 2026-05, 2026-05-04) or an age (7d, 3w, 1y)"
        )
    return typed
