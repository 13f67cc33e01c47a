"""Read a response's body, decompressed and limited in size."""

import zlib
from contextlib import suppress

import aiohttp

from bot.errors import TooLarge

_CHUNK_SIZE = 1 << 16
_MAX_ERROR_PAGE = 1 << 17  # bytes
_GZIP_SIGNATURE = b"\x1f\x8b\x08"


async def read_body(response: aiohttp.ClientResponse, limit: int, url: str) -> bytes:
    """Return the decompressed body. Raises TooLarge, with `url`, as soon as it exceeds `limit` bytes."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK_SIZE):
        body += chunk
        if len(body) > limit:
            raise TooLarge(url)
    return _gunzip(bytes(body), limit, url)


async def read_error_page(response: aiohttp.ClientResponse) -> bytes:
    """Return enough of an error page to classify it. An incomplete body is not an error: the status matters more."""
    body = bytearray()
    with suppress(aiohttp.ClientPayloadError):
        async for chunk in response.content.iter_chunked(_CHUNK_SIZE):
            body += chunk
            if len(body) >= _MAX_ERROR_PAGE:
                break
    return bytes(body)


def _gunzip(body: bytes, limit: int, url: str) -> bytes:
    """Decompress gzip that no header announced, such as a static `.gz` file; return anything else unchanged."""
    if not body.startswith(_GZIP_SIGNATURE):
        return body
    try:
        plain = zlib.decompressobj(wbits=31).decompress(body, limit + 1)
    except zlib.error:
        return body
    if len(plain) > limit:
        raise TooLarge(url)
    return plain
