"""What `status` says, as lines and as JSON."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.cli.output import count_of, print_json, print_line
from bot.heartbeat import Backlog, BackupState, Heartbeat

MAX_SILENCE = timedelta(seconds=30)
"""How old the last heartbeat of a working bot may be; it writes one every 5 seconds."""

_ONLY = "run"
"""The name of the process that does everything."""
_WITHOUT_GATEWAY = ("poll", "deliver")

_UNITS = ((timedelta(days=2), timedelta(days=1), "d"), (timedelta(hours=2), timedelta(hours=1), "h"))


def show(
    heartbeats: Sequence[Heartbeat],
    backlog: Backlog,
    backups: BackupState | None,
    now: datetime,
    *,
    as_json: bool,
) -> int:
    """Print the bot's state. Return the exit code: 0 if a bot is running."""
    if as_json:
        print_json(status_object(heartbeats, backlog, backups, now))
    else:
        for line in status_lines(heartbeats, backlog, backups, now):
            print_line(line)
    return 0 if any(works(each, now) for each in heartbeats) else 1


def works(heartbeat: Heartbeat, now: datetime) -> bool:
    """Return whether the process that wrote this works."""
    return abs(now - heartbeat.beat_at) <= MAX_SILENCE


def status_lines(
    heartbeats: Sequence[Heartbeat], backlog: Backlog, backups: BackupState | None, now: datetime
) -> Iterator[str]:
    """Return what `status` says, line by line."""
    if not heartbeats:
        yield "The bot is not running; start it with `feed-relay run`."
    for each in heartbeats:
        yield from _process_lines(each, now)
    if backlog.no_session_until and backlog.no_session_until > now:
        until = f"{backlog.no_session_until:%Y-%m-%d %H:%M} UTC"
        yield f"sessions   too many began within a day; none begins until {until}. See the log for why it restarts."
    yield f"feeds      {backlog.feeds:,}"
    oldest = f", the oldest for {_age(backlog.oldest_at, now)}" if backlog.oldest_at else ""
    yield f"waiting    {count_of(backlog.waiting, 'post')}{oldest}"
    if backlog.uncertain:
        yield f"uncertain  {count_of(backlog.uncertain, 'post')} may have arrived; the bot looks for them first"
    if backlog.held:
        yield f"held       {count_of(backlog.held, 'post')}; `feed-relay db stats` lists them"
    if backlog.suspended:
        yield f"suspended  {count_of(backlog.suspended, 'channel')}; `feed-relay db stats` says why"
    if backups:
        yield f"backup     {_backup(backups, now)}"


def _backup(backups: BackupState, now: datetime) -> str:
    last = f"{_age(backups.last_at, now)} ago" if backups.last_at else "none yet"
    next_at = f"{backups.next_at:%Y-%m-%d %H:%M} UTC"
    if backups.error:
        return f"{last}; the last attempt failed, the next one is at {next_at}: {backups.error}"
    return f"{last}, the next one at {next_at}"


def _process_lines(heartbeat: Heartbeat, now: datetime) -> Iterator[str]:
    if heartbeat.process != _ONLY:
        yield f"process    {heartbeat.process}"
    if works(heartbeat, now):
        yield f"running    since {heartbeat.started_at:%Y-%m-%d %H:%M} UTC, version {heartbeat.version}"
    else:
        yield (
            f"stopped    unexpectedly; its last sign of life was {_age(heartbeat.beat_at, now)} ago. "
            "Start it again, or see its log."
        )
    if not heartbeat.process.startswith(_WITHOUT_GATEWAY):
        yield f"gateway    {heartbeat.gateway}"
    yield f"last poll  {_ago(heartbeat.last_poll_at, now)}"
    yield f"last sent  {_ago(heartbeat.last_sent_at, now)}"


def _ago(moment: datetime | None, now: datetime) -> str:
    return "none since its start" if moment is None else f"{_age(moment, now)} ago"


def _age(moment: datetime, now: datetime) -> str:
    """Return how long ago a time was, as "5 s", "3 min", "7 h" or "4 d"."""
    passed = max(now - moment, timedelta())
    for least, unit, name in _UNITS:
        if passed >= least:
            return f"{passed // unit} {name}"
    minutes = passed // timedelta(minutes=1)
    return f"{minutes} min" if minutes >= 2 else f"{passed // timedelta(seconds=1)} s"


def status_object(
    heartbeats: Sequence[Heartbeat], backlog: Backlog, backups: BackupState | None, now: datetime
) -> dict[str, object]:
    """Return what `status --json` prints."""
    return {
        "running": any(works(each, now) for each in heartbeats),
        "processes": [
            {
                "process": each.process,
                "version": each.version,
                "works": works(each, now),
                "gateway": each.gateway,
                "started_at": _time(each.started_at),
                "last_sign_at": _time(each.beat_at),
                "last_poll_at": _time(each.last_poll_at),
                "last_sent_at": _time(each.last_sent_at),
            }
            for each in heartbeats
        ],
        "feeds": backlog.feeds,
        "waiting": backlog.waiting,
        "oldest_at": _time(backlog.oldest_at),
        "uncertain": backlog.uncertain,
        "held": backlog.held,
        "suspended": backlog.suspended,
        "no_session_until": _time(backlog.no_session_until),
        "backup": backups
        and {
            "last_at": _time(backups.last_at),
            "next_at": _time(backups.next_at),
            "error": backups.error,
        },
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")
