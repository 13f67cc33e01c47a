"""Subscriptions that admins are about to make, in memory while they choose; a restart loses them.

Buttons of lists and holds have their state in the custom id. Drafts don't fit: a custom id has at most 100 characters,
and an address may be longer.
"""

import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import discord

from bot.chat.recent import RecentCache
from bot.model import Entry, FoundFeed, Identified, Message, Outline, ParsedFeed, Rule, Style, TagCount
from bot.relay.identity import identify
from bot.relay.match import match
from bot.relay.plan import oldest_first
from bot.text import limits
from bot.text.address import label_of, safe_title
from bot.text.fold import fold_tag, one_line
from bot.text.render import render

MAX_POSTS = 20
"""Newest posts of the feed in a draft: for the preview, and to show what a rule would have posted."""
MAX_DRAFTS = 64
"""FeedDrafts in memory; a new one replaces the oldest."""


@dataclass(frozen=True, slots=True)
class FeedDraft:
    """An admin's choices so far for a feed that they are adding."""

    channel_id: int
    style: Style
    tags: tuple[str, ...] = ()
    found: tuple[FoundFeed, ...] = ()
    """The feeds behind what was pasted."""
    url: str = ""
    """The address of the chosen feed; "": none was chosen yet."""
    name: str = ""
    posts: tuple[Entry, ...] = ()
    """The newest posts, newest first."""
    tag_counts: tuple[TagCount, ...] = ()
    """Tags to choose from, most used first; a menu identifies them by their index here."""
    document: tuple[Identified, ...] = ()
    """The feed's posts when it was shown, which the subscription does not get; (): the first poll decides."""
    link: str = ""
    """The page that the feed belongs to."""
    read_at: datetime | None = None
    language: str = ""
    """The language of what the bot posts in the server; "": English."""
    preview_message: discord.WebhookMessage | None = None
    """The message that shows the preview now."""

    @property
    def rule(self) -> Rule:
        """The rule that the subscription would have."""
        return Rule(tags=self.tags)

    @property
    def matching(self) -> tuple[Entry, ...]:
        """The posts that the rule matches, newest first."""
        return tuple(each for each in self.posts if match(self.rule, each).wanted)

    def preview(self, summary_length: int) -> Message | None:
        """Return the newest matching post, or else the newest, as it would be sent; None if the feed is empty."""
        newest = next(iter((*self.matching, *self.posts)), None)
        if newest is None:
            return None
        return render(newest, self.name, self.style, summary_length=summary_length, language=self.language)


@dataclass(frozen=True, slots=True)
class ImportDraft:
    """The feeds of a file that an admin has uploaded."""

    channel_id: int
    outlines: tuple[Outline, ...]


def newest_first(feed: ParsedFeed, url: str) -> tuple[Entry, ...]:
    """Return a document's posts in the reverse of the order in which they would be posted."""
    return tuple(item.entry for item in reversed(oldest_first(identify(feed.entries, feed.link, url))))


def name_feed(feed: ParsedFeed, found: FoundFeed) -> str:
    """Return the feed's own title, the one it was found by, or its address."""
    return safe_title(one_line(feed.title or found.title), found.url)[:200] or label_of(found.url)


def count_tags(posts: Iterable[Entry], chosen: Iterable[str] = ()) -> tuple[TagCount, ...]:
    """Return the tags of these posts, most used first, then in their order; the chosen ones are always included.

    All spellings of a tag count as one.
    """
    spelled: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for post in posts:
        for tag in post.tags:
            spelled.setdefault(fold_tag(tag), tag)
        counts.update(list(dict.fromkeys(map(fold_tag, post.tags))))
    kept = {fold_tag(tag): tag for tag in chosen}
    most_used = [folded for folded, _count in counts.most_common() if folded and folded not in kept]
    order = [*kept, *most_used][: limits.MENU_OPTIONS]
    found = [TagCount(kept.get(folded) or spelled[folded], counts[folded]) for folded in order]
    return tuple(sorted(found, key=lambda count: -count.entries))


class FeedDrafts:
    """The drafts of all servers, by the key in their buttons."""

    def __init__(self) -> None:
        self._drafts: RecentCache[str, FeedDraft] = RecentCache(MAX_DRAFTS)

    def put(self, draft: FeedDraft, key: str = "") -> str:
        """Keep a draft and return its key, a new one unless it has one already."""
        key = key or secrets.token_hex(8)
        self._drafts.put(key, draft)
        return key

    def get(self, key: str) -> FeedDraft | None:
        """Return a draft; None if it is done or was dropped for newer ones, or if the bot was restarted."""
        return self._drafts.get(key)

    def drop(self, key: str) -> None:
        """Forget a draft that is done."""
        self._drafts.drop(key)
