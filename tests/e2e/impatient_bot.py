"""`fast_bot` that does not wait for a lock: `python -m tests.e2e.impatient_bot ARGUMENTS…`."""

from bot import cli
from bot.store import patience
from bot.store.sqlite import database
from tests.e2e.fast_bot import patch_times

if __name__ == "__main__":
    patch_times()
    database.BUSY_TIMEOUT = patience.PAUSE = 0.1
    cli.main()
