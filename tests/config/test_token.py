"""The bot token: its sources, and that it is never shown."""

import traceback
from pathlib import Path

import pytest

from bot import config
from bot.errors import ConfigError
from tests.config.conftest import TOKEN, problems, write


@pytest.mark.parametrize("content", ["", "\n", f"token: {TOKEN}", f"{TOKEN}\n{TOKEN}", "x" * 2000])
def test_a_token_file_must_contain_only_the_token(tmp_path: Path, content: str) -> None:
    (tmp_path / "token.txt").write_text(content, encoding="utf-8")

    (problem,) = problems(tmp_path, '[discord]\ntoken_file = "token.txt"')

    assert problem.startswith("2: discord.token_file: ")
    assert TOKEN not in problem


def test_a_missing_token_file_is_reported(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, '[discord]\ntoken_file = "nowhere.txt"')

    assert "nowhere.txt cannot be read" in problem


def test_a_token_in_the_environment_wins_over_a_token_file_in_the_config(tmp_path: Path) -> None:
    path = write(tmp_path, '[discord]\ntoken_file = "nowhere.txt"')

    assert config.load(path, {"FEED_RELAY_DISCORD__TOKEN": TOKEN}).token() == TOKEN


def test_a_token_file_in_the_environment_wins_over_a_token_in_the_config(tmp_path: Path) -> None:
    (tmp_path / "token.txt").write_text(TOKEN, encoding="utf-8")
    path = write(tmp_path, '[discord]\ntoken = "old"')

    assert config.load(path, {"FEED_RELAY_DISCORD__TOKEN_FILE": "token.txt"}).token() == TOKEN


def test_token_and_token_file_in_the_same_source_are_an_error(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, f'[discord]\ntoken = "{TOKEN}"\ntoken_file = "token.txt"')

    assert "keep only one" in problem


def test_a_missing_token_is_an_error_only_when_it_is_needed(tmp_path: Path) -> None:
    loaded = config.load(write(tmp_path, ""), {})

    with pytest.raises(ConfigError, match="FEED_RELAY_DISCORD__TOKEN"):
        loaded.token()


@pytest.mark.parametrize("name", ["DISCORD_TOKEN", "DISCORD_BOT_TOKEN", "BOT_TOKEN", "TOKEN"])
def test_a_token_in_the_variable_of_other_bots_is_named_but_not_shown(tmp_path: Path, name: str) -> None:
    environ = {name: TOKEN}

    with pytest.raises(ConfigError) as caught:
        config.load(write(tmp_path, ""), environ).token(environ)

    assert f"; {name} is set, but the bot reads FEED_RELAY_DISCORD__TOKEN: rename it" in str(caught.value)
    assert TOKEN not in str(caught.value)


def test_a_variable_of_another_bot_does_not_matter_if_there_is_a_token(tmp_path: Path) -> None:
    environ = {"DISCORD_TOKEN": "another", "FEED_RELAY_DISCORD__TOKEN": TOKEN}

    assert config.load(write(tmp_path, ""), environ).token(environ) == TOKEN


def test_the_token_is_never_shown(tmp_path: Path) -> None:
    path = write(tmp_path, f'[discord]\ntoken = "{TOKEN}"\n[posts]\nfirst_run = "x"')
    with pytest.raises(ConfigError) as caught:
        config.load(path, {})
    shown = "".join(traceback.format_exception(caught.value))
    loaded = config.load(write(tmp_path, f'[discord]\ntoken = "{TOKEN}"'), {})

    assert TOKEN not in shown
    assert TOKEN not in f"{loaded!r} {loaded} {loaded.model_dump()}"


@pytest.mark.parametrize("token", ["Bot abc", "abc def", "abc\\u200b", "abc\\ndef"])
def test_a_token_with_other_text_is_refused_but_not_shown(tmp_path: Path, token: str) -> None:
    (problem,) = problems(tmp_path, f'[discord]\ntoken = "{token}"')

    assert "copy it alone" in problem
    assert "abc" not in problem


def test_an_invalid_section_is_reported_although_there_is_a_token_file(tmp_path: Path) -> None:
    (tmp_path / "token.txt").write_text(TOKEN, encoding="utf-8")

    found = problems(tmp_path, '[discord]\ntoken_file = "token.txt"', {"FEED_RELAY_DISCORD": "5"})

    assert found == ["environment: FEED_RELAY_DISCORD: must be a section; write its keys below [discord]"]
