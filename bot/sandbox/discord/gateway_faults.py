"""Scripted faults of the gateway. Each applies to a number of connections or messages."""

from dataclasses import dataclass
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
    """A scripted fault that will happen `times` more times; see `GatewayFaults.next`."""

    stage: Stage
    times: int = 1
    shard: int | None = None
    status: int = 503
    close: int | None = None
    cut: bool = False
    hang: bool = False
    reconnect: bool = False
    invalid_session: bool | None = None


class GatewayFaults(Script[GatewayFault]):
    """The scripted faults of connections and sessions."""

    def next(
        self,
        stage: Stage | str,
        *,
        times: int = 1,
        shard: int | None = None,
        status: int = 503,
        close: int | None = None,
        cut: bool = False,
        hang: bool = False,
        reconnect: bool = False,
        invalid_session: bool | None = None,
    ) -> None:
        """Script what happens instead of the next answer at a stage: one of the following.

        `cut`: reset the connection. `hang`: don't answer; a "connect" is answered after `release`. `status`: the HTTP
        status of a refused "connect". At the other stages, `close`: close with this code; `reconnect`: send RECONNECT;
        `invalid_session`: send INVALID_SESSION, and whether the session can be resumed. `shard`: only for this shard,
        which is known from IDENTIFY on.
        """
        fault = GatewayFault(
            Stage(stage),
            times=times,
            shard=shard,
            status=status,
            close=close,
            cut=cut,
            hang=hang,
            reconnect=reconnect,
            invalid_session=invalid_session,
        )
        self.add(fault)

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
        return self.take_first(lambda fault: fault.stage is stage and fault.shard in {None, shard})
