"""Writes a config to a folder, and loads it."""

from pathlib import Path

import pytest

from bot import config
from bot.config import layers
from bot.errors import ConfigError

TOKEN = "stand-in.token.0123456789"


@pytest.fixture(autouse=True)
def _ignore_secrets_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(layers, "RUN_SECRETS", tmp_path / "no-run-secrets")


def write(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str, environ: dict[str, str] | None = None) -> list[str]:
    """Return the problems of a config, without the path of its file."""
    path = write(folder, text)
    with pytest.raises(ConfigError) as caught:
        config.load(path, environ or {})
    return [problem.replace(f"{path}:", "") for problem in caught.value.problems]
