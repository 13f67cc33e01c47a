"""Moves a database to another place, or to another engine.

The copy is complete before it appears. From then on, exactly one of the two can be used: first the copy says that the
move is unfinished, then the source says where it was moved to, then the copy can be used. Repeating an interrupted move
finishes it.
"""

from collections.abc import Awaitable, Callable
from functools import partial

from bot import errors
from bot.store import copying
from bot.store.database import Repository, Transaction, transaction
from bot.store.engine import Engine

_MOVED = "this database was moved to {}; change store.path or store.url, or use the one that you have."
_UNFINISHED = "moving to this database was interrupted; run `feed-relay db move` again."
_DIFFERS = "table {} of the copy differs from the source; nothing was moved. Please report this."
_FULL = "the disk is full; free some space, then move again. Nothing was moved."
_CHANGED = (
    "an unfinished move is here, and the source has changed since; empty this database, and move again."
)

OnProgress = Callable[[str, int, int], None]
"""Called with the step, how much is done, and the total."""


class Marks(Repository):
    """What a database says about moves."""

    async def check(self, place: str) -> None:
        """Raise StoreUnopenable if the database was moved, or is the target of an unfinished move."""
        for row in await self._db.rows("move_marks"):
            sentence = _UNFINISHED if row["key"] == "unfinished move" else _MOVED.format(row["value"])
            raise errors.StoreUnopenable(place, sentence)

    async def is_unfinished(self) -> bool:
        """Return whether a move to this database was interrupted."""
        return await self._db.row("unfinished_move") is not None

    @transaction
    async def move_to(self, tx: Transaction, place: str) -> None:
        """Record that the database was moved."""
        await tx.run("mark_moved", place=place)

    @transaction
    async def finish(self, tx: Transaction) -> None:
        """Allow the database to be used."""
        await tx.run("finish_move")


async def transfer(source: Engine, target: Engine, places: tuple[str, str], on_progress: OnProgress) -> None:
    """Copy everything but the full-text index, and let the target be used in place of the source.

    The caller has all locks.
    """
    if await _is_unfinished(target):
        await _compare(source, target, _CHANGED, places[1], on_progress)
    else:
        await _mark(source, places[0], lambda marks: marks.check(places[0]))
        try:
            await _fill(source, target, places[1], on_progress)
        except errors.StoreFull as full:
            raise errors.StoreFull(full.path, _FULL) from None
    await _mark(source, places[0], lambda marks: marks.move_to(places[1]))
    await _mark(target, places[1], lambda marks: marks.finish())


async def _is_unfinished(target: Engine) -> bool:
    if not await target.size():
        return False
    opened = await target.open_current()
    if opened is None:
        return False
    try:
        return await Marks(opened.database).is_unfinished()
    finally:
        await opened.database.close()


async def _fill(source: Engine, target: Engine, place: str, on_progress: OnProgress) -> None:
    async with source.reading() as reader, target.filling() as writer:
        rows = await copying.total(reader)
        await copying.copy(reader, writer, _counted("copying", rows, on_progress))
        await writer.complete(partial(on_progress, "indexing"))
        if table := await copying.first_difference(reader, writer, _counted("checking", rows, on_progress)):
            raise errors.StoreUnopenable(place, _DIFFERS.format(table))
        await writer.insert("meta", ("key", "value"), [("unfinished move", "")])


async def _compare(
    source: Engine, target: Engine, sentence: str, place: str, on_progress: OnProgress
) -> None:
    async with source.reading() as reader, target.reading() as copied:
        rows = await copying.total(reader)
        if await copying.first_difference(reader, copied, _counted("checking", rows, on_progress)):
            raise errors.StoreUnopenable(place, sentence)


async def _mark(engine: Engine, place: str, mark: Callable[[Marks], Awaitable[None]]) -> None:
    opened = await engine.open_current()
    if opened is None:
        raise errors.StoreTooOld(place)
    try:
        await mark(Marks(opened.database))
    finally:
        await opened.database.close()


def _counted(what: str, total: int, on_progress: OnProgress) -> Callable[[int], None]:
    """Return a function that adds up steps for `on_progress`."""
    done = 0

    def add(rows: int) -> None:
        nonlocal done
        done += rows
        on_progress(what, done, total)

    return add
