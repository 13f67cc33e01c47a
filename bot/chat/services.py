"""The dependencies of commands in one value: the store, the web, the clock and the settings."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.chat.feed_draft import MAX_DRAFTS, FeedDraft, FeedDrafts, ImportDraft
from bot.chat.posted_messages import PostedMessages
from bot.chat.recent import RecentCache
from bot.chat.threads import Threads
from bot.chat.turns import Turns
from bot.model import FoundFeed, ParsedFeed, PollSettings, PostSettings, SiteBudget, Style
from bot.store.store import Store


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """The operator's settings that commands use."""

    summary_length: int = 400
    posts: PostSettings = PostSettings()  # noqa: RUF009 -- frozen
    polling: PollSettings = PollSettings()  # noqa: RUF009 -- frozen
    burst_limit: int = 10
    max_subscriptions: int = 100
    """The maximum number of subscriptions of a server."""
    style: Style = Style.CARD
    has_tumblr_key: bool = False
    """Whether the operator set a key for Tumblr's API."""
    sync_guilds: tuple[int, ...] = ()
    """Servers where commands are registered at once; (): they are registered for all servers."""


@dataclass(frozen=True, slots=True)
class Services:
    """Dependencies of the commands, built in app.py."""

    store: Store
    discover: Callable[[str], Awaitable[tuple[FoundFeed, ...]]]
    """Finds the feeds behind what a person pasted. Raises SourceError if there are none."""
    read_feed: Callable[[str], Awaitable[ParsedFeed]]
    """Fetches and parses a feed. Raises SourceError."""
    budget: Callable[[str], SiteBudget]
    """Returns the budget of a registrable domain."""
    clock: Callable[[], datetime]
    wake: Callable[[], None]
    """Starts deliveries that are due."""
    settings: ServiceSettings = ServiceSettings()
    drafts: FeedDrafts = field(default_factory=FeedDrafts)
    threads: Threads = field(default_factory=Threads)
    messages: PostedMessages = field(default_factory=PostedMessages)
    batches: RecentCache[str, tuple[FeedDraft, ...]] = field(
        default_factory=lambda: RecentCache(MAX_DRAFTS // 8)
    )
    """Several feeds that an admin is about to add at once, by the key in their buttons; a restart loses them."""
    imports: RecentCache[str, ImportDraft] = field(default_factory=lambda: RecentCache(MAX_DRAFTS))
    """Lists of feeds that admins have uploaded, by the key in their buttons; a restart loses them."""
    searches: Turns = field(default_factory=Turns)
    completions: Turns = field(default_factory=Turns)
