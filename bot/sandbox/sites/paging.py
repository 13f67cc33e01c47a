"""Access to posts that a blog's feed no longer shows: links, archives, page numbers or an API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape

from aiohttp import web

from bot.sandbox.sites.feed_documents import Post, PostWithLinks


class Paging(StrEnum):
    """The ways in which sites do it."""

    NONE = "none"
    NEXT = "next"
    """Each page links to the next (RFC 5005, section 3; JSON Feed's `next_url`)."""
    ARCHIVES = "prev-archive"
    """Archives never change, and each links to the previous one (RFC 5005, section 4)."""
    PAGED = "paged"
    """WordPress: `?paged=2` works, but nothing links to it."""
    REST = "rest"
    """WordPress with its API, which a Link header announces."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a feed's posts."""

    posts: Sequence[Post]
    older: str = ""
    """The query of the page with older posts."""


def page_of(
    paging: Paging, posts: Sequence[Post], length: int, per_page: int, query: Mapping[str, str]
) -> Page | None:
    """Return what a query of the feed's address shows; None: no such page.

    `posts`: newest first. `length`: how many posts the feed itself shows.
    """
    if paging is Paging.ARCHIVES:
        return _archive(posts, length, per_page, query)
    name = {Paging.NEXT: "page", Paging.PAGED: "paged"}.get(paging, "")
    number = int(query.get(name, "1"))
    start = 0 if number == 1 else length + (number - 2) * per_page
    end = start + (length if number == 1 else per_page)
    if number > 1 and start >= len(posts):
        return None
    has_next = paging is Paging.NEXT and end < len(posts)
    return Page(posts[start:end], f"?page={number + 1}" if has_next else "")


def _archive(posts: Sequence[Post], length: int, per_page: int, query: Mapping[str, str]) -> Page | None:
    """Number archives from the oldest, so that new posts change only the last one."""
    last = -(-len(posts) // per_page)
    if "archive" not in query:
        return Page(posts[:length], f"?archive={last}")
    number = int(query["archive"])
    if not 0 < number <= last:
        return None
    oldest_first = posts[::-1][(number - 1) * per_page : number * per_page]
    return Page(oldest_first[::-1], f"?archive={number - 1}" if number > 1 else "")


API = "wp-json/wp/v2/posts"
"""The path of WordPress's posts, below the blog's base."""


def api_response(posts: Sequence[PostWithLinks], query: Mapping[str, str]) -> web.Response:
    """Return the response of WordPress's API. `posts`: newest first."""
    size, number = int(query.get("per_page", "10")), int(query.get("page", "1"))
    pages = -(-len(posts) // size)
    if number > max(pages, 1):
        return web.json_response({"code": "rest_post_invalid_page_number"}, status=400)
    shown = posts[(number - 1) * size : number * size]
    return web.json_response(
        [_api_post(post, "_embed" in query) for post in shown],
        headers={"X-WP-Total": str(len(posts)), "X-WP-TotalPages": str(pages)},
    )


def _api_post(linked: PostWithLinks, embed: bool) -> dict[str, object]:
    post = linked.post
    updated = post.updated or post.published
    found: dict[str, object] = {
        "id": int(post.id),
        "date": f"{post.published:%Y-%m-%dT%H:%M:%S}",
        "date_gmt": f"{post.published:%Y-%m-%dT%H:%M:%S}",
        "modified_gmt": f"{updated:%Y-%m-%dT%H:%M:%S}",
        "guid": {"rendered": escape(linked.guid)},
        "link": linked.link,
        "title": {"rendered": escape(post.title)},
        "content": {"rendered": post.html, "protected": False},
        "excerpt": {"rendered": "", "protected": False},
    }
    if embed:
        terms = [{"taxonomy": "post_tag", "name": escape(tag)} for tag in post.tags]
        found["_embedded"] = {"author": [{"name": post.author}], "wp:term": [[], terms]}
    return found
