"""One REST endpoint: a method, a path, the checks of its body, and the function that responds.

Paths are as in Discord's OpenAPI document, so that the schema of a body can be found there.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.discord import errors
from bot.sandbox.discord.errors import Problem
from bot.sandbox.discord.interactions import Interactions
from bot.sandbox.discord.models import SentFile
from bot.sandbox.discord.state import State


@dataclass(frozen=True, slots=True)
class Call:
    """A parsed request."""

    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Any = None
    files: tuple[SentFile, ...] = ()

    def id(self, name: str) -> int:
        """Return an id in the path. Raises ApiError if it isn't a number."""
        value = self.params[name]
        if not value.isdecimal():
            problem = Problem((name,), "NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')
            raise errors.invalid_form([problem])
        return int(value)


@dataclass(frozen=True, slots=True)
class Reply:
    """A response: JSON, or nothing for 204."""

    body: Any = None
    status: int = 200


NOTHING = Reply(status=204)


@dataclass(slots=True)
class Platform:
    """The parts of the simulated Discord that endpoints use."""

    state: State
    interactions: Interactions
    gateway_url: str = ""
    shards: int = 1


def anything(_: object) -> Iterator[Problem]:
    """Accept every body."""
    return iter(())


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one path."""

    method: str
    path: str
    operation: str
    """Its name in faults and the log."""
    answer: Callable[[Platform, Call], Reply]
    shape: type | None = None
    """The JSON type of its body; None: no body."""
    check: Callable[[Any], Iterator[Problem]] = anything
    """Yields the problems of its body."""
    with_token: bool = True
    """Whether it needs the bot's token. Interaction endpoints have their own and don't count in the 50 a second."""
