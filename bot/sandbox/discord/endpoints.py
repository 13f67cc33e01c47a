"""What a REST address is here: a method, a path, the checks of its body, and the function that answers.

The paths are spelled as in Discord's OpenAPI document, so that a body can be looked up there.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.discord import errors
from bot.sandbox.discord.errors import Problem
from bot.sandbox.discord.interactions import Interactions
from bot.sandbox.discord.state import State


@dataclass(frozen=True, slots=True)
class Call:
    """A request, read."""

    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Any = None
    attachments: tuple[str, ...] = ()
    """The names of the files that came with it."""

    def id(self, name: str) -> int:
        """Return an id of the path."""
        value = self.params[name]
        if not value.isdecimal():
            problem = Problem((name,), "NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')
            raise errors.invalid_form([problem])
        return int(value)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: JSON, or nothing for 204."""

    body: Any = None
    status: int = 200


NOTHING = Reply(status=204)


@dataclass(slots=True)
class Platform:
    """What the routes work on."""

    state: State
    interactions: Interactions
    gateway_url: str = ""
    shards: int = 1


def anything(_: object) -> Iterator[Problem]:
    """Refuse no body."""
    return iter(())


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one address."""

    method: str
    path: str
    operation: str
    """What faults and the log call it."""
    answer: Callable[[Platform, Call], Reply]
    shape: type | None = None
    """The JSON type of its body; None: it has none."""
    check: Callable[[Any], Iterator[Problem]] = anything
    """What refuses its body."""
    with_token: bool = True
    """An interaction's own token stands in the path, and such requests don't count among the 50 a second."""
