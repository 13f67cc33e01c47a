"""HTTP servers on this machine. Each refuses other web sites that a browser on it may have open."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from typing import Self
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

_OWN_NAMES = frozenset({"127.0.0.1", "localhost"})
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def is_own_name(host: str) -> bool:
    """Return whether a host's name always means this machine."""
    return host in _OWN_NAMES


async def serve(
    app: web.Application,
    port: int,
    *,
    shutdown_timeout: float = 0.1,
    is_own: Callable[[str], bool] = is_own_name,
    headers: Mapping[str, str] = HEADERS,
) -> tuple[web.AppRunner, int]:
    """Serve on 127.0.0.1. Return the runner, whose `cleanup` stops the server, and the port.

    `port`: 0 takes a free one. `shutdown_timeout`: seconds for requests in progress when it stops. `is_own`: whether
    the server has this host name. `headers`: added to every response that doesn't have them.
    """
    app.middlewares.insert(0, _refuse_others(is_own))
    app.on_response_prepare.append(_adding(headers))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=shutdown_timeout)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner, runner.addresses[0][1]


def _refuse_others(is_own: Callable[[str], bool]) -> Middleware:
    """Return a middleware that refuses what a foreign web site lets its visitor's browser send.

    The site's own name may lead to this machine (DNS rebinding), which shows in Host; otherwise its requests have an
    Origin. Programs send none.
    """

    @web.middleware
    async def refuse_others(request: web.Request, handler: Handler) -> web.StreamResponse:
        host = request.headers.get("Host", "")
        name = urlsplit(f"//{host}").hostname if host.isprintable() else None
        if name is None or not is_own(name):
            return web.Response(status=403, text="This server answers only on this machine.")
        if request.headers.get("Origin", f"http://{host}") != f"http://{host}":
            return web.Response(status=403, text="Other web sites can't use this server.")
        return await handler(request)

    return refuse_others


def _adding(
    headers: Mapping[str, str],
) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    async def add(_request: web.Request, response: web.StreamResponse) -> None:
        for name, value in headers.items():
            response.headers.setdefault(name, value)

    return add


class LocalServer(ABC):
    """An HTTP server on 127.0.0.1. `async with` starts and stops it."""

    def __init__(self, port: int = 0) -> None:
        """`port`: 0 takes any free one."""
        self.port = port
        self._runner: web.AppRunner | None = None

    headers: Mapping[str, str] = HEADERS
    max_body = 0
    """Bytes of a request's body; 0: no limit."""

    @abstractmethod
    def _add_routes(self, router: web.UrlDispatcher) -> None:
        """Add what the server answers."""

    def _middlewares(self) -> tuple[Middleware, ...]:
        """Return what every request passes."""
        return ()

    def _is_own_name(self, host: str) -> bool:
        """Return whether it answers requests for this host."""
        return is_own_name(host)

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=self.max_body, middlewares=self._middlewares())
        self._add_routes(app.router)
        self._runner, self.port = await serve(app, self.port, is_own=self._is_own_name, headers=self.headers)
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def address(self) -> str:
        """The server's address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"
