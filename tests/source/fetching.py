"""Helpers for tests of fetching: limits that allow loopback, and a resolver with addresses of the test's choice."""

import gzip
import socket
import sys
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import brotli  # type: ignore[import-untyped]  # it ships no types
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.errors import SourceError
from bot.model import Fetched, Validators
from bot.source.http.fetch import Fetcher, FetchLimits

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda body: bytes(brotli.compress(body, quality=1)),
    "zstd": zstd.compress,
}
"""The encodings that a fetcher accepts."""

NO_VALIDATORS = Validators()
LOOPBACK = FetchLimits(timedelta(seconds=20), max_body=1_000_000, allow_private_addresses=True)
PUBLIC_ONLY = FetchLimits(timedelta(seconds=20), max_body=1_000_000)


class FakeResolver(AbstractResolver):
    """A DNS resolver with given answers. Each lookup of a name returns the next answer; the last one repeats."""

    def __init__(self, answers: Mapping[str, Sequence[str]]) -> None:
        self.answers = {name: list(addresses) for name, addresses in answers.items()}
        self.lookups: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the next answer, which may be several comma-separated addresses."""
        self.lookups.append(host)
        if host not in self.answers:
            raise OSError(None, "no such name")
        answers = self.answers[host]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return [self._result(host, address, port, family) for address in answer.split(",")]

    def _result(self, host: str, address: str, port: int, family: socket.AddressFamily) -> ResolveResult:
        kind = socket.AF_INET6 if ":" in address else family or socket.AF_INET
        return ResolveResult(
            hostname=host, host=address, port=port, family=kind, proto=0, flags=socket.AI_NUMERICHOST
        )

    async def close(self) -> None:
        """Do nothing: no resource is open."""


async def fetch_error(
    url: str, limits: FetchLimits = LOOPBACK, resolver: AbstractResolver | None = None
) -> SourceError:
    """Fetch an address that fails, and return the error."""
    async with Fetcher(limits, resolver=resolver) as fetcher:
        with pytest.raises(SourceError) as caught:
            await fetcher.fetch(url)
        return caught.value


async def fetched(fetcher: Fetcher, url: str, validators: Validators = NO_VALIDATORS) -> Fetched:
    """Fetch a feed that has changed."""
    found = await fetcher.fetch(url, validators)
    assert isinstance(found, Fetched)
    return found
