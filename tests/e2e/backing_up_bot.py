"""`fast_bot` that checks for due backups often, and retries soon: `python -m tests.e2e.backing_up_bot ARGUMENTS…`."""

from bot import app, cli
from bot.relay import backup_schedule
from tests.e2e.fast_bot import TICK_INTERVAL, patch_times

if __name__ == "__main__":
    patch_times()
    app.BACKUP_INTERVAL = backup_schedule.FIRST_RETRY = TICK_INTERVAL
    cli.main()
