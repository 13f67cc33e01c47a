"""`demo`."""

import asyncio
import os
import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common_options import options_of
from bot.cli.output import print_line


def demo(
    ctx: typer.Context,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port of the page; 0: any free port.")] = 0,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the page's address instead of opening a browser.")
    ] = False,
    seconds: Annotated[
        float | None, typer.Option(min=0, help="Stop after this many seconds. [default: at Ctrl-C]")
    ] = None,
    feed: Annotated[
        list[str] | None,
        typer.Option(metavar="URL", help="Relay a real feed into the demo; may be repeated."),
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            file_okay=False,
            help="Keep the database and the simulated Discord in this folder, and continue with them next time.",
        ),
    ] = None,
) -> None:
    """Run a live demo in your browser, without a token.

    It shows blogs, the bot and a simulated Discord, all on this machine. Without a terminal or a browser, the messages
    are printed.
    """
    options_of(ctx)
    from bot.sandbox import demo as live

    options = live.Options(port, seconds, tuple(feed or ()), keep)
    asyncio.run(live.run(options, print_line, _opener(no_browser=no_browser)))


def _opener(*, no_browser: bool) -> Callable[[str], bool]:
    """Return what shows the page, and says whether the person can see it."""
    if not sys.stdout.isatty():
        return lambda _: False
    return (lambda _: True) if no_browser else _open


def _open(address: str) -> bool:
    """Open the person's browser. One that would take over the terminal doesn't count."""
    graphical = sys.platform in {"win32", "darwin"} or {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys()
    return bool(graphical) and webbrowser.open(address)
