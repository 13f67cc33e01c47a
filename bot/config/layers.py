"""Where values come from, weakest first: config.toml, directories of secret files, the environment."""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from pydantic.fields import FieldInfo
from pydantic_settings import EnvSettingsSource

from bot.config.line_numbers import Lines
from bot.config.line_numbers import Path as Location
from bot.config.schema import DELIMITER, PREFIX, SECTIONS, Config, Values
from bot.errors import ConfigError

RUN_SECRETS = Path("/run/secrets")
"""Where Docker and Podman put secrets."""


class Layer(Protocol):
    """One source of values."""

    @property
    def values(self) -> Values:
        """What it gives, not yet checked."""
        ...

    def place(self, location: Location) -> tuple[int, str]:
        """For sorting, and for people: where the key stands and what it is called there."""
        ...


@dataclass(frozen=True, slots=True)
class FileLayer:
    """config.toml."""

    path: Path
    values: Values
    lines: Lines

    def place(self, location: Location) -> tuple[int, str]:
        """`config.toml:12: polling.interval`."""
        line = self.lines.of(location)
        return line, f"{self.path}:{line or 1}: {dotted(location)}"


@dataclass(frozen=True, slots=True)
class NamedLayer:
    """Values that each have a name of their own: variables of the environment, or files of a directory."""

    label: str
    named: Mapping[str, str]
    values: Values = field(default_factory=dict)

    def place(self, location: Location) -> tuple[int, str]:
        """`environment: FEED_RELAY_POLLING__INTERVAL`."""
        for end in range(len(location), 0, -1):
            wanted = variable(location[:end])
            for name in self.named:
                if name.upper().removeprefix(PREFIX) == wanted.removeprefix(PREFIX):
                    return 0, f"{self.label}: {name}{rest(location[end:])}"
        return 0, f"{self.label}: {dotted(location)}"


class _Named(EnvSettingsSource):
    """pydantic-settings' reading of prefixed names, from given names instead of os.environ."""

    def __init__(self, named: Mapping[str, str]) -> None:
        super().__init__(Config, case_sensitive=False)
        self.env_vars = {name.lower(): value for name, value in named.items()}

    def decode_complex_value(self, field_name: str, field: FieldInfo | None, value: object) -> object:
        """JSON if it is JSON; else the text itself, which the field's own check refuses beside all others."""
        del field_name, field
        try:
            return json.loads(str(value))
        except (ValueError, RecursionError):
            return value


def from_file(path: Path) -> FileLayer:
    """Read config.toml; ConfigError if it can't be read or is no TOML."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return FileLayer(path, tomllib.loads(text), Lines(text))
    except FileNotFoundError:
        problem = f"{path}: there is no such file; copy config.example.toml to {path} and fill it in"
    except IsADirectoryError:
        problem = f"{path}: this is a folder; give the path of the file, such as {path / 'config.toml'}"
    except OSError as error:
        problem = f"{path}: the file cannot be read ({error.strerror}); give this user the right to read it"
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problem = f"{path}:{line}: this is not UTF-8; save the file as UTF-8"
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        problem = _syntax_problem(path, str(error))
    raise ConfigError((problem,))


def from_environment(environ: Mapping[str, str]) -> NamedLayer:
    """The variables that begin with FEED_RELAY_; an empty one counts as not set."""
    named = {
        name: value for name, value in environ.items() if name.upper().startswith(PREFIX) and value.strip()
    }
    return NamedLayer("environment", named, _Named(named)())


def from_directory(directory: Path) -> NamedLayer:
    """Files named as the variables are, in any case, with or without the prefix; other files are not ours."""
    named: dict[str, str] = {}
    for path in _entries(directory):
        name = path.name.upper()
        if (name if name.startswith(PREFIX) else PREFIX + name) in _VARIABLES and path.is_file():
            named[path.name] = _read_secret(path)
    prefixed = {
        n if n.upper().startswith(PREFIX) else PREFIX + n: value for n, value in named.items() if value
    }
    return NamedLayer(str(directory), named, _Named(prefixed)())


def secret_directories(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Weakest first."""
    given = environ.get("CREDENTIALS_DIRECTORY", "")
    return (RUN_SECRETS, Path(given)) if given else (RUN_SECRETS,)


def variable(location: Location) -> str:
    """The environment's name of a key."""
    return PREFIX + DELIMITER.join(str(part) for part in location).upper()


def dotted(location: Location) -> str:
    """The key as people write it: `feeds[0].url`."""
    return rest(location).removeprefix(".")


def rest(location: Location) -> str:
    """As `dotted`, to be put after something."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)


def merge(layers: Iterable[Layer]) -> Values:
    """Later layers win, key by key; lists are replaced as a whole."""
    merged: Values = {}
    for layer in layers:
        for section, given in layer.values.items():
            below = merged.get(section)
            below = below if isinstance(below, dict) else {}
            merged[section] = {**below, **given} if isinstance(given, dict) else given
    return merged


_VARIABLES = {
    variable((*section, key))
    for section, model in SECTIONS.items()
    for key in model.model_fields
    if section and section[0] != "feeds"
} | {variable(("feeds",))}


def _entries(directory: Path) -> list[Path]:
    try:
        return sorted(directory.iterdir())
    except OSError:
        return []


def _read_secret(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise ConfigError(
            (f"{path}: the secret file cannot be read; give this user the right to read it",)
        ) from None


def _syntax_problem(path: Path, message: str) -> str:
    """tomllib says `Invalid value (at line 3, column 9)`, or `(at end of document)`."""
    what, _, where = message.rpartition(" (at ")
    line, _, _ = where.removeprefix("line ").partition(",")
    place = f"{path}:{line}" if line.isdigit() else f"{path}"
    end = "" if line.isdigit() else " at the end of the file"
    return f"{place}: this is not TOML{end}: {what or message}; put text in quotes and write key = value"
