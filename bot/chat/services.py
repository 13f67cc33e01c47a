"""What commands may ask of the rest of the bot: the store, the web, the clock and the settings, in one value."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.chat.feed_draft import FeedDrafts
from bot.chat.threads import Threads
from bot.model import FoundFeed, ParsedFeed, SiteBudget, Style
from bot.store.store import Store


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """What the operator set, as far as commands go by it."""

    summary_length: int = 400
    burst_limit: int = 10
    max_subscriptions: int = 100
    """In one server."""
    style: Style = Style.CARD
    sync_guilds: tuple[int, ...] = ()
    """Servers whose commands are registered at once; (): registered for all servers."""


@dataclass(frozen=True, slots=True)
class Services:
    """Where commands turn to; app.py furnishes it."""

    store: Store
    discover: Callable[[str], Awaitable[tuple[FoundFeed, ...]]]
    """The feeds behind what a person pasted, at least one. Raises SourceError."""
    read_feed: Callable[[str], Awaitable[ParsedFeed]]
    """The feed as it stands now, fetched and parsed. Raises SourceError."""
    budget: Callable[[str], SiteBudget]
    """How a registrable domain may be asked."""
    clock: Callable[[], datetime]
    wake: Callable[[], None]
    """Deliver now what is owed."""
    settings: ServiceSettings = ServiceSettings()
    drafts: FeedDrafts = field(default_factory=FeedDrafts)
    threads: Threads = field(default_factory=Threads)
    rule_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while a rule is read, changed and written back, so that two admins at once lose nothing."""
