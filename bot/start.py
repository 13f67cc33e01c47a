"""Brings the bot to where it can relay: logged in, and with its config in the database."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import structlog

from bot.chat.client import Chat
from bot.errors import ChatUnreachable
from bot.model import FeedDeclaration, SiteBudget
from bot.source.http.site import site_of
from bot.store.backfills import Worker
from bot.store.store import Store

LOGIN_RETRY_DELAY = 5.0
"""Seconds before the second login attempt; doubled after each failure."""
MAX_LOGIN_RETRY_DELAY = 60.0
"""Posts are no later than this after an outage of Discord in which the bot was started."""

log = structlog.get_logger(__name__)


async def login(chat: Chat) -> None:
    """Log in, and retry while Discord is unreachable. Raises LoginRefused."""
    await _reach(chat.login, "login postponed")


async def ask_time(chat: Chat) -> None:
    """Learn Discord's time without a login, and retry while Discord is unreachable."""
    await _reach(chat.ask_time, "start postponed until Discord's time is known")


async def _reach(ask: Callable[[], Awaitable[None]], postponed: str) -> None:
    delay = LOGIN_RETRY_DELAY
    while True:
        try:
            await ask()
        except ChatUnreachable as error:
            log.warning(postponed, error=str(error), retry_in=delay)
            await asyncio.sleep(delay)
            delay = min(delay * 2, MAX_LOGIN_RETRY_DELAY)
        else:
            return


async def prepare_store(
    store: Store, feeds: Sequence[FeedDeclaration], budget: Callable[[str], SiteBudget], now: datetime
) -> None:
    """Write the config's feeds to the database, and release what an earlier process had claimed. Raises StoreError."""
    await read_config(store, feeds, budget, now)
    await store.feeds.release()
    await store.outbox.release(now)
    await store.notices.release(now)
    if lag := await store.index.lag():
        log.info("indexing", posts=lag, until_then="searches may miss the oldest of them")
    await store.backfills.release(Worker.RUN)


async def read_config(
    store: Store, feeds: Sequence[FeedDeclaration], budget: Callable[[str], SiteBudget], now: datetime
) -> None:
    """Write the config's feeds to the database. Raises StoreError."""
    await store.feeds.set_budgets(budget)
    synced = await store.subscriptions.sync(feeds, site_of, budget, now)
    log.info("config read", feeds=len(feeds), subscriptions_added=synced.added, ended=synced.ended)
