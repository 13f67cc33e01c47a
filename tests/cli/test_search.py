"""`search`."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli


def test_a_post_must_contain_every_word(cli: Cli, filled: Path) -> None:
    assert filled.exists()
    both, one, none = cli("search", "onions two"), cli("search", "onions rows"), cli("search", "tractor")

    assert [line[:23] for line in both.out.splitlines() if line.startswith("2026")] == [
        "2026-06-01  Leeks and o",
        "2026-06-03  First roses",
    ]
    assert one.out.splitlines() == [
        "2026-06-01  Leeks and onions",
        "            Garden Notes · #vegetables",
        "            https://garden.example/leeks",
    ]
    assert (none.code, none.out) == (0, "")
    assert "Nothing found" in none.err


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--tag", "#roses"), ["First roses"]),
        (("--after", "2026-06-02"), ["First roses"]),
        (("--before", "2026-06-02"), ["Leeks and onions"]),
        (("--feed", "garden notes"), ["Leeks and onions", "First roses"]),
        (("--sort", "newest"), ["First roses", "Leeks and onions"]),
        (("--limit", "1"), ["Leeks and onions"]),
    ],
)
def test_options_narrow_a_search(cli: Cli, filled: Path, options: tuple[str, ...], found: list[str]) -> None:
    assert filled.exists()

    assert [hit["title"] for hit in json.loads(cli("search", "onions", "--json", *options).out)] == found


def test_a_search_in_an_unknown_feed_lists_the_known_feeds(cli: Cli, filled: Path) -> None:
    assert filled.exists()
    result = cli("search", "onions", "--feed", "Other")

    assert result.code == 1
    assert result.err == "feed-relay: No feed is called Other; use one of these: Garden Notes.\n"
