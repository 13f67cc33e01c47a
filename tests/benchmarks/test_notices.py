"""A short run of `benchmarks.notices`: few messages while feeds fail, and none of them is missing."""

from pathlib import Path

from benchmarks import notices


async def test_every_failure_and_recovery_is_reported_in_few_messages(tmp_path: Path) -> None:
    received = await notices.run(tmp_path)

    assert list(notices.problems(received)) == []
    first, direct = received[:2]
    assert first.text.startswith("**200 feeds can't be read.**")
    assert (first.place, direct.place) == ("#staff of Meadow", "direct message to the admin of Orchard")
    assert len(received) <= 12
