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
        self._streams: list[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = []
        """The two ends of each connection."""
        self._hides_ends = False
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
        self._streams.append((writer, to_server))
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
            writer.close()
            if not self._hides_ends:
                to_server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while answer := await reader.read(65536):
            writer.write(answer)
        writer.close()

    def cut(self, *, only_clients: bool = False) -> None:
        """Break all connections. `only_clients`: the server does not notice."""
        self._hides_ends = only_clients
        for client, server in self._streams:
            client.transport.abort()
            if not only_clients:
                server.transport.abort()


@asynccontextmanager
async def proxied(address: ServerAddress, folder: Path) -> AsyncIterator[tuple[Proxy, ServerAddress]]:
    """Yield a proxy before a server, and the address of the database through it."""
    parts = urlsplit(address.url)
    proxy = Proxy(Path(parse_qs(parts.query)["host"][0]))
    serving = await asyncio.start_unix_server(proxy.connected, folder / SOCKET)
    async with serving:
        yield proxy, ServerAddress(parts._replace(query=f"host={quote(str(folder), safe='')}").geturl())
        proxy.cut()
