"""`init`: the first config, from nothing."""

import asyncio
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from bot.cli.chat import logged_in
from bot.cli.common_options import CommonOptions, options_of
from bot.cli.files import read_file
from bot.cli.output import print_error, print_line
from bot.config import Config, Discord, choose_path
from bot.config.values import token as check_token
from bot.errors import ConfigError, FeedRelayError, LoginRefused

TOKEN_NAME = "token.txt"  # noqa: S105 -- the name of a file
MAX_ATTEMPTS = 3
"""How many times to ask for a token."""
_API_URL = "FEED_RELAY_DISCORD__API_URL"
_MAX_TOKEN_SIZE = 500
_CONFIG = """\
# feed-relay reads this file at its start. Every other key has a default: see docs/configuration.md.

[discord]
token_file = {token_file}

[store]
path = {database}
"""


def init(
    ctx: typer.Context,
    token_file: Annotated[
        Path | None, typer.Option(help="A file that contains only the bot's token. [default: ask for it]")
    ] = None,
    database: Annotated[
        Path, typer.Option(help="The database, relative to the config's folder. It doesn't have to exist.")
    ] = Path("feed-relay.db"),
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask Discord about the token.")] = False,
) -> None:
    """Write a first config and the token file, and print the link that invites the bot.

    Asks for the token, which is not shown, and checks it. Never overwrites a file.
    """
    options = options_of(ctx)
    path = choose_path(options.config_path, os.environ)
    secret_path = token_file or path.with_name(TOKEN_NAME)
    _check_places(path, None if token_file else secret_path)
    if token_file:
        token = _checked(read_file(token_file, _MAX_TOKEN_SIZE, "check --token-file.", too_large="a token"))
        invite = "" if offline else _invite(token, options)
    else:
        token, invite = _ask(options, offline=offline)
    _write(path, secret_path, token, database, write_token=token_file is None)
    _say_what_is_next(path, invite)


def _check_places(path: Path, secret_path: Path | None) -> None:
    """Raise FeedRelayError if a file exists already, or its folder doesn't."""
    for each in filter(None, (path, secret_path)):
        if each.exists() or each.is_symlink():
            raise FeedRelayError(
                f"{each} exists already, and nothing was changed; edit it, or choose another config with --config."
            )
    if not path.parent.is_dir():
        raise FeedRelayError(f"{path.parent}: there is no such folder; create it first.")


def _ask(options: CommonOptions, *, offline: bool) -> tuple[str, str]:
    """Ask for the token until Discord accepts it, and return it with the invitation."""
    if not sys.stdin.isatty():
        raise FeedRelayError(
            "There is no terminal to ask for the token; put it into a file and add --token-file PATH."
        )
    print_line(
        "Paste the bot's token (Developer Portal, your application, Bot, Reset Token). It is not shown."
    )
    for attempt in range(1, MAX_ATTEMPTS + 1):
        try:
            token = _checked(typer.prompt("Token", hide_input=True, err=True).encode())
            return token, "" if offline else _invite(token, options)
        except (LoginRefused, _NotAToken) as error:
            if attempt == MAX_ATTEMPTS:
                raise
            print_error(str(error))
    raise AssertionError("the last attempt returns or raises")


class _NotAToken(FeedRelayError):
    """This is not a token; copy it alone from the Developer Portal: Bot page, Reset Token."""


def _checked(given: bytes) -> str:
    """Return the token if it looks like one. Raises FeedRelayError, which does not show it."""
    with suppress(ValueError):  # UnicodeDecodeError is one
        if token := check_token(given.decode()):
            return token
    raise _NotAToken


def _invite(token: str, options: CommonOptions) -> str:
    """Log in, and return the address that invites the bot. Raises LoginRefused or ChatUnreachable."""
    options.start_logs((token,))
    api_url = os.environ.get(_API_URL, "")
    try:
        discord = Discord.model_validate({"token": token, "api_url": api_url})
    except ValidationError:
        raise ConfigError(
            (f"{_API_URL}: this is not an address; write an https:// address, or remove it.",)
        ) from None

    async def log_in() -> str:
        async with logged_in(Config(discord=discord)) as chat:
            return chat.invite_url()

    return asyncio.run(log_in())


def _write(path: Path, secret_path: Path, token: str, database: Path, *, write_token: bool) -> None:
    """Write both files, or none."""
    near = secret_path.parent.absolute() == path.parent.absolute()
    named = secret_path.name if near else str(secret_path.absolute())
    text = _CONFIG.format(token_file=_toml(named), database=_toml(str(database)))
    if write_token:
        _create(secret_path, f"{token}\n", 0o600)
    try:
        _create(path, text, 0o644)
    except FeedRelayError:
        if write_token:
            secret_path.unlink()
        raise


def _create(path: Path, text: str, mode: int) -> None:
    """Create a file, which must not exist. Raises FeedRelayError."""
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(file, "w", encoding="utf-8") as opened:
            opened.write(text)
    except OSError as error:
        raise FeedRelayError(
            f"{path}: cannot be written ({error.strerror}); check the folder, or choose another with --config."
        ) from None


def _toml(text: str) -> str:
    """Return text as a TOML string, which JSON's escapes make."""
    return json.dumps(text, ensure_ascii=False)


def _say_what_is_next(path: Path, invite: str) -> None:
    chosen = "" if path == Path("config.toml") else f" --config {path}"
    print_line(f"Wrote {path}.")
    print_line()
    print_line("What comes next:")
    if invite:
        print_line(f"1. Open this link and choose your server:\n   {invite}")
    else:
        print_line(f"1. Run `feed-relay check{chosen}`, and open the link that it prints to invite the bot.")
    print_line(f"2. Start the bot: feed-relay run{chosen}")
    print_line("3. In a channel of the server, type /feed add and paste a blog's address.")
