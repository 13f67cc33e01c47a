"""Read a response's body, decompressed and limited in size."""

import re
import zlib
from contextlib import suppress
from typing import NamedTuple

import aiohttp
from aiohttp.http_exceptions import ContentEncodingError

from bot.errors import TooLarge
from bot.source.http.decode import decode
from bot.source.http.url import public_url

_CHUNK_SIZE = 1 << 16
_MAX_ERROR_PAGE = 1 << 17  # bytes
_GZIP_SIGNATURE = b"\x1f\x8b\x08"
_SAMPLE_SIZE = 1024
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MAX_LAYERS = 3  # of gzip; a server and its cache may both compress


class Body(NamedTuple):
    """A decompressed body."""

    data: bytes
    short: bool = False
    """Whether the connection broke before the announced end."""


async def read_body(response: aiohttp.ClientResponse, limit: int, url: str) -> Body:
    """Return the decompressed body, or what arrived of it.

    Raises TooLarge as soon as it exceeds `limit` bytes, with `url` without its secrets, and ClientError if nothing
    arrived or the compression is broken.
    """
    body = bytearray()
    short = False
    try:
        async for chunk in response.content.iter_chunked(_CHUNK_SIZE):
            body += chunk
            if len(body) > limit:
                raise TooLarge(public_url(url))
    except (aiohttp.ClientPayloadError, aiohttp.ClientConnectionError) as error:
        if isinstance(error.__cause__, ContentEncodingError):
            raise
        body += _buffered(response.content)
        if not body:
            raise
        short = True
    if len(body) > limit:
        raise TooLarge(public_url(url))
    plain = bytes(body)
    for _ in range(_MAX_LAYERS):
        plain = _gunzip(plain, limit, url)
    return Body(plain, short)


def _buffered(content: aiohttp.StreamReader) -> bytes:
    """Return what arrived before the connection broke and was not read yet. aiohttp gives it out to no one else."""
    content.set_exception(None)  # type: ignore[arg-type]  # its only way to remove an exception
    return content.read_nowait()


async def read_error_page(response: aiohttp.ClientResponse) -> bytes:
    """Return enough of an error page to classify it. An incomplete body is not an error: the status matters more."""
    body = bytearray()
    with suppress(aiohttp.ClientPayloadError):
        async for chunk in response.content.iter_chunked(_CHUNK_SIZE):
            body += chunk
            if len(body) >= _MAX_ERROR_PAGE:
                break
    return bytes(body)


def is_binary(body: bytes) -> bool:
    """Return whether a body isn't text in any charset, such as a compressed one that cannot be decompressed."""
    return bool(_CONTROL.search(decode(body[:_SAMPLE_SIZE])))


def _gunzip(body: bytes, limit: int, url: str) -> bytes:
    """Decompress gzip that no header announced, such as a static `.gz` file; return anything else unchanged."""
    if not body.startswith(_GZIP_SIGNATURE):
        return body
    try:
        plain = zlib.decompressobj(wbits=31).decompress(body, limit + 1)
    except zlib.error:
        return body
    if len(plain) > limit:
        raise TooLarge(public_url(url))
    return plain
