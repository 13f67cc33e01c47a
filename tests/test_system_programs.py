"""A missing system program skips a test, and fails it in CI."""

from pathlib import Path

import pytest

from tests.system_programs import STRICT, find_program

SENTENCE = "chromium is not installed; on Debian: apt-get install chromium"


def find(env: dict[str, str]) -> str:
    return find_program("chromium", "chromium-browser", package="chromium", env=env)


def test_the_first_installed_program_is_found(tmp_path: Path) -> None:
    program = tmp_path / "chromium-browser"
    program.touch(mode=0o755)

    assert find({"PATH": str(tmp_path)}) == str(program)


def test_a_missing_program_skips_the_test(tmp_path: Path) -> None:
    with pytest.raises(pytest.skip.Exception, match=SENTENCE):
        find({"PATH": str(tmp_path)})


def test_a_missing_program_fails_the_test_in_ci(tmp_path: Path) -> None:
    with pytest.raises(pytest.fail.Exception, match=SENTENCE):
        find({"PATH": str(tmp_path), STRICT: "1"})


def test_ci_installs_the_browser_and_the_server_and_skips_nothing() -> None:
    script = (Path(__file__).parents[1] / ".ci" / "run").read_text("utf-8")

    assert "chromium" in script
    assert "postgresql" in script
    assert f"export {STRICT}=1" in script
