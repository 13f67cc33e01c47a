"""`run`."""

import asyncio
import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from bot.cli.common_options import options_of
from bot.model import Role


def run(
    ctx: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help="Poll every feed once, deliver what is due, and exit; for cron.")
    ] = False,
    role: Annotated[
        Role | None,
        typer.Option(
            "--role",
            help="Run one of several processes that share a PostgreSQL database; see docs/scaling.md.",
        ),
    ] = None,
) -> None:
    """Run the bot until SIGINT or SIGTERM."""
    if once and role is not None:
        raise typer.BadParameter("--once does everything, so it has no role; leave out one of the two.")
    with _loading():
        config = options_of(ctx).load()
        config.token(os.environ)
        from bot import app
    asyncio.run(app.run_once(config) if once else app.run(config, role=role))


@contextmanager
def _loading() -> Iterator[None]:
    """Load what stays until the end: the garbage collector never looks at it, which took 60 ms each time."""
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()
