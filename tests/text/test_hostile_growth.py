"""A long run of any character, anywhere in a post, costs no more than its length."""

from xml.sax.saxutils import escape, quoteattr

import pytest

from bot.model import Style
from bot.text.render import render
from tests.growth import assert_linear
from tests.source.formats.documents import parse_document, rss

PLACES = {
    "title": "<title>x{text}</title>",
    "author": "<title>x</title><author>{text}</author>",
    "category": "<title>x</title><category>{text}</category><category>#a{text}</category>",
    "date": "<title>x</title><pubDate>{text}</pubDate>",
    "guid": "<title>x</title><guid>{text}</guid>",
    "link": "<title>x</title><link>https://x.example/{text}</link>",
    "text": "<p>a{text}b</p><p>c</p>",
    "code": "<pre>a{text}b</pre><code>a{text}b</code>",
    "style": "<p style={attribute}>x</p><img src='/a.jpg' style={attribute}>",
    "class": "<p class={attribute}>x</p><img src='/a.jpg' class={attribute}>",
    "picture": "<img src='/a.jpg' alt={attribute} srcset={attribute} width={attribute}><img src={attribute}>",
    "address": "<p><a href={attribute}>x</a></p><iframe src={attribute}></iframe>",
    "label": "<p>x <a href='https://x.example/'>{text}</a> y</p>",
}
PARTS = (" ", "\u3000", ".", "-", "/", ":", "؟", "[", "<", "&", "`", "a", "a.", "a@", "1,", "<!")


def render_post(place: str, text: str) -> None:
    """Parse a post with this text in one place, and render it in every style."""
    item = PLACES[place].format(text=escape(text), attribute=quoteattr(text))
    if not item.startswith("<title"):
        item = f"<title>x</title><description>{escape(item)}</description>"
    feed = parse_document(rss(f"<item>{item}</item>"))
    for style in Style:
        render(feed.entries[0], feed.title, style)


@pytest.mark.parametrize("place", PLACES)
def test_a_long_run_costs_linear_time(place: str) -> None:
    for part in PARTS:
        assert_linear(lambda text: render_post(place, text), part, size=12_000)
