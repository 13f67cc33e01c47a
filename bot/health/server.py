"""Serves `/healthz` and `/metrics` on an address of this machine."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.errors import ConfigError
from bot.health.checks import Observed, live_problems, ready_problems
from bot.health.gauges import Gauges

log = structlog.get_logger(__name__)

Observe = Callable[[], Awaitable[Observed]]


@asynccontextmanager
async def serve(host: str, port: int, observe: Observe, gauges: Gauges) -> AsyncIterator[int]:
    """Answer requests while the context is open; yield the port. Raises ConfigError if it cannot be used."""
    app = web.Application()
    handlers = _Handlers(observe, gauges)
    app.router.add_get("/healthz", handlers.live)
    app.router.add_get("/healthz/ready", handlers.ready)
    app.router.add_get("/metrics", handlers.metrics)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        yield await _listen(runner, host, port)
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> int:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else type(error).__name__
        raise ConfigError(
            (f"http.port: {host}:{port} cannot be used ({reason}); choose another one.",)
        ) from error
    used: int = runner.addresses[0][1]
    log.info("serving health and metrics", host=host, port=used)
    return used


class _Handlers:
    def __init__(self, observe: Observe, gauges: Gauges) -> None:
        self._observe = observe
        self._gauges = gauges

    async def live(self, _request: web.Request) -> web.Response:
        return _answer(live_problems(await self._observe()))

    async def ready(self, _request: web.Request) -> web.Response:
        return _answer(ready_problems(await self._observe()))

    async def metrics(self, _request: web.Request) -> web.Response:
        observed = await self._observe()
        self._gauges.set(observed)
        text = await asyncio.to_thread(generate_latest, self._gauges.registry)
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})


def _answer(problems: tuple[str, ...]) -> web.Response:
    return web.json_response({"ok": not problems, "problems": problems}, status=503 if problems else 200)
