"""`service print`."""

import sys
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common_options import options_of
from bot.cli.output import print_line
from bot.errors import FeedRelayError

app = typer.Typer(help="Run the bot as a service.", no_args_is_help=True, rich_markup_mode=None)

DEFAULT_CONFIG = Path("/etc/feed-relay/config.toml")
_HOMES = (Path("/home"), Path("/root"), Path("/run/user"))
"""What `ProtectHome` hides."""


@app.callback()
def service() -> None:
    """Run the bot as a service."""


@app.command("print")
def print_unit(
    ctx: typer.Context,
    user: Annotated[str, typer.Option(help="The system user that runs the bot.")] = "feed-relay",
    token_file: Annotated[
        Path, typer.Option(help="The file with the token. Only root needs to read it.")
    ] = Path("/etc/feed-relay/token"),
) -> None:
    """Print a systemd unit for this installation, with a watchdog and a sandbox."""
    config = options_of(ctx).config_path or DEFAULT_CONFIG
    print_line(unit(program(), config.absolute(), token_file.absolute(), user).rstrip())


def program() -> list[str]:
    """Return the command that starts this installation."""
    script = Path(sys.executable).with_name("feed-relay")
    return [str(script)] if script.exists() else [sys.executable, "-m", "bot"]


def unit(command: list[str], config: Path, token_file: Path, user: str) -> str:
    """Return the text of the unit. Raises FeedRelayError for a name that systemd would not accept."""
    if not user or not all(char.isalnum() or char in "-_." for char in user):
        raise FeedRelayError(f"{user!r} is not the name of a user; write one that `id` knows.")
    hidden = any(Path(command[0]).is_relative_to(home) for home in _HOMES)
    text = (resources.files("bot.cli.service") / "feed-relay.service").read_text("utf-8")
    return (
        text.replace("@PROGRAM@", " ".join(quoted(part) for part in command))
        .replace("@CONFIG@", quoted(str(config)))
        .replace("@TOKEN@", str(token_file).replace("%", "%%"))
        .replace("@USER@", user)
        .replace("ProtectHome=yes", "ProtectHome=read-only" if hidden else "ProtectHome=yes")
    )


def quoted(part: str) -> str:
    """Return one word of a command as systemd reads it; see systemd.service(5), "Command lines"."""
    escaped = part.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if any(char in escaped for char in " \t'\"\\;") else escaped
