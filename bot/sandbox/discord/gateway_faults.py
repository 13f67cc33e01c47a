"""Scripted faults of the gateway. Each applies to a number of connections or messages."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from enum import StrEnum

from aiohttp import web

from bot.sandbox.discord.script import Script
from bot.sandbox.discord.sessions import Connection, Op, Session


class Stage(StrEnum):
    """What the client asks for when a fault happens."""

    CONNECT = "connect"
    """The HTTP request that opens the WebSocket."""
    HELLO = "hello"
    """The connection is open, and the client waits for HELLO."""
    IDENTIFY = "identify"
    RESUME = "resume"
    HEARTBEAT = "heartbeat"


@dataclass(slots=True)
class GatewayFault:
    """What happens `times` more times instead of the answer at a stage: one of the following."""

    stage: Stage | str
    _: KW_ONLY
    times: int = 1
    shard: int | None = None
    """Only for this shard, which is known from IDENTIFY on."""
    status: int = 503
    """The HTTP status of a refused "connect"."""
    close: int | None = None
    """At the other stages: close with this code."""
    cut: bool = False
    """Reset the connection."""
    hang: bool = False
    """Don't answer; a "connect" is answered after `release`."""
    reconnect: bool = False
    """At the other stages: send RECONNECT."""
    invalid_session: bool | None = None
    """At the other stages: send INVALID_SESSION, and whether the session can be resumed."""

    def __post_init__(self) -> None:
        """Raise ValueError if there is no such stage."""
        self.stage = Stage(self.stage)


class GatewayFaults(Script[GatewayFault]):
    """The scripted faults of connections and sessions."""

    def __init__(self, touch: Callable[[], None] = lambda: None) -> None:
        super().__init__(touch)
        self.next = self.scripting(GatewayFault)

    async def refuse(self, request: web.Request) -> web.StreamResponse | None:
        """Return the refusal that is scripted for a connection, or None after its wait."""
        fault = self._take(Stage.CONNECT, None)
        if fault is None:
            return None
        if fault.hang:
            await self.wait_for_release()
            return None
        if fault.cut and request.transport is not None:
            request.transport.abort()
        return web.Response(status=fault.status)

    async def fail(self, stage: Stage, connection: Connection, session: Session | None = None) -> bool:
        """Apply what is scripted for a stage, and return whether there was something."""
        fault = self._take(stage, None if session is None else session.shard[0])
        if fault is None:
            return False
        if fault.cut:
            connection.cut()
        elif fault.close is not None:
            await connection.socket.close(code=fault.close)
        elif fault.reconnect:
            connection.put(Op.RECONNECT)
        elif fault.invalid_session is not None:
            connection.put(Op.INVALID_SESSION, fault.invalid_session)
        return True

    def _take(self, stage: Stage, shard: int | None) -> GatewayFault | None:
        return self.take_first(lambda fault: fault.stage == stage and fault.shard in {None, shard})
