"""Plots are drawn where matplotlib is installed; measurements don't depend on it."""

import sys
from pathlib import Path

import pytest

from benchmarks import plots


def test_measurements_without_matplotlib_end_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)

    plots.draw_bars(tmp_path / "memory.svg", "Memory", "MB", ["100 feeds"], {"bot": [105.0]})

    assert capsys.readouterr().out == (
        "\nNo memory.svg: matplotlib is not installed. `make bench` installs it.\n"
    )
    assert not list(tmp_path.iterdir())
