"""A short run of `benchmarks.poll`: every case with a few feeds, each feed asked once."""

from pathlib import Path

import pytest

from benchmarks import poll
from benchmarks.feed_documents import Edition, document
from bot.model import Fetched
from bot.source.formats.parse import parse_feed


def test_every_case_is_measured() -> None:
    samples = poll.measure(3, 1, poll.Setting(programs=("ours",)))

    assert [sample.case for sample in samples] == list(poll.ALL_CASES)
    assert all(sample.cpu > 0 for sample in samples)


def test_both_programs_poll_feeds_of_one_site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("reader")
    pytest.importorskip("matplotlib")

    poll.main([3], 1, poll.Setting(cases=("304",), one_site=True), tmp_path)

    assert "| 304 | " in capsys.readouterr().out
    assert {path.name for path in tmp_path.iterdir()} == {"poll-one-site.json", "poll-one-site.svg"}


def test_a_feed_has_the_announced_size_and_posts() -> None:
    body = document(7, Edition(newest=25))
    parsed = parse_feed(
        Fetched(url="http://garden.example/feed", body=body, content_type="application/rss+xml")
    )

    assert 100_000 < len(body) < 120_000
    assert [entry.title for entry in parsed.entries][::19] == [
        "Bed 25 of garden 7",
        "Bed 6 of garden 7",
    ]
