"""The commands that docs/operating.md gives for moving to another machine work as they are written there."""

import re
import shlex
from pathlib import Path

from tests.cli.conftest import Cli

ROOT = Path(__file__).parents[2]
SECTION = (ROOT / "docs" / "operating.md").read_text("utf-8").partition("## Moving to another machine\n")[2]


def written_commands(old: Path, new: Path) -> list[list[str]]:
    """Return the arguments of both commands, the first with the paths of the old machine, the second of the new one."""
    found = re.findall(
        r"^ +sudo -u feed-relay \S*/feed-relay (db .*)$", SECTION.partition("\n## ")[0], re.MULTILINE
    )
    return [
        [
            arg.replace("/var/lib/feed-relay", str(folder)).replace("/etc/feed-relay", str(folder))
            for arg in shlex.split(command)
        ]
        for command, folder in zip(found, (old, new), strict=True)
    ]


def test_a_database_moves_to_another_machine_with_the_documented_commands(
    cli: Cli, filled: Path, tmp_path: Path
) -> None:
    new = tmp_path / "new machine"
    new.mkdir()
    copy, put_in_place = written_commands(filled.parent, new)
    before = cli("db", "stats")

    copied = cli(*copy)
    for name in ("moving.db", "config.toml"):
        (filled.parent / name).rename(new / name)
    restored = cli(*put_in_place)
    after = cli("db", "stats", "--config", str(new / "config.toml"))

    assert (copied.code, restored.code, after.code) == (0, 0, 0)
    assert after.out.splitlines()[1:] == before.out.splitlines()[1:]
