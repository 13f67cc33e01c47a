"""Scripted faults of the REST API. Each applies to a number of requests."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass

from bot.sandbox.discord.errors import Problem
from bot.sandbox.discord.script import Script

CLOUDFLARE = (
    "<!DOCTYPE html><html><head><title>Access denied</title></head><body>error code: 1015</body></html>"
)


@dataclass(slots=True)
class Fault:
    """A scripted fault, which will happen `times` more times."""

    operation: str
    """"send", "edit", "delete", "history", "crosspost", "thread", … as `requests` shows it; "*": any."""
    _: KW_ONLY
    times: int = 1
    channel_id: int | None = None
    """Only for requests to this channel."""
    store: bool = False
    """Process the request before the fault; otherwise it has no effect."""
    late: float | None = None
    """Process it this many seconds later, or at `finish_late`; without a status or body the answer is cut."""
    cut: bool = False
    """Reset the connection instead of answering."""
    hang: bool = False
    """Don't answer until `release`."""
    refused: Sequence[str] = ()
    """50035 for these fields ("embeds.0.image.url"); happens only to a body that has them all."""
    rate_limited: float | None = None
    """A 429 with this retry_after, in seconds."""
    is_global: bool = False
    via: bool = True
    """False: without Via, as from an edge server."""
    cloudflare: bool = False
    """An HTML page, by default with status 403."""
    status: int | None = None
    """Answer with it, and with `code` and `message` as Discord's JSON, or with `body` as it is."""
    code: int = 0
    message: str = ""
    body: str | None = None
    content_type: str = "application/json"

    def __post_init__(self) -> None:
        """Fill in what follows from `late` and `cloudflare`."""
        self.cut = self.cut or (self.late is not None and self.status is None and self.body is None)
        if self.cloudflare:
            self.body, self.content_type, self.via = CLOUDFLARE, "text/html", False
            self.status = self.status or 403

    def applies_to(self, operation: str, channel_id: int | None, body: object) -> bool:
        """Return whether the fault happens to this request."""
        return (
            self.operation in {operation, "*"}
            and self.channel_id in {None, channel_id}
            and all(_has_field(body, path.split(".")) for path in self.refused)
        )


def _has_field(body: object, path: list[str]) -> bool:
    """Return whether a body has something at this path, such as embeds.0.image.url."""
    for step in path:
        if isinstance(body, list):
            body = body[int(step)] if step.isdecimal() and int(step) < len(body) else None
        else:
            body = body.get(step) if isinstance(body, dict) else None
    return body not in (None, "", [], {})


def refused_field(path: str) -> Problem:
    """Return Discord's problem with a field that a fault refuses."""
    if path.endswith("url"):
        return Problem(tuple(path.split(".")), "URL_TYPE_INVALID_URL", "Not a well formed URL.")
    return Problem(tuple(path.split(".")), "BASE_TYPE_CHOICES", "This value is not allowed.")


class Faults(Script[Fault]):
    """The scripted faults, and the requests that are processed late."""

    def __init__(self) -> None:
        super().__init__()
        self.next = self.scripting(Fault)
        self._late: dict[asyncio.TimerHandle, Callable[[], object]] = {}

    def take(self, operation: str, channel_id: int | None, body: object = None) -> Fault | None:
        """Return the fault for a request, and count it."""
        return self.take_first(lambda fault: fault.applies_to(operation, channel_id, body))

    def clear(self) -> None:
        """Remove the remaining faults, release hanging requests, and process the late ones."""
        super().clear()
        self.finish_late()

    def finish_after(self, seconds: float, process: Callable[[], object]) -> None:
        """Process a request later, although nobody waits for its answer."""

        def finish() -> None:
            del self._late[handle]
            process()

        handle = asyncio.get_running_loop().call_later(seconds, finish)
        self._late[handle] = process

    def finish_late(self) -> None:
        """Process the late requests now, in the order in which they came."""
        late, self._late = self._late, {}
        for handle, process in late.items():
            handle.cancel()
            process()

    @property
    def late(self) -> int:
        """How many requests will be processed late."""
        return len(self._late)
