"""Compression of gateway messages: none, or one zlib or zstd stream for a whole connection."""

import sys
import zlib
from typing import Protocol

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


class Packer(Protocol):
    """Compresses the messages of one connection, in order."""

    def pack(self, text: str) -> str | bytes:
        """Return the WebSocket message."""


class NoCompression:
    """Sends messages uncompressed."""

    def pack(self, text: str) -> str:
        """Return the text itself."""
        return text


class ZlibStream:
    """`compress=zlib-stream`: each message ends with a sync flush."""

    def __init__(self) -> None:
        self._stream = zlib.compressobj()

    def pack(self, text: str) -> bytes:
        """Return the next piece of the stream."""
        return self._stream.compress(text.encode()) + self._stream.flush(zlib.Z_SYNC_FLUSH)


class ZstdStream:
    """`compress=zstd-stream`: each message ends a block of one frame."""

    def __init__(self) -> None:
        self._stream = zstd.ZstdCompressor()

    def pack(self, text: str) -> bytes:
        """Return the next piece of the stream."""
        return self._stream.compress(text.encode(), mode=zstd.ZstdCompressor.FLUSH_BLOCK)


def packer(compress: str | None) -> Packer:
    """Return the packer for a connection's `compress` parameter."""
    if compress == "zlib-stream":
        return ZlibStream()
    if compress == "zstd-stream":
        return ZstdStream()
    return NoCompression()
