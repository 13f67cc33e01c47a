"""`report`: what a bug report needs, without private data."""

import os
import platform
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from enum import Enum
from importlib import metadata
from pathlib import Path

import typer
from pydantic import BaseModel

import bot
from bot.cli.common_options import options_of
from bot.cli.database import read_store
from bot.cli.db import format_size
from bot.cli.output import count_of, print_line
from bot.cli.status_text import status_lines
from bot.config import Config
from bot.config.schema import PREFIX, all_keys
from bot.errors import ConfigError, StoreError
from bot.logs import scrub
from bot.model import Backlog, BackupState, Heartbeat
from bot.store.archive import FeedHealth, Stats
from bot.store.place import Place
from bot.store.store import Store
from bot.text.address import secrets_of

MAX_ERRORS = 20
"""How many different errors are shown."""
MAX_ERROR_LENGTH = 300
_ADDRESS = re.compile(r"\S*://\S+")
_ID = re.compile(r"\d{15,}")
_INDEX = re.compile(r"\[\d+\]")
_WORD = re.compile(r"[\w.-]+")


def report(ctx: typer.Context) -> None:
    """Print what a bug report needs, without secrets.

    Versions, settings, sizes and errors. Texts of the config, addresses, ids and names are left out, too.
    """
    print_line("Read this before you publish it. Tokens, addresses, ids and names are left out.")
    _print("Versions", _versions())
    try:
        config = options_of(ctx).load()
    except ConfigError as error:
        _print("Config", _config_problems(error))
        return
    secrets = config.secrets()
    _print("Config", _config_lines(config), secrets)
    found = _database_of(config.store.place)
    if isinstance(found, StoreError):
        _print("Database", [_private(str(found), config.store.place)], secrets)
    else:
        _print_database(found, secrets)


Found = tuple[int, Stats, Sequence[FeedHealth], Sequence[Heartbeat], Backlog, BackupState | None]
"""The first is the version of the schema."""


def _print_database(found: Found, secrets: tuple[str, ...]) -> None:
    from bot.app import clock

    schema, stats, feeds, heartbeats, backlog, backups = found
    if backups and backups.error:
        backups = replace(backups, error="`feed-relay status` says why")  # the reason names a folder
    secrets += tuple(secret for feed in feeds for url in feed.addresses for secret in secrets_of(url))
    _print("Database", _database_lines(schema, stats), secrets)
    _print("Bot", status_lines(heartbeats, backlog, backups, clock()), secrets)
    _print("Errors", _error_lines(feeds, stats), secrets)


def _print(title: str, lines: Iterable[str], secrets: tuple[str, ...] = ()) -> None:
    print_line(f"\n## {title}\n")
    for line in lines:
        print_line(scrub(f"- {line}", secrets))


def _versions() -> Iterator[str]:
    """Return the versions of the bot, of Python, and of every package that the bot asks for."""
    yield f"feed-relay {bot.__version__}"
    yield f"{platform.python_implementation()} {platform.python_version()} on {platform.platform()}"
    yield Store.engine()
    yield ", ".join(f"{name} {_version_of(name)}" for name in _packages())


def _packages() -> list[str]:
    try:
        asked = metadata.requires("feed-relay") or []
    except metadata.PackageNotFoundError:  # run from a folder without an installation
        asked = []
    return sorted(found[0] for each in asked if (found := _WORD.match(each)))


def _version_of(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def _config_problems(error: ConfigError) -> Iterator[str]:
    """Return where the config is wrong, without the values: they may be misplaced secrets."""
    for problem in error.problems[:MAX_ERRORS]:
        place, _, rest = problem.partition(": ")
        key = _INDEX.sub("", rest.partition(": ")[0])
        yield f"wrong: {Path(place).name}: {key if key in all_keys() else 'see `feed-relay check`'}"


def _config_lines(config: Config) -> Iterator[str]:
    """Return the settings that differ from the defaults. Shows only kinds of values that cannot be secret."""
    for section in Config.model_fields:
        found = getattr(config, section)
        if isinstance(found, BaseModel):
            for key in sorted(found.model_fields_set):
                yield f"{section}.{key} = {_shown(getattr(found, key))}"
    yield f"{count_of(len(config.feeds), 'feed')} in the config"
    for keys, number in Counter(_keys(config)).most_common(MAX_ERRORS):
        yield f"{count_of(number, 'channel')} with: {keys}"
    names = sorted(name for name in os.environ if name.upper().startswith(PREFIX))
    if names:
        yield f"from the environment: {', '.join(map(_private, names[:MAX_ERRORS]))}"


def _keys(config: Config) -> Iterator[str]:
    for feed in config.feeds:
        for channel in feed.channels:
            yield ", ".join(sorted(channel.model_fields_set - {"id"})) or "no settings"


def _shown(value: object) -> str:
    """Return a value of a kind that cannot be secret; of any other, whether it is set."""
    if isinstance(value, tuple):
        return count_of(len(value), "value")
    if isinstance(value, Enum):
        return str(value.value)
    if value is None or isinstance(value, bool | int | timedelta):
        return str(value)
    return "set" if str(value) else "not set"


def _database_of(place: Place) -> Found | StoreError:
    async def read(store: Store) -> Found:
        return (
            await Store.schema_version(place),
            await store.archive.stats(),
            await store.archive.feeds(),
            await store.heartbeats.all(),
            await store.heartbeats.backlog(),
            await store.heartbeats.backups(),
        )

    try:
        return read_store(place, read)
    except StoreError as error:
        return error


def _database_lines(schema: int, stats: Stats) -> Iterator[str]:
    yield f"schema {schema}, {format_size(stats.bytes)}"
    counts = {
        "feed": stats.feeds,
        "post": stats.entries,
        "subscription": stats.subscriptions,
        "channel": stats.channels,
    }
    yield ", ".join(count_of(number, noun) for noun, number in counts.items())
    yield (
        ", ".join(f"{number:,} {state}" for state, number in sorted(stats.deliveries.items()))
        or "no deliveries"
    )


def _error_lines(feeds: Sequence[FeedHealth], stats: Stats) -> Iterator[str]:
    """Return the last error of each feed and channel: each different one once, the most frequent first."""
    errors = Counter((_private(feed.error), "feed") for feed in feeds if feed.error)
    errors += Counter((_private(channel.reason), "channel") for channel in stats.suspended)
    for (text, noun), number in errors.most_common(MAX_ERRORS):
        yield f"{count_of(number, noun)}: {text}"
    if len(errors) > MAX_ERRORS:
        yield count_of(len(errors) - MAX_ERRORS, "other error")
    if not errors:
        yield "none now; the log has earlier ones"


def _private(text: str, place: Place | None = None) -> str:
    """Return text on one line without addresses, ids and the folders of a path, at most MAX_ERROR_LENGTH long."""
    if isinstance(place, Path):
        text = text.replace(str(place), place.name)
    text = _ID.sub("ID", _ADDRESS.sub("ADDRESS", " ".join(text.split())))
    return text if len(text) <= MAX_ERROR_LENGTH else text[:MAX_ERROR_LENGTH] + "…"
