"""Loads the config: reads every layer, merges them, and checks everything at once."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from bot.config import layers, problems
from bot.config.cross_checks import check_across_keys
from bot.config.schema import PREFIX, Config, Values
from bot.config.values import quote
from bot.errors import ConfigError

_MAX_SECRET_LENGTH = 500


class _Secret(NamedTuple):
    """A key whose value may be in a separate file, named by KEY_file."""

    section: str
    key: str
    noun: str


_SECRETS = (
    _Secret("discord", "token", "token"),
    _Secret("tumblr", "api_key", "key"),
    _Secret("store", "url", "address"),
)


class _Sources(NamedTuple):
    folder: Path
    layers: list[layers.Layer]
    problems: list[str]


def choose_path(path: Path | None, environ: Mapping[str, str]) -> Path:
    """Return the config file: `path`, else $FEED_RELAY_CONFIG, else ./config.toml."""
    return path or Path(environ.get(PREFIX + "CONFIG") or "config.toml")


def load(path: Path | None, environ: Mapping[str, str], *, need_file: bool = True) -> Config:
    """Load the config from `path`, else $FEED_RELAY_CONFIG, else ./config.toml. Secret files and `environ` override it.

    A missing ./config.toml counts as empty without `need_file`, or if the environment sets the feeds. Paths are
    relative to the config's folder. Raises ConfigError with all problems at once.
    """
    sources = _read_sources(path, environ, need_file=need_file)
    merged = layers.merge(sources.layers)
    found = _make_store_absolute(merged, sources.folder)
    for secret in _SECRETS:
        found += _resolve_secret(merged, sources, secret)
    found += check_across_keys(merged, _feeds_layer(sources.layers))
    config = None
    try:
        config = Config(**merged)
    except ValidationError as error:
        found += problems.from_validation(error)
    sentences = [*sources.problems, *problems.describe(found, sources.layers)]
    if config is None or sentences:
        raise ConfigError(tuple(sentences))
    return config


def _read_sources(path: Path | None, environ: Mapping[str, str], *, need_file: bool) -> _Sources:
    """Read every layer. One that can't be read becomes a problem, and the others are still read."""
    chosen = choose_path(path, environ)
    named = path is not None or bool(environ.get(PREFIX + "CONFIG"))
    needed = named or (need_file and not environ.get(PREFIX + "FEEDS"))
    found: list[layers.Layer] = []
    sentences = problems.unknown_variables(environ)
    if needed or chosen.exists():
        try:
            found.append(layers.from_file(chosen))
        except ConfigError as error:
            sentences.extend(error.problems)
    for directory in layers.secret_directories(environ):
        try:
            found.append(layers.from_directory(directory))
        except ConfigError as error:
            sentences.extend(error.problems)
    found.append(layers.from_environment(environ))
    return _Sources(chosen.absolute().parent, found, sentences)


def _feeds_layer(found: list[layers.Layer]) -> layers.Layer:
    return next((layer for layer in reversed(found) if "feeds" in layer.values), found[0])


def _resolve_secret(merged: Values, sources: _Sources, secret: _Secret) -> list[problems.Problem]:
    """Put the secret of the strongest layer that has it, directly or in a file, into `merged`. Return the problems."""
    section, key, file_key = secret.section, secret.key, f"{secret.key}_file"
    for layer in reversed(sources.layers):
        given = layer.values.get(section)
        given = given if isinstance(given, dict) else {}
        if given.get(key) and given.get(file_key):
            return [((section, file_key), f"{section}.{key} is set, too; keep only one of them")]
        if given.get(key):
            return []
        if isinstance(given.get(file_key), str) and given[file_key]:
            return _put_secret(merged, sources.folder, given[file_key], secret)
    return []


def _put_secret(merged: Values, folder: Path, given: str, secret: _Secret) -> list[problems.Problem]:
    section = merged[secret.section]
    try:
        value = _read_secret(_absolute(folder, given), secret.noun)
    except ValueError as error:
        return [((secret.section, f"{secret.key}_file"), str(error))]
    if isinstance(section, dict):  # else a stronger layer has another type, which is reported separately
        section[secret.key] = value
    return []


def _read_secret(path: Path, noun: str) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            value = file.read(_MAX_SECRET_LENGTH + 1).strip()
    except OSError as error:
        raise ValueError(
            f"{path} cannot be read ({error.strerror}); check the path and its permissions"
        ) from None
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not text; put only the {noun} into it") from None
    if not value:
        raise ValueError(f"{path} is empty; put the {noun} into it")
    if len(value) > _MAX_SECRET_LENGTH or len(value.split()) > 1:
        raise ValueError(f"{path} contains more than a {noun}; put only the {noun} into it")
    return value


def _make_store_absolute(merged: Values, folder: Path) -> list[problems.Problem]:
    section = merged.setdefault("store", {})
    if not isinstance(section, dict):
        return []
    given = section.get("path", "feed-relay.db")
    if "path" in section and (section.get("url") or section.get("url_file")):
        return [(("store", "path"), "store.url or store.url_file is set, too; keep only one of them")]
    if given == "":
        return [(("store", "path"), "empty; write a path, or remove the key")]
    section["path"] = given
    return [*_make_absolute(section, "path", folder), *_make_absolute(section, "backup_dir", folder)]


def _make_absolute(section: Values, key: str, folder: Path) -> Iterator[problems.Problem]:
    given = section.get(key)
    try:
        if isinstance(given, str) and given:
            section[key] = str(_absolute(folder, given))
    except ValueError as error:
        yield ("store", key), str(error)


def _absolute(folder: Path, given: str) -> Path:
    """Return a path that the config gives. Raises ValueError if no file can have it."""
    if "\0" in given:
        raise ValueError(f"{quote(given)} has a character that no path has; remove it")
    try:
        return folder / Path(given).expanduser()
    except RuntimeError:
        raise ValueError(f"{quote(given)}: there is no such user; write the whole path") from None
