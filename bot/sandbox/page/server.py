"""The page's server: its files for everybody on this machine, the rest for anyone with the token."""

import secrets
from collections.abc import Mapping
from typing import Protocol

from aiohttp import web
from aiohttp.typedefs import Middleware
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from bot.sandbox.discord.models import Guild, StoredMessage
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.local_server import HEADERS, LocalServer
from bot.sandbox.page import interaction_routes, static_files
from bot.sandbox.page.interaction_routes import channel_of, message_of
from bot.sandbox.page.live import Live
from bot.sandbox.page.message_view import MessageView, message_json, messages_json, thinking_json
from bot.sandbox.page.pictures import Pictures
from bot.sandbox.page.requests import Refusal, number, read_with_files, with_token
from bot.sandbox.page.server_view import commands_json, server_json, viewer_json
from bot.sandbox.page.viewers import Viewer, may_read, may_write, sees_message, sees_thinking

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_MAX_PAGE = 100


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    content: str = Field(default="", max_length=2000)


_SAID = TypeAdapter(_Said)


class Part(Protocol):
    """Routes of something beside the simulated Discord."""

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add them, below /api/."""


class PageServer(LocalServer):
    """Serves the page for a server of the simulated Discord."""

    headers: Mapping[str, str] = {
        **HEADERS,
        "Cache-Control": "no-store",
        "Content-Security-Policy": _POLICY,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    max_body = 1 << 20

    def __init__(
        self,
        discord: SandboxDiscord,
        guild: Guild,
        viewers: Mapping[str, Viewer],
        pictures: Pictures,
        port: int = 0,
    ) -> None:
        """`port`: 0 takes any free one."""
        super().__init__(port)
        self.token = secrets.token_urlsafe(24)
        """Anyone with it may use the page."""
        self._discord = discord
        self._guild = guild
        self._viewers = viewers
        self._pictures = pictures
        self._view = MessageView(discord, pictures.path)
        self.live = Live(self._view, viewers, self.token)
        self.parts: list[Part] = []
        """What else the page can do."""

    @property
    def link(self) -> str:
        """The address with the token, for the person who started the demo."""
        return f"{self.address}/#token={self.token}"

    def _middlewares(self) -> tuple[Middleware, ...]:
        return (with_token(self.token),)

    def _add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/", static_files.serve_index)
        router.add_get("/static/{name:.+}", static_files.serve_file)
        router.add_get("/live", self.live.serve)
        router.add_get("/picture/{signature}", self._pictures.serve)
        for part in self.parts:
            part.add_routes(router)
        here = "/api/as/{viewer}"
        router.add_get(f"{here}/server", self._server)
        router.add_get(f"{here}/commands", self._commands)
        router.add_get(f"{here}/channels/{{channel}}/messages", self._messages)
        router.add_post(f"{here}/channels/{{channel}}/messages", self._say)
        router.add_delete(f"{here}/channels/{{channel}}/messages/{{message}}", self._delete)
        router.add_post(f"{here}/interactions", self._interact)

    def _viewer(self, request: web.Request) -> Viewer:
        viewer = self._viewers.get(request.match_info["viewer"])
        if viewer is None:
            raise Refusal(404, "There is no such member.")
        return viewer

    async def _server(self, request: web.Request) -> web.Response:
        viewer = self._viewer(request)
        return web.json_response(
            {
                **server_json(self._discord, self._guild, viewer),
                "viewers": [viewer_json(each) for each in self._viewers.values()],
            }
        )

    async def _commands(self, request: web.Request) -> web.Response:
        viewer = self._viewer(request)
        channel_id = number(request, "channel")
        channel = channel_of(self._discord, viewer, channel_id) if channel_id else None
        found = commands_json(self._discord, self._guild, viewer, channel)
        return web.json_response({"commands": found})

    async def _messages(self, request: web.Request) -> web.Response:
        viewer = self._viewer(request)
        channel = channel_of(self._discord, viewer, number(request, "channel"))
        readable = may_read(self._discord, viewer, channel)
        stored = self._discord.stored.get(channel.id, {}).values() if readable else ()
        shown = [each for each in stored if sees_message(viewer, each)]
        first, last = _window(shown, request)
        thinking = self._discord.interactions.thinking(channel.id)
        return web.json_response(
            {
                "messages": messages_json(self._view, viewer, shown[first:last]),
                "older": first > 0,
                "newer": last < len(shown),
                "thinking": [thinking_json(each) for each in thinking if sees_thinking(viewer, each)],
            }
        )

    async def _say(self, request: web.Request) -> web.Response:
        viewer = self._viewer(request)
        channel = channel_of(self._discord, viewer, number(request, "channel"))
        if not may_write(self._discord, viewer, channel):
            raise Refusal(403, "You can't write in this channel.")
        said, files = await read_with_files(request, _SAID)
        if not said.content and not files:
            raise Refusal(400, "Write something, or attach a file.")
        uploads = tuple(self._discord.upload(*each) for each in files)
        message = self._discord.say(channel.id, said.content, author=viewer.user, files=uploads)
        return web.json_response({"message": message_json(self._view, viewer, message)}, status=201)

    async def _delete(self, request: web.Request) -> web.Response:
        viewer = self._viewer(request)
        ids = number(request, "channel"), number(request, "message")
        message = message_of(self._discord, viewer, *ids)
        may = self._discord.permissions_in(message.channel_id, viewer.user.id)
        own = message.ephemeral or message.author == viewer.user
        if not own and not may & Permission.MANAGE_MESSAGES:
            raise Refusal(403, "You can't delete this message.")
        self._discord.delete_message(message)
        return web.Response(status=204)

    async def _interact(self, request: web.Request) -> web.Response:
        viewer = self._viewer(request)
        body, files = await read_with_files(request, interaction_routes.BODY)
        uploads = [self._discord.upload(*each) for each in files]
        answer = await interaction_routes.interact(self._view, self._guild, viewer, body, uploads)
        return web.json_response(answer)


def _window(messages: list[StoredMessage], request: web.Request) -> tuple[int, int]:
    """Return the first and the last index of what the query asks for. `messages`: oldest first."""
    limit = min(max(number(request, "limit", 50), 1), _MAX_PAGE)
    if "before" in request.query:
        end = sum(each.id < number(request, "before") for each in messages)
        return max(end - limit, 0), end
    if "after" in request.query:
        start = sum(each.id <= number(request, "after") for each in messages)
        return start, min(start + limit, len(messages))
    if "around" in request.query:
        start = max(sum(each.id < number(request, "around") for each in messages) - limit // 2, 0)
        return start, min(start + limit, len(messages))
    return max(len(messages) - limit, 0), len(messages)
