"""The page's own files: HTML, CSS, JavaScript modules and pictures."""

from importlib.resources import files
from pathlib import PurePosixPath

from aiohttp import web

from bot.message_html.style import STYLE_SHEETS

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}


async def serve_index(_request: web.Request) -> web.Response:
    """Serve the page."""
    return _response("index.html")


async def serve_file(request: web.Request) -> web.Response:
    """Serve one of its files."""
    return _response(request.match_info["name"])


def _response(name: str) -> web.Response:
    path = PurePosixPath(name)
    kind = _TYPES.get(path.suffix)
    file = STYLE_SHEETS.get(name) or files(__package__).joinpath("static", *path.parts)
    if kind is None or ".." in path.parts or path.is_absolute() or not file.is_file():
        return web.Response(status=404, text="There is no such file.")
    return web.Response(body=file.read_bytes(), headers={"Content-Type": kind})
