"""What `status` says about backups."""

from datetime import timedelta

import pytest

from bot.cli.status_text import status_lines, status_object
from bot.heartbeat import Backlog, BackupState
from tests.cli.conftest import NOW

IDLE = Backlog(3, None, None, 0, None, 0, 0, 0)
HOUR = timedelta(hours=1)
NEXT = NOW + 17 * HOUR


@pytest.mark.parametrize(
    ("backups", "line"),
    [
        (BackupState(NOW - 7 * HOUR, NEXT), "7 h ago, the next one at 2026-06-11 05:00 UTC"),
        (BackupState(None, NEXT), "none yet, the next one at 2026-06-11 05:00 UTC"),
        (
            BackupState(NOW - 50 * HOUR, NEXT, "/b: the disk is full."),
            "2 d ago; the last attempt failed, the next one is at 2026-06-11 05:00 UTC: /b: the disk is full.",
        ),
    ],
)
def test_the_last_line_shows_the_state_of_backups(backups: BackupState, line: str) -> None:
    *_, last = status_lines([], IDLE, backups, NOW)

    assert last == f"backup     {line}"


def test_without_backups_there_is_no_line() -> None:
    assert "backup" not in "".join(status_lines([], IDLE, None, NOW))
    assert status_object([], IDLE, None, NOW)["backup"] is None


def test_scripts_get_the_times_and_the_error() -> None:
    shown = status_object([], IDLE, BackupState(None, NEXT, "No room."), NOW)["backup"]

    assert shown == {"last_at": None, "next_at": "2026-06-11T05:00:00+00:00", "error": "No room."}
