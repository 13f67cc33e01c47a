"""Runs `feed-relay`; its jobs stop when `stop-jobs` appears in its folder, a trouble that nothing outside can cause."""

from pathlib import Path

from bot.cli import main
from bot.schedule import Schedule

_replan = Schedule._replan  # noqa: SLF001 -- the only place where a benchmark can stop the scheduler


def _stop_or_replan(self: Schedule) -> None:
    if Path("stop-jobs").exists():
        self._scheduler.pause()
    else:
        _replan(self)


if __name__ == "__main__":
    Schedule._replan = _stop_or_replan  # type: ignore[method-assign]  # noqa: SLF001 -- see above
    main()
