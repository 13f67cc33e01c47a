"""A short run of `benchmarks.memory`: a bot with a few feeds, measured after each round."""

from pathlib import Path

import pytest

from benchmarks import memory


def test_memory_is_measured_after_each_round(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")

    memory.main([memory.Setting(feeds=2, servers=2, channels=3)], 2, tmp_path)

    rows = [
        line for line in capsys.readouterr().out.splitlines() if line.startswith("| 2 feeds, 2 × 3 channels")
    ]
    assert len(rows) == 2
    assert {path.name for path in tmp_path.iterdir()} == {"memory-servers.json", "memory-servers.svg"}
