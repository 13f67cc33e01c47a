"""Start an HTTP server on this machine."""

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
