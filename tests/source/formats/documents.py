"""RSS documents for the tests."""

from bot.model import Entry, Fetched, ParsedFeed
from bot.source.formats.parse import parse_feed

URL = "https://feeds.example/rss"


def parse_document(body: str | bytes, content_type: str = "") -> ParsedFeed:
    return parse_feed(Fetched(URL, body if isinstance(body, bytes) else body.encode(), content_type))


def rss(items: str, channel: str = "") -> str:
    return f'<rss version="2.0"><channel><title>T</title>{channel}{items}</channel></rss>'


def parse_item(items: str, channel: str = "") -> Entry:
    (entry,) = parse_document(rss(items, channel)).entries
    return entry
