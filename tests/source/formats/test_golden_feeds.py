"""Golden pairs: `data/feeds/NAME.xml` (or `.json`, …) beside `NAME.expected.json`, the complete ParsedFeed.

To add a case, add the two files. `UPDATE_GOLDEN=1 pytest …` writes the current results. Review the difference before
you commit it, because people will see it.
"""

import json
import os
from dataclasses import fields, is_dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import DocumentError
from bot.model import Fetched
from bot.source.formats.parse import parse_feed

FEEDS = Path(__file__).parents[2] / "data" / "feeds"
DOCUMENTS = sorted(path for path in FEEDS.iterdir() if not path.name.endswith(".expected.json"))


def plain_data(value: object) -> object:
    """Convert a value to JSON data without empty fields."""
    if is_dataclass(value):
        named = ((field.name, plain_data(getattr(value, field.name))) for field in fields(value))
        return {name: data for name, data in named if data not in ("", None, [], 0)}
    if isinstance(value, tuple):
        return [plain_data(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value


def parse_file(path: Path) -> object:
    """Parse a document into JSON data: the feed, or the name of the error."""
    document = Fetched(f"https://feeds.example/{path.name}", path.read_bytes())
    try:
        return plain_data(replace(parse_feed(document), items=None))  # how it is cut has tests of its own
    except DocumentError as error:
        return {"error": type(error).__name__}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_parses_to_its_golden_file(path: Path) -> None:
    expected = path.with_suffix(".expected.json")
    parsed = parse_file(path)
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_text(json.dumps(parsed, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")

    assert parsed == json.loads(expected.read_text(encoding="utf-8"))


def test_every_expectation_has_a_document() -> None:
    named = {path.with_suffix(".expected.json") for path in DOCUMENTS}

    assert set(FEEDS.glob("*.expected.json")) == named
