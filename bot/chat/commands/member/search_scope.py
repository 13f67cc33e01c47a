"""The part of the visible posts that a search covers. Pure."""

from collections.abc import Container
from dataclasses import dataclass

from bot.chat.commands.member.visibility import VisibleFeeds
from bot.model import Condition, Posted, Rule
from bot.search.wanted import is_searchable, wanted_by


@dataclass(frozen=True, slots=True)
class Scope:
    """The posts to search."""

    feeds: frozenset[int]
    """All of their posts, or those that are `wanted`."""
    posted: Posted | None = None
    """Posts with a message in certain channels."""
    wanted: Condition | None = None


def choose_scope(visible: VisibleFeeds, channel_id: int, named: Container[int] | None) -> Scope:
    """Return the posts of the named feeds, or of all (None), and of one channel, or of all (0)."""
    if channel_id:
        return _of_channel(visible, channel_id, named)
    feeds = frozenset(each for each in visible.feeds if named is None or each in named)
    return Scope(feeds, visible.posted(named))


def _of_channel(visible: VisibleFeeds, channel_id: int, named: Container[int] | None) -> Scope:
    """Return what was posted in a channel, and the archived posts that its rules want. The index can't check every
    rule; for feeds with other rules, only what was posted is returned.
    """
    rules = {
        each.feed_id: each.subscription.rule
        for each in visible.followed
        if each.channel_id == channel_id and (named is None or each.feed_id in named)
    }
    sent = {
        each.feed_id
        for each in visible.sent
        if each.channel_id == channel_id and (named is None or each.feed_id in named)
    }
    sent |= {feed_id for feed_id, rule in rules.items() if rule != Rule()}
    searchable = {feed_id: rule for feed_id, rule in rules.items() if is_searchable(rule)}
    posted = Posted(frozenset(sent), frozenset({channel_id})) if sent else None
    return Scope(frozenset(searchable), posted, wanted_by(searchable))
