"""Documents that went wrong elsewhere, read and rendered as `preview` does. They are not part of the repository."""

import json
import re
from typing import Any

import pytest

from bot.model import Entry, Fetched, Style
from bot.source.formats.parse import parse_feed
from bot.text.render import render
from tests.conftest import SHARED

LINKED = re.compile(r"\[(.*)\]\(<.*>\)")
CASES = SHARED / "cases"
NAMES = (
    "dates-ampm-and-gmt-offset.xml",
    "alternate-json-first.atom",
    "rdf-enclosure.rdf",
    "half-escaped-anchor.xml",
    "bluesky-plain-text.xml",
    "mastodon-sensitive.xml",
    "google-news.xml",
    "github-commits.atom",
    "reddit.atom",
    "pictures-with-suspicious-names.xml",
    "pixel-hidden-by-style.xml",
    "blogger-summary-only.atom",
)


def checks_of(name: str) -> list[list[Any]]:
    cases = json.loads((CASES / "cases.json").read_text("utf-8"))
    return next(case["checks"] for case in cases if case["name"] == name)


def shown(entry: Entry, field: str) -> str:
    message = render(entry, "Pond news", Style.CARD)
    embed = message.embeds[0]
    values = {
        "title": embed.title or LINKED.sub(r"\1", message.content).strip("*"),
        "url": embed.url or entry.link,
        "description": embed.description,
        "timestamp": embed.timestamp.isoformat() if embed.timestamp else "",
        "image": embed.image_url,
        "content": message.content,
    }
    return values[field]


def holds(actual: str, operator: str, expected: str) -> bool:
    if operator in {"has", "lacks"}:
        return (expected in actual) == (operator == "has")
    if operator == "re":
        return re.search(expected, actual) is not None
    return (actual == expected) == (operator == "==")


@pytest.mark.skipif(not CASES.is_dir(), reason="the shared cases are not beside this checkout")
@pytest.mark.parametrize("name", NAMES)
def test_a_case_shows_what_its_author_meant(name: str) -> None:
    entries = parse_feed(Fetched(f"https://site.example.org/{name}", (CASES / name).read_bytes())).entries
    for which, field, operator, expected in checks_of(name):
        entry = entries[which] if isinstance(which, int) else next(e for e in entries if which in e.title)

        assert holds(shown(entry, field), operator, expected), (which, field, shown(entry, field))
