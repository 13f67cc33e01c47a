"""Failures of sites: each function returns a responder for `BlogFeed.next` and `BlogFeed.always`."""

import asyncio
import gzip
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import cycle

from aiohttp import web

from bot.sandbox.sites.blog import Document, Responder, normal_response

_HTML = "text/html; charset=utf-8"
_COMPRESS: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "deflate": zlib.compress}


def status(
    code: int, headers: Mapping[str, str] | None = None, body: bytes = b"", content_type: str = ""
) -> Responder:
    """Answer with a status such as 410, 503, or 429 with Retry-After."""

    async def answer(_request: web.Request, _doc: Document) -> web.StreamResponse:
        kind = {"Content-Type": content_type} if content_type else {}
        return web.Response(status=code, body=body, headers={**kind, **(headers or {})})

    return answer


def redirect(to: str, code: int = 302) -> Responder:
    """Answer with a redirect; 301 and 308 are permanent."""
    return status(code, {"Location": to})


def cookie_wall(
    cookie: str = "seen=1; Path=/", wanted: str = "seen=1", to: str = "", code: int = 302
) -> Responder:
    """Redirect and set a cookie until the client sends it back. `to`: "" for the requested address."""

    async def answer(request: web.Request, doc: Document) -> web.StreamResponse:
        if request.headers.get("Cookie") == wanted:
            return normal_response(request, doc)
        return web.Response(status=code, headers={"Location": to or request.path_qs, "Set-Cookie": cookie})

    return answer


def stuck_validators(etag: str = '"fixed"') -> Responder:
    """Answer 304 to every conditional request, whatever has changed."""

    async def answer(request: web.Request, doc: Document) -> web.StreamResponse:
        if not {"If-None-Match", "If-Modified-Since"}.isdisjoint(request.headers):
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(body=doc.body, headers={"Content-Type": doc.content_type, "ETag": etag})

    return answer


def served(
    body: bytes | None = None, content_type: str | None = None, headers: Mapping[str, str] | None = None
) -> Responder:
    """Answer 200 with another body, another content type, or extra headers. None: those of the real document."""

    async def answer(_request: web.Request, doc: Document) -> web.StreamResponse:
        kind = doc.content_type if content_type is None else content_type
        chosen = {"Content-Type": kind} if kind else {}
        return web.Response(body=doc.body if body is None else body, headers={**chosen, **(headers or {})})

    return answer


def encoded(
    name: str, compress: Callable[[bytes], bytes] | None = None, label: str | None = None
) -> Responder:
    """Answer with the document compressed.

    `compress`: required unless `name` is gzip or deflate. `label`: the Content-Encoding, by default `name`; "": none.
    """
    compressed = compress or _COMPRESS[name]

    async def answer(_request: web.Request, doc: Document) -> web.StreamResponse:
        header = name if label is None else label
        headers = {"Content-Encoding": header} if header else {}
        return web.Response(body=compressed(doc.body), headers={"Content-Type": doc.content_type, **headers})

    return answer


def bomb(size: int) -> Responder:
    """Answer with `size` zero bytes, which gzip shrinks to a thousandth."""

    async def answer(request: web.Request, doc: Document) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": doc.content_type, "Content-Encoding": "gzip"})
        await response.prepare(request)
        stream = zlib.compressobj(1, zlib.DEFLATED, 31)
        with suppress(ConnectionError):  # the client hung up
            for _ in range(0, size, 1 << 20):
                await response.write(stream.compress(bytes(1 << 20)))
            await response.write(stream.flush())
        return response

    return answer


def hang(released: asyncio.Event) -> Responder:
    """Don't answer until the event is set, or the client leaves."""

    async def answer(request: web.Request, doc: Document) -> web.StreamResponse:
        await released.wait()
        return normal_response(request, doc)

    return answer


def drip(pause: float = 0.01) -> Responder:
    """Send the document byte by byte, over and over: a timeout between two bytes never expires."""

    async def answer(request: web.Request, doc: Document) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": doc.content_type})
        await response.prepare(request)
        with suppress(ConnectionError):  # the client hung up
            for byte in cycle(doc.body):
                await response.write(bytes([byte]))
                await asyncio.sleep(pause)
        return response

    return answer


def truncated(part: float = 0.5) -> Responder:
    """Announce the whole length, send a part of the document and close the connection."""
    return raw(lambda doc: _head(doc, len(doc.body)) + doc.body[: int(len(doc.body) * part)])


def garbage() -> Responder:
    """Send bytes that aren't HTTP."""
    return raw(lambda _doc: b"\x00\x01 what is HTTP?\r\n\r\n")


def reset() -> Responder:
    """Close the connection without sending anything."""
    return raw(lambda _doc: b"")


def raw(build: Callable[[Document], bytes]) -> Responder:
    """Send these bytes as they are and close the connection."""

    async def answer(request: web.Request, doc: Document) -> web.StreamResponse:
        transport = request.transport
        if transport is not None:
            transport.write(build(doc))
            transport.close()
        return web.Response()

    return answer


def _head(doc: Document, length: int) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: {doc.content_type}\r\nContent-Length: {length}\r\n\r\n".encode()


def html_page(title: str = "A garden", body: str = "<p>Beans climb.</p>") -> Responder:
    """Answer with a web page in place of the feed."""
    return served(_page(title, body), _HTML)


def challenge_page() -> Responder:
    """Answer with Cloudflare's browser check."""
    body = '<div id="challenge-error-text">Enable JavaScript and cookies to continue</div>'
    headers = {"cf-mitigated": "challenge", "Server": "cloudflare"}
    return status(403, headers, _page("Just a moment...", body), _HTML)


def consent_page() -> Responder:
    """Answer with a form that asks for consent."""
    body = '<form action="https://consent.example/save" method="post"><button>Accept all</button></form>'
    return served(_page("Before you continue", body), _HTML)


def login_page() -> Responder:
    """Answer with a form that asks for a password."""
    body = '<form action="/login" method="post"><input name="user"><input type="password" name="password"></form>'
    return served(_page("Sign in", body), _HTML)


def _page(title: str, body: str) -> bytes:
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>".encode()
