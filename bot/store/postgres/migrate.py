"""Makes the tables of a database, or takes the steps that its schema lacks: all that the connected programs allow.

Older programs work meanwhile. So a step waits only briefly for a table that is in use, since whoever needs that table
next waits behind it: https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES.
"""

import asyncio
import re

import asyncpg
import structlog

from bot import errors
from bot.store.engine import NO_DATABASE
from bot.store.place import ServerAddress
from bot.store.postgres import versions
from bot.store.postgres.connection import NO_TIMEOUT, Connection
from bot.store.postgres.locks import SCHEMA, WRITE, take
from bot.store.postgres.steps import Migration, Program, due
from bot.store.postgres.versions import Versions

log = structlog.get_logger(__name__)

LOCK_TIMEOUT = 0.5
"""Seconds that a step waits for a table: less than `deadlock_timeout`, so that no other transaction fails."""
_PAUSE = 1.0
"""Seconds between two attempts."""
MAX_ATTEMPTS = 60
"""Longer than any query of the bot takes."""
MAX_OPTIONAL_ATTEMPTS = 5
"""For a step that can wait until another start."""

_TOO_OLD = (
    "earlier versions of feed-relay still use what this one changes; stop all of them, then start this one."
)
_IN_USE = (
    "another program reads the tables for long, as pg_dump does; wait until it is done, then start again."
)

_BEGIN = f"BEGIN; SET LOCAL lock_timeout = {{}}; SELECT pg_advisory_xact_lock({WRITE.group}, {WRITE.number})"
_SET_VERSIONS = """
    INSERT INTO meta (key, value) VALUES ('schema', $1), ('works with', $2)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value
"""
_NAME_INSTANCE = "INSERT INTO meta (key, value) VALUES ('instance', left(md5(gen_random_uuid()::text), 8))"
_STATEMENT_END = re.compile(r";\s*$", re.MULTILINE)


async def migrate(connection: Connection, address: ServerAddress, program: Program, *, create: bool) -> None:
    """Make the tables, or take the steps that are due.

    Raises StoreUnopenable if there are no tables and not `create`, StoreTooOld if earlier programs must stop first, and
    StoreLocked if tables are in use for too long.
    """
    await connection.execute("SET statement_timeout = 0")
    await take(connection, SCHEMA)
    found = await versions.read(connection, address, program)
    if found is not None:
        await _update(connection, address, program, found)
    elif create:
        await connection.execute("BEGIN")
        await make_tables(connection, program)
        await connection.execute("COMMIT")
    else:
        raise errors.StoreUnopenable(str(address), NO_DATABASE)


async def make_tables(connection: Connection, program: Program) -> None:
    """Make the tables of an empty database, within the caller's transaction."""
    await connection.execute(program.schema, timeout=NO_TIMEOUT)
    await connection.execute(_NAME_INSTANCE)
    await _set_versions(connection, Versions(program.version, program.works_from))


async def due_steps(
    connection: Connection, address: ServerAddress, program: Program, found: Versions
) -> list[Migration]:
    """Return the missing steps that can be taken now. Raises StoreTooOld if earlier programs must stop first."""
    steps = due(program.steps_after(found.schema), await versions.oldest_connected(connection))
    if steps is None:
        raise errors.StoreTooOld(str(address), _TOO_OLD)
    return steps


async def _update(connection: Connection, address: ServerAddress, program: Program, found: Versions) -> None:
    for step in await due_steps(connection, address, program, found):
        after = Versions(step.version, max(found.works_from, step.works_from))
        try:
            if not await _take(connection, step, after, program.versions_before(step.works_from)):
                break  # an earlier program has just started
        except asyncpg.LockNotAvailableError:
            if found.schema < program.oldest_schema:
                raise errors.StoreLocked(str(address), _IN_USE) from None
            break
        found = after
    if found.schema < program.oldest_schema:
        raise errors.StoreTooOld(str(address), _TOO_OLD)
    if found.schema < program.version:
        log.info("database partly updated", until="a start without processes of earlier versions")


async def _take(connection: Connection, step: Migration, after: Versions, excluded: list[int]) -> bool:
    """Take a step. Return False if a program of the versions that it excludes is connected.

    Raises LockNotAvailableError if a table is in use for too long.
    """
    if not step.is_transaction:
        await _run_each(connection, step, after)
        return True
    for left in reversed(range(MAX_OPTIONAL_ATTEMPTS if step.can_wait else MAX_ATTEMPTS)):
        try:
            return await _try(connection, step, after, excluded)
        except asyncpg.LockNotAvailableError:
            await connection.execute("ROLLBACK")
            if not left:
                raise
            log.info("waiting for tables that are in use", step=step.version, attempts_left=left)
            await asyncio.sleep(_PAUSE)
    raise AssertionError("the last attempt returns or raises")


async def _try(connection: Connection, step: Migration, after: Versions, excluded: list[int]) -> bool:
    await connection.execute(_BEGIN.format(int(LOCK_TIMEOUT * 1000)))
    if not await versions.exclude(connection, excluded):
        await connection.execute("ROLLBACK")
        return False
    await connection.execute(step.sql, timeout=NO_TIMEOUT)
    await _set_versions(connection, after)
    await connection.execute("COMMIT")
    return True


async def _run_each(connection: Connection, step: Migration, after: Versions) -> None:
    """Run each statement outside a transaction. They lock nothing that others need, so they may wait for long."""
    await connection.execute("SET lock_timeout = 0")
    for statement in filter(str.strip, _STATEMENT_END.split(step.sql)):
        await connection.execute(statement, timeout=NO_TIMEOUT)
    await _set_versions(connection, after)


async def _set_versions(connection: Connection, found: Versions) -> None:
    await connection.execute(_SET_VERSIONS, str(found.schema), str(found.works_from))
