"""Posts in responses of Tumblr's API."""

import json

from bot.model import Entry, Fetched, ParsedFeed
from bot.source.formats.parse import parse_feed

TAG_PAGE = "https://www.tumblr.com/tagged/hawk%20moths"


def answer(response: object, url: str = TAG_PAGE) -> ParsedFeed:
    document = {"meta": {"status": 200, "msg": "OK"}, "response": response}
    return parse_feed(Fetched(url, json.dumps(document).encode(), "application/json"))


def only(**post: object) -> Entry:
    (entry,) = answer([{"id_string": "740000000000000001", "blog_name": "moth-nights", **post}]).entries
    return entry


def blocks(*content: object, **post: object) -> str:
    return only(type="blocks", content=list(content), **post).content
