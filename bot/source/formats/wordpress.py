"""Parse posts from WordPress's REST API (`/wp-json/wp/v2/posts?_embed`)."""

import json
from collections.abc import Iterable
from html import unescape

from bot.errors import NotAFeed
from bot.model import ParsedFeed
from bot.source.entry.dates import read_date
from bot.source.entry.normalise import Body, DocumentContext, RawEntry, normalise_entries
from bot.source.values import Json, list_of, mapping_of, mappings_of, strip_forbidden, text_of

FORMAT = "wordpress"


def looks_like_posts(text: str) -> bool:
    """Return whether the document is a JSON list."""
    return text.startswith("[")


def parse(text: str, url: str) -> ParsedFeed:
    """Parse a list of posts. Raises NotAFeed for an empty list or one of anything else."""
    try:
        posts = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        raise NotAFeed(url) from None
    if not isinstance(posts, list) or not posts or not all(_is_post(post) for post in posts):
        raise NotAFeed(url)
    normalised = normalise_entries(posts, to_raw_entry, DocumentContext(url))
    return ParsedFeed(
        format=FORMAT, entries=normalised.entries, skipped=normalised.skipped, left_out=normalised.left_out
    )


def to_raw_entry(post: Json) -> RawEntry:
    """Convert a post. It gets the guid, link and tags that it has in the blog's feed, so that both are one post."""
    bodies = (Body(_rendered(post, name)) for name in ("content", "excerpt"))
    return RawEntry(
        guid=unescape(_rendered(post, "guid")),
        link=text_of(post, "link"),
        title=_rendered(post, "title"),
        title_is_markup=True,
        bodies=tuple(body for body in bodies if body.html.strip()),
        authors=tuple(text_of(author, "name") for author in _embedded(post, "author")),
        tags=tuple(_tags(post)),
        published=read_date(text_of(post, "date_gmt")) or read_date(text_of(post, "date")),
        updated=read_date(text_of(post, "modified_gmt")),
    )


def _is_post(post: object) -> bool:
    return isinstance(post, dict) and isinstance(post.get("id"), int) and "link" in post and "date" in post


def _rendered(post: Json, name: str) -> str:
    return strip_forbidden(text_of(mapping_of(post.get(name)), "rendered"))


def _tags(post: Json) -> Iterable[str]:
    for terms in list_of(mapping_of(post.get("_embedded")).get("wp:term")):
        for term in mappings_of(terms):
            if text_of(term, "taxonomy") in ("category", "post_tag"):
                yield text_of(term, "name")


def _embedded(post: Json, name: str) -> Iterable[Json]:
    return mappings_of(mapping_of(post.get("_embedded")).get(name))
