"""`tests.e2e.fast_bot` as a later version, which changes the database: `python -m tests.e2e.newer_bot ARGUMENTS…`."""

from bot import cli
from bot.store.postgres import engine
from tests.e2e.fast_bot import patch_times
from tests.newer_program import newer

if __name__ == "__main__":
    patch_times()
    vars(engine)["this_program"] = newer
    cli.main()
