"""Feeds of real sites, if they are beside this checkout."""

from pathlib import Path

import pytest

from bot.model import Fetched, Message, Style
from bot.source.formats.parse import parse_feed
from bot.text.render import render
from tests.text import discord

_FEEDS = Path(__file__).parents[3] / "shared" / "feeds"
_TYPES = {".json": "application/feed+json", ".atom": "application/atom+xml"}
_DOCUMENTS = sorted(path for path in _FEEDS.glob("*.*") if path.suffix != ".md") if _FEEDS.is_dir() else []


@pytest.mark.skipif(not _DOCUMENTS, reason="the shared real documents are not beside this checkout")
@pytest.mark.parametrize("path", _DOCUMENTS, ids=lambda path: path.name)
def test_every_post_of_a_real_feed_is_rendered_within_limits_in_every_style(path: Path) -> None:
    content_type = _TYPES.get(path.suffix, "application/rss+xml")
    feed = parse_feed(Fetched("https://site.example/feed", path.read_bytes(), content_type))

    messages = [render(entry, feed.title, style) for entry in feed.entries for style in Style]

    assert messages
    assert [problem for message in messages for problem in discord.broken_limits(message)] == []
    assert [found for message in messages for found in discord.mentions(_all_text(message))] == []
    assert not [
        message for message in messages if "&amp;" in message.thread_name or "&#" in message.thread_name
    ]


@pytest.mark.skipif(not _DOCUMENTS, reason="the shared real documents are not beside this checkout")
def test_a_real_tumblr_reblog_shows_its_source_and_its_largest_picture() -> None:
    body = (_FEEDS / "tumblr-todayontumblr.xml").read_bytes()
    feed = parse_feed(Fetched("https://todayontumblr.tumblr.com/rss", body, "text/xml"))

    message = render(feed.entries[0], feed.title, Style.CARD)
    card = message.embeds[0]

    assert message.content.startswith("**[NEIL WON BEST ACTOR")
    assert card.description.startswith("> **[argetcross](")
    assert "/s2048x3072/" in card.image_url
    assert "#today on tumblr" in card.footer


def _all_text(message: Message) -> str:
    return "\n".join([message.content, *(f"{embed.title}\n{embed.description}" for embed in message.embeds)])
