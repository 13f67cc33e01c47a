"""`search`."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.model import PollResult, PostSettings
from bot.relay.identity import identify
from bot.relay.plan import plan
from bot.store.store import Store
from tests.cli.conftest import ENTRIES, NOW, Cli


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


async def archive_more(path: Path) -> None:
    """Archive six more posts about onions."""
    async with await Store.open(path) as store:
        (feed,) = await store.feeds.claim(NOW + timedelta(days=1), timedelta(minutes=1), 5)
        more = [
            replace(ENTRIES[0], guid=f"more-{number}", link=f"{ENTRIES[0].link}-{number}", tags=("leeks",))
            for number in range(6)
        ]
        document = identify(more, "", feed.url)
        known = await store.feeds.known(feed.id, document)
        decided = plan(feed.id, document, known, (), PostSettings(), NOW)
        await store.feeds.record(feed.id, decided, PollResult(NOW), NOW)


def test_facets_are_counted_instead_of_listing_posts(cli: Cli, filled: Path) -> None:
    assert filled.exists()
    few = cli("search", "onions", "--facets")
    asyncio.run(archive_more(filled))

    text, found = (
        cli("search", "onions", "--facets"),
        json.loads(cli("search", "onions", "--facets", "--json").out),
    )

    assert (few.out, few.err) == ("", "Nothing to count: all posts fit on one page.\n")
    assert text.out.splitlines()[:2] == ["     8  2026", "     6  #leeks"]
    assert found["years"] == [{"year": 2026, "posts": 8}]
    assert found["tags"][0] == {"tag": "leeks", "posts": 6}
    assert (found["counted"], found["all"]) == (8, True)
