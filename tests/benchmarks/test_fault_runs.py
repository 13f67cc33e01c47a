"""Each post arrives once and in order, whatever fails around the bot: the real process in a few short runs."""

from pathlib import Path

import pytest

from benchmarks.fault_runs import checker, plan, process, run
from benchmarks.fault_runs.history import History, read

GENEROUS = 600.0
"""Seconds: a busy machine may be slow. `python -m benchmarks.fault_runs` checks how long it takes."""


@pytest.mark.parametrize("seed", [2, 3])
async def test_a_seeded_run_breaks_no_rule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(process, "GRACE", GENEROUS)
    for module in (run, checker):
        monkeypatch.setattr(module, "MAX_DELAY", GENEROUS)

    result = await run.run(tmp_path, plan.draw(seed))

    history = list(read(tmp_path / "history.jsonl"))
    shown = {message for each in history if each["event"] == "answered" for message in each["messages"]}
    assert result.problems == []
    assert result.messages
    assert {each["message"] for each in history if each["event"] == "stored"} & shown


def test_the_same_seed_has_the_same_faults_in_the_same_order() -> None:
    assert plan.draw(7) == plan.draw(7)
    assert plan.draw(7) != plan.draw(8)


def test_a_history_can_be_replayed(tmp_path: Path) -> None:
    history = History(tmp_path / "history.jsonl")
    history.add("plan", steps=plan.events(plan.draw(7)))

    assert plan.replayed(read(tmp_path / "history.jsonl")) == plan.draw(7)
