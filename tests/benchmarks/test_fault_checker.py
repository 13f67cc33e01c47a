"""The checker of the fault runs finds each kind of broken rule, and nothing in a history that keeps them."""

import ast
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path

import pytest

from benchmarks.fault_runs import checker
from benchmarks.fault_runs.checker import check
from benchmarks.fault_runs.history import Event
from benchmarks.fault_runs.steps import STEPS

HEALED = 10.0


def follows(channel: str, feed: str, tags: tuple[str, ...] = (), roles: tuple[str, ...] = ()) -> Event:
    return {
        "at": 0.0,
        "event": "follows",
        "channel": channel,
        "server": "Allotment",
        "feed": feed,
        "tags": list(tags),
        "exclude_tags": ["personal"],
        "roles": list(roles),
    }


def published(post: str, at: float, *tags: str, old: bool = False) -> Event:
    feed = post.partition("-")[0]
    return {"at": at, "event": "published", "feed": feed, "post": post, "tags": list(tags), "old": old}


def stored(post: str, at: float, channel: str = "news", pings: tuple[str, ...] = ()) -> Event:
    return {
        "at": at,
        "event": "stored",
        "channel": channel,
        "message": int(at * 100),
        "posts": [post] if post else [],
        "pings": list(pings),
    }


FAULTLESS: list[Event] = [
    follows("news", "garden"),
    follows("talk", "sky", ("stars",), ("role 7",)),
    published("garden-1", 0.1, old=True),
    published("garden-2", 1.0),
    published("garden-3", 1.0, "stars"),
    published("garden-4", 2.0, "personal"),
    published("sky-1", 2.0, "stars"),
    published("sky-2", 2.0),
    {"at": HEALED, "event": "healed"},
    stored("garden-2", 12.0),
    stored("garden-3", 12.5),
    stored("sky-1", 13.0, "talk", ("role 7",)),
    stored("", 14.0),  # a notice
]


def message(history: list[Event], post: str) -> Event:
    return next(each for each in history if each["event"] == "stored" and post in each["posts"])


def lose(history: list[Event]) -> None:
    history.remove(message(history, "garden-3"))


def double(history: list[Event]) -> None:
    history.append(stored("garden-3", 15.0))


def misorder(history: list[Event]) -> None:
    message(history, "garden-2")["at"] = 12.9


def send_to_another_channel(history: list[Event]) -> None:
    history.append(stored("garden-3", 15.0, "talk"))


def send_an_excluded_post(history: list[Event]) -> None:
    history.append(stored("garden-4", 15.0))


def send_an_old_post(history: list[Event]) -> None:
    history.append(stored("garden-1", 15.0))


def ping_everyone(history: list[Event]) -> None:
    message(history, "garden-3")["pings"] = ["everyone"]


def ping_another_role(history: list[Event]) -> None:
    message(history, "sky-1")["pings"] = ["role 7", "role 8"]


def ping_by_a_notice(history: list[Event]) -> None:
    history.append(stored("", 15.0, pings=("user 1",)))


def delay(history: list[Event]) -> None:
    message(history, "garden-3")["at"] = HEALED + 60.1


def fail(history: list[Event]) -> None:
    history.append({"at": 9.0, "event": "problem", "text": "a traceback is in the log"})


MUTATIONS: dict[Callable[[list[Event]], None], str] = {
    lose: "lost: garden-3 is not in #news",
    double: "doubled: garden-3 is in #news 2 times",
    misorder: "misordered: garden-2 came after garden-3 in #news",
    send_to_another_channel: "wrong channel: garden-3 does not belong in #talk",
    send_an_excluded_post: "wrong channel: garden-4 does not belong in #news",
    send_an_old_post: "wrong channel: garden-1 does not belong in #news",
    ping_everyone: "ping: message 1250 in #news notified everyone",
    ping_another_role: "ping: message 1300 in #talk notified role 8",
    ping_by_a_notice: "ping: message 1500 in #news notified user 1",
    delay: "late: garden-3 came to #news 60 s after everything worked again",
    fail: "process: a traceback is in the log",
}


def test_a_history_that_keeps_the_rules_has_no_problems() -> None:
    assert check(FAULTLESS) == []


@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda each: each.__name__)
def test_each_broken_rule_is_found(mutate: Callable[[list[Event]], None]) -> None:
    history = deepcopy(FAULTLESS)

    mutate(history)

    assert check(history) == [MUTATIONS[mutate]]


def test_a_post_may_be_missing_only_where_the_channel_was_deleted() -> None:
    history = [*FAULTLESS, {"at": 3.0, "event": "deleted", "channel": "news"}]

    lose(history)

    assert check(history) == []


def test_an_older_post_may_come_later_if_only_the_newer_one_was_readable() -> None:
    torn = {"at": 3.0, "event": "torn", "feed": "garden", "shown": ["garden-3", "garden-2"]}
    history = [*deepcopy(FAULTLESS), torn]

    misorder(history)

    assert check(history) == []


def test_an_older_post_may_come_later_if_an_admin_had_to_decide_about_it() -> None:
    history = [*deepcopy(FAULTLESS), {"at": 3.0, "event": "returned", "server": "Allotment"}]

    misorder(history)

    assert check(history) == []


def answered(message: Event, at: float) -> Event:
    return {"at": at, "event": "answered", "messages": [message["message"], 7]}


def removed(message: Event, at: float) -> Event:
    return {"at": at, "event": "removed", "message": message["message"]}


def step(do: str, begins: float, ends: float) -> list[Event]:
    return [
        {"at": begins, "event": "begins", "do": do, "seconds": 1.0, "pick": 5},
        {"at": ends, "event": "over", "do": do, "pick": 5},
    ]


def came_again(*others: Event) -> list[str]:
    """Check a history in which garden-3 came at 12.5, was removed at 13.5 and came again."""
    history = deepcopy(FAULTLESS)
    double(history)
    return check([*history, removed(message(history, "garden-3"), 13.5), *others])


FIRST = message(FAULTLESS, "garden-3")


def test_a_post_may_come_again_if_it_was_removed_before_an_answer_showed_it() -> None:
    assert came_again() == []
    assert came_again(answered(message(FAULTLESS, "garden-2"), 12.5)) == []
    assert came_again(answered(FIRST, 13.6)) == []


@pytest.mark.parametrize("do", ["kill", "freeze leader", "lose database"])
def test_a_post_may_come_again_if_the_bot_could_not_record_the_answer(do: str) -> None:
    assert came_again(answered(FIRST, 12.6), *step(do, 12.9, 13.2)) == []
    assert came_again(answered(FIRST, 12.6), *step(do, 12.1, 12.7)) == []


def test_a_post_may_not_come_again_if_an_answer_showed_it_before_it_was_removed() -> None:
    twice = [MUTATIONS[double]]

    assert came_again(answered(FIRST, 12.6)) == twice
    assert came_again(answered(FIRST, 12.6), *step("kill", 12.0, 12.5)) == twice
    assert came_again(answered(FIRST, 12.6), *step("kill", 14.7, 14.8)) == twice
    assert came_again(answered(FIRST, 12.6), *step("break feed", 12.0, 14.0)) == twice


def test_a_post_may_not_come_again_if_a_search_showed_it_after_the_interruption() -> None:
    killed = [answered(FIRST, 12.6), *step("kill", 12.7, 12.8)]

    assert came_again(*killed, answered(FIRST, 13.4)) == [MUTATIONS[double]]


def test_a_post_that_nobody_removed_may_not_come_again_whatever_was_answered() -> None:
    history = deepcopy(FAULTLESS)
    double(history)

    assert check([*history, *step("kill", 12.4, 12.6)]) == [MUTATIONS[double]]


def test_every_interruption_is_a_step() -> None:
    assert set(STEPS) >= checker.INTERRUPTIONS


def test_the_checker_knows_nothing_of_the_bot() -> None:
    assert [name for name in imports(Path(checker.__file__)) if name.split(".")[0] == "bot"] == []


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
