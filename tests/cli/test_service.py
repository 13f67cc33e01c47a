import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.cli.service.command import quoted, unit
from bot.errors import FeedRelayError
from tests.cli.conftest import Cli

CONFIG = Path("/etc/feed-relay/config.toml")
TOKEN = Path("/etc/feed-relay/token")


def test_the_unit_starts_this_installation(cli: Cli) -> None:
    result = cli("service", "print")

    assert result.code == 0
    assert "Type=notify\n" in result.out
    assert re.search(
        r"^ExecStart=\S+ run --config /etc/feed-relay/config\.toml --log-format json$",
        result.out,
        re.MULTILINE,
    )
    assert "LoadCredential=discord__token:/etc/feed-relay/token\n" in result.out
    assert "User=feed-relay\n" in result.out
    assert "@" not in result.out.replace("@system-service", "")


def test_every_value_can_be_chosen(cli: Cli, tmp_path: Path) -> None:
    config = tmp_path / "relay.toml"

    result = cli("service", "print", "--config", str(config), "--user", "relay", "--token-file", "/srv/token")

    assert f"--config {config} " in result.out
    assert "User=relay\n" in result.out
    assert "LoadCredential=discord__token:/srv/token\n" in result.out


@pytest.mark.parametrize(
    ("path", "protection"),
    [("/opt/feed-relay/bin/feed-relay", "yes"), ("/home/ada/.venv/bin/feed-relay", "read-only")],
)
def test_a_program_in_a_home_can_be_read(path: str, protection: str) -> None:
    assert f"ProtectHome={protection}\n" in unit([path], CONFIG, TOKEN, "feed-relay")


@pytest.mark.parametrize("user", ["", "a b", "root\nExecStartPre=/bin/false"])
def test_a_user_that_cannot_be_one_is_refused(user: str) -> None:
    with pytest.raises(FeedRelayError, match="is not the name of a user"):
        unit(["/opt/feed-relay"], CONFIG, TOKEN, user)


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("/opt/feed-relay", "/opt/feed-relay"),
        ("/opt/feed relay", '"/opt/feed relay"'),
        ("/opt/100%", "/opt/100%%"),
        ("/opt/$HOME", "/opt/$$HOME"),
        ('/opt/a"b', '"/opt/a\\"b"'),
    ],
)
def test_paths_are_written_as_systemd_reads_them(word: str, written: str) -> None:
    assert quoted(word) == written


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    program, verifier = shutil.which("true"), shutil.which("systemd-analyze")
    assert program is not None
    assert verifier is not None
    file = tmp_path / "feed-relay.service"
    file.write_text(unit([program], CONFIG, TOKEN, "root"), encoding="utf-8")

    checked = subprocess.run([verifier, "verify", file], capture_output=True, text=True, check=False)

    assert [line for line in checked.stderr.splitlines() if "feed-relay.service" in line] == []
