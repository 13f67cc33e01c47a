"""Dates in options."""

import typer

from bot.search.dates import parse_date


def check_date(value: str) -> str:
    """Return an option's value unchanged; raise BadParameter unless `parse_date` can read it. For `callback=`."""
    from bot.app import clock

    if value and parse_date(value, clock()) is None:
        raise typer.BadParameter(
            "write a year, month or day (2026, 2026-05, 2026-05-04, 4 May 2026) or an age (7d, 3w, 1y)"
        )
    return value
