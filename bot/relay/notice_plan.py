"""Decides which of the notices that wait for a place share its next message, and which repeats wait longer (pure)."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from bot.model import Notice, NoticePlan, Problem, SentNotice, Unit

MAX_PER_DAY = 5
"""Messages a day about one problem in one place. More repeats wait, and are then reported together."""

DAY = timedelta(days=1)

CountFitting = Callable[[Sequence[Unit]], int]
"""Returns how many of the units fit into one message."""


def plan_notices(
    waiting: Sequence[Notice],
    sent: Sequence[SentNotice],
    now: datetime,
    soon: datetime,
    count_fitting: CountFitting,
) -> NoticePlan:
    """Decide about the notices that wait for a place, oldest first; `sent`: those of the last day, oldest first.

    A question about held posts has a message of its own. Other notices share one if they are due by `soon`. The first
    report of a problem always goes, and so does the notice that closes a reported one.
    """
    first = next((each for each in waiting if each.due_at <= now), None)
    if first is None:
        return NoticePlan()
    if first.hold_id is not None:
        return NoticePlan((first.id,))
    allowed: list[Unit] = []
    postponed: dict[int, datetime] = {}
    for unit in _units(waiting, soon):
        before = [each for each in sent if each.problem == unit[0].problem]
        now_allowed = _allowed(unit, before)
        if now_allowed:
            allowed.append(now_allowed)
        postponed |= {each.id: before[0].sent_at + DAY for each in unit[len(now_allowed) :]}
    if not any(each.due_at <= now for unit in allowed for each in unit):
        return NoticePlan(postponed=postponed)
    fitting = allowed[: max(1, count_fitting(allowed))]
    return NoticePlan(tuple(sorted(each.id for unit in fitting for each in unit)), postponed)


def units_of(notices: Iterable[Notice]) -> list[Unit]:
    """Return the notices by problem, in the order of each problem's first."""
    units: dict[Problem, list[Notice]] = {}
    for notice in notices:
        units.setdefault(notice.problem, []).append(notice)
    return list(units.values())


def _units(waiting: Iterable[Notice], soon: datetime) -> list[Unit]:
    """Return the units that are due soon. A postponed report is due with the notice that closes it."""
    units = units_of(each for each in waiting if each.hold_id is None)
    return [unit for unit in units if min(each.due_at for each in unit) <= soon]


def _allowed(unit: Unit, sent: Sequence[SentNotice]) -> Unit:
    """Return the first notices of the unit that may be sent now. `sent`: those about its problem within a day."""
    if not sent:
        return unit
    messages = len({each.message for each in sent})
    room = MAX_PER_DAY - messages - unit[-1].kind.opens  # a report leaves room for the notice that closes it
    if room > 0:
        return unit
    return list(takewhile(lambda each: each.kind.closes, unit)) if sent[-1].kind.opens else ()
