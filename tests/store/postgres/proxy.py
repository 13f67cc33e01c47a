"""A network between the bot and the server that breaks where a test wants it to."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from bot.store.place import ServerAddress

SOCKET = ".s.PGSQL.5432"


class Proxy:
    """Passes bytes on, until a rule about what the client sends says otherwise."""

    def __init__(self, server: Path) -> None:
        self._server = server
        self._streams: set[asyncio.StreamWriter] = set()
        self.refuses = False
        """Whether nobody gets a connection."""
        self.cuts_before: Callable[[bytes], bool] = lambda _: False
        """Whether the connection breaks before the server gets this."""
        self.cuts_after: Callable[[bytes], bool] = lambda _: False
        """Whether it breaks before the client gets the server's answer to this."""

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        if self.refuses:
            writer.close()
            return
        from_server, to_server = await asyncio.open_unix_connection(self._server / SOCKET)
        self._streams |= {writer, to_server}
        answers = asyncio.create_task(self._answer(from_server, writer))
        try:
            while sent := await reader.read(65536):
                if self.cuts_before(sent):
                    break
                if self.cuts_after(sent):
                    answers.cancel()
                    to_server.write(sent)
                    await from_server.read(1)
                    break
                to_server.write(sent)
        finally:
            answers.cancel()
            for stream in (writer, to_server):
                stream.close()
                self._streams.discard(stream)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while answer := await reader.read(65536):
            writer.write(answer)
        writer.close()

    def cut(self) -> None:
        """Break all connections."""
        for stream in self._streams:
            stream.transport.abort()


@asynccontextmanager
async def proxied(address: ServerAddress, folder: Path) -> AsyncIterator[tuple[Proxy, ServerAddress]]:
    """Yield a proxy before a server, and the address of the database through it."""
    parts = urlsplit(address.url)
    proxy = Proxy(Path(parse_qs(parts.query)["host"][0]))
    serving = await asyncio.start_unix_server(proxy.connected, folder / SOCKET)
    async with serving:
        yield proxy, ServerAddress(parts._replace(query=f"host={quote(str(folder), safe='')}").geturl())
        proxy.cut()
