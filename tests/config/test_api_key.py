"""The Tumblr API key: its sources, and that it is never shown."""

import re
import traceback
from pathlib import Path

import pytest

from bot import config
from bot.errors import ConfigError
from tests.config.conftest import TOKEN, problems, write

KEY = "Gq7vXk2mRt9pLw4zBn8sYc5hJd3fTa6eUi1oKxVbNmQrWsEyZu"


def key_of(loaded: config.Config) -> str:
    return loaded.tumblr.api_key.get_secret_value()


def test_the_key_is_empty_by_default(tmp_path: Path) -> None:
    assert key_of(config.load(write(tmp_path, ""), {})) == ""


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, '[tumblr]\napi_key = "old"')

    assert key_of(config.load(path, {"FEED_RELAY_TUMBLR__API_KEY": KEY})) == KEY


def test_a_secret_file_gives_the_key(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "tumblr__api_key").write_text(f"{KEY}\n", encoding="utf-8")

    loaded = config.load(write(tmp_path, ""), {"CREDENTIALS_DIRECTORY": str(tmp_path / "secrets")})

    assert key_of(loaded) == KEY


def test_key_file_and_token_file_work_together(tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text(f" {KEY}\n", encoding="utf-8")
    (tmp_path / "token.txt").write_text(TOKEN, encoding="utf-8")
    text = '[discord]\ntoken_file = "token.txt"\n[tumblr]\napi_key_file = "key.txt"'

    loaded = config.load(write(tmp_path, text), {})

    assert (loaded.token(), key_of(loaded)) == (TOKEN, KEY)
    assert loaded.secrets() == (TOKEN, KEY)


def test_key_and_key_file_in_the_same_source_are_an_error(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, f'[tumblr]\napi_key = "{KEY}"\napi_key_file = "key.txt"')

    assert problem == "3: tumblr.api_key_file: tumblr.api_key is set, too; keep only one of them"


@pytest.mark.parametrize("content", ["", f"key: {KEY}", "x" * 2000])
def test_a_key_file_must_contain_only_the_key(tmp_path: Path, content: str) -> None:
    (tmp_path / "key.txt").write_text(content, encoding="utf-8")

    (problem,) = problems(tmp_path, '[tumblr]\napi_key_file = "key.txt"')

    assert problem.startswith("2: tumblr.api_key_file: ")
    assert re.search("put (only )?the key", problem)
    assert KEY not in problem


@pytest.mark.parametrize("value", [f'"OAuth {KEY}"', f'["{KEY}"]', f'"{KEY}\\n{KEY}"'])
def test_a_key_with_other_text_is_refused_but_not_shown(tmp_path: Path, value: str) -> None:
    (problem,) = problems(tmp_path, f"[tumblr]\napi_key = {value}")

    assert problem.startswith("2: tumblr.api_key: the key ")
    assert KEY not in problem


def test_the_key_is_never_shown(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        config.load(write(tmp_path, f'[tumblr]\napi_key = "{KEY}"\napi_url = 5'), {})
    shown = "".join(traceback.format_exception(caught.value))
    loaded = config.load(write(tmp_path, f'[tumblr]\napi_key = "{KEY}"'), {})

    assert KEY not in shown
    assert KEY not in f"{loaded!r} {loaded} {loaded.model_dump()}"


@pytest.mark.parametrize(
    ("address", "valid"),
    [
        ("https://proxy.example", True),
        ("http://127.0.0.1:8080", True),
        ("http://proxy.example", False),
        ("proxy.example", False),
    ],
)
def test_the_key_is_only_sent_over_https_or_to_this_machine(
    tmp_path: Path, address: str, valid: bool
) -> None:
    text = f'[tumblr]\napi_url = "{address}"'

    if valid:
        assert config.load(write(tmp_path, text), {}).tumblr.api_url == address
    else:
        assert problems(tmp_path, text)[0].startswith("2: tumblr.api_url: ")


def test_a_tag_page_is_the_same_feed_however_it_is_written(tmp_path: Path) -> None:
    twice = """
[[feeds]]
url = "https://www.tumblr.com/tagged/Hawk+Moths"
[[feeds]]
url = "https://tumblr.com/tagged/hawk%20moths?sort=top"
"""
    first, _, second = twice.rpartition("[[feeds]]")
    (feed,) = config.load(write(tmp_path, first), {}).feeds

    assert second
    assert feed.url == "https://www.tumblr.com/tagged/hawk%20moths"
    assert "this feed is already at" in problems(tmp_path, twice)[0]
