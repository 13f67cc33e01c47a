"""The gateway: a WebSocket for each shard, sessions that outlive it, and the replay of missed events.

https://discord.com/developers/docs/events/gateway
"""

import asyncio
import json
from collections.abc import Callable

from aiohttp import WSMsgType, web

from bot.sandbox.discord import payloads
from bot.sandbox.discord.events import Event, Intent
from bot.sandbox.discord.gateway_faults import GatewayFaults, Stage
from bot.sandbox.discord.models import Json
from bot.sandbox.discord.sessions import Connection, Op, Session
from bot.sandbox.discord.state import State

_NOT_AUTHENTICATED, _WRONG_TOKEN, _TWICE, _DISALLOWED_INTENTS = 4003, 4004, 4005, 4014
_ENDS_SESSION = frozenset({4003, 4004, 4007, 4009, *range(4010, 4015)})
"""Close codes after which a session can't be resumed; 4003 is also sent when a session was invalidated."""
_PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15
_GOING_AWAY = 1001
_CLOSE_TIMEOUT = 1.0
"""Seconds to wait for the client's close frame."""
_ACK_DELAY = 0.02
"""Seconds until a heartbeat is acknowledged, as over a real network."""


class Gateway:
    """All sessions and connections."""

    def __init__(self, state: State, *, token: Callable[[], str], url: Callable[[], str]) -> None:
        self._state = state
        self._token = token
        self._url = url
        self.sessions: dict[str, Session] = {}
        self.heartbeat_interval = 41.25
        """Seconds between heartbeats, as sent in HELLO."""
        self.privileged_intents = False
        """Whether the application may use them; its owner has to allow it."""
        self.identified = 0
        """How many sessions were started."""
        self.resumed = 0
        self.heartbeats = 0
        self.faults = GatewayFaults(state.touch)
        self._connections: set[Connection] = set()
        state.add_listener(self._on_event)

    @property
    def compressions(self) -> frozenset[str]:
        """The compressions of the current connections; "" is none."""
        return frozenset(each.compress for each in self._connections)

    @property
    def connected_shards(self) -> int:
        """How many sessions have a connection."""
        return sum(session.connection is not None for session in self.sessions.values())

    def _on_event(self, event: Event) -> None:
        for session in self.sessions.values():
            subscribed = event.intent is Intent.ALWAYS or session.intents & event.intent
            if subscribed and session.covers(event.guild_id):
                session.dispatch(event.name, event.data)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it closes."""
        refusal = await self.faults.refuse(request)
        return await self._serve(request) if refusal is None else refusal

    async def _serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(timeout=_CLOSE_TIMEOUT)
        await socket.prepare(request)
        connection = Connection(socket, request)
        self._connections.add(connection)
        try:
            if not await self.faults.fail(Stage.HELLO, connection):
                connection.put(Op.HELLO, {"heartbeat_interval": int(self.heartbeat_interval * 1000)})
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    await self._receive(connection, json.loads(frame.data))
        finally:
            await self._forget(connection)
        return socket

    async def _forget(self, connection: Connection) -> None:
        self._connections.discard(connection)
        session = self._session_of(connection)
        if session is not None:
            session.connection = None
        self._state.touch()
        await connection.stop()

    def _session_of(self, connection: Connection) -> Session | None:
        return next((each for each in self.sessions.values() if each.connection is connection), None)

    async def _receive(self, connection: Connection, message: Json) -> None:
        op, data = message.get("op"), message.get("d")
        if op == Op.HEARTBEAT:
            self.heartbeats += 1
            session = self._session_of(connection)
            if await self.faults.fail(Stage.HEARTBEAT, connection, session):
                return
            # discord.py notes the time after it sent a heartbeat, so an immediate answer would look 41 s late.
            asyncio.get_running_loop().call_later(_ACK_DELAY, connection.put, Op.HEARTBEAT_ACK)
        elif op == Op.IDENTIFY and isinstance(data, dict):
            await self._identify(connection, data)
        elif op == Op.RESUME and isinstance(data, dict):
            await self._resume(connection, data)
        elif self._session_of(connection) is None:
            await connection.socket.close(code=_NOT_AUTHENTICATED, message=b"Not authenticated.")

    async def _identify(self, connection: Connection, data: Json) -> None:
        if self._session_of(connection) is not None:
            await connection.socket.close(code=_TWICE, message=b"Already authenticated.")
        elif data.get("token") != self._token():
            await connection.socket.close(code=_WRONG_TOKEN, message=b"Authentication failed.")
        elif data.get("intents", 0) & _PRIVILEGED and not self.privileged_intents:
            await connection.socket.close(code=_DISALLOWED_INTENTS, message=b"Disallowed intent(s).")
        else:
            index, count = data.get("shard") or (0, 1)
            session = Session(f"{self._state.new_id():x}", (index, count), int(data["intents"]))
            if not await self.faults.fail(Stage.IDENTIFY, connection, session):
                self._begin(connection, session)

    def _begin(self, connection: Connection, session: Session) -> None:
        self.identified += 1
        session.connection = connection
        self.sessions[session.id] = session
        guilds = [each for each in self._state.guilds.values() if each.has_bot and session.covers(each.id)]
        session.dispatch("READY", self._ready(session, [each.id for each in guilds]))
        for guild in guilds:
            if guild.available:
                body = self._state.guild_create_payload(guild) | {"unavailable": False}
                session.dispatch("GUILD_CREATE", body)
        self._state.touch()

    def _ready(self, session: Session, guild_ids: list[int]) -> Json:
        return {
            "v": 10,
            "user": payloads.user(self._state.bot),
            "guilds": [{"id": str(each), "unavailable": True} for each in guild_ids],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self._url(),
            "shard": list(session.shard),
            "application": {"id": str(self._state.bot.id), "flags": 0},
        }

    async def _resume(self, connection: Connection, data: Json) -> None:
        session = self.sessions.get(str(data.get("session_id")))
        if data.get("token") != self._token():
            await connection.socket.close(code=_WRONG_TOKEN, message=b"Authentication failed.")
        elif session is None:
            connection.put(Op.INVALID_SESSION, False)
        elif not await self.faults.fail(Stage.RESUME, connection, session):
            self.resumed += 1
            session.connection = connection
            session.replay(int(data.get("seq") or 0))
            session.dispatch("RESUMED", {})
            self._state.touch()

    def cut(self, shard: int | None = None) -> None:
        """Reset the connections of a shard or of all, without a close frame. The sessions can be resumed."""
        for connection in self._connections_of(shard):
            connection.cut()

    def ask_to_reconnect(self, shard: int | None = None) -> None:
        """Send RECONNECT to a shard or to all, as when Discord moves its clients to another machine."""
        for connection in self._connections_of(shard):
            connection.put(Op.RECONNECT)

    def invalidate(self, shard: int | None = None, *, resumable: bool = False) -> None:
        """Send INVALID_SESSION to a shard or to all. Unless `resumable`, the sessions end: the bot identifies again."""
        for connection in self._connections_of(shard):
            connection.put(Op.INVALID_SESSION, resumable)
        if not resumable:
            self._end_sessions(shard)

    async def close(self, code: int = _GOING_AWAY, shard: int | None = None) -> None:
        """Close the connections of a shard or of all. Some codes end the sessions, as Discord's documentation says."""
        connections = self._connections_of(shard)
        if code in _ENDS_SESSION:
            self._end_sessions(shard)
        for connection in connections:
            await connection.socket.close(code=code)

    def _connections_of(self, shard: int | None) -> tuple[Connection, ...]:
        if shard is None:
            return tuple(self._connections)
        own = (each for each in self.sessions.values() if each.shard[0] == shard)
        return tuple(each.connection for each in own if each.connection is not None)

    def _end_sessions(self, shard: int | None) -> None:
        ended = [each for each in self.sessions.values() if shard in {None, each.shard[0]}]
        for session in ended:
            del self.sessions[session.id]
