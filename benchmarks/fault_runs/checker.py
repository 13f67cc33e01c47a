"""Compares a history with the rules: `python -m benchmarks.fault_runs.checker HISTORY`.

It knows nothing of the bot's code. Each post that a blog published belongs once, in order, into each channel whose rule
selects it, at most a minute after everything works again, and notifies only the roles that the channel asked for.
"""

import math
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path

from benchmarks.fault_runs.history import Event, read

MAX_DELAY = 60.0
"""Seconds from the end of the last fault, or from the publication if that came later."""

RECORD_TIME = 2.0
"""Seconds in which the bot records what an answer shows, if nothing stops it."""

INTERRUPTIONS = {
    "kill",
    "kill in send",
    "long absence",
    "terminate",
    "terminate without gateway",
    "pause",
    "lock",
    "fill disk",
    "lose database",
    "lose leader",
    "two leaders",
    "freeze leader",
    "cut connections",
    "fail commits",
}
"""The steps that may keep the process that sends from recording what an answer shows."""


def check(history: Sequence[Event]) -> list[str]:
    """Return every broken rule as `kind: details`; the kinds are those of the functions below."""
    rules = (lost, doubled, misordered, wrong_channel, ping, late, process)
    return [f"{rule.__name__.replace('_', ' ')}: {found}" for rule in rules for found in rule(history)]


def expected(history: Sequence[Event]) -> dict[tuple[str, str], Event]:
    """Return the publication of each post that belongs in a channel, by channel and post, in order."""
    return {
        (follow["channel"], post["post"]): post
        for follow in _events(history, "follows")
        for post in _events(history, "published")
        if post["feed"] == follow["feed"] and not post["old"] and _wants(follow, post)
    }


def lost(history: Sequence[Event]) -> Iterator[str]:
    """Yield posts that never arrived, though their channel exists."""
    arrived, deleted = set(_stored(history)), {each["channel"] for each in _events(history, "deleted")}
    for channel, post in expected(history):
        if (channel, post) not in arrived and channel not in deleted:
            yield f"{post} is not in #{channel}"


def doubled(history: Sequence[Event]) -> Iterator[str]:
    """Yield posts that are in a channel more than once."""
    for (channel, post), times in Counter(_stored(history, without=_unknowable(history))).items():
        if times > 1:
            yield f"{post} is in #{channel} {times} times"


def misordered(history: Sequence[Event]) -> Iterator[str]:
    """Yield pairs of a feed's posts that a channel has in the wrong order."""
    wanted = expected(history)
    first = {where: event for event in reversed(_events(history, "stored")) for where in _places(event)}
    arrived = sorted((each for each in first if each in wanted), key=lambda each: first[each]["at"])
    place = {each: number for number, each in enumerate(wanted)}
    for earlier, later in combinations(arrived, 2):
        same = earlier[0] == later[0] and wanted[earlier]["feed"] == wanted[later]["feed"]
        if same and place[earlier] > place[later] and not _excused(history, later, earlier[1], first[later]):
            yield f"{later[1]} came after {earlier[1]} in #{later[0]}"


def wrong_channel(history: Sequence[Event]) -> Iterator[str]:
    """Yield posts in channels that don't want them: old ones, those of other feeds, and excluded ones."""
    wanted = expected(history)
    for channel, post in dict.fromkeys(_stored(history)):
        if (channel, post) not in wanted:
            yield f"{post} does not belong in #{channel}"


def ping(history: Sequence[Event]) -> Iterator[str]:
    """Yield messages that notified anyone whom the channel didn't ask to be notified."""
    allowed = {follow["channel"]: set(follow["roles"]) for follow in _events(history, "follows")}
    for message in _events(history, "stored"):
        if extra := sorted(set(message["pings"]) - (allowed.get(message["channel"]) or set())):
            yield f"message {message['message']} in #{message['channel']} notified {', '.join(extra)}"


def late(history: Sequence[Event]) -> Iterator[str]:
    """Yield posts that arrived, but too long after everything worked again."""
    healed = max((each["at"] for each in _events(history, "healed")), default=0.0)
    wanted = expected(history)
    for message in _events(history, "stored"):
        for channel, post in _places(message):
            published = wanted.get((channel, post), message)["at"]
            if (delay := message["at"] - max(healed, published)) > MAX_DELAY:
                yield f"{post} came to #{channel} {delay:.0f} s after everything worked again"


def process(history: Sequence[Event]) -> Iterator[str]:
    """Yield what the process itself did wrong."""
    yield from (each["text"] for each in _events(history, "problem"))


def _events(history: Iterable[Event], name: str) -> list[Event]:
    return [each for each in history if each["event"] == name]


def _places(message: Event) -> list[tuple[str, str]]:
    return [(message["channel"], post) for post in message["posts"]]


def _stored(history: Sequence[Event], without: Collection[int] = ()) -> list[tuple[str, str]]:
    kept = (message for message in _events(history, "stored") if message["message"] not in without)
    return [place for message in kept for place in _places(message)]


def _unknowable(history: Sequence[Event]) -> set[int]:
    """Return the messages that were removed before the bot could know of them: only answers of Discord show any."""
    known: dict[int, float] = {}
    for each in _events(history, "answered"):
        if not _interrupted(history, each["at"]):
            known |= {message: each["at"] for message in each["messages"] if message not in known}
    return {
        each["message"]
        for each in _events(history, "removed")
        if each["at"] < known.get(each["message"], math.inf)
    }


def _interrupted(history: Sequence[Event], answered: float) -> bool:
    """Return whether a step may have kept the bot from recording what an answer at this time shows."""
    return any(
        begins <= answered + RECORD_TIME and answered <= ends for begins, ends in _interruptions(history)
    )


def _interruptions(history: Sequence[Event]) -> Iterator[tuple[float, float]]:
    ends = {(each["do"], each["pick"]): each["at"] for each in _events(history, "over")}
    for each in _events(history, "begins"):
        if each["do"] in INTERRUPTIONS:
            yield each["at"], ends.get((each["do"], each["pick"]), math.inf)


def _wants(follow: Event, post: Event) -> bool:
    tags = set(post["tags"])
    return (not follow["tags"] or bool(tags & set(follow["tags"]))) and not tags & set(follow["exclude_tags"])


def _excused(history: Sequence[Event], place: tuple[str, str], newer: str, message: Event) -> bool:
    """Return whether the older post may come later: only the newer one was readable, or an admin had to decide."""
    channel, older = place
    published = expected(history)[place]["at"]
    server = next(each["server"] for each in _events(history, "follows") if each["channel"] == channel)
    torn = (each["shown"] for each in _events(history, "torn"))
    hidden = any(
        newer in shown and older not in shown[:-1] for shown in torn
    )  # the last one may be incomplete
    returns = [each["at"] for each in _events(history, "returned") if each["server"] == server]
    return hidden or any(published <= at <= message["at"] for at in returns)


if __name__ == "__main__":
    problems = check(list(read(Path(sys.argv[1]))))
    print("\n".join(problems) or "every rule holds")
    sys.exit(1 if problems else 0)
