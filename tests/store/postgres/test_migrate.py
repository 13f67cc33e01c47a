"""A database that went through every migration equals a new one."""

from collections.abc import Sequence
from pathlib import Path

from bot.store.place import ServerAddress
from bot.store.postgres.steps import this_program
from bot.store.store import Store
from tests.postgres import Databases, connected

FIRST = Path(__file__).parents[2] / "data" / "databases" / "postgres-27.sql"
"""The schema of the first version that could use a server."""
_EVERYTHING = """
    SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default, generation_expression)
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    ORDER BY 1
"""


async def described(place: ServerAddress) -> Sequence[str]:
    async with connected(place) as connection:
        return [line for (line,) in await connection.fetch(_EVERYTHING)]


async def test_a_new_database_equals_one_that_took_every_migration(postgres: Databases) -> None:
    new, old = await postgres.new(), await postgres.new()
    async with connected(old) as connection:
        await connection.execute(FIRST.read_text("utf-8"))
        await connection.execute(
            "INSERT INTO meta (key, value) VALUES ('schema', '27'), ('instance', '0123abcd')"
        )

    for place in (new, old):
        async with await Store.open(place):
            pass

    assert await Store.schema_version(old) == this_program().version
    assert await described(old) == await described(new)


def test_the_migrations_are_numbered_without_gaps() -> None:
    versions = [step.version for step in this_program().steps]

    assert versions == list(range(28, 28 + len(versions)))
