"""Two admins at the same moment: both commands have read what they act on before either writes."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest


def write_together(monkeypatch: pytest.MonkeyPatch, repository: object, method: str) -> None:
    """Make the first two calls of a repository's method wait for each other before they begin."""
    both = asyncio.Barrier(2)
    call: Callable[..., Awaitable[object]] = getattr(repository, method)

    async def together(*arguments: object, **named: object) -> object:
        await both.wait()
        return await call(*arguments, **named)

    monkeypatch.setattr(repository, method, together)
