"""A server on this machine."""

from aiohttp import web


async def serve(app: web.Application, port: int, *, patience: float = 0.1) -> tuple[web.AppRunner, int]:
    """Serve on 127.0.0.1; the runner, whose `cleanup` ends it, and the port. `port` 0 takes a free one.

    `patience`: seconds that requests under way are given at the end.
    """
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=patience)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner, runner.addresses[0][1]
