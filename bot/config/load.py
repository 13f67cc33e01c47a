"""Read every layer, then check all of it at once."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from bot.config import layers, problems
from bot.config.cross_checks import between_keys
from bot.config.schema import PREFIX, Config, Values
from bot.errors import ConfigError

_LONGEST_SECRET = 500


class _Secret(NamedTuple):
    """A key that a file of its own may hold: KEY_file beside KEY."""

    section: str
    key: str
    word: str


_SECRETS = (_Secret("discord", "token", "token"), _Secret("tumblr", "api_key", "key"))


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
    found: list[problems.Problem] = [*_absolute_store(merged, read.folder)]
    for secret in _SECRETS:
        found += _settle_secret(merged, read, secret)
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


def _settle_secret(merged: Values, read: _Read, secret: _Secret) -> list[problems.Problem]:
    """Puts the secret of the strongest layer that knows it, itself or by a file, into `merged`."""
    section, key, file_key = secret.section, secret.key, f"{secret.key}_file"
    for layer in reversed(read.layers):
        given = layer.values.get(section)
        given = given if isinstance(given, dict) else {}
        if given.get(key) and given.get(file_key):
            return [((section, file_key), f"{section}.{key} is set too; keep only one of them")]
        if given.get(key):
            return []
        if isinstance(given.get(file_key), str) and given[file_key]:
            return _put_secret(merged, read.folder / Path(given[file_key]).expanduser(), secret)
    return []


def _put_secret(merged: Values, path: Path, secret: _Secret) -> list[problems.Problem]:
    section = merged[secret.section]
    try:
        value = _secret_of(path, secret.word)
    except ValueError as error:
        return [((secret.section, f"{secret.key}_file"), str(error))]
    if isinstance(section, dict):  # else a stronger layer gave nonsense, which is a problem of its own
        section[secret.key] = value
    return []


def _secret_of(path: Path, word: str) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            value = file.read(_LONGEST_SECRET + 1).strip()
    except OSError as error:
        raise ValueError(
            f"{path} cannot be read ({error.strerror}); check the path and who may read it"
        ) from None
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not text; put the {word} alone into it") from None
    if not value:
        raise ValueError(f"{path} is empty; put the {word} into it")
    if len(value) > _LONGEST_SECRET or len(value.split()) > 1:
        raise ValueError(f"{path} holds more than a {word}; put the {word} alone into it")
    return value


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
