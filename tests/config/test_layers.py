"""The sources of values, and which one wins."""

import os
from pathlib import Path

import pytest

from bot import config
from bot.config import layers
from bot.errors import ConfigError
from bot.model import ChannelDeclaration, Rule, Setting
from tests.config.conftest import TOKEN, problems, write


def test_a_byte_order_mark_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf[posts]\r\nfirst_run = 3\r\n")

    assert config.load(path, {}).posts.first_run == 3


def test_the_path_wins_over_the_variable_which_wins_over_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "[posts]\nfirst_run = 1")
    other = tmp_path / "other.toml"
    other.write_text("[posts]\nfirst_run = 2", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert config.load(None, {}).posts.first_run == 1
    assert config.load(None, {"FEED_RELAY_CONFIG": str(other)}).posts.first_run == 2
    assert config.load(tmp_path / "config.toml", {"FEED_RELAY_CONFIG": str(other)}).posts.first_run == 1


def test_no_file_is_needed_if_the_environment_sets_the_feeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    feeds = '[{"url": "https://garden.example/rss", "channels": [{"id": 5, "tags": ["roses"]}]}]'

    (declared,) = config.load(None, {"FEED_RELAY_FEEDS": feeds}).declarations()

    assert declared.channels == (ChannelDeclaration(5, Rule(("roses",)), fixed=frozenset({Setting.TAGS})),)


def test_only_a_file_that_was_not_named_may_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert config.load(None, {"FEED_RELAY_POSTS__FIRST_RUN": "2"}, need_file=False).posts.first_run == 2
    with pytest.raises(ConfigError):
        config.load(tmp_path / "config.toml", {}, need_file=False)


def test_the_environment_wins_over_secret_files_and_those_over_the_config_file(tmp_path: Path) -> None:
    secrets = tmp_path / "credentials"
    secrets.mkdir()
    (secrets / "feed_relay_posts__first_run").write_text("2\n", encoding="utf-8")
    (secrets / "posts__burst_limit").write_text("20\n", encoding="utf-8")
    path = write(tmp_path, "[posts]\nfirst_run = 1\nburst_limit = 10\nsummary_length = 100")
    environ = {"CREDENTIALS_DIRECTORY": str(secrets)}

    assert config.load(path, environ).posts.first_run == 2
    assert config.load(path, environ).posts.burst_limit == 20
    assert config.load(path, {**environ, "FEED_RELAY_POSTS__FIRST_RUN": "3"}).posts.first_run == 3
    assert config.load(path, environ).posts.summary_length == 100


def test_container_secrets_are_read_and_systemd_credentials_win(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_secrets, credentials = tmp_path / "run", tmp_path / "cred"
    for folder, value in ((run_secrets, "run"), (credentials, "cred")):
        folder.mkdir()
        (folder / "DISCORD__TOKEN").write_text(value, encoding="utf-8")
        (folder / "another_service").write_text("not ours", encoding="utf-8")
    monkeypatch.setattr(layers, "RUN_SECRETS", run_secrets)
    path = write(tmp_path, "")

    assert config.load(path, {}).token() == "run"
    assert config.load(path, {"CREDENTIALS_DIRECTORY": str(credentials)}).token() == "cred"


def test_variables_of_the_command_line_and_kubernetes_are_ignored(tmp_path: Path) -> None:
    environ = {
        "FEED_RELAY_CONFIG": "x",
        "FEED_RELAY_LOG_LEVEL": "debug",
        "FEED_RELAY_LOG_FORMAT": "json",
        "FEED_RELAY_PORT_8080_TCP": "tcp://10.0.0.1:8080",
        "FEED_RELAY_SERVICE_HOST": "10.0.0.1",
        "PATH": "/bin",
    }

    assert config.load(write(tmp_path, ""), environ).posts.first_run == 0


def test_an_empty_variable_counts_as_not_set(tmp_path: Path) -> None:
    path = write(tmp_path, "[posts]\nfirst_run = 3")

    assert config.load(path, {"FEED_RELAY_POSTS__FIRST_RUN": ""}).posts.first_run == 3


def test_lists_in_the_environment_are_json(tmp_path: Path) -> None:
    path = write(tmp_path, "")

    assert config.load(path, {"FEED_RELAY_DISCORD__SYNC_GUILDS": "[1, 2]"}).discord.sync_guilds == (1, 2)
    (problem,) = problems(tmp_path, "", {"FEED_RELAY_DISCORD__SYNC_GUILDS": "1;2"})
    assert "not a list" in problem


def test_relative_paths_start_at_the_folder_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token.txt").write_text(f"{TOKEN}\n", encoding="utf-8")
    write(tmp_path, '[discord]\ntoken_file = "token.txt"\n[store]\npath = "data/relay.db"')
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    loaded = config.load(Path("../config.toml"), {})

    assert loaded.token() == TOKEN
    assert loaded.store.path.is_absolute()
    assert os.path.realpath(loaded.store.path) == os.path.realpath(tmp_path / "data" / "relay.db")


def test_a_secret_file_that_is_not_text_is_reported(tmp_path: Path) -> None:
    (tmp_path / "discord__token").write_bytes(b"\xff\xfe\x00")

    (problem,) = problems(tmp_path, "", {"CREDENTIALS_DIRECTORY": str(tmp_path)})

    assert problem.startswith(f"{tmp_path / 'discord__token'}: the secret file cannot be read")
