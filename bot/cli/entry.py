"""Lists the commands, and turns each kind of error into a message and an exit code."""

import sys
from pathlib import Path
from typing import Annotated, TextIO

import structlog
import typer

from bot import errors
from bot.cli import (
    backfill,
    check,
    common_options,
    db,
    demo,
    discover,
    opml,
    output,
    preview,
    run,
    search,
    version,
)
from bot.logs import Format, Level

FAILED = 1
WRONG_USAGE = 2

_LOGGED_AT_INFO = ("run",)
"""Commands whose only output is the log."""

app = typer.Typer(
    name="feed-relay",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"max_content_width": 100},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in (
    run.run,
    check.check,
    preview.preview,
    discover.discover,
    search.search,
    backfill.backfill,
    demo.demo,
    version.version,
):
    app.command(epilog="--config, --log-level and --log-format work here, too.")(command)
app.add_typer(opml.app, name="opml")
app.add_typer(db.app, name="db")


@app.callback()
def options(
    ctx: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config", metavar="PATH", help="The config file. [default: $FEED_RELAY_CONFIG, or config.toml]"
        ),
    ] = None,
    log_level: Annotated[
        Level | None,
        typer.Option(
            "--log-level",
            envvar="FEED_RELAY_LOG_LEVEL",
            case_sensitive=False,
            help="How much to log to stderr. [default: info for run, else warning]",
        ),
    ] = None,
    log_format: Annotated[
        Format,
        typer.Option(
            "--log-format",
            envvar="FEED_RELAY_LOG_FORMAT",
            case_sensitive=False,
            help="Log format: for people, or JSON for programs.",
        ),
    ] = Format.CONSOLE,
) -> None:
    """Relay blogs into Discord: each post once, in order, well formatted.

    These options work before and after the name of a command.
    """
    level = log_level or (Level.INFO if ctx.invoked_subcommand in _LOGGED_AT_INFO else Level.WARNING)
    ctx.obj = common_options.CommonOptions(config, level, log_format)
    ctx.obj.start_logs()


def main() -> None:
    """Run the command line and end the process. Exit codes: 0 done, 1 failed, 2 wrong usage or config."""
    for stream in (sys.stdout, sys.stderr):
        _escape_unsupported_characters(stream)
    sys.exit(_status(common_options.move_to_front(sys.argv[1:])))


def _status(args: list[str]) -> int:
    try:
        app(args, prog_name="feed-relay")
    except errors.ConfigError as error:
        for problem in error.problems:
            output.print_error(problem)
        return WRONG_USAGE
    except errors.LoginRefused as error:
        output.print_error(f"feed-relay: {error}")
        return WRONG_USAGE
    except errors.FeedRelayError as error:
        output.print_error(f"feed-relay: {error}")
        return FAILED
    except Exception as error:  # noqa: BLE001 - last resort: people get a sentence, the log gets the rest
        structlog.get_logger(__name__).debug("unexpected", exc_info=error)
        output.print_error(
            f"feed-relay: an error of the program itself ({type(error).__name__}); "
            "run it again with --log-level debug and report the output"
        )
        return FAILED
    return 0


def _escape_unsupported_characters(stream: TextIO) -> None:
    """Print the codes of characters that the terminal cannot show, instead of failing."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
