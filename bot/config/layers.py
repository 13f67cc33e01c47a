"""The sources of values, weakest first: config.toml, directories of secret files, the environment."""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from pydantic.fields import FieldInfo
from pydantic_settings import EnvSettingsSource

from bot.config.line_numbers import LineNumbers, Location
from bot.config.schema import DELIMITER, PREFIX, SECTIONS, Config, Values
from bot.errors import ConfigError

RUN_SECRETS = Path("/run/secrets")
"""The directory where Docker and Podman put secrets."""


class Layer(Protocol):
    """One source of values."""

    @property
    def values(self) -> Values:
        """The values, not checked yet."""
        ...

    def locate(self, location: Location) -> tuple[int, str]:
        """Return a key's line for sorting, and its place and name for people."""
        ...


@dataclass(frozen=True, slots=True)
class FileLayer:
    """config.toml."""

    path: Path
    values: Values
    lines: LineNumbers

    def locate(self, location: Location) -> tuple[int, str]:
        """Return the line and `config.toml:12: polling.interval`."""
        line = self.lines.of(location)
        return line, f"{self.path}:{line or 1}: {dotted(location)}"


@dataclass(frozen=True, slots=True)
class NamedLayer:
    """Values with names: environment variables, or files in a directory."""

    label: str
    named: Mapping[str, str]
    values: Values = field(default_factory=dict)

    def locate(self, location: Location) -> tuple[int, str]:
        """Return 0, as there are no lines, and the name: `environment: FEED_RELAY_POLLING__INTERVAL`."""
        for end in range(len(location), 0, -1):
            wanted = variable(location[:end])
            for name in self.named:
                bare = name.upper().removeprefix(PREFIX) + DELIMITER
                if bare.startswith(wanted.removeprefix(PREFIX) + DELIMITER):
                    return 0, f"{self.label}: {name}{suffix(location[end:])}"
        return 0, f"{self.label}: {dotted(location)}"


class _Variables(EnvSettingsSource):
    """Parses prefixed names as pydantic-settings does, but from a mapping instead of os.environ."""

    def __init__(self, named: Mapping[str, str]) -> None:
        super().__init__(Config, case_sensitive=False)
        self.env_vars = {name.lower(): value for name, value in named.items()}

    def decode_complex_value(self, field_name: str, field: FieldInfo | None, value: object) -> object:
        """Return parsed JSON, or the text itself, which the field's own check then refuses."""
        del field_name, field
        try:
            return json.loads(str(value))
        except (ValueError, RecursionError):
            return value


def from_file(path: Path) -> FileLayer:
    """Read config.toml. Raises ConfigError if it can't be read or is not TOML."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return FileLayer(path, tomllib.loads(text), LineNumbers(text))
    except FileNotFoundError:
        problem = f"{path}: there is no such file; copy config.example.toml to {path} and fill it in"
    except IsADirectoryError:
        problem = f"{path}: this is a folder; use the path of a file, such as {path / 'config.toml'}"
    except OSError as error:
        problem = f"{path}: the file cannot be read ({error.strerror}); give this user read access"
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problem = f"{path}:{line}: this is not UTF-8; save the file as UTF-8"
    except RecursionError:
        problem = f"{path}: this is not TOML: too many brackets inside of each other; remove them"
    except tomllib.TOMLDecodeError as error:
        problem = _syntax_problem(path, str(error))
    raise ConfigError((problem,))


def from_environment(environ: Mapping[str, str]) -> NamedLayer:
    """Read the variables that start with FEED_RELAY_. An empty one counts as not set."""
    named = {
        name: value for name, value in environ.items() if name.upper().startswith(PREFIX) and value.strip()
    }
    return NamedLayer("environment", named, _Variables(named)())


def from_directory(directory: Path) -> NamedLayer:
    """Read files with the names of variables, in any case, with or without the prefix. Other files are ignored."""
    named: dict[str, str] = {}
    for path in _entries(directory):
        name = path.name.upper()
        if (name if name.startswith(PREFIX) else PREFIX + name) in _VARIABLES and path.is_file():
            named[path.name] = _read_secret(path)
    prefixed = {
        n if n.upper().startswith(PREFIX) else PREFIX + n: value for n, value in named.items() if value
    }
    return NamedLayer(str(directory), named, _Variables(prefixed)())


def secret_directories(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Return the directories of secret files, weakest first."""
    given = environ.get("CREDENTIALS_DIRECTORY", "")
    return (RUN_SECRETS, Path(given)) if given else (RUN_SECRETS,)


def variable(location: Location) -> str:
    """Return the name of a key's environment variable."""
    return PREFIX + DELIMITER.join(str(part) for part in location).upper()


def dotted(location: Location) -> str:
    """Return a key as people write it: `feeds[0].url`."""
    return suffix(location).removeprefix(".")


def suffix(location: Location) -> str:
    """Return a key like `dotted`, to be appended to a name."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)


def merge(layers: Iterable[Layer]) -> Values:
    """Merge layers key by key. Later ones win, and replace whole lists."""
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
        raise ConfigError((f"{path}: the secret file cannot be read; give this user read access",)) from None


def _syntax_problem(path: Path, message: str) -> str:
    """Word a message of tomllib: `Invalid value (at line 3, column 9)`, or `(at end of document)`."""
    what, _, where = message.rpartition(" (at ")
    line, _, _ = where.removeprefix("line ").partition(",")
    place = f"{path}:{line}" if line.isdigit() else f"{path}"
    end = "" if line.isdigit() else " at the end of the file"
    return f"{place}: this is not TOML{end}: {what or message}; put text in quotes and write key = value"
