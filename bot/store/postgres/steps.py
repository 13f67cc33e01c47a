"""The steps to today's schema, and which of them may be taken while programs of earlier versions run.

A program's version is the number of its newest step. The first line of a step says what it means for other versions:

- `-- expand`: only adds something. Programs of earlier versions continue to work.
- `-- expand outside a transaction`: the same, but each statement commits, as CREATE INDEX CONCURRENTLY needs it. An
  interrupted step is taken again, so it begins with DROP INDEX CONCURRENTLY IF EXISTS.
- `-- contract 32`: removes or tightens what only programs before version 32 use. It waits until none of them runs; the
  programs that have this step also work without it.
- `-- replace`: programs of earlier versions can't work with it, and later ones need it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import takewhile

_SQL = resources.files("bot.store.postgres") / "sql"
FIRST = 27
"""The version of the first database on a server."""
_FIRST_LINE = re.compile(
    r"-- (?P<kind>expand(?: outside a transaction)?|contract (?P<from>\d+)|replace)(?:: .*)?\n"
)


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step."""

    version: int
    sql: str
    works_from: int = 0
    """The earliest version whose programs work with the database after the step; 0: it excludes none."""
    can_wait: bool = False
    """Whether programs that have the step also work without it."""
    is_transaction: bool = True


@dataclass(frozen=True, slots=True)
class Program:
    """What a version of the program knows about the schema."""

    steps: tuple[Migration, ...]
    """All steps after the first version, in order."""
    schema: str
    """The SQL that makes a new database."""

    @property
    def version(self) -> int:
        """Its newest schema."""
        return max(FIRST, *(step.version for step in self.steps))

    @property
    def oldest_schema(self) -> int:
        """The oldest schema that it can use."""
        return max(FIRST, *(step.version for step in self.steps if not step.can_wait))

    @property
    def works_from(self) -> int:
        """The earliest version whose programs work with a new database."""
        return max(FIRST, *(step.works_from for step in self.steps))

    def steps_after(self, version: int) -> tuple[Migration, ...]:
        """Return the steps that a database of this version lacks."""
        return tuple(step for step in self.steps if step.version > version)

    def versions_before(self, version: int) -> list[int]:
        """Return the versions of the earlier programs."""
        return [each for each in (FIRST, *(step.version for step in self.steps)) if each < version]


def read_step(version: int, sql: str) -> Migration:
    """Return the step that is in a file with this text."""
    found = _FIRST_LINE.match(sql)
    if found is None:
        raise ValueError(f"the first line of step {version} does not say what it is")
    if found["from"]:
        return Migration(version, sql, works_from=int(found["from"]), can_wait=True)
    if found["kind"] == "replace":
        return Migration(version, sql, works_from=version)
    return Migration(version, sql, is_transaction=found["kind"] == "expand")


@cache
def this_program() -> Program:
    """Return what this version knows about the schema."""
    files = sorted((_SQL / "migrations").iterdir(), key=lambda file: file.name)
    steps = (
        read_step(int(file.name[:4]), file.read_text("utf-8")) for file in files if file.name.endswith(".sql")
    )
    return Program(tuple(steps), (_SQL / "schema.sql").read_text("utf-8"))


def due(steps: Sequence[Migration], oldest: int | None) -> list[Migration] | None:
    """Return which of the missing steps to take now.

    `oldest`: the earliest version of the programs that run; None: none runs. Returns None if a step that can't wait
    excludes some of them.
    """
    taken = list(takewhile(lambda step: oldest is None or oldest >= step.works_from, steps))
    return taken if all(step.can_wait for step in steps[len(taken) :]) else None
