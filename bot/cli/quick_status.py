"""A fast `status`, because scripts call it often: it doesn't import the config and the command line. It answers only
in the simple case: a bot runs, and the place of its database is obvious. Otherwise the command `status` answers, with
the same text.
"""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from bot.cli.status_text import show
from bot.store.glance import glance

_STORE = "FEED_RELAY_STORE"
_PATH = "FEED_RELAY_STORE__PATH"
_URL = "FEED_RELAY_STORE__URL"
_CONFIG = "FEED_RELAY_CONFIG"
_SECRETS = Path("/run/secrets")


class Call(NamedTuple):
    """The arguments of a call that this module understands."""

    config: Path | None
    as_json: bool


def answer(args: Sequence[str], environ: Mapping[str, str], now: datetime) -> int | None:
    """Print the bot's state and return the exit code; None if the command has to answer."""
    call = parse(args)
    path = database_path(call.config, environ) if call else None
    found = glance(path) if path else None
    if call is None or found is None:
        return None
    return show(*found, now, as_json=call.as_json)


def parse(args: Sequence[str]) -> Call | None:
    """Return what the arguments ask for; None for anything but `status` with --json and --config."""
    rest, config, as_json, named = list(args), None, False, False
    while rest:
        arg = rest.pop(0)
        if arg == "status" and not named:
            named = True
        elif arg == "--json" and named:
            as_json = True
        elif arg == "--config" and rest:
            config = Path(rest.pop(0))
        else:
            return None
    return Call(config, as_json) if named else None


def database_path(config: Path | None, environ: Mapping[str, str]) -> Path | None:
    """Return the database that the environment or else config.toml names; None if that isn't obvious."""
    chosen = config or Path(environ.get(_CONFIG) or "config.toml")
    try:
        given = _from_environment(environ) or _from_file(chosen, environ)
        return (chosen.absolute().parent / Path(given).expanduser()).resolve(strict=True) if given else None
    except (OSError, ValueError, AttributeError, TypeError, RuntimeError, RecursionError):
        return None  # the command says what is wrong


def _from_environment(environ: Mapping[str, str]) -> str:
    given = environ.get(_PATH, "")
    others = any(name.upper().startswith(_URL) for name in environ)
    return given if given.strip() and not others else ""


def _from_file(config: Path, environ: Mapping[str, str]) -> str:
    """Return the path in the file; "" if a stronger source may override it."""
    stronger = any(name.upper().startswith(_STORE) for name in environ)
    if stronger or environ.get("CREDENTIALS_DIRECTORY") or _SECRETS.exists():
        return ""
    store: dict[str, str] = tomllib.loads(config.read_bytes().decode("utf-8-sig")).get("store", {})
    return "" if "url" in store or "url_file" in store else store.get("path", "feed-relay.db")
