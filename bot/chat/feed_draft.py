"""Subscriptions that admins are about to make: kept in memory while they choose, and lost with it.

The buttons cannot bear them, as those of lists and holds do: a custom id has 100 characters, an address may have more.
"""

import secrets
from collections import Counter, OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field

import discord

from bot.model import Entry, FoundFeed, Message, ParsedFeed, Rule, Style, TagCount
from bot.relay.identity import identify
from bot.relay.match import match
from bot.relay.plan import oldest_first
from bot.text.canonical import label_of
from bot.text.fold import fold_tag, one_line
from bot.text.render import render

MOST_POSTS = 20
"""Of a feed, that a draft remembers: for the preview, and for what a rule would have posted."""
MENU = 25
"""Options that a menu of Discord has room for."""
MOST_DRAFTS = 64
"""Kept at once; the oldest makes room."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What an admin has chosen so far."""

    channel_id: int
    style: Style
    tags: tuple[str, ...] = ()
    found: tuple[FoundFeed, ...] = ()
    """The feeds behind what was pasted."""
    url: str = ""
    """The chosen one; "": none yet."""
    name: str = ""
    posts: tuple[Entry, ...] = ()
    """The newest ones, newest first."""
    offered: tuple[TagCount, ...] = ()
    """Tags to choose from, most used first; a menu names them by their place here."""
    shown: discord.WebhookMessage | None = None
    """The newest post as it was shown last."""

    @property
    def rule(self) -> Rule:
        """Which posts would be posted."""
        return Rule(tags=self.tags)

    @property
    def wanted(self) -> tuple[Entry, ...]:
        """The remembered posts that the rule wants, newest first."""
        return tuple(each for each in self.posts if match(self.rule, each).wanted)

    def preview(self, summary_length: int) -> Message | None:
        """The newest wanted post, or else the newest, just as it would be sent; None: the feed is empty."""
        shown = next(iter((*self.wanted, *self.posts)), None)
        if shown is None:
            return None
        return render(shown, self.name, self.style, summary_length=summary_length)


def newest_first(feed: ParsedFeed, url: str) -> tuple[Entry, ...]:
    """A document's posts in the order in which they would be posted, reversed."""
    return tuple(item.entry for item in reversed(oldest_first(identify(feed, url))))


def name_of(feed: ParsedFeed, found: FoundFeed) -> str:
    """What people call it."""
    return one_line(feed.title or found.title)[:200] or label_of(found.url)


def count_tags(posts: Iterable[Entry], chosen: Iterable[str] = ()) -> tuple[TagCount, ...]:
    """The tags of these posts, most used first, spellings as one; the chosen ones are always there."""
    spelled: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for post in posts:
        for tag in post.tags:
            spelled.setdefault(fold_tag(tag), tag)
        counts.update({fold_tag(tag) for tag in post.tags})
    wanted = {fold_tag(tag): tag for tag in chosen}
    most_used = [folded for folded, _count in counts.most_common() if folded and folded not in wanted]
    order = [*wanted, *most_used][:MENU]
    found = [TagCount(wanted.get(folded) or spelled[folded], counts[folded]) for folded in order]
    return tuple(sorted(found, key=lambda count: -count.entries))


@dataclass(frozen=True, slots=True)
class Drafts:
    """The drafts of all servers, by a key that buttons bear."""

    _kept: OrderedDict[str, Draft] = field(default_factory=OrderedDict)

    def put(self, draft: Draft, key: str = "") -> str:
        """Keep it, under a new key unless it has one."""
        key = key or secrets.token_hex(8)
        self._kept[key] = draft
        self._kept.move_to_end(key)
        if len(self._kept) > MOST_DRAFTS:
            self._kept.popitem(last=False)
        return key

    def get(self, key: str) -> Draft | None:
        """None: it is done, made room for others, or the bot was started since."""
        return self._kept.get(key)

    def drop(self, key: str) -> None:
        """It is done."""
        self._kept.pop(key, None)
