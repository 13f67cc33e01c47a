"""`run`."""

import asyncio
import os
from typing import Annotated

import typer

from bot.cli.common_options import options_of


def run(
    ctx: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help="Poll every feed once, deliver what is due, and exit; for cron.")
    ] = False,
) -> None:
    """Run the bot until SIGINT or SIGTERM."""
    config = options_of(ctx).load()
    config.token(os.environ)
    from bot import app

    asyncio.run(app.run_once(config) if once else app.run(config))
