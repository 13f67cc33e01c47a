"""Every admin command while the feed's site hangs: who may run it, what others get, and how fast it answers.

    python -m benchmarks.admin_commands [--database FILE]

`--database`: begin with a copy of this database, such as one with a million posts. Its feeds are not polled.

Runs the real `feed-relay run` against a Discord and a blog on this machine. Exits 1 if a command isn't tested here, a
first answer takes more than a second, or Discord offers a member what is for admins. Needs the development packages.
"""

import argparse
import asyncio
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.discord.interaction_data import OptionValue
from bot.sandbox.discord.interactions import InteractionResponse
from bot.sandbox.discord.models import Json
from bot.sandbox.sites import faults
from tests.conftest import shared_openapi
from tests.e2e.admin_fixture import AdminFixture, admin_fixture
from tests.e2e.admin_steps import add, invite

MAX_FIRST_ANSWER = 1.0
"""Seconds for a first answer; Discord gives up after three."""
ANSWER_TIMEOUT = 60.0
_MANAGE_GUILD = str(1 << 5)
_SLASH = 1
_GROUPS = {1, 2}
_OPML = b'<opml version="2.0"><body><outline type="rss" text="Moss" xmlUrl="https://moss.example/feed"/></body></opml>'
_NEVER = 4_102_444_800_000
"""The year 2100, in milliseconds."""
_NOT_OFFERED = "Discord doesn't offer it"


@dataclass(frozen=True, slots=True)
class Row:
    """The measurements of one command."""

    command: str
    offered_to: str
    member: str
    """What happens if a member without the permission looks for the command."""
    first: float
    """Seconds until the first answer, for an admin."""
    complete: float
    """Seconds until the complete answer, for an admin."""
    text: str

    @property
    def is_good(self) -> bool:
        """Return whether the command is fast and restricted to admins."""
        return (
            self.first <= MAX_FIRST_ANSWER
            and self.offered_to == "Manage Server"
            and self.member == _NOT_OFFERED
        )


def runs(fixture: AdminFixture) -> dict[str, Mapping[str, OptionValue]]:
    """Return the options of each command, in an order that leaves every command something to do."""
    feed, news = "Garden Notes", fixture.news
    return {
        "feed add": {"url": f"{fixture.blog.address}/orchard/", "channel": news},
        "feed list": {},
        "feed status": {"feed": feed},
        "feed settings": {"feed": feed, "channel": news},
        "feed test": {"feed": feed, "channel": news},
        "feed copy": {"from": news, "to": fixture.office},
        "feed move": {"feed": feed, "channel": fixture.office, "to": news},
        "feed url": {"feed": feed, "url": f"{fixture.blog.address}/orchard/"},
        "feed pause": {"feed": feed, "channel": news},
        "feed resume": {"feed": feed, "channel": news},
        "follow add": {"tag": "workshop", "channel": news, "feed": feed},
        "follow exclude": {"tag": "personal", "channel": news, "feed": feed},
        "follow remove": {"tag": "workshop", "channel": news, "feed": feed},
        "follow list": {"channel": news},
        "notices": {"channel": fixture.office},
        "feed export": {},
        "feed import": {"file": fixture.discord.upload("feeds.opml", _OPML)},
        "server managers": {},
        "server settings": {"time_zone": "Europe/Berlin"},
        "server show": {},
        "why": {"link": fixture.link(1), "channel": news},
        "feed remove": {"feed": feed, "channel": news},
    }


async def main(database: Path | None) -> int:
    """Print the table and return the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        if database is not None:
            _copy(database, Path(folder) / "feed-relay.db")
        async with admin_fixture(Path(folder), openapi=shared_openapi()) as fixture:
            fixture.module = "bot"  # with its own intervals
            await invite(fixture)
            await add(fixture)
            released = asyncio.Event()
            _hang(fixture, released)
            try:
                completions = [*await _complete(fixture), *await _open_forms(fixture)]
                rows = [
                    await _measure(fixture, command, options) for command, options in runs(fixture).items()
                ]
            finally:
                released.set()
            return _report(fixture, rows, completions)


def _copy(database: Path, to: Path) -> None:
    shutil.copyfile(database, to)
    with closing(sqlite3.connect(to, isolation_level=None)) as copy:
        copy.execute("UPDATE feed SET next_poll_at = ?", (_NEVER,))


def _hang(fixture: AdminFixture, released: asyncio.Event) -> None:
    """Let the site accept connections without answering."""
    hanging = faults.hang(released)
    fixture.feed.always(hanging)
    fixture.blog.pages["/garden/"] = fixture.blog.pages["/orchard/"] = hanging


async def _measure(fixture: AdminFixture, command: str, options: Mapping[str, OptionValue]) -> Row:
    member = await _as_member(fixture, command, options)
    discord, began = fixture.discord, fixture.discord.monotonic()
    answer = await discord.interact(
        fixture.guild, fixture.office, fixture.iris, command, options, timeout=ANSWER_TIMEOUT
    )
    await discord.wait_for(lambda: answer.message, timeout=ANSWER_TIMEOUT)
    complete = discord.monotonic() - began
    first_line = next(iter(fixture.text(answer).splitlines()), "")
    return Row(
        command, _offered(fixture, command), member, _first_answer_time(fixture, answer), complete, first_line
    )


async def _as_member(fixture: AdminFixture, command: str, options: Mapping[str, OptionValue]) -> str:
    """Try to run a command as a member, and return what happens."""
    try:
        await fixture.discord.interact(fixture.guild, fixture.office, fixture.basil, command, options)
    except PermissionError:
        return _NOT_OFFERED
    return "may run it"


def _first_answer_time(fixture: AdminFixture, answer: InteractionResponse) -> float:
    (callback,) = [
        each
        for each in fixture.discord.calls("callback")
        if each.path.startswith(f"/interactions/{answer.id}/")
    ]
    return callback.at - answer.created_at


def _offered(fixture: AdminFixture, command: str) -> str:
    registered = _registered(fixture)[command.partition(" ")[0]]
    return "Manage Server" if registered["default_member_permissions"] == _MANAGE_GUILD else "everyone"


def _registered(fixture: AdminFixture) -> dict[str, Json]:
    return {each["name"]: each for each in fixture.discord.commands[None].values() if each["type"] == _SLASH}


def _leaves(name: str, command: Json) -> Iterator[tuple[str, Json]]:
    below = [each for each in command.get("options") or () if each["type"] in _GROUPS]
    if not below:
        yield name, command
    for each in below:
        yield from _leaves(f"{name} {each['name']}", each)


async def _complete(fixture: AdminFixture) -> list[tuple[str, float, int]]:
    """Measure each autocompleted option: its name, the seconds, and the number of choices."""
    rows = []
    for name, registered in _registered(fixture).items():
        for command, leaf in _leaves(name, registered):
            for option in (each["name"] for each in leaf.get("options") or () if each.get("autocomplete")):
                began = fixture.discord.monotonic()
                found = await fixture.discord.complete(
                    fixture.guild, fixture.news, fixture.iris, command, {}, focused=option
                )
                rows.append((f"/{command} {option}", fixture.discord.monotonic() - began, len(found)))
    return rows


async def _open_forms(fixture: AdminFixture) -> list[tuple[str, float, int]]:
    """Measure each form of the settings: its button, the seconds until it opens, and the number of its parts."""
    options: Mapping[str, OptionValue] = {"feed": "Garden Notes", "channel": fixture.news}
    answer = await fixture.run("feed settings", options)
    rows = []
    for button in ("Look", "Filter", "Pings", "Schedule"):
        assert answer.message is not None  # noqa: S101  # `run` has waited for it
        opened = await fixture.discord.press(answer.message, button, fixture.iris)
        parts = (opened.modal or {}).get("components", [])
        rows.append((f"form {button}", _first_answer_time(fixture, opened), len(parts)))
    return rows


def _report(fixture: AdminFixture, rows: list[Row], completions: list[tuple[str, float, int]]) -> int:
    print("| command | offered to | a member without it | first answer | complete answer | it says |")
    print("|---|---|---|---|---|---|")
    for row in rows:
        times = f"{row.first * 1000:.0f} ms | {row.complete * 1000:.0f} ms"
        print(f"| /{row.command} | {row.offered_to} | {row.member} | {times} | {row.text} |")
    print("\n| completion or form | first answer | choices or parts |\n|---|---|---|")
    for option, seconds, choices in completions:
        print(f"| {option} | {seconds * 1000:.0f} ms | {choices} |")
    known = {leaf for name, each in _registered(fixture).items() for leaf, _ in _leaves(name, each)}
    missing = sorted(_admin(fixture, known) - {row.command for row in rows})
    bad = [row.command for row in rows if not row.is_good]
    late = [option for option, seconds, _ in completions if seconds > MAX_FIRST_ANSWER]
    print(f"\nslowest first answer {max(row.first for row in rows) * 1000:.0f} ms")
    print(f"commands without a row {missing}; not as they should be {bad}; late completions {late}")
    return 1 if missing or bad or late or fixture.discord.invalid_bodies else 0


def _admin(fixture: AdminFixture, commands: set[str]) -> set[str]:
    return {each for each in commands if _offered(fixture, each) == "Manage Server"}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", type=Path)
    sys.exit(asyncio.run(main(parser.parse_args().database)))
