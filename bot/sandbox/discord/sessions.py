"""A shard's session, which outlives its connections, and a connection with its writer."""

import asyncio
import json
from dataclasses import dataclass, field
from enum import IntEnum

from aiohttp import web

from bot.sandbox.discord.compression import packer
from bot.sandbox.discord.models import Json


class Op(IntEnum):
    """The kinds of gateway messages; the values are Discord's."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    RESUME = 6
    RECONNECT = 7
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class Connection:
    """A WebSocket with its writer, which compresses and sends messages in the order of `put`."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket = socket
        self._request = request
        self._packer = packer(request.query.get("compress"))
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._writer = asyncio.create_task(self._write())
        self.compress = request.query.get("compress", "")

    def put(self, op: Op, data: object = None, *, seq: int | None = None, name: str | None = None) -> None:
        """Queue a gateway message."""
        self._queue.put_nowait(json.dumps({"op": op, "d": data, "s": seq, "t": name}))

    async def _write(self) -> None:
        while True:
            frame = self._packer.pack(await self._queue.get())
            try:
                if isinstance(frame, str):
                    await self.socket.send_str(frame)
                else:
                    await self.socket.send_bytes(frame)
            except ConnectionError:
                return

    async def stop(self) -> None:
        """Stop the writer."""
        self._writer.cancel()
        await asyncio.wait([self._writer])

    def cut(self) -> None:
        """Reset the connection without a close frame."""
        if self._request.transport is not None:
            self._request.transport.abort()


@dataclass(slots=True)
class Session:
    """A shard's state across connections."""

    id: str
    shard: tuple[int, int]
    intents: int
    sent: list[tuple[str, Json]] = field(default_factory=list)
    """All events so far. An event's sequence number is its position, counted from 1."""
    connection: Connection | None = None

    def covers(self, guild_id: int) -> bool:
        """Return whether the guild belongs to this shard."""
        return (guild_id >> 22) % self.shard[1] == self.shard[0]

    def dispatch(self, name: str, data: Json) -> None:
        """Send an event, or keep it for a resume if there is no connection."""
        self.sent.append((name, data))
        if self.connection is not None:
            self.connection.put(Op.DISPATCH, data, seq=len(self.sent), name=name)

    def replay(self, after: int) -> None:
        """Send the events after the sequence number `after` again."""
        if self.connection is not None:
            for seq, (name, data) in enumerate(self.sent[after:], start=after + 1):
                self.connection.put(Op.DISPATCH, data, seq=seq, name=name)
