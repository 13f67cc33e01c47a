"""How a blog of the sandbox leads to the posts that its feed no longer holds: by links, archives or page numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.sandbox.documents import Post


class Paging(StrEnum):
    """The ways that sites have."""

    NONE = "none"
    NEXT = "next"
    """Each page names the next one (RFC 5005, section 3; JSON Feed's `next_url`)."""
    ARCHIVES = "prev-archive"
    """Archives that never change, each of which names the one before (RFC 5005, section 4)."""
    PAGED = "paged"
    """WordPress: `?paged=2` is there, but nobody says so."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Some of a feed's posts."""

    posts: Sequence[Post]
    older: str = ""
    """The query of the page before."""


def slice_of(
    paging: Paging, posts: Sequence[Post], length: int, per_page: int, query: Mapping[str, str]
) -> Slice | None:
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
    return Slice(posts[start:end], f"?page={number + 1}" if onward else "")


def _archive(posts: Sequence[Post], length: int, per_page: int, query: Mapping[str, str]) -> Slice | None:
    """Archives are numbered from the oldest one, so that new posts change none but the last."""
    last = -(-len(posts) // per_page)
    if "archive" not in query:
        return Slice(posts[:length], f"?archive={last}")
    number = int(query["archive"])
    if not 0 < number <= last:
        return None
    upward = posts[::-1][(number - 1) * per_page : number * per_page]
    return Slice(upward[::-1], f"?archive={number - 1}" if number > 1 else "")
