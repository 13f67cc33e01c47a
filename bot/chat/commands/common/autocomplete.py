"""Suggests values for an option while a person types.

Discord shows nothing if an answer is late or invalid, so answers come in time and within its limits; errors are logged.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Container, Coroutine, Iterable
from contextlib import suppress
from functools import wraps
from heapq import nsmallest
from typing import Any, TypeVar

import structlog
from discord import app_commands

from bot.chat.commands.common.resolve import FEED_VALUE, NamedFeed
from bot.chat.commands.common.responses import Interaction, UserError
from bot.chat.messages import feed_label, plain_part, plain_text
from bot.errors import StoreError
from bot.model import ArchivedEntry, TagCount
from bot.text import limits
from bot.text.fold import fold, fold_tag
from bot.text.post import build_post

MAX_CHOICES = 25
"""Choices that Discord shows."""
MAX_CHOICE_LENGTH = 100
"""UTF-16 units of a choice's name and of its value."""
AUTOCOMPLETE_TIMEOUT = 2.0
"""Seconds; Discord waits three."""

_log = structlog.get_logger(__name__)

Choices = list[app_commands.Choice[str]]
Owner = TypeVar("Owner")
Find = Callable[[Owner, Interaction, str], Coroutine[Any, Any, Choices]]


def feed_choices(followed: Iterable[NamedFeed], typed: str, own: Container[int] = ()) -> Choices:
    """Return each feed once, `own` first; feeds of the same name also show their address."""
    feeds = {each.feed_id: each for each in followed}
    names = Counter(fold(each.feed_name) for each in feeds.values())
    part = fold(typed)
    found: list[tuple[bool, str, int, str, str]] = []
    for feed_id, each in feeds.items():
        label, address = _feed_choice(each, shared=names[fold(each.feed_name)] > 1)
        if part in fold(f"{label} {each.feed_label}"):
            found.append((feed_id not in own, fold(label), feed_id, label, address))
    return [
        create_choice(label, f"{FEED_VALUE}{feed_id}", address)
        for _is_elsewhere, _folded, feed_id, label, address in nsmallest(MAX_CHOICES, found)
    ]


def _feed_choice(each: NamedFeed, *, shared: bool) -> tuple[str, str]:
    """Return a feed's name, and its address if others share the name."""
    if shared:
        return each.feed_name, f" · {plain_text(each.feed_label, MAX_CHOICE_LENGTH // 2)}"
    return feed_label(each.feed_name, each.feed_label), ""


def tag_choices(counts: Iterable[TagCount], before: str = "", write: Callable[[str], str] = str) -> Choices:
    """Return each tag once, however it is spelled.

    `before`: the tags typed before this one, separated by commas. `write`: how a tag is typed.
    """
    merged: dict[str, TagCount] = {}
    for count in counts:
        known = merged.get(fold_tag(count.tag), TagCount(count.tag.lstrip("#").strip(), 0))
        merged[fold_tag(count.tag)] = TagCount(known.tag, known.entries + count.entries)
    most_used = sorted(merged.values(), key=lambda count: -count.entries)
    lead = f"{before.strip()}, " if before.strip() else ""
    values = [(f"{lead}{write(count.tag)}", count.entries) for count in most_used if fold_tag(count.tag)]
    return [create_choice(value, value, f" ({entries})") for value, entries in values if is_value(value)][
        :MAX_CHOICES
    ]


def is_value(text: str) -> bool:
    """Return whether Discord accepts the text as a choice's value."""
    return 0 < limits.utf16_length(text) <= MAX_CHOICE_LENGTH


def post_choices(entries: Iterable[ArchivedEntry]) -> Choices:
    """Return posts by title, with links as values; one that is too long is cut, and found again by its beginning."""
    posts = [(each, each.entry.link) for each in entries if each.entry.link]
    return [
        create_choice(post_title(each) or link, limits.truncate(link, MAX_CHOICE_LENGTH))
        for each, link in posts
    ]


def is_truncated(link: str) -> bool:
    """Return whether the value of a choice may be the beginning of a longer link."""
    return limits.utf16_length(link) >= MAX_CHOICE_LENGTH - 1


def post_title(archived: ArchivedEntry) -> str:
    """Return a post's title, or what names it in a message, on one line."""
    entry = archived.entry
    return plain_text(entry.title) or plain_text(build_post(entry, "").headline.line)


def create_choice(name: str, value: str, suffix: str = "") -> app_commands.Choice[str]:
    """Return a choice whose name, with the suffix, is within Discord's limits."""
    room = MAX_CHOICE_LENGTH - limits.utf16_length(suffix)
    shown = plain_part(name, room) if suffix else plain_text(name, room)
    return app_commands.Choice(name=f"{shown or '—'}{suffix}", value=value)


def in_time(find: Find[Owner]) -> Find[Owner]:
    """Make a method return nothing if it raises UserError, the store is too slow or broken, or outside of a server."""

    @wraps(find)
    async def find_in_time(self: Owner, interaction: Interaction, typed: str) -> Choices:
        if interaction.guild is None or interaction.guild.unavailable:
            return []
        with suppress(TimeoutError):
            try:
                async with asyncio.timeout(AUTOCOMPLETE_TIMEOUT):
                    return await find(self, interaction, typed)
            except UserError:
                return []
            except StoreError as error:
                _log.warning("autocomplete failed", error=str(error))
            except Exception:  # noqa: BLE001 -- Discord shows an error to nobody: an empty list, and the log
                _log.exception("autocomplete failed unexpectedly")
        return []

    return find_in_time
