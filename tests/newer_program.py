"""Later versions of the program, for tests of upgrades: each adds columns, and removes those of the one before."""

from dataclasses import replace

from bot.store.copying import TABLES
from bot.store.postgres.steps import Migration, Program, read_step, this_program

_BASE = 9000
"""Later than all real steps."""


def newer(upgrades: int = 1) -> Program:
    """Return the program after this number of upgrades."""
    older = this_program()
    steps = (step for number in range(1, upgrades + 1) for step in _steps(number))
    return replace(older, steps=(*older.steps, *steps))


def with_steps(*texts: str) -> Program:
    """Return the program with these steps added."""
    older = this_program()
    added = (read_step(_BASE + number, text) for number, text in enumerate(texts, start=1))
    return replace(older, steps=(*older.steps, *added))


def expanded(upgrades: int = 1) -> int:
    """Return the version of a database that lacks only the last upgrade's contract step."""
    return _BASE + 2 * upgrades - 1


def _steps(number: int) -> tuple[Migration, Migration]:
    version = expanded(number)
    added = "".join(
        f"ALTER TABLE {table} ADD COLUMN newer_{number} BIGINT NOT NULL DEFAULT 0;\n" for table in TABLES
    )
    dropped = "".join(f"ALTER TABLE {table} DROP COLUMN IF EXISTS newer_{number - 1};\n" for table in TABLES)
    return read_step(version, f"-- expand\n{added}"), read_step(
        version + 1, f"-- contract {version}\n{dropped}"
    )
