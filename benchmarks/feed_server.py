"""Serves the feeds of `benchmarks.poll`, in a process of its own so that its CPU time is not counted.

    {"newest": …, "more": …, "build": …, "paragraphs": …, "validators": …, "delay": …}
        → {"answers": {status: count}}, of the time until now

Every address of 127.0.0.0/8 reaches it: feed 7 is at `address_of(7, port)`. It listens on all interfaces, because no
socket can listen on a network, and closes what does not come from this machine.
"""

import asyncio
import json
import resource
import sys
from collections import Counter
from dataclasses import dataclass, field

from benchmarks.feed_documents import Edition, document


def address_of(feed: int, port: int) -> str:
    """Return the address of a feed on a site of its own."""
    return address_on_site(feed, feed, port)


def address_on_site(feed: int, site: int, port: int) -> str:
    """Return the address of a feed on one of many sites."""
    return f"http://127.{1 + (site >> 16)}.{site >> 8 & 255}.{site & 255}:{port}/feed/{feed}"


def address_on_one_site(feed: int, port: int) -> str:
    """Return the address of a feed on the site that all share."""
    return f"http://127.0.0.1:{port}/feed/{feed}"


@dataclass(slots=True)
class State:
    """How the server answers at the moment, and what it has answered."""

    edition: Edition = field(default_factory=Edition)
    validators: bool = True
    """Whether it sends an ETag, and 304 to a client that has it."""
    delay: float = 0.0
    """Seconds until it answers."""
    answers: Counter[int] = field(default_factory=Counter)

    def answer(self, request: bytes) -> bytes:
        """Return the response to a request's head."""
        line, *headers = request.decode("latin-1").split("\r\n")
        feed = int(line.split()[1].rpartition("/")[2])
        etag = self.edition.etag_of(feed)
        known = f"if-none-match: {etag}" in (header.lower() for header in headers)
        if self.validators and known:
            self.answers[304] += 1
            return f"HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\n\r\n".encode()
        self.answers[200] += 1
        body = document(feed, self.edition)
        validator = f"ETag: {etag}\r\n" if self.validators else ""
        head = f"Content-Type: application/rss+xml\r\n{validator}Content-Length: {len(body)}\r\n\r\n"
        return f"HTTP/1.1 200 OK\r\n{head}".encode() + body


class Connection(asyncio.Protocol):
    """A connection that is kept alive. Clients send one request at a time, without a body."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Refuse what does not come from this machine."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a socket's always is one
        self._transport = transport
        if not transport.get_extra_info("peername")[0].startswith("127."):
            transport.abort()

    def data_received(self, data: bytes) -> None:
        """Answer when a request's head is complete."""
        self._received += data
        head, end, rest = self._received.partition(b"\r\n\r\n")
        if end:
            self._received = rest
            asyncio.get_running_loop().call_later(self._state.delay, self._send, head)

    def _send(self, head: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(self._state.answer(head))


async def main() -> None:
    """Print the port, then serve and follow stdin until it is closed."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    state = State()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(state), "0.0.0.0", 0, backlog=4096)  # noqa: S104 - see above
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps({"answers": state.answers}), flush=True)
        state.answers = Counter()
        _change(state, **json.loads(line))


def _change(state: State, *, validators: bool = True, delay: float = 0.0, **edition: int) -> None:
    state.edition, state.validators, state.delay = Edition(**edition), validators, delay


if __name__ == "__main__":
    asyncio.run(main())
