"""Addresses that look like those of real blogs. They lead to the sandbox's blogs, whatever their port is."""

import socket
from collections.abc import Iterable
from functools import partialmethod

from aiohttp.abc import AbstractResolver, ResolveResult

from bot.sandbox.sites import blog
from bot.source.http.fetch import Fetcher

PORT_VARIABLE = "PICTURES_BLOGS_PORT"
_LOOPBACK = "127.0.0.1"


class NamedFeed(blog.BlogFeed):
    """A feed at http://NAME.example/rss."""

    def __init__(self, name: str, address: str, title: str, form: str, hosts: Iterable[str]) -> None:
        host = f"{name}.example"
        super().__init__(name, address, title, form, {*hosts, host})
        self.base = f"http://{host}"
        self.url = f"{self.base}/rss"


class ExampleNames(AbstractResolver):
    """Resolves every name that ends in .example to the blogs."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,  # noqa: ARG002 - aiohttp passes it
    ) -> list[ResolveResult]:
        """Return the address of the blogs. Raises OSError for any other name."""
        if not host.endswith(".example"):
            raise OSError(None, "no such name")
        return [
            ResolveResult(
                hostname=host,
                host=_LOOPBACK,
                port=self._port if port == 80 else port,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        """Do nothing: no resource is open."""


def use_names() -> None:
    """Give the feeds that this process opens such addresses."""
    blog.BlogFeed = NamedFeed  # type: ignore[misc]  # a class of the same shape


def resolve_names(port: int) -> None:
    """Make every fetcher of this process find them."""
    Fetcher.__init__ = partialmethod(Fetcher.__init__, resolver=ExampleNames(port))  # type: ignore[assignment,method-assign]  # the same, with another default
