"""One run: everything is set up, the plan happens, everything heals, and what Discord stored goes into the history."""

import asyncio
import random
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.fault_runs import plan
from benchmarks.fault_runs.checker import MAX_DELAY, check, expected
from benchmarks.fault_runs.history import Event
from benchmarks.fault_runs.plan import Step
from benchmarks.fault_runs.steps import STEPS
from benchmarks.fault_runs.world import World, eventually, world
from bot.model import Role
from bot.sandbox.discord.models import StoredMessage
from bot.store.place import ServerAddress

START_TIMEOUT = 120.0
_POST = re.compile(r"/post/\d+/([a-z]+-\d+)\b")
_POST_ALL = "Post all"
_EXPECTED_TRACEBACKS = ("response unreadable", "command failed")
"""What the bot logs with a traceback on purpose: an answer of Discord's made discord.py fail."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a run showed."""

    problems: list[str]
    posts: int
    messages: int
    starts: int
    troubles: Counter[str] = field(default_factory=Counter)
    """How often each of `plan.TROUBLES` happened."""


async def run(
    folder: Path, steps: Sequence[Step], address: ServerAddress | None = None, processes: Sequence[Role] = ()
) -> Result:
    """Run the bot through a plan in an empty folder, which then has the history, the log and the config."""
    async with world(folder, address, processes) as made:
        made.history.add("plan", steps=plan.events(steps))
        await _play(made, steps)
        _note_messages(made)
        _note_process(made)
        events = made.history.events
        posts = sum(each["event"] == "published" and not each["old"] for each in events)
        messages = sum(each["event"] == "stored" for each in events)
        return Result(check(events), posts, messages, made.bot.starts, _troubles(events))


def _troubles(events: Sequence[Event]) -> Counter[str]:
    happened = Counter[str]()
    for each in events:
        if each["event"] == "trouble":
            happened[each["name"]] += each["times"]
    return happened


async def _play(made: World, steps: Sequence[Step]) -> None:
    for step in steps:
        if step.at < 0:
            await STEPS[step.do].act(made, random.Random(step.pick), step.seconds)
    made.bot.start()
    await _wait_for_baselines(made)
    helpers = [asyncio.create_task(each) for each in (made.bot.keep_running(), _decide_holds(made))]
    try:
        async with asyncio.TaskGroup() as group:
            for step in steps:
                if step.at >= 0:
                    group.create_task(_take(made, step))
        await _heal(made)
        await _settle(made)
    finally:
        for helper in helpers:
            helper.cancel()
        await asyncio.gather(*helpers, return_exceptions=True)
    await _restart(made)


async def _wait_for_baselines(made: World) -> None:
    """Wait until all feeds were read twice and their posts so far are recorded, so that later posts must be sent."""
    try:
        async with asyncio.timeout(START_TIMEOUT):
            await eventually(lambda: made.polls() >= 2, START_TIMEOUT)
            while not await made.storage.has_baselines():  # noqa: ASYNC110 -- nothing announces it
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise TimeoutError(f"the bot did not start; see {made.folder / 'log'}") from None


async def _take(made: World, step: Step) -> None:
    await asyncio.sleep(step.at)
    if step.do != "publish":
        made.history.add("begins", do=step.do, seconds=step.seconds, pick=step.pick)
    await STEPS[step.do].act(made, random.Random(step.pick), step.seconds)
    if step.do != "publish":
        made.history.add("over", do=step.do, pick=step.pick)


async def _heal(made: World) -> None:
    """End what faults have left: scripted answers that nobody asked for yet."""
    made.discord.faults.clear()
    made.discord.gateway.faults.clear()
    made.history.add("healed")


async def _settle(made: World) -> None:
    """Wait until every post has arrived. What comes in the second half of the time is late, not lost."""
    await eventually(lambda: _is_complete(made), MAX_DELAY * 2)
    await _polled_twice(made)


async def _restart(made: World) -> None:
    """Stop the bot and start it again: nothing may be sent twice."""
    await made.bot.stop()
    made.bot.start()
    await _polled_twice(made)
    await made.bot.stop()


async def _polled_twice(made: World) -> None:
    """Wait until the bot has recorded what all feeds show now."""
    last = made.polls() + 2
    if not await eventually(lambda: made.polls() >= last, MAX_DELAY):
        made.history.add("problem", text="the bot no longer reads its feeds")


def _is_complete(made: World) -> bool:
    arrived = {(name, post) for name, message in _own(made) for post in _posts_in(message)}
    deleted = {each["channel"] for each in made.history.events if each["event"] == "deleted"}
    return all(place in arrived or place[0] in deleted for place in expected(made.history.events))


def _own(made: World) -> list[tuple[str, StoredMessage]]:
    """Return the bot's messages with their channels, oldest first, including deleted ones."""
    names, me = made.channel_names(), made.discord.bot.id
    found = [
        (names.get(channel_id, f"channel {channel_id}"), message)
        for channel_id in made.discord.stored
        for message in made.discord.messages(channel_id, deleted=True)
        if message.author.id == me
    ]
    return sorted(found, key=lambda each: each[1].id)


def _posts_in(message: StoredMessage) -> list[str]:
    """Return the names of the posts that a message shows: all addresses end with one."""
    texts = (message.content, *(str(embed.get("url", "")) for embed in message.embeds))
    return list(dict.fromkeys(_POST.findall(" ".join(texts))))


async def _decide_holds(made: World) -> None:
    """Press "Post all" below each question about held posts, as an admin, until cancelled."""
    pressed: set[int] = set()
    while True:
        await asyncio.sleep(0.2)
        for _, message in _own(made):
            if message.id not in pressed and _asks(message):
                pressed.add(message.id)
                with suppress(Exception):
                    await made.discord.press(message, _POST_ALL, made.discord.owner, timeout=5.0)
        undecided = {message.id for _, message in _own(made) if _asks(message)}
        pressed -= undecided


def _asks(message: StoredMessage) -> bool:
    return not message.deleted and _POST_ALL in str(message.components)


def _note_messages(made: World) -> None:
    for name, message in _own(made):
        pings = message.pings
        made.history.add(
            "stored",
            at=message.created_at.timestamp(),
            channel=name,
            message=message.id,
            posts=_posts_in(message),
            pings=[
                *(["everyone"] if pings.everyone else []),
                *(f"role {role}" for role in sorted(pings.roles)),
                *(f"user {user}" for user in sorted(pings.users)),
            ],
        )


def _note_process(made: World) -> None:
    for body in made.discord.invalid_bodies:
        made.history.add("problem", text=f"Discord would refuse {body.method} {body.path}: {body.problems}")
    event = ""
    for line in (made.folder / "log").read_text("utf-8").splitlines():
        event = line if line.startswith("20") else event
        if line.startswith("Traceback") and not any(each in event for each in _EXPECTED_TRACEBACKS):
            made.history.add("problem", text=f"a traceback is in the log, below: {event}")
