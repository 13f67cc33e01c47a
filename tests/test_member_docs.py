"""The page for members has every command with every option, its examples mean what they say, its numbers are true."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.chat.commands.member import search
from bot.model import Field, Query
from bot.search.dates import parse_date
from bot.search.query import parse_query
from bot.store import search_requests
from tests.test_admin_docs import registered, usage

PAGE = (Path(__file__).parents[1] / "docs" / "members.md").read_text("utf-8")
ROWS = re.findall(r"^\| `(/[^`]+)` \|", PAGE, re.MULTILINE)
NOW = datetime(2026, 5, 4, tzinfo=UTC)
EXAMPLES = {
    typed: meant
    for line in re.findall(r"^\| (`[^/`].*?) (?<!\\)\| (.+?) \|$", PAGE, re.MULTILINE)
    for typed in re.findall("`([^`]+)`", line[0].replace("\\|", "|"))
    for meant in [line[1]]
}
DATES = re.findall(r"`([^`:]+)`", PAGE.partition("A date is")[2].partition("The options")[0])

Payload = Mapping[str, Any]
__all__ = ["registered"]


async def test_the_page_has_every_command_of_members_with_every_option_and_no_other(
    registered: list[Payload],
) -> None:
    for_all = [
        each
        for each in registered
        if each["default_member_permissions"] is None and each.get("options") is not None
    ]

    assert sorted(ROWS) == sorted(usage(f"/{each['name']}", each["options"]) for each in for_all)


def test_every_example_is_understood_as_the_page_says() -> None:
    expected: dict[str, Query] = {}
    for typed in EXAMPLES:
        expected[typed] = parse_query(typed, NOW)

    assert len(expected) == 18
    assert expected["moon OR frost"].either[0].options == expected["moon | frost"].either[0].options
    assert len(expected["beans moon OR frost"].terms) == 1
    assert [len(option) for option in expected["(night sky) OR comet"].either[0].options] == [2, 1]
    assert expected["clim*"].terms[0].is_prefix
    assert expected["frost on:yesterday"].before == datetime(2026, 5, 4, tzinfo=UTC)
    assert [term.is_exact for term in expected['"night sky"'].terms] == [True]
    assert [term.is_excluded for term in expected["beans -runner"].terms] == [False, True]
    assert expected["title:comet"].terms[0].field is Field.TITLE
    assert expected["tag:astronomy"].terms[0].field is Field.TAG
    assert expected['tag:"night sky"'].terms[0].words == parse_query("tag:#Night-Sky", NOW).terms[0].words
    assert expected["author:iris"].terms[0].field is Field.AUTHOR
    assert expected['feed:"Garden Notes" slugs'].feeds == ("Garden Notes",)
    assert expected["frost after:2026"].after == datetime(2026, 1, 1, tzinfo=UTC)
    assert expected["frost after:2025-11 before:2026-03"].before == datetime(2026, 3, 1, tzinfo=UTC)
    assert expected["frost after:7d"].after == NOW - timedelta(days=7)


@pytest.mark.parametrize("written", DATES)
def test_every_date_that_the_page_shows_can_be_written(written: str) -> None:
    assert parse_date(written, NOW) is not None


def test_the_numbers_on_the_page_are_true() -> None:
    assert f"(at most {search.MAX_LATEST})" in PAGE
    assert search.DEFAULT_LATEST == 5
    assert "five unless `count` says otherwise" in PAGE
    assert timedelta(days=7) == search_requests.RETENTION
    assert PAGE.count("for a week") == 2
