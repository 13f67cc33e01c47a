"""The address of a database on a server comes from a safe place, and is shown nowhere."""

from pathlib import Path

import pytest

from bot import config
from bot.store.place import ServerAddress
from tests.config.conftest import problems, write

PASSWORD = "correct-horse"
URL = f"postgresql://relay:{PASSWORD}@db.example/relay"


def test_without_an_address_the_file_is_used(tmp_path: Path) -> None:
    assert config.load(write(tmp_path, ""), {}).store.place == tmp_path / "feed-relay.db"


def test_the_environment_gives_the_address(tmp_path: Path) -> None:
    loaded = config.load(write(tmp_path, ""), {"FEED_RELAY_STORE__URL": URL})

    assert loaded.store.place == ServerAddress(URL)
    assert PASSWORD in loaded.secrets()
    assert PASSWORD not in repr(loaded)


def test_a_file_gives_the_address(tmp_path: Path) -> None:
    (tmp_path / "database.txt").write_text(f"{URL}\n", encoding="utf-8")

    loaded = config.load(write(tmp_path, '[store]\nurl_file = "database.txt"'), {})

    assert loaded.store.place == ServerAddress(URL)


@pytest.mark.parametrize("key", ["url", "url_file"])
def test_an_address_beside_a_path_is_an_error(tmp_path: Path, key: str) -> None:
    (tmp_path / "database.txt").write_text(URL, encoding="utf-8")
    value = URL if key == "url" else "database.txt"

    (problem,) = problems(tmp_path, f'[store]\npath = "relay.db"\n{key} = "{value}"')

    assert problem == "2: store.path: store.url or store.url_file is set, too; keep only one of them"


@pytest.mark.parametrize(
    "url", [f"mysql://relay:{PASSWORD}@db/relay", f"postgresql://relay:{PASSWORD}@db:port/relay"]
)
def test_another_address_is_an_error_that_does_not_show_it(tmp_path: Path, url: str) -> None:
    (problem,) = problems(tmp_path, f'[store]\nurl = "{url}"')

    assert problem.startswith("2: store.url: this is not the address of a database; write postgresql://")
    assert PASSWORD not in problem
