"""asyncpg's errors become ours, by their SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html"""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from bot import errors

_NO_DATABASE = "there is no such database; create it with createdb, or change store.url."
_NO_CONNECTION = "the server has no connection left; raise its max_connections, or stop what else uses them."
_NO_LOGIN = "the server refuses this user or password; change store.url."
_NO_PRIVILEGE = "this user may not do that in the database; make it the database's owner."
BAD_ADDRESS = (
    "this is not an address of a database; write store.url as postgresql://user:password@host/database."
)

_BY_STATE: dict[str, tuple[type[errors.StoreError], str]] = {
    "08": (errors.StoreUnreachable, ""),
    "28": (errors.StoreUnopenable, _NO_LOGIN),
    "3D000": (errors.StoreUnopenable, _NO_DATABASE),
    "25006": (errors.StoreReadOnly, "the server only reads, as a standby does; change store.url."),
    "25P03": (errors.StoreUnreachable, ""),  # this process was frozen for a while
    "40": (errors.StoreLocked, ""),
    "42501": (errors.StoreReadOnly, _NO_PRIVILEGE),
    "53100": (errors.StoreFull, ""),
    "53300": (errors.StoreUnreachable, _NO_CONNECTION),
    "55000": (errors.StoreUnreachable, ""),  # the database accepts no connections for a while
    "55P03": (errors.StoreLocked, ""),
    "57014": (errors.StoreLocked, ""),
    "57P": (errors.StoreUnreachable, ""),
    "58030": (errors.StoreUnopenable, "the server's disk does not work; check its space, quota and health."),
    "XX001": (errors.StoreCorrupt, "the database is damaged; keep a copy, and restore the newest backup."),
    "XX002": (errors.StoreCorrupt, "the database is damaged; keep a copy, and restore the newest backup."),
}
"""Our errors by the beginning of a state. A state that is not here can only be caused by a bug."""


DRIVER_ERRORS = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What asyncpg raises. The last one is its answer to a call while it notices that the connection is gone."""


def is_lost(error: BaseException) -> bool:
    """Return whether the connection failed, so that nobody knows what the server did last."""
    if isinstance(error, ValueError):  # asyncpg's InterfaceError, too: a bug of the caller
        return False
    state = getattr(error, "sqlstate", None) or ""
    connection = (OSError, asyncpg.InterfaceError, asyncpg.InternalClientError)
    return isinstance(error, connection) or state.startswith(("08", "25P03", "57P"))


def store_error(error: BaseException, address: str) -> errors.StoreError | None:
    """Return our error for asyncpg's; None for what only a bug can cause."""
    state = getattr(error, "sqlstate", None) or ""
    for length in (5, 3, 2):
        if state[:length] in _BY_STATE and len(state) >= length:
            kind, sentence = _BY_STATE[state[:length]]
            return kind(address, sentence)
    if is_lost(error):
        return errors.StoreUnreachable(address)
    return None


@contextmanager
def translated_errors(address: str) -> Iterator[None]:
    """Turn asyncpg's errors into ours; errors that only a bug can cause pass unchanged."""
    try:
        yield
    except DRIVER_ERRORS as error:
        ours = store_error(error, address)
        if ours is None:
            raise
        raise ours from None  # the driver's own text may have the password
