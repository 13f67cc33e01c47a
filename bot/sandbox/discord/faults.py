"""What goes wrong on purpose: a script of faults, each used up by the requests that it is for."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

CLOUDFLARE = (
    "<!DOCTYPE html><html><head><title>Access denied</title></head><body>error code: 1015</body></html>"
)


@dataclass(slots=True)
class Fault:
    """One scripted fault, still to happen `times` times; `Faults.next` says what each part does."""

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
    """The script. Requests whose operation no fault names are answered normally."""

    def __init__(self) -> None:
        self._script: list[Fault] = []
        self._released = asyncio.Event()
        self.used = 0
        """How many faults have happened."""
        self.hanging = 0
        """How many requests hang now."""

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
        `store`: do what was asked before the fault happens; without it nothing is done.
        `status`: answer so, with `code` and `message` as Discord's JSON, or with `body` as it is.
        `cut`: reset the connection instead of answering. `hang`: do not answer until `release`.
        `rate_limited`: a 429 with that much to wait, in seconds; `via=False`: as from an edge without that header.
        `cloudflare`: an HTML page, by default with status 403. `channel_id`: only for requests about this channel.
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
        """Return the fault that this request meets, and use it up."""
        for fault in self._script:
            if fault.operation in {operation, "*"} and fault.channel_id in {None, channel_id}:
                self.used += 1
                fault.times -= 1
                if fault.times == 0:
                    self._script.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        """Forget what was scripted and has not happened, and let hanging requests go on."""
        self._script.clear()
        self.release()

    def release(self) -> None:
        """Let the requests go on that hang now."""
        self._released.set()
        self._released = asyncio.Event()

    async def wait_for_release(self) -> None:
        """Hang."""
        self.hanging += 1
        try:
            await self._released.wait()
        finally:
            self.hanging -= 1

    @property
    def pending(self) -> int:
        """How many faults have yet to happen."""
        return sum(fault.times for fault in self._script)
