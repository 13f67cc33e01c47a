"""Posts with players, polls and cards whose messages were wrong, if the shared cases are beside this checkout."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.model import Embed, Fetched, Style
from bot.source.formats.parse import parse_feed
from bot.text.render import render

_CASES = Path(__file__).parents[3] / "shared" / "cases"
_FILES = ("tumblr-embeds.xml", "embeds-of-other-sites.xml")
_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "has": lambda shown, value: value in shown,
    "lacks": lambda shown, value: value not in shown,
    "re": lambda shown, value: re.search(value, shown) is not None,
}


@pytest.mark.skipif(not _CASES.is_dir(), reason="the shared cases are not beside this checkout")
@pytest.mark.parametrize("name", _FILES)
def test_a_post_with_embedded_content_is_shown_as_expected(name: str) -> None:
    feed = parse_feed(Fetched("https://site.example/rss", (_CASES / name).read_bytes(), "text/xml"))
    cards = {entry.title: render(entry, feed.title, Style.CARD).embeds[0] for entry in feed.entries}
    cases = json.loads((_CASES / "cases.json").read_text("utf-8"))
    checks = next(case["checks"] for case in cases if case.get("file") == name)

    wrong = [check for check in checks if not _holds(cards[check[0]], *check[1:])]

    assert wrong == []


def _holds(card: Embed, field: str, operator: str, value: str) -> bool:
    return _OPERATORS[operator](getattr(card, field), value)
