"""What the store needs from an engine: to open, lock and maintain a database. `bot.store.database` has the queries."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

from bot.model import Role
from bot.store.backfills import Worker
from bot.store.copying import TableReader, TableWriter
from bot.store.database import Database
from bot.store.indexing import Indexing
from bot.store.matching import Matcher, Words

T = TypeVar("T")

NO_DATABASE = "there is no database here yet; start `feed-relay run` first."


class EngineDatabase(Database, Protocol):
    """An open database, with what only its owner does with it."""

    on_commit: Callable[[float], None]
    """Gets the seconds that each commit took."""
    on_search: Callable[[float], None]
    """Gets the seconds that each query of a search took."""

    async def hurry(self) -> None:
        """From now on, wait only briefly for other processes."""

    async def close(self) -> None:
        """Wait for the transactions that have begun or wait, then close."""

    async def check(self) -> list[str]:
        """Return what is wrong with the database, a line each. Reads all of it."""

    async def backup(self, target: Path) -> None:
        """Write a consistent copy while others write. Raises FileExistsError if `target` exists."""

    async def maintain(self) -> None:
        """Refresh the planner's statistics and tidy up."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An open database with its full-text index."""

    database: EngineDatabase
    index: Indexing
    matcher: Matcher
    words: Words


@dataclass(frozen=True, slots=True)
class Trial:
    """What `run` would find."""

    exists: bool
    """If not, `run` creates it."""
    is_running: bool
    """Another process relays with this database, and `run` would refuse to start."""
    is_old: bool
    """`run` would update it first."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    copied_at: datetime
    """When the backup was made, or last written to."""
    kept: Path | None
    """The former database; None: there was none."""


class Backups(Protocol):
    """The daily backups of one database, in a folder. Every method raises StoreError."""

    @property
    def folder(self) -> Path:
        """Where the backups are."""

    async def times(self) -> Sequence[datetime]:
        """Return the times of the backups in the folder, oldest first."""

    async def make(self, now: datetime, keep: int) -> Path:
        """Copy the database while it is in use, verify the copy, and delete all backups but the newest `keep`.

        A call that fails or is cancelled changes nothing, and leaves no incomplete copy.
        """

    async def try_out(self) -> None:
        """Raise the StoreError that `make` would raise, as far as this can be found out without a copy."""


class Member(Protocol):
    """This process, as one of several that share a database."""

    seat: int
    """Its number among the processes of its role, from 1; 0: it has none yet."""
    is_leading: bool
    """Whether it is the one process of its role that works now; see `lead`."""

    async def take_seat(self, seats: int | None) -> int:
        """Wait for a free seat among the first `seats` (None: any number), take it, and return its number."""

    async def seats(self) -> list[int]:
        """Return the seats of all running processes of this role."""

    def wake(self, *names: str) -> None:
        """Wake jobs of the other processes. Call it after the commit that they should see. A wake-up may get lost."""

    async def take_turn(self, number: int, seconds: float) -> None:
        """Wait until no process has this turn, and take it for this many seconds. Also waits for the database."""

    async def lead(self, on_lead: Callable[[], Awaitable[None]], on_lost: Callable[[], None]) -> None:
        """Lead whenever no other process does; never returns.

        `on_lead` is called before `is_leading` is set, and `on_lost` as soon as it is cleared.
        """


class Engine(Protocol):
    """One database, not open yet. Every method raises StoreError."""

    def lock(self, worker: Worker) -> AbstractAsyncContextManager[object]:
        """Return a lock, held until exited. Entering raises StoreLocked if another process of this kind has it."""

    def starting(self) -> AbstractAsyncContextManager[object]:
        """Return a lock for the start of one of several processes.

        Entering waits for those that started before, and changes the schema as far as those that run allow. Raises
        StoreTooOld if earlier versions must stop first.
        """

    def join(
        self, role: Role, on_wake: Callable[[Sequence[str]], None]
    ) -> AbstractAsyncContextManager[Member]:
        """Be one of several processes that share this database until exited. `on_wake` gets the names of jobs to wake.

        Entering raises StoreLocked if a process uses the database alone, and StoreUnopenable if it can't be shared.
        """

    def mending_command(self, folder: Path | None) -> str:
        """Return the shell command that hides the database from other users of this machine; "" if it is hidden.

        `folder`: see `backups`.
        """

    def backups(self, folder: Path | None) -> Backups | None:
        """Return the daily backups in this folder (None: the default); None if the server's own tools make backups."""

    async def open(self, *, create: bool) -> Opened:
        """Open the database, create it if it does not exist and `create` is given, and bring its schema up to date."""

    async def open_current(self) -> Opened | None:
        """Open the database if it has today's schema, else return None. Raises StoreError if it can't be written, and
        StoreTooNew if it has a later schema.
        """

    async def open_usable(self) -> Opened | None:
        """Open the database if this version can use it as it is, else return None. Raises StoreError."""

    async def read(self, use: Callable[[Opened], Awaitable[T]], *, any_version: bool) -> T:
        """Return what `use` returns with the database opened to be read only, even while others write.

        `any_version`: also if it has an earlier schema than this version can use.
        """

    async def schema_version(self) -> int:
        """Return the number of the newest migration that the database has."""

    async def check_exists(self) -> None:
        """Raise StoreUnopenable if there is no database."""

    def reading(self) -> AbstractAsyncContextManager[TableReader]:
        """Return a reader of all rows. The caller has the locks."""

    def filling(self) -> AbstractAsyncContextManager[TableWriter]:
        """Return a writer of a new database, which appears when the block ends. Entering raises StoreUnopenable if
        there is one already.
        """

    async def compact(self) -> None:
        """Make the database as small as its contents. The caller has its locks, and nobody has it open."""

    async def restore(self, copy: Path, now: datetime) -> Restored:
        """Put a copy in place of the database, which is kept. Raises StoreLocked if a bot or a backfill runs."""

    async def size(self) -> int:
        """Return the bytes of the database; 0 if there is none."""

    async def trial(self) -> Trial:
        """Return what `run` would find, without changing anything. Raises the StoreError that `run` would raise."""
