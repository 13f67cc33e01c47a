"""The page for admins lists every command with every option, and its labels and numbers are right."""

import inspect
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import discord
import pytest

from bot import app
from bot.chat.commands.admin.add import view
from bot.chat.commands.tree import Tree
from bot.chat.services import Services, ServiceSettings
from bot.model import (
    NEWEST_COUNT,
    Decision,
    FoundFeed,
    Notice,
    NoticeKind,
    ParsedFeed,
    SiteBudget,
)
from bot.relay import maintain, notice_plan
from bot.store.notices import GATHER_TIME
from bot.store.store import Store
from bot.text.notices import render_notices
from tests.e2e import admin_steps

PAGE = (Path(__file__).parents[1] / "docs" / "admins.md").read_text("utf-8")
ROWS = re.findall(r"^\| `(/[^`]+)` \|", PAGE, re.MULTILINE)
MANAGE_GUILD = discord.Permissions(manage_guild=True).value
_SLASH, _MESSAGE = 1, 3
"""The types of commands."""
_GROUPS = (1, 2)

Payload = Mapping[str, Any]


async def _find_nothing(_pasted: str) -> tuple[FoundFeed, ...]:
    raise NotImplementedError


async def _read_nothing(_url: str) -> ParsedFeed:
    raise NotImplementedError


@pytest.fixture
async def registered(tmp_path: Path) -> AsyncIterator[list[Payload]]:
    """The commands as they are registered with Discord."""
    async with await Store.open(tmp_path / "feed-relay.db") as store:
        services = Services(
            store=store,
            discover=_find_nothing,
            read_feed=_read_nothing,
            budget=lambda _site: SiteBudget(1, timedelta()),
            clock=app.clock,
            wake=lambda: None,
        )
        yield await Tree(discord.Client(intents=discord.Intents.none()), services).describe()


def leaves(payloads: list[Payload]) -> Iterator[tuple[str, list[Payload]]]:
    """Yield the full name of every admin command, and its options."""
    for payload in payloads:
        if payload["default_member_permissions"] == MANAGE_GUILD and payload["type"] == _SLASH:
            yield from _leaves(f"/{payload['name']}", payload)


def _leaves(words: str, payload: Payload) -> Iterator[tuple[str, list[Payload]]]:
    options = payload.get("options", [])
    below = [each for each in options if each["type"] in _GROUPS]
    if not below:
        yield words, options
    for each in below:
        yield from _leaves(f"{words} {each['name']}", each)


def usage(words: str, options: list[Payload]) -> str:
    """Return a command as the page shows it: "/feed remove feed [channel]"."""
    named = [each["name"] if each.get("required") else f"[{each['name']}]" for each in options]
    return " ".join([words, *named])


async def test_the_page_lists_every_command_with_every_option_and_no_other(registered: list[Payload]) -> None:
    assert sorted(ROWS) == sorted(usage(words, options) for words, options in leaves(registered))


async def test_the_page_says_what_each_command_stores(registered: list[Payload]) -> None:
    section = PAGE.partition("## Who may do what")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")]
    first_cells = " ".join(row.split(" | ")[0] for row in rows)

    assert [words for words, _ in leaves(registered) if f"**{words}**" not in first_cells] == []


async def test_the_scripted_life_of_a_server_runs_every_command(registered: list[Payload]) -> None:
    run = re.findall(r'fixture\.run\(\s*"([^"]+)"', inspect.getsource(admin_steps))

    assert {f"/{words}" for words in run} == {words for words, _ in leaves(registered)}


async def test_the_pages_name_every_command_in_the_menu_of_a_message(registered: list[Payload]) -> None:
    members = PAGE + (Path(__file__).parents[1] / "docs" / "members.md").read_text("utf-8")
    names = [each["name"] for each in registered if each["type"] == _MESSAGE]

    assert len(names) == 3
    assert [name for name in names if f"**{name}**" not in members] == []


async def test_every_command_on_the_page_exists(registered: list[Payload]) -> None:
    known = {words for each in registered for words, _ in _leaves(f"/{each['name']}", each)}
    text = re.sub(r"^\| `/[^`]+` \|", "", PAGE, flags=re.MULTILINE)

    assert set(re.findall(r"`(/[^`]+)`", text)) <= known


def test_the_buttons_on_the_page_exist() -> None:
    notice = Notice(
        id=1,
        kind=NoticeKind.POSTS_HELD,
        channel_id=1,
        direct=False,
        guild_id=1,
        feed_id=1,
        feed_name="Garden",
        about_channel_id=1,
        detail="",
        hold_id=1,
        waiting=12,
        due_at=app.clock(),
    )
    labels = [button.label for button in render_notices([[notice]]).buttons]

    assert len(labels) == len(Decision)
    assert [label for label in labels if f"**{label}**" not in PAGE] == []
    offered = inspect.getsource(view)
    for label in ("Subscribe", "Choose tags", "Subscribe and post the newest"):
        assert f'"{label}"' in offered
        assert f"**{label}**" in PAGE


def test_the_numbers_on_the_page_are_right() -> None:
    settings = ServiceSettings()

    assert f"{settings.max_subscriptions} unless" in PAGE
    assert settings.burst_limit == 10
    assert PAGE.count("ore than ten") == 2
    assert f"within {maintain.SUBSCRIPTION_RETENTION.days} days" in PAGE
    assert f"**Post the newest {NEWEST_COUNT}**" in PAGE
    assert notice_plan.MAX_PER_DAY == 5
    assert "at most five messages a day about one problem" in " ".join(PAGE.split())
    assert timedelta(minutes=1) == GATHER_TIME
    assert "within a minute" in PAGE
