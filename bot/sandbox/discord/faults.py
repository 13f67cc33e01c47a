"""Scripted faults of the REST API. Each applies to a number of requests."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.sandbox.discord.errors import Problem
from bot.sandbox.discord.script import Script

CLOUDFLARE = (
    "<!DOCTYPE html><html><head><title>Access denied</title></head><body>error code: 1015</body></html>"
)


@dataclass(slots=True)
class Fault:
    """A scripted fault that will happen `times` more times; see `Faults.next`."""

    operation: str
    times: int = 1
    status: int | None = None
    store: bool = False
    late: float | None = None
    refused: tuple[str, ...] = ()
    cut: bool = False
    hang: bool = False
    retry_after: float | None = None
    is_global: bool = False
    via: bool = True
    body: str | None = None
    content_type: str = "application/json"
    channel_id: int | None = None
    code: int = 0
    message: str = ""

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
        self._late: dict[asyncio.TimerHandle, Callable[[], object]] = {}

    def next(
        self,
        operation: str,
        *,
        times: int = 1,
        status: int | None = None,
        store: bool = False,
        late: float | timedelta | None = None,
        refused: Sequence[str] = (),
        cut: bool = False,
        hang: bool = False,
        rate_limited: float | timedelta | None = None,
        is_global: bool = False,
        via: bool = True,
        body: str | None = None,
        content_type: str = "application/json",
        cloudflare: bool = False,
        channel_id: int | None = None,
        code: int = 0,
        message: str = "",
    ) -> None:
        """Script the next fault of an operation.

        `operation`: "send", "edit", "delete", "history", "crosspost", "thread", … as `requests` shows it; "*": any.
        `store`: process the request before the fault; otherwise it has no effect.
        `late`: process it this many seconds later, or at `finish_late`; without a status or body the answer is cut.
        `refused`: 50035 for these fields ("embeds.0.image.url"); happens only to a body that has them all.
        `status`: answer with it, and with `code` and `message` as Discord's JSON, or with `body` as it is.
        `cut`: reset the connection instead of answering. `hang`: don't answer until `release`.
        `rate_limited`: a 429 with this retry_after, in seconds; `via=False`: without Via, as from an edge server.
        `cloudflare`: an HTML page, by default with status 403. `channel_id`: only for requests to this channel.
        """
        after = _seconds(rate_limited)
        if late is not None and status is None and body is None:
            cut = True
        if cloudflare:
            body, content_type, status, via = CLOUDFLARE, "text/html", status or 403, False
        fault = Fault(
            operation,
            times=times,
            status=429 if after is not None else status,
            store=store,
            late=_seconds(late),
            refused=tuple(refused),
            cut=cut,
            hang=hang,
            retry_after=after,
            is_global=is_global,
            via=via,
            body=body,
            content_type=content_type,
            channel_id=channel_id,
            code=code,
            message=message,
        )
        self.add(fault)

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


def _seconds(duration: float | timedelta | None) -> float | None:
    return duration.total_seconds() if isinstance(duration, timedelta) else duration
