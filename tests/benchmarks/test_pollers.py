"""A short run of `benchmarks.pollers`: a process polls a few feeds."""

from pathlib import Path

import pytest

from benchmarks import pollers


def test_the_cost_of_polls_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pollers.main([pollers.Setting(feeds=12, pollers=1, idle=0.0)], (), 50, tmp_path)

    printed = capsys.readouterr().out
    assert "| 12 | 1 | 304 | " in printed
    assert "| -- Claim the first feed of each due site " in printed
    assert {path.name for path in tmp_path.iterdir()} == {"pollers.json"}
