"""HTTP servers on this machine."""

from abc import ABC, abstractmethod
from typing import Self

from aiohttp import web


async def serve(
    app: web.Application, port: int, *, shutdown_timeout: float = 0.1
) -> tuple[web.AppRunner, int]:
    """Serve on 127.0.0.1. Return the runner, whose `cleanup` stops the server, and the port.

    `port`: 0 takes a free one. `shutdown_timeout`: seconds for requests in progress when it stops.
    """
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=shutdown_timeout)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner, runner.addresses[0][1]


class LocalServer(ABC):
    """An HTTP server on 127.0.0.1. `async with` starts and stops it."""

    def __init__(self, port: int = 0) -> None:
        """`port`: 0 takes any free one."""
        self.port = port
        self._runner: web.AppRunner | None = None

    @abstractmethod
    def _add_routes(self, router: web.UrlDispatcher) -> None:
        """Add what the server answers."""

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=0)
        self._add_routes(app.router)
        self._runner, self.port = await serve(app, self.port)
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def address(self) -> str:
        """The server's address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"
