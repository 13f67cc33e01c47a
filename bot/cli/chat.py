"""Logs in to Discord without its gateway, for commands that look at channels."""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.config import Config

if TYPE_CHECKING:
    from bot.chat.client import Chat


@asynccontextmanager
async def logged_in(config: Config) -> AsyncIterator["Chat"]:
    """Log in with the config's token. Raises ConfigError, LoginRefused or ChatUnreachable."""
    from bot.chat.client import Chat

    chat = Chat(config.token(os.environ), on_open=_ignore, api_url=config.discord.api_url)
    try:
        await chat.login()
        yield chat
    finally:
        await chat.close()


async def _ignore(_channels: Sequence[int]) -> None:
    """Do nothing: without a gateway, no channel is ever reported as open."""
