"""Output in terminals, pipes, and on closed or full streams."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import output


def test_output_has_no_control_characters() -> None:
    shown = output.without_control_characters(
        "red \x1b[31m, back \r\x08, turned \u202e, gone \x9b, \N{SEEDLING}\u200d\n"
    )

    assert shown == "red \ufffd[31m, back  \ufffd, turned , gone \ufffd, \N{SEEDLING}\u200d\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other ways to close a stream")
@pytest.mark.parametrize(
    ("redirection", "code", "text"),
    [
        ("2>&-", 0, ""),
        ("1>&-", 0, ""),
        ("0<&-", 0, ""),
        pytest.param(
            ">/dev/full",
            1,
            "feed-relay: The output cannot be written (No space left on device); write it somewhere else.\n",
            marks=pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full"),
        ),
    ],
)
async def test_closed_or_full_streams_are_not_reported_as_bugs(
    here: Path, redirection: str, code: int, text: str
) -> None:
    (here / "config.toml").write_text("", encoding="utf-8")
    shell = f'exec "{sys.executable}" -m bot check --offline {redirection}'

    process = await asyncio.create_subprocess_shell(shell, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    _, err = await process.communicate()

    assert (process.returncode, err.decode()) == (code, text)


def test_a_terminal_without_unicode_gets_character_codes(garden: Path) -> None:
    garden.write_text(garden.read_text("utf-8").replace("Leeks", "Leeks \N{SEEDLING}"), encoding="utf-8")
    command = [sys.executable, "-m", "bot", "preview", str(garden)]

    result = subprocess.run(
        command, capture_output=True, env={"PYTHONIOENCODING": "ascii"}, check=True, timeout=60
    )

    assert b"Leeks \\U0001f331" in result.stdout


def test_a_closed_pipe_ends_the_command_without_output(garden: Path) -> None:
    command = [sys.executable, "-m", "bot", "preview", str(garden), "--format", "html"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        stderr = process.stderr.read()

    assert stderr == b""
