"""The databases of `benchmarks.move`: a file, and one of a private server. They are read without the bot's code."""

import hashlib
import marshal
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from benchmarks.processes import cpu_seconds_of
from bot import errors
from bot.store.backfills import Worker
from bot.store.copying import OWN_KEYS
from bot.store.place import Place, ServerAddress
from bot.store.store import Store
from tests.postgres import connected, url

INDEX_TABLES = ("document", "former_document", "word", "feed_language", "heartbeat")
"""What the bot makes itself: the full-text index, and what a running process says about itself."""
_BATCH = 1000
_DELIVERIES = "SELECT channel_id, identity, state, id FROM delivery"
_OWED = ("pending", "sending")
_FORGET = "DELETE FROM meta WHERE key = 'moved to'"

Digests = Mapping[str, tuple[int, str]]
"""The rows of each table, and a hash of all of them in the order of their keys."""


@dataclass(frozen=True, slots=True)
class Columns:
    """A table's columns, also those that the database computes."""

    names: Sequence[str]
    key: Sequence[str]

    def select(self, table: str) -> str:
        """Return the query for all rows, without what belongs to one database."""
        condition = f" WHERE key NOT IN ({', '.join(map(repr, OWN_KEYS))})" if table == "meta" else ""
        return f"SELECT {', '.join(self.names)} FROM {table}{condition} ORDER BY {', '.join(self.key)}"  # noqa: S608 -- the tables of our schema


class Side(Protocol):
    """A database that is moved, or moved to."""

    name: str
    argument: Path
    """What the command gets."""
    place: Place

    async def digests(self, columns: Mapping[str, Columns]) -> Digests:
        """Read everything."""

    async def deliveries(self) -> "Deliveries":
        """Return what was sent, and what is still to be sent."""

    async def clear(self) -> None:
        """Remove the database."""

    async def forget_move(self) -> None:
        """Let the database be used again after it was moved."""

    def leftovers(self) -> int:
        """Return the bytes of incomplete files."""


@dataclass(frozen=True, slots=True)
class Deliveries:
    """The messages of a database, each as the channel and the identity of the post."""

    sent: frozenset[tuple[int, str]]
    owed: frozenset[tuple[int, str]]
    last_id: int


class FileSide(Side):
    """A file."""

    name = "file"

    def __init__(self, path: Path) -> None:
        self.argument = self.place = self._path = path

    async def digests(self, columns: Mapping[str, Columns]) -> Digests:
        """See Side."""
        with closing(self._open()) as database:
            return {table: _digest(_batches(database, own.select(table))) for table, own in columns.items()}

    async def deliveries(self) -> Deliveries:
        """See Side."""
        with closing(self._open()) as database:
            return _sorted_out(database.execute(_DELIVERIES))

    async def clear(self) -> None:
        """See Side."""
        for file in self._path.parent.glob(f"{self._path.name}*"):
            file.unlink()

    async def forget_move(self) -> None:
        """See Side."""
        with closing(sqlite3.connect(self._path)) as database, database:
            database.execute(_FORGET)

    def leftovers(self) -> int:
        """See Side."""
        return sum(file.stat().st_size for file in self._path.parent.glob(f"{self._path.name}.*.part"))

    def columns(self) -> Mapping[str, Columns]:
        """Return the tables of the schema, without those of the index."""
        with closing(self._open()) as database:
            tables = [
                row[1]
                for row in database.execute("PRAGMA table_list")
                if row[2] == "table" and row[1] not in INDEX_TABLES and not row[1].startswith("sqlite_")
            ]
            return {table: _columns(database, table) for table in sorted(tables)}

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(f"{self._path.resolve().as_uri()}?mode=ro", uri=True)


class ServerSide(Side):
    """A database of a private server. `socket`: the folder with its socket; `folder`: for the file with its address."""

    name = "server"

    def __init__(self, socket: Path, folder: Path) -> None:
        self._socket = socket
        self.place = ServerAddress(url(self._socket, "moved"))
        self.argument = folder / "database-address.txt"
        self.argument.write_text(self.place.url, "utf-8")

    async def digests(self, columns: Mapping[str, Columns]) -> Digests:
        """See Side."""
        found = {}
        async with connected(self.place) as database:
            await database.execute(
                "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; BEGIN"
            )
            for table, own in columns.items():
                rows = await database.cursor(own.select(table))
                digest = _Digest()
                while batch := await rows.fetch(_BATCH):
                    digest.add(batch)
                found[table] = digest.result()
        return found

    async def deliveries(self) -> Deliveries:
        """See Side."""
        async with connected(self.place) as database:
            return _sorted_out(await database.fetch(_DELIVERIES))

    async def clear(self) -> None:
        """See Side."""
        async with connected(ServerAddress(url(self._socket, "postgres"))) as database:
            await database.execute("DROP DATABASE IF EXISTS moved WITH (FORCE)")
            await database.execute("CREATE DATABASE moved")

    async def forget_move(self) -> None:
        """See Side."""
        async with connected(self.place) as database:
            await database.execute(_FORGET)

    def leftovers(self) -> int:
        """See Side: the server removes what a transaction has written."""
        return 0

    def cpu(self) -> float:
        """Return the CPU seconds of the server with all that has run in it."""
        pid = int((self._socket / "data" / "postmaster.pid").read_text("utf-8").split()[0])
        ended = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[13:15]
        return cpu_seconds_of(pid) + sum(map(int, ended)) / os.sysconf("SC_CLK_TCK")


async def refusal(side: Side) -> str:
    """Return why the bot refuses to run with a database; "" if it doesn't."""
    try:
        async with Store.lock(side.place, Worker.RUN), await Store.open(side.place, create=False):
            return ""
    except errors.StoreError as error:
        return str(error)


class _Digest:
    """Hashes rows."""

    def __init__(self) -> None:
        self._hash = hashlib.blake2b(digest_size=16)
        self._rows = 0

    def add(self, batch: Iterable[Any]) -> None:
        """Add rows. Version 0 of the format has no references to earlier values."""
        for row in batch:
            self._rows += 1
            self._hash.update(marshal.dumps(tuple(map(_portable, row)), 0))

    def result(self) -> tuple[int, str]:
        """Return the number of rows and the hash."""
        return self._rows, self._hash.hexdigest()


def _batches(database: sqlite3.Connection, sql: str) -> Iterator[Sequence[Any]]:
    rows = database.execute(sql)
    while batch := rows.fetchmany(_BATCH):
        yield batch


def _digest(batches: Iterable[Sequence[Any]]) -> tuple[int, str]:
    digest = _Digest()
    for batch in batches:
        digest.add(batch)
    return digest.result()


def _portable(cell: Any) -> Any:  # noqa: ANN401 -- a value of any type
    """Return a cell as PostgreSQL can store it: without U+0000."""
    return cell.replace("\0", "") if isinstance(cell, str) else cell


def _columns(database: sqlite3.Connection, table: str) -> Columns:
    rows = database.execute(f"PRAGMA table_xinfo ({table})").fetchall()
    key = sorted((row[5], row[1]) for row in rows if row[5])
    return Columns([row[1] for row in rows], [name for _, name in key])


def _sorted_out(rows: Iterable[Any]) -> Deliveries:
    found = [tuple(row) for row in rows]
    owed = [row for row in found if row[2] in _OWED]
    sent = [row for row in found if row[2] == "sent"]
    return Deliveries(
        frozenset(row[:2] for row in sent),
        frozenset(row[:2] for row in owed),
        max((row[3] for row in found), default=0),
    )
