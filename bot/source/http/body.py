"""The bytes of an answer, decompressed, and no more of them than are wanted."""

import zlib
from contextlib import suppress

import aiohttp

from bot.errors import TooLarge

_CHUNK = 1 << 16
_ERROR_PAGE = 1 << 17  # bytes
_GZIP = b"\x1f\x8b\x08"


async def whole(response: aiohttp.ClientResponse, most: int, shown: str) -> bytes:
    """The body, decompressed; raises TooLarge as soon as it is."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > most:
            raise TooLarge(shown)
    return _inflated(bytes(body), most, shown)


async def excerpt(response: aiohttp.ClientResponse) -> bytes:
    """As much of an error's page as tells pages apart; if it breaks off, the status still counts."""
    body = bytearray()
    with suppress(aiohttp.ClientPayloadError):
        async for chunk in response.content.iter_chunked(_CHUNK):
            body += chunk
            if len(body) >= _ERROR_PAGE:
                break
    return bytes(body)


def _inflated(body: bytes, most: int, shown: str) -> bytes:
    """Gzip that no header announced (files served as they lie on the disk), unpacked; anything else as it is."""
    if not body.startswith(_GZIP):
        return body
    try:
        plain = zlib.decompressobj(wbits=31).decompress(body, most + 1)
    except zlib.error:
        return body
    if len(plain) > most:
        raise TooLarge(shown)
    return plain
