"""`demo`."""

import asyncio
from typing import Annotated

import typer

from bot.cli.common_options import options_of
from bot.cli.output import print_line


def demo(
    ctx: typer.Context,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port of the simulated Discord; 0: any free port.")
    ] = 0,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="No effect yet: everything appears in the terminal.")
    ] = False,
    seconds: Annotated[
        float | None, typer.Option(min=0, help="Stop after this many seconds. [default: at Ctrl-C]")
    ] = None,
) -> None:
    """Run a live demo on this machine, without a token.

    It has blogs, the bot and a simulated Discord.
    """
    options_of(ctx)
    from bot.sandbox import demo as live

    del no_browser  # accepted already, so that scripts can pass it; there is no page yet
    asyncio.run(live.run(port=port, seconds=seconds, say=print_line))
