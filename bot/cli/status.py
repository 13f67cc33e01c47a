"""`status`."""

from typing import Annotated

import typer

from bot.cli.common_options import options_of
from bot.cli.database import read_store
from bot.cli.status_text import show
from bot.heartbeat import Backlog, BackupState, Heartbeat
from bot.store.store import Store


def status(
    ctx: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object.")] = False,
) -> None:
    """Show how the running bot is doing. Exit code 1 if none is running, or it hangs."""
    from bot.app import clock

    found = read_store(options_of(ctx).load().store.place, _read)
    raise typer.Exit(show(*found, clock(), as_json=as_json))


async def _read(store: Store) -> tuple[list[Heartbeat], Backlog, BackupState | None]:
    heartbeats = store.heartbeats
    return await heartbeats.all(), await heartbeats.backlog(), await heartbeats.backups()
