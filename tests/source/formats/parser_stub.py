"""Commands that a worker runs in tests instead of parsing, given as the body of the document."""

import json
import os
import time
from pathlib import Path

from bot.errors import NotAFeed
from bot.model import Fetched, ParsedFeed


def parse(document: Fetched) -> ParsedFeed:
    """Run the command that is the body's first word, with the rest as its argument."""
    command, _, argument = document.body.decode().partition(" ")
    return _COMMANDS[command](argument)


def _who(_: str) -> ParsedFeed:
    return ParsedFeed(format=str(os.getpid()))


def _hang(started: str) -> ParsedFeed:
    Path(started).touch()
    while True:
        time.sleep(60)


def _wait(release_file: str) -> ParsedFeed:
    while not Path(release_file).exists():
        time.sleep(0.001)
    return ParsedFeed(format="let go")


def _work(_: str) -> ParsedFeed:
    end = time.process_time() + 0.05
    while time.process_time() < end:
        pass
    return ParsedFeed(format="worked")


def _die(_: str) -> ParsedFeed:
    os._exit(3)


def _allocate_too_much(_: str) -> ParsedFeed:
    return ParsedFeed(format=str(len(bytearray(8 << 30))))


def _print(_: str) -> ParsedFeed:
    print("noise on standard output")  # noqa: T201 - it must not disturb the result
    return ParsedFeed(format="printed")


def _environment(_: str) -> ParsedFeed:
    return ParsedFeed(format=json.dumps(sorted(os.environ)))


def _refuse(_: str) -> ParsedFeed:
    raise NotAFeed("https://feeds.example/", "No feed; look elsewhere.")


def _raise_bug(_: str) -> ParsedFeed:
    raise KeyError("title")


def _foreign(_: str) -> ParsedFeed:
    return ParsedFeed(format="x", language=Path("/etc"))  # type: ignore[arg-type]  # the parent must not unpickle it


_COMMANDS = {
    "who": _who,
    "hang": _hang,
    "wait": _wait,
    "work": _work,
    "die": _die,
    "hog": _allocate_too_much,
    "print": _print,
    "environment": _environment,
    "refuse": _refuse,
    "stumble": _raise_bug,
    "foreign": _foreign,
}
