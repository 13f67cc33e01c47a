"""How a blog of the sandbox leads to the posts that its feed no longer holds: by links, archives or page numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape

from aiohttp import web

from bot.sandbox.sites.feed_documents import Post, PostWithLinks


class Paging(StrEnum):
    """The ways that sites have."""

    NONE = "none"
    NEXT = "next"
    """Each page names the next one (RFC 5005, section 3; JSON Feed's `next_url`)."""
    ARCHIVES = "prev-archive"
    """Archives that never change, each of which names the one before (RFC 5005, section 4)."""
    PAGED = "paged"
    """WordPress: `?paged=2` is there, but nobody says so."""
    REST = "rest"
    """WordPress with its API, which answers name in a header."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a feed's posts."""

    posts: Sequence[Post]
    older: str = ""
    """The query of the page before."""


def page_of(
    paging: Paging, posts: Sequence[Post], length: int, per_page: int, query: Mapping[str, str]
) -> Page | None:
    """What a query of the feed's address shows; None: such a page does not exist. `posts`: newest first; `length`: of
    the feed itself.
    """
    if paging is Paging.ARCHIVES:
        return _archive(posts, length, per_page, query)
    name = {Paging.NEXT: "page", Paging.PAGED: "paged"}.get(paging, "")
    number = int(query.get(name, "1"))
    start = 0 if number == 1 else length + (number - 2) * per_page
    end = start + (length if number == 1 else per_page)
    if number > 1 and start >= len(posts):
        return None
    onward = paging is Paging.NEXT and end < len(posts)
    return Page(posts[start:end], f"?page={number + 1}" if onward else "")


def _archive(posts: Sequence[Post], length: int, per_page: int, query: Mapping[str, str]) -> Page | None:
    """Archives are numbered from the oldest one, so that new posts change none but the last."""
    last = -(-len(posts) // per_page)
    if "archive" not in query:
        return Page(posts[:length], f"?archive={last}")
    number = int(query["archive"])
    if not 0 < number <= last:
        return None
    upward = posts[::-1][(number - 1) * per_page : number * per_page]
    return Page(upward[::-1], f"?archive={number - 1}" if number > 1 else "")


API = "wp-json/wp/v2/posts"
"""Where WordPress lists posts, below the blog's base."""


def api_response(posts: Sequence[PostWithLinks], query: Mapping[str, str]) -> web.Response:
    """What WordPress's API says. `posts`: newest first."""
    size, number = int(query.get("per_page", "10")), int(query.get("page", "1"))
    pages = -(-len(posts) // size)
    if number > max(pages, 1):
        return web.json_response({"code": "rest_post_invalid_page_number"}, status=400)
    shown = posts[(number - 1) * size : number * size]
    return web.json_response(
        [_api_post(placed, "_embed" in query) for placed in shown],
        headers={"X-WP-Total": str(len(posts)), "X-WP-TotalPages": str(pages)},
    )


def _api_post(placed: PostWithLinks, embed: bool) -> dict[str, object]:
    post = placed.post
    updated = post.updated or post.published
    found: dict[str, object] = {
        "id": int(post.id),
        "date": f"{post.published:%Y-%m-%dT%H:%M:%S}",
        "date_gmt": f"{post.published:%Y-%m-%dT%H:%M:%S}",
        "modified_gmt": f"{updated:%Y-%m-%dT%H:%M:%S}",
        "guid": {"rendered": escape(placed.guid)},
        "link": placed.link,
        "title": {"rendered": escape(post.title)},
        "content": {"rendered": post.html, "protected": False},
        "excerpt": {"rendered": "", "protected": False},
    }
    if embed:
        terms = [{"taxonomy": "post_tag", "name": escape(tag)} for tag in post.tags]
        found["_embedded"] = {"author": [{"name": post.author}], "wp:term": [[], terms]}
    return found
