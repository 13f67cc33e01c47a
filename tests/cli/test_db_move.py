"""`db move`: between a file and a server, killed at any moment, without a password on the command line."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.db import place_in
from bot.store.place import Place, ServerAddress
from bot.store.store import Store
from tests.cli.conftest import Cli
from tests.postgres import Databases

KILLED = """
import os, signal, sys
from bot.cli import main
from bot.store import transfer
from bot.store.postgres import locks
locks.WAIT = 60
left = int(sys.argv.pop(1))
def step(done):
    def wrapped(*args):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return done(*args)
    return wrapped
transfer._counted = (lambda counted: lambda *args: step(counted(*args)))(transfer._counted)
transfer.Marks.move_to = step(transfer.Marks.move_to)
transfer.Marks.finish = step(transfer.Marks.finish)
main()
"""


@pytest.fixture
def address(tmp_path: Path, postgres: Databases) -> Path:
    file = tmp_path / "address.txt"
    file.write_text(asyncio.run(postgres.new()).url + "\n", encoding="utf-8")
    return file


def count_posts(place: Place) -> int:
    return asyncio.run(Store.read(place, lambda store: store.archive.stats(), any_version=True)).entries


def test_a_database_moves_to_a_server_and_back(cli: Cli, filled: Path, address: Path, tmp_path: Path) -> None:
    posts = count_posts(filled)
    there = cli("db", "move", str(filled), str(address))
    server = ServerAddress(address.read_text("utf-8").strip())

    assert there.code == 0, there.err
    assert f"Moved {filled} to {server}." in there.out
    assert f"indexes about {posts} posts for searches meanwhile, newest first" in there.out
    assert count_posts(server) == posts

    back = cli("db", "move", str(address), str(tmp_path / "back.db"))

    assert back.code == 0, back.err
    assert count_posts(tmp_path / "back.db") == posts


@pytest.mark.parametrize(
    "given",
    [
        "postgresql://me:secret@db.example/relay",
        "POSTGRESQL://me:secret@db.example/relay",
        "postgresql+asyncpg://me:secret@db.example/relay",
        "host=db.example password=secret dbname=relay",
    ],
)
def test_an_address_on_the_command_line_is_refused(
    cli: Cli, filled: Path, given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = cli("db", "move", str(filled), given)

    assert result.code == 1
    assert "Write the address into a file" in result.err
    assert "secret" not in result.err + result.out
    assert not any("secret" in file.name for file in tmp_path.iterdir())


@pytest.mark.parametrize(
    "content",
    [
        b"postgresql://me:secret@[::1/relay",
        b"postgresql://me:secret@db.example:port/relay",
        b"'postgresql://me:secret@db.example/relay'",
        b"postgresql://me:secret@db.example/relay\npostgresql://me:secret@db.example/other",
        b"host=db.example password=secret dbname=relay",
        b"postgresql://me:secret\xff@db.example/relay",
        b"\n",
    ],
)
def test_a_file_that_has_something_else_is_reported(
    cli: Cli, filled: Path, content: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "address.txt"
    file.write_bytes(content)
    for arguments in ((str(filled), str(file)), (str(file), str(tmp_path / "new.db"))):
        result = cli("db", "move", *arguments)

        assert result.code == 1
        assert f"{file} is not a database, and not a file with only an address" in result.err
        assert "secret" not in result.err + result.out


def test_an_address_may_follow_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "address.txt"
    file.write_text("postgresql://me@db.example/relay\r\n", encoding="utf-8-sig")

    assert place_in(file) == ServerAddress("postgresql://me@db.example/relay")


def test_a_database_is_not_moved_to_itself(cli: Cli, filled: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(filled)
    result = cli("db", "move", str(filled), str(link))

    assert result.code == 1
    assert "FROM and TO are the same database" in result.err


def test_a_database_that_is_not_there_is_reported(cli: Cli, tmp_path: Path, address: Path) -> None:
    result = cli("db", "move", str(tmp_path / "none.db"), str(address))

    assert result.code == 1
    assert "there is no database here yet" in result.err


def test_a_move_that_is_killed_at_any_moment_can_be_repeated(cli: Cli, filled: Path, address: Path) -> None:
    posts, ends = count_posts(filled), list[int]()
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    while 0 not in ends:
        command = [sys.executable, "-c", KILLED, str(len(ends) * 6), "db", "move", str(filled), str(address)]
        ends.append(subprocess.run(command, check=False, capture_output=True, env=environment).returncode)

    assert set(ends) == {0, -9}
    assert len(ends) >= 5
    assert count_posts(ServerAddress(address.read_text("utf-8").strip())) == posts
    assert cli("db", "check").code == 0
