"""The events that the page gets over a WebSocket: what changes, as one viewer sees it."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from aiohttp import WSCloseCode, WSMsgType, web

from bot.sandbox.discord.models import (
    Change,
    Channel,
    CommandsChanged,
    Guild,
    Json,
    Member,
    Role,
    RoleDeleted,
    StoredMessage,
    Thinking,
)
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.page.message_view import MessageView, message_json, thinking_json
from bot.sandbox.page.requests import is_token
from bot.sandbox.page.server_view import channel_json
from bot.sandbox.page.viewers import Viewer, sees, sees_message, sees_thinking

_WRONG_TOKEN = 4001
_FIRST_MESSAGE_TIMEOUT = 10.0
_HEARTBEAT = 60.0
"""Seconds between two pings. The browser of a busy machine has half of it to answer."""
_MAX_WAITING = 2000
"""Events that wait for a slow page before it has to start again."""


@dataclass(eq=False, slots=True)
class _Connection:
    viewer: Viewer
    events: asyncio.Queue[Json | None] = field(default_factory=lambda: asyncio.Queue(_MAX_WAITING))
    """None: too many were waiting."""

    def put(self, event: Json) -> None:
        """Add an event. A page that reads too slowly loses all of them, and its connection."""
        if self.events.full():
            while not self.events.empty():
                self.events.get_nowait()
            self.events.put_nowait(None)
        else:
            self.events.put_nowait(event)


class Live:
    """All open pages."""

    def __init__(self, view: MessageView, viewers: Mapping[str, Viewer], token: str) -> None:
        self._view = view
        self._viewers = viewers
        self._token = token
        self._connections: set[_Connection] = set()
        self.greeting: Callable[[], Json] = dict
        """Returns what a page gets at the start."""
        view.discord.watch(self._on_change)

    def send(self, event: Json) -> None:
        """Send an event to every open page."""
        for connection in self._connections:
            connection.put(event)

    def _on_change(self, change: Change) -> None:
        for connection in self._connections:
            for event in events_of(self._view, connection.viewer, change):
                connection.put(event)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one page until it closes."""
        socket = web.WebSocketResponse(heartbeat=_HEARTBEAT, max_msg_size=4096)
        await socket.prepare(request)
        try:
            viewer = await self._greeted(socket)
        except TimeoutError:  # the page tries again
            await socket.close(code=WSCloseCode.TRY_AGAIN_LATER)
            return socket
        if viewer is None:
            await socket.close(code=_WRONG_TOKEN, message=b"Wrong token.")
            return socket
        connection = _Connection(viewer)
        connection.put({"type": "hello", "viewer": viewer.name, **self.greeting()})
        self._connections.add(connection)
        sender = asyncio.create_task(_send(socket, connection))
        try:
            async for _ in socket:
                pass
        finally:
            self._connections.discard(connection)
            sender.cancel()
        return socket

    async def _greeted(self, socket: web.WebSocketResponse) -> Viewer | None:
        """Read the first message. Return the viewer that it names, or None without the right token.

        Raises TimeoutError if none comes.
        """
        first = await socket.receive(_FIRST_MESSAGE_TIMEOUT)
        try:
            said = json.loads(first.data) if first.type is WSMsgType.TEXT else None
        except ValueError:
            return None
        if not isinstance(said, dict) or not is_token(str(said.get("token")), self._token):
            return None
        return self._viewers.get(str(said.get("viewer")))


async def _send(socket: web.WebSocketResponse, connection: _Connection) -> None:
    while (event := await connection.events.get()) is not None:
        await socket.send_str(json.dumps(event, ensure_ascii=False))
    await socket.close(code=WSCloseCode.TRY_AGAIN_LATER)


def events_of(view: MessageView, viewer: Viewer, change: Change) -> Iterator[Json]:
    """Yield what a change means for a viewer."""
    discord = view.discord
    match change:
        case StoredMessage():
            yield from _message_events(view, viewer, change)
        case Channel():
            shown = sees(discord, viewer, change)
            yield (
                {"type": "channel", "channel": channel_json(discord, viewer, change)}
                if shown
                else {"type": "channel-gone", "id": str(change.id)}
            )
        case Thinking():
            yield from _thinking_events(discord, viewer, change)
        case CommandsChanged():
            yield {"type": "commands-changed"}
        case Role() | RoleDeleted() | Member() | Guild():
            yield {"type": "server-changed"}


def _message_events(view: MessageView, viewer: Viewer, message: StoredMessage) -> Iterator[Json]:
    if message.visible_to not in {None, viewer.user.id}:
        return
    if not sees(view.discord, viewer, view.discord.channels[message.channel_id]):
        return
    if not sees_message(viewer, message):
        yield {"type": "message-deleted", "channel": str(message.channel_id), "id": str(message.id)}
        return
    is_new = not message.edits and not message.published
    kind = "message" if is_new else "message-edited"
    yield {"type": kind, "message": message_json(view, viewer, message)}


def _thinking_events(discord: SandboxDiscord, viewer: Viewer, thinking: Thinking) -> Iterator[Json]:
    if not sees_thinking(viewer, thinking) or not sees(
        discord, viewer, discord.channels[thinking.channel_id]
    ):
        return
    kind = "thinking-ended" if thinking.ended else "thinking"
    yield {"type": kind, **thinking_json(thinking)}
