"""Read every layer, then check all of it at once."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from bot.config import layers, problems
from bot.config.across import between_keys
from bot.config.schema import PREFIX, Config, Values
from bot.errors import ConfigError

_LONGEST_TOKEN = 500


class _Read(NamedTuple):
    folder: Path
    layers: list[layers.Layer]
    problems: list[str]


def load(path: Path | None, environ: Mapping[str, str], *, need_file: bool = True) -> Config:
    """The config from `path`, else $FEED_RELAY_CONFIG, else ./config.toml; secret files and `environ` win over it.

    Without `need_file`, a missing ./config.toml is an empty one; so it is when the environment sets the feeds.
    Relative paths in it start at its folder. Raises ConfigError with every problem at once.
    """
    read = _read_layers(path, environ, need_file=need_file)
    merged = layers.merge(read.layers)
    found: list[problems.Problem] = [*_settle_token(merged, read), *_absolute_store(merged, read.folder)]
    found += between_keys(merged, _giver_of_feeds(read.layers))
    config = None
    try:
        config = Config(**merged)
    except ValidationError as error:
        found += problems.of_validation(error)
    told = [*read.problems, *problems.told(found, read.layers)]
    if config is None or told:
        raise ConfigError(tuple(told))
    return config


def _read_layers(path: Path | None, environ: Mapping[str, str], *, need_file: bool) -> _Read:
    """Every layer that can be read; what can't is a problem beside those of the others."""
    chosen = path or Path(environ.get(PREFIX + "CONFIG") or "config.toml")
    named = path is not None or bool(environ.get(PREFIX + "CONFIG"))
    needed = named or (need_file and not environ.get(PREFIX + "FEEDS"))
    found: list[layers.Layer] = []
    told = problems.of_names(environ)
    if needed or chosen.exists():
        try:
            found.append(layers.from_file(chosen))
        except ConfigError as error:
            told.extend(error.problems)
    for directory in layers.secret_directories(environ):
        try:
            found.append(layers.from_directory(directory))
        except ConfigError as error:
            told.extend(error.problems)
    found.append(layers.from_environment(environ))
    return _Read(chosen.absolute().parent, found, told)


def _giver_of_feeds(found: list[layers.Layer]) -> layers.Layer:
    return next((layer for layer in reversed(found) if "feeds" in layer.values), found[0])


def _settle_token(merged: Values, read: _Read) -> list[problems.Problem]:
    """Puts the token of the strongest layer that knows one, itself or by a file, into `merged`."""
    for layer in reversed(read.layers):
        given = layer.values.get("discord")
        given = given if isinstance(given, dict) else {}
        if given.get("token") and given.get("token_file"):
            return [(("discord", "token_file"), "discord.token is set too; keep only one of them")]
        if given.get("token"):
            return []
        if isinstance(given.get("token_file"), str) and given["token_file"]:
            return _put_token(merged, read.folder / Path(given["token_file"]).expanduser())
    return []


def _put_token(merged: Values, path: Path) -> list[problems.Problem]:
    section = merged["discord"]
    try:
        token = _token_of(path)
    except ValueError as error:
        return [(("discord", "token_file"), str(error))]
    if isinstance(section, dict):  # else a stronger layer gave nonsense, which is a problem of its own
        section["token"] = token
    return []


def _token_of(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            token = file.read(_LONGEST_TOKEN + 1).strip()
    except OSError as error:
        raise ValueError(
            f"{path} cannot be read ({error.strerror}); check the path and who may read it"
        ) from None
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not text; put the token alone into it") from None
    if not token:
        raise ValueError(f"{path} is empty; put the token into it")
    if len(token) > _LONGEST_TOKEN or len(token.split()) > 1:
        raise ValueError(f"{path} holds more than a token; put the token alone into it")
    return token


def _absolute_store(merged: Values, folder: Path) -> list[problems.Problem]:
    section = merged.setdefault("store", {})
    if not isinstance(section, dict):
        return []
    given = section.get("path", "feed-relay.db")
    if given == "":
        return [(("store", "path"), "this is empty; write a path, or leave the key out")]
    if isinstance(given, str):
        section["path"] = str(folder / Path(given).expanduser())
    return []
