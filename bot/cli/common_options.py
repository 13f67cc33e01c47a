"""The options that every command takes, before or after its name."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.log_format import Format, Level

if TYPE_CHECKING:  # importing the config takes longer than some commands
    from bot.config import Config

NAMES = ("--config", "--log-level", "--log-format")


@dataclass(frozen=True, slots=True)
class CommonOptions:
    """Their values."""

    config_path: Path | None
    level: Level
    format: Format

    def start_logs(self, secrets: tuple[str, ...] = ()) -> None:
        """Start to log to stderr, without these secrets."""
        from bot import logs

        logs.configure(self.level, self.format, secrets)

    def load(self, *, need_file: bool = True) -> "Config":
        """Load the config, and keep its secrets out of the logs from now on."""
        from bot import config

        loaded = config.load(self.config_path, os.environ, need_file=need_file)
        self.start_logs(loaded.secrets())
        return loaded


def options_of(ctx: typer.Context) -> CommonOptions:
    """Return the common options of this call, and start to log as they say."""
    options: CommonOptions | None = ctx.find_object(CommonOptions)
    if options is None:
        raise LookupError("the common options are parsed before any command runs")
    options.start_logs()
    return options


def move_to_front(args: Sequence[str]) -> list[str]:
    """Return the arguments with the common options first, because typer parses them only there."""
    moved: list[str] = []
    kept: list[str] = []
    rest = list(args)
    while rest:
        arg = rest.pop(0)
        if arg == "--":
            kept += [arg, *rest]
            break
        if arg in NAMES and not rest:
            return [*moved, arg]  # without the others, so that the parser reports the missing value
        if arg in NAMES:
            moved += [arg, rest.pop(0)]
        else:
            (moved if arg.startswith(tuple(f"{name}=" for name in NAMES)) else kept).append(arg)
    return moved + kept


def find_command(args: Sequence[str]) -> str:
    """Return the name of the command in arguments from `move_to_front`; "" if there is none."""
    rest = iter(args)
    for arg in rest:
        if arg in NAMES:
            next(rest, None)
        elif not arg.startswith("-"):
            return arg
    return ""
