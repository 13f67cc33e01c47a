"""The options that every command takes, before or after its name."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from bot import config, logs

NAMES = ("--config", "--log-level", "--log-format")


@dataclass(frozen=True, slots=True)
class CommonOptions:
    """What was given for them."""

    config_path: Path | None
    level: logs.Level
    shape: logs.Format

    def start_logs(self, secrets: tuple[str, ...] = ()) -> None:
        """From now on logs go to stderr, without the secrets."""
        logs.configure(self.level, self.shape, secrets)

    def load(self, *, need_file: bool = True) -> config.Config:
        """The config. Its secrets are kept out of the logs from now on."""
        loaded = config.load(self.config_path, os.environ, need_file=need_file)
        self.start_logs(loaded.secrets())
        return loaded


def options_of(ctx: typer.Context) -> CommonOptions:
    """What the command line gave."""
    found: CommonOptions | None = ctx.find_object(CommonOptions)
    if found is None:
        raise LookupError("the options are read before any command runs")
    return found


def move_to_front(args: Sequence[str]) -> list[str]:
    """The arguments with these options moved to the front, where they are parsed."""
    moved: list[str] = []
    kept: list[str] = []
    rest = list(args)
    while rest:
        arg = rest.pop(0)
        if arg == "--":
            kept += [arg, *rest]
            break
        if arg in NAMES and not rest:
            return [*moved, arg]  # alone, so that the parser says what is missing
        if arg in NAMES:
            moved += [arg, rest.pop(0)]
        else:
            (moved if arg.startswith(tuple(f"{name}=" for name in NAMES)) else kept).append(arg)
    return moved + kept
