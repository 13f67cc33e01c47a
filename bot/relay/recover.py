"""Decides which posts were sent before the database was restored, from the messages in their channels.

Nothing is posted twice: a post whose message was found counts as sent. If a post may be among unread messages, the
bot searches for it before it sends it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from bot.model import ChannelPast, Embed, Entry, FoundMessage, Message, Subscription
from bot.relay.retry import NONCE_WINDOW
from bot.text.keys import link_key
from bot.text.render import render
from bot.text.repetition import letters_of
from bot.text.same_message import bare_words_of, is_same, links_of, words_of

FOUND_REASON = "found in the channel after the database was restored"

DATE_TOLERANCE = timedelta(days=1)
"""How far the dates in feeds may be off."""

MIN_SAME_LETTERS = 80
"""The letters and digits that a text must have to identify a post whose link has changed."""


class _HasEntry(Protocol):
    @property
    def entry(self) -> Entry: ...


P = TypeVar("P", bound=_HasEntry)

_Keys = Iterator[str]


def find_posted(
    subscription: Subscription, posts: Sequence[P], summary_length: int
) -> Mapping[P, FoundMessage]:
    """Return the posts whose messages were found in the channel."""
    past = subscription.past
    if past is None or not past.found:
        return {}
    messages = [_render(post.entry, past.feed_name, subscription, summary_length) for post in posts]
    return {posts[place]: found for place, found in match_found(messages, past.found).items()}


def baseline_end(
    subscription: Subscription, posts: Sequence[P], posted: Mapping[P, FoundMessage]
) -> int | None:
    """Return the index of the first post that is not part of the lost database's baseline; None: it had no baseline.

    `posts`: oldest first. The baseline contains no posts that were sent, and none that are newer than the backup.
    """
    past = subscription.past
    if past is None:
        return None
    for place, post in enumerate(posts):
        published = post.entry.published
        if post in posted or (past.was_followed and published is not None and published > past.since):
            return place
    return None


def doubt_about(past: ChannelPast | None, entry: Entry) -> tuple[datetime | None, datetime | None]:
    """Return the start and end of the time in which a post may have been sent unseen; None: it was not sent.

    The lost database's nonces are useless, so the time starts so early that no nonce is relied on.
    """
    if past is None or past.unread_until is None:
        return None, None
    if entry.published is not None and entry.published > past.unread_until + DATE_TOLERANCE:
        return None, None
    return past.since - NONCE_WINDOW, past.unread_until


def match_found(messages: Sequence[Message | None], found: Sequence[FoundMessage]) -> dict[int, FoundMessage]:
    """Return the found messages, by the index of the wanted ones. The surest signs come first; each matches once."""
    matched: dict[int, FoundMessage] = {}
    taken: set[int] = set()
    for keys_of_found, keys_of_message, agree in _SIGNS:
        by_key: dict[str, list[FoundMessage]] = defaultdict(list)
        for each in found:
            for key in keys_of_found(each):
                by_key[key].append(each)
        for place, message in enumerate(messages):
            if message is None or place in matched:
                continue
            candidates = (each for key in keys_of_message(message) for each in by_key.get(key, ()))
            for each in candidates:
                if each.message_id not in taken and agree(message, each):
                    matched[place] = each
                    taken.add(each.message_id)
                    break
    return matched


def _render(entry: Entry, feed_name: str, subscription: Subscription, summary_length: int) -> Message | None:
    """Return the message of a post; None if a bug prevents it, which the send then reports."""
    try:
        return render(entry, feed_name, subscription.style, summary_length=summary_length)
    except Exception:  # noqa: BLE001 -- one post must not stop the others
        return None


def _forms(message: Message) -> Iterator[Message]:
    """Yield a message as it looks in a channel, and as it looks at the start of a forum post."""
    yield message
    if message.opening is not None:
        yield replace(message, content=message.opening)


def _words_of_found(found: FoundMessage) -> _Keys:
    if found.content or found.embeds:
        yield " ".join(words_of(found.content, found.embeds))
    else:
        yield f"deleted: {found.thread_name}"


def _words_of_message(message: Message) -> _Keys:
    for form in _forms(message):
        yield " ".join(words_of(form.content, form.embeds))
    yield f"deleted: {message.thread_name}"


def _links_of_found(found: FoundMessage) -> _Keys:
    yield from {link_key(link) for link in links_of(found.content, found.embeds)} - {""}


def _links_of_message(message: Message) -> _Keys:
    yield from {link_key(message.link), *message.link_keys} - {""}


def _text_of_found(found: FoundMessage) -> _Keys:
    yield from _long_text(found.content, found.embeds)


def _text_of_message(message: Message) -> _Keys:
    for form in _forms(message):
        yield from _long_text(form.content, form.embeds)


def _long_text(content: str, embeds: Sequence[Embed]) -> _Keys:
    text = letters_of(" ".join(bare_words_of(content, embeds)))
    if len(text) >= MIN_SAME_LETTERS:
        yield text


def _agree(message: Message, found: FoundMessage) -> bool:
    is_deleted = not found.content and not found.embeds
    return is_deleted or any(is_same(form, found.content, found.embeds) for form in _forms(message))


def _have_same_date(message: Message, found: FoundMessage) -> bool:
    return _dates(message.embeds) == _dates(found.embeds)


def _dates(embeds: Sequence[Embed]) -> list[int]:
    """Return seconds: Discord doesn't preserve fractions."""
    return [int(embed.timestamp.timestamp()) for embed in embeds if embed.timestamp is not None]


_SIGNS: tuple[
    tuple[
        Callable[[FoundMessage], _Keys], Callable[[Message], _Keys], Callable[[Message, FoundMessage], bool]
    ],
    ...,
] = (
    (_words_of_found, _words_of_message, _agree),
    (_links_of_found, _links_of_message, _agree),
    (_text_of_found, _text_of_message, _have_same_date),
)
"""What a found message and a post's may have in common: all words, a link, or a long text; and the final check."""
