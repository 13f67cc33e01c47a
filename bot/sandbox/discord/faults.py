"""Scripted faults of the REST API. Each applies to a number of requests."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

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


class Faults:
    """The scripted faults. Requests without one are answered normally."""

    def __init__(self) -> None:
        self._script: list[Fault] = []
        self._released = asyncio.Event()
        self.used = 0
        """How many faults have happened."""
        self.hanging = 0
        """How many requests are hanging."""

    def next(
        self,
        operation: str,
        *,
        times: int = 1,
        status: int | None = None,
        store: bool = False,
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
        `status`: answer with it, and with `code` and `message` as Discord's JSON, or with `body` as it is.
        `cut`: reset the connection instead of answering. `hang`: don't answer until `release`.
        `rate_limited`: a 429 with this retry_after, in seconds; `via=False`: without Via, as from an edge server.
        `cloudflare`: an HTML page, by default with status 403. `channel_id`: only for requests to this channel.
        """
        after = rate_limited.total_seconds() if isinstance(rate_limited, timedelta) else rate_limited
        if cloudflare:
            body, content_type, status, via = CLOUDFLARE, "text/html", status or 403, False
        fault = Fault(
            operation,
            times=times,
            status=429 if after is not None else status,
            store=store,
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
        self._script.append(fault)

    def take(self, operation: str, channel_id: int | None) -> Fault | None:
        """Return the fault for a request, and count it."""
        for fault in self._script:
            if fault.operation in {operation, "*"} and fault.channel_id in {None, channel_id}:
                self.used += 1
                fault.times -= 1
                if fault.times == 0:
                    self._script.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        """Remove the remaining faults, and release hanging requests."""
        self._script.clear()
        self.release()

    def release(self) -> None:
        """Continue the hanging requests."""
        self._released.set()
        self._released = asyncio.Event()

    async def wait_for_release(self) -> None:
        """Wait for `release`."""
        self.hanging += 1
        try:
            await self._released.wait()
        finally:
            self.hanging -= 1

    @property
    def pending(self) -> int:
        """How many faults haven't happened yet."""
        return sum(fault.times for fault in self._script)
