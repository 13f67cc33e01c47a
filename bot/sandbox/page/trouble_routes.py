"""The buttons for trouble."""

from dataclasses import dataclass

from aiohttp import web
from pydantic import BaseModel, ConfigDict, TypeAdapter

from bot.sandbox.page.requests import read
from bot.sandbox.troubles import Troubles


class _Start(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    blog: str = ""


_START = TypeAdapter(_Start)


@dataclass(frozen=True, slots=True)
class TroubleRoutes:
    """The routes of troubles."""

    troubles: Troubles

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add them."""
        router.add_get("/api/troubles", self._all)
        router.add_post("/api/troubles/{trouble}", self._start)
        router.add_delete("/api/troubles/{trouble}", self._end)

    async def _all(self, _request: web.Request) -> web.Response:
        return web.json_response({"troubles": self.troubles.all()})

    async def _start(self, request: web.Request) -> web.Response:
        wanted = await read(request, _START)
        started = await self.troubles.start(request.match_info["trouble"], wanted.blog)
        return web.json_response({"trouble": started})

    async def _end(self, request: web.Request) -> web.Response:
        return web.json_response({"trouble": await self.troubles.end(request.match_info["trouble"])})
