"""Entry → message for a send or an edit. A post that can't be rendered is given up; the others continue."""

from functools import lru_cache

import structlog

from bot.model import Dead, Entry, Message, Style
from bot.text.render import render

MAX_RENDERED = 16
"""How many messages are kept for other channels that get the same post in the same style."""

log = structlog.get_logger(__name__)

cached_render = lru_cache(MAX_RENDERED)(render)
"""Like `render`, which is most of the work of a send."""


def render_or_give_up(
    entry: Entry,
    feed_name: str,
    style: Style,
    *,
    summary_length: int,
    language: str,
    mention_roles: tuple[int, ...] = (),
) -> Message | Dead:
    """Return the message, or Dead if rendering fails, which is a bug of ours and is logged."""
    try:
        return cached_render(
            entry,
            feed_name,
            style,
            summary_length=summary_length,
            mention_roles=mention_roles,
            language=language,
        )
    except Exception:
        log.exception("entry cannot be rendered", entry=entry.link, feed=feed_name)
        return Dead("The bot cannot show this post. The log has the details; please report it.")
