"""What happens in a run, and when: drawn from a seed, so the same seed has the same faults in the same order."""

import random
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from benchmarks.fault_runs.history import Event
from benchmarks.fault_runs.steps import STEPS

SECONDS = 5.0
"""For how long things go wrong."""
MIN_POSTS, MAX_POSTS = 12, 30
MIN_FAULTS, MAX_FAULTS = 5, 14
MAX_FAULT_SECONDS = 2.0
BEFORE = -1.0
"""The time of a step that happens before the bot starts."""
WRONG_CLOCKS = 0.3
"""The share of runs whose clock is wrong from the start."""

UNKNOWABLE = {"delete message", "move"}
"""What a restored database can't know of the lost time: deleted messages, and which old address a post had."""
UNREPLICATED = {"fill disk", "lock"}
"""What would be a test of Litestream."""

TROUBLES = {
    "lose database": ("loss of the database for a minute", 0.3),
    "lose poller": ("loss of a poller", 1.0),
    "lose leader": ("loss of the active deliverer", 1.0),
    "lose gateway": ("loss of a gateway process", 1.0),
    "two leaders": ("two deliverers that believe that they are active", 1.0),
    "freeze leader": ("a frozen active deliverer that wakes up", 1.0),
    "cut connections": ("connections cut", 1.0),
    "fail commits": ("failed commits with an unknown outcome", 1.0),
    "upgrade": ("a rolling upgrade that changes the database", 1.0),
}
"""The troubles that only several processes can have: a description, and a relative frequency."""
MIN_TROUBLES, MAX_TROUBLES = 2, 4


@dataclass(frozen=True, slots=True)
class Step:
    """A post, a change or a fault."""

    at: float
    """Seconds after the bot has read all feeds once."""
    do: str
    """A key of `steps.STEPS`."""
    seconds: float
    """How long a fault lasts."""
    pick: int
    """The seed of whatever the step chooses: a feed, a channel, a status."""


def draw(seed: int) -> list[Step]:
    """Return the plan of a seed, in order."""
    chance = random.Random(seed)
    posts = ["publish"] * chance.randint(MIN_POSTS, MAX_POSTS)
    names = [name for name, step in STEPS.items() if step.weight]
    weights = [STEPS[name].weight for name in names]
    faults = chance.choices(names, weights, k=chance.randint(MIN_FAULTS, MAX_FAULTS))
    before = [Step(BEFORE, "clock", 0.0, chance.randrange(1 << 32))] if chance.random() < WRONG_CLOCKS else []
    return sorted([*before, *(_step(chance, name) for name in (*posts, *faults))], key=lambda step: step.at)


def with_restore(seed: int, name: str) -> list[Step]:
    """Return the plan of a seed, with a restore in it: "restore" or "litestream". What can't be known is left out."""
    chance = random.Random(f"{seed} {name}")
    left_out = UNKNOWABLE | (UNREPLICATED if name == "litestream" else set())
    kept = [step for step in draw(seed) if step.do not in left_out]
    at, seconds = chance.uniform(0, SECONDS / 2), chance.uniform(0.5, SECONDS / 2)
    return sorted(
        [*kept, Step(round(at, 3), name, round(seconds, 3), chance.randrange(1 << 32))],
        key=lambda step: step.at,
    )


def with_troubles(seed: int, steps: Iterable[Step]) -> list[Step]:
    """Return a seed's plan, with troubles of several processes added."""
    chance = random.Random(f"{seed} troubles")
    weights = [weight for _, weight in TROUBLES.values()]
    names = chance.choices(list(TROUBLES), weights, k=chance.randint(MIN_TROUBLES, MAX_TROUBLES))
    return sorted([*steps, *(_step(chance, name) for name in names)], key=lambda step: step.at)


def _step(chance: random.Random, name: str) -> Step:
    at, seconds = chance.uniform(0, SECONDS), chance.uniform(0.1, MAX_FAULT_SECONDS)
    return Step(round(at, 3), name, round(seconds, 3), chance.randrange(1 << 32))


def events(steps: Iterable[Step]) -> list[Event]:
    """Return the plan as events of a history."""
    return [asdict(step) for step in steps]


def replayed(history: Iterable[Event]) -> list[Step]:
    """Return the plan that a history contains."""
    return [Step(**step) for event in history if event["event"] == "plan" for step in event["steps"]]
