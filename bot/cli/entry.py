"""Lists the commands, and turns each kind of error into a message and an exit code."""

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, TextIO

import typer
from typer.exceptions import TyperException

import bot
from bot import errors
from bot.cli import common_options, output, usage
from bot.log_format import Format, Level

FAILED = 1
WRONG_USAGE = 2
INTERRUPTED = 130

COMMANDS = {
    "init": "Write a first config and the token file, and print the link that invites the bot.",
    "run": "Run the bot until SIGINT or SIGTERM.",
    "status": "Show how the running bot is doing.",
    "report": "Print what a bug report needs, without secrets.",
    "check": "Test whether everything works, and say what to do if not.",
    "preview": "Show the posts of a feed as they would be sent, newest last.",
    "discover": "Find the feeds behind an address.",
    "search": "Search the archive, as /search does in Discord.",
    "backfill": "Archive older posts that are no longer in the feed.",
    "demo": "Run a live demo in your browser, without a token.",
    "version": "Show the version.",
    "service": "Run the bot as a service.",
    "opml": "Import feeds from other readers, or export them.",
    "db": "Check, back up, restore, describe, shrink or move the database.",
}
"""What the list of commands says. A command is the function or the `app` of the module with its name."""

_LOGGED_AT_INFO = ("run",)
"""Commands whose only output is the log."""


def create_app(command: str | None = None) -> typer.Typer:
    """Return the command line. With `command`, only that one can run and the others are only listed.

    Importing every command takes several times as long as `version` itself.
    """
    app = typer.Typer(
        name="feed-relay",
        no_args_is_help=True,
        add_completion=False,
        context_settings={"max_content_width": 100},
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(options)
    for name, summary in COMMANDS.items():
        if command in (None, name):
            _add(app, name)
        else:
            app.command(name, help=summary)(_not_imported)
    return app


def _show_version(value: bool) -> None:
    if value:
        output.print_line(bot.__version__)
        raise typer.Exit


def _add(app: typer.Typer, name: str) -> None:
    module = import_module(f"bot.cli.{name}")
    if hasattr(module, "app"):
        app.add_typer(module.app, name=name)
    else:
        app.command(epilog="--config, --log-level and --log-format work here, too.")(getattr(module, name))


def _not_imported() -> None:
    raise NotImplementedError("only the command that was named is imported")


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
    show_version: Annotated[
        bool, typer.Option("--version", help="Show the version.", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    """Relay blogs into Discord: each post once, in order, well formatted.

    These options work before and after the name of a command.
    """
    del show_version  # its callback has ended the program
    level = log_level or (Level.INFO if ctx.invoked_subcommand in _LOGGED_AT_INFO else Level.WARNING)
    ctx.obj = common_options.CommonOptions(config, level, log_format)


def main() -> None:
    """Run the command line and end the process.

    Exit codes: 0 done, 1 failed, 2 wrong usage, config or token, 130 interrupted.
    """
    os.umask(0o077)  # what the program writes may be secret
    for stream in (sys.stdout, sys.stderr):
        _escape_unsupported_characters(stream)
    sys.exit(_status(common_options.move_to_front(sys.argv[1:])))


def _status(args: list[str]) -> int:
    try:
        app = create_app(common_options.find_command(args))
        return app(args, prog_name="feed-relay", standalone_mode=False) or 0
    except TyperException as error:
        output.print_error(usage.describe(error))
        return error.exit_code
    except typer.Abort:
        return FAILED
    except KeyboardInterrupt:  # during the imports of a command
        return INTERRUPTED
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
        _log_unexpected(error)
        output.print_error(
            f"feed-relay: an error of the program itself ({type(error).__name__}); "
            "run it again with --log-level debug and report the output"
        )
        return FAILED


def _log_unexpected(error: Exception) -> None:
    import structlog

    structlog.get_logger(__name__).debug("unexpected", exc_info=error)


def _escape_unsupported_characters(stream: TextIO) -> None:
    """Print the codes of characters that the terminal cannot show, instead of failing."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
