"""A server's lifetime with the bot, as its admins see it: every command, button and reply.

    python -m benchmarks.admin_life

Runs the real `feed-relay run` against a Discord and a blog on this machine. A member without permission tries every
command and button first. Prints a table of what they got, and of what each changed in the database. Exits 1 if anything
goes wrong, or a command for admins isn't run. Needs the development packages.
"""

import asyncio
import sqlite3
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from bot.sandbox.discord.interaction_data import OptionValue
from bot.sandbox.discord.interactions import InteractionResponse
from bot.sandbox.discord.modal_data import Filled
from bot.sandbox.discord.models import StoredMessage, User
from tests.conftest import shared_openapi
from tests.e2e.admin_fixture import AdminFixture, admins_of
from tests.e2e.admin_steps import STEPS
from tests.e2e.bot_process import TIMEOUT

_MANAGE_GUILD = str(1 << 5)
_GROUPS = (1, 2)
_TABLES = {
    "subscription": "SELECT *, id AS number FROM subscription",
    "removal": "SELECT *, id AS number FROM removal",
    "settings_change": "SELECT id AS number, undone_at IS NOT NULL AS undone FROM settings_change",
    "hold": "SELECT id AS number, decision FROM hold",
    "guild": "SELECT *, id AS number FROM guild",
    "feed_import": "SELECT *, id AS number FROM feed_import",
    "feed": "SELECT id AS number, url FROM feed",
}
"""The tables that admins change. Polls and sends change others all the time."""
_NOT_SHOWN = {"pinged_at", "baseline_due", "updates_channel_id"}
"""Columns that the bot changes on its own."""

Rows = Mapping[tuple[str, int], Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Act:
    """A command or press."""

    name: str
    member: str
    """What a member without the permission gets."""
    changed: str
    """What it changed in the database."""


@dataclass(kw_only=True)
class WatchedAdmins(AdminFixture):
    """Admins whose commands and presses a member tries first."""

    acts: list[Act] = field(default_factory=list)

    async def run(
        self,
        command: str,
        options: Mapping[str, OptionValue] | None = None,
        *,
        user: User | None = None,
        force: bool = False,
    ) -> InteractionResponse:
        """Run a command, and record what it changed."""
        before, member = self._rows(), await self._as_member(command, options)
        answer = await super().run(command, options, user=user, force=force)
        self._record(f"/{command}", member, before)
        return answer

    async def press(
        self, message: StoredMessage | None, name: str, values: Sequence[str] = (), user: User | None = None
    ) -> InteractionResponse:
        """Press a button, and record what that changed."""
        before = self._rows()
        member = "" if values else await self.refused(message, name, self.basil)
        answer = await super().press(message, name, values, user)
        self._record(f"**{name}**", member, before)
        return answer

    async def fill_in(
        self,
        message: StoredMessage | None,
        button: str,
        values: Mapping[str, Filled],
        *,
        user: User | None = None,
    ) -> StoredMessage:
        """Fill in a form, and record what that changed."""
        before, member = self._rows(), await self.refused(message, button, self.basil)
        answer = await super().fill_in(message, button, values, user=user)
        self._record(f"form **{button}**", member, before)
        return answer

    async def _as_member(self, command: str, options: Mapping[str, OptionValue] | None) -> str:
        try:
            await self.discord.interact(
                self.guild, self.office, self.basil, command, options, timeout=TIMEOUT
            )
        except PermissionError:
            return "Discord doesn't offer it"
        return "may run it"

    def _rows(self) -> Rows:
        path = self.folder / "feed-relay.db"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            database.row_factory = sqlite3.Row
            return {
                (table, row["number"]): {key: row[key] for key in row.keys() if key not in _NOT_SHOWN}  # noqa: SIM118 -- iterating a row yields its values
                for table, query in _TABLES.items()
                for row in database.execute(query)
            }

    def _record(self, name: str, member: str, before: Rows) -> None:
        act = Act(name, member, "; ".join(_differences(before, self._rows())) or "nothing")
        self.note(f"    database: {act.changed}")
        self.acts.append(act)


def _differences(before: Rows, after: Rows) -> Iterator[str]:
    for table, number in sorted({*before, *after}):
        old, new = before.get((table, number)), after.get((table, number))
        if old is None or new is None:
            yield f"{table} {'added' if old is None else 'removed'}"
        elif changed := [f"{key} {old[key]} → {new[key]}" for key in new if new[key] != old[key]]:
            yield f"{table}: {', '.join(changed)}"


async def main() -> int:
    """Run all steps and return the exit status."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        async with admins_of(WatchedAdmins, Path(folder), openapi=shared_openapi()) as fixture:
            fixture.module = "bot"  # with its own intervals
            try:
                await _run_steps(fixture)
            except (AssertionError, LookupError, TimeoutError):
                print("\n".join(fixture.transcript))
                traceback.print_exc()
                print(fixture.log(), file=sys.stderr)
                return 1
            status = await fixture.stop()
            return _report(fixture, status, time.monotonic() - began)


async def _run_steps(fixture: AdminFixture) -> None:
    for number, step in enumerate(STEPS, start=1):
        print(f"\n=== {number}. {step.__doc__}")
        await step(fixture)
        print("\n".join(fixture.transcript))
        fixture.transcript.clear()


def _report(fixture: WatchedAdmins, status: int, seconds: float) -> int:
    print("\n| command or press | a member without permission | changed in the database |\n|---|---|---|")
    for act in dict.fromkeys(fixture.acts):
        print(f"| {act.name} | {' '.join(act.member.split())} | {act.changed} |")
    twice = len(fixture.posted()) - len(set(fixture.posted()))
    refused = [problem for body in fixture.discord.invalid_bodies for problem in body.problems]
    crashed = fixture.log().count("Traceback")
    allowed = [act.name for act in fixture.acts if act.member == "may run it"]
    left_out = sorted(_admin_commands(fixture) - {act.name for act in fixture.acts})
    print(f"\n{len(fixture.posted())} posts in #news, {twice} of them repeated; {seconds:.0f} s")
    print(f"answers that Discord would refuse {len(refused)}; tracebacks {crashed}; exit status {status}")
    print(f"commands that were not run {left_out}; commands that a member may run {allowed}")
    print("\n".join(refused))
    return 1 if twice or refused or crashed or status or left_out or allowed else 0


def _admin_commands(fixture: AdminFixture) -> set[str]:
    return {
        f"/{command['name']} {option['name']}" if option.get("type") in _GROUPS else f"/{command['name']}"
        for command in fixture.discord.commands[None].values()
        if command["default_member_permissions"] == _MANAGE_GUILD and command["type"] == 1
        for option in command.get("options") or [{}]
    }


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
