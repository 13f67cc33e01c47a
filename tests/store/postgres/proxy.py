"""A network between the bot and the server that breaks where a test wants it to."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from bot.store.place import ServerAddress

SOCKET = ".s.PGSQL.5432"
_NAME = re.compile(rb"feed-relay [a-z]+ \d+ [0-9a-f]+")


@dataclass(eq=False, slots=True)
class Link:
    """A connection: its two ends."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    name: str = ""
    """The server's name for it, if it holds the locks of one of several processes."""
    is_silent: bool = False

    def cut(self) -> None:
        """Cut the connection."""
        self.client.transport.abort()
        self.server.transport.abort()

    def fall_silent(self) -> None:
        """Cut it only for the server: the client gets no answer, and does not notice."""
        self.is_silent = True
        self.server.close()


class Proxy:
    """Passes bytes on, until a rule about what the client sends says otherwise."""

    def __init__(self, server: Path) -> None:
        self._server = server
        self.links: set[Link] = set()
        self._hides_ends = False
        self.refuses = False
        """Whether nobody gets a connection."""
        self.on_refusal: Callable[[], None] = lambda: None
        self.cuts_before: Callable[[bytes], bool] = lambda _: False
        """Whether the connection breaks before the server gets this."""
        self.cuts_after: Callable[[bytes], bool] = lambda _: False
        """Whether it breaks before the client gets the server's answer to this."""

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        if self.refuses:
            writer.close()
            self.on_refusal()
            return
        from_server, to_server = await asyncio.open_unix_connection(self._server / SOCKET)
        link = Link(writer, to_server)
        self.links.add(link)
        answers = asyncio.create_task(self._answer(from_server, link))
        try:
            with suppress(OSError):  # it is cut
                await self._pass_on(reader, from_server, link, answers)
        finally:
            answers.cancel()
            writer.close()
            if not self._hides_ends:
                self.links.discard(link)
                to_server.close()

    async def _pass_on(
        self,
        reader: asyncio.StreamReader,
        from_server: asyncio.StreamReader,
        link: Link,
        answers: "asyncio.Task[None]",
    ) -> None:
        while sent := await reader.read(65536):
            if link.is_silent:
                continue
            if name := _NAME.search(sent):
                link.name = name[0].decode()
            if self.cuts_before(sent):
                return
            if self.cuts_after(sent):
                answers.cancel()
                await asyncio.wait({answers})
                link.server.write(sent)
                await from_server.read(1)
                return
            link.server.write(sent)

    async def _answer(self, reader: asyncio.StreamReader, link: Link) -> None:
        with suppress(OSError):
            while answer := await reader.read(65536):
                link.client.write(answer)
        if not link.is_silent:
            link.client.close()

    def cut(self, *, only_clients: bool = False) -> None:
        """Break all connections. `only_clients`: the server does not notice."""
        self._hides_ends = only_clients
        for link in list(self.links):
            if only_clients:
                link.client.transport.abort()
            else:
                link.cut()


@asynccontextmanager
async def proxied(address: ServerAddress, folder: Path) -> AsyncIterator[tuple[Proxy, ServerAddress]]:
    """Yield a proxy before a server, and the address of the database through it."""
    parts = urlsplit(address.url)
    proxy = Proxy(Path(parse_qs(parts.query)["host"][0]))
    serving = await asyncio.start_unix_server(proxy.connected, folder / SOCKET)
    async with serving:
        yield proxy, ServerAddress(parts._replace(query=f"host={quote(str(folder), safe='')}").geturl())
        proxy.cut()
