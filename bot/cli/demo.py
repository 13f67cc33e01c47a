"""`demo`."""

import asyncio
from typing import Annotated

import typer

from bot.cli.output import say


def demo(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where the stand-in Discord listens; 0: any free port.")
    ] = 0,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="No effect yet: all is shown in the terminal.")
    ] = False,
    seconds: Annotated[
        float | None, typer.Option(min=0, help="End after so many seconds. [default: at Ctrl-C]")
    ] = None,
) -> None:
    """Show everything live on this machine: a blog, the bot, and a stand-in for Discord. Needs no token."""
    from bot.sandbox import demo as live

    del no_browser  # scripts may pass it already; there is no page that a browser could show
    asyncio.run(live.run(port=port, seconds=seconds, say=say))
