"""Access to posts that a feed no longer shows."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.sandbox.sites.feed_documents import Post, PostWithLinks
from bot.sandbox.sites.paging import Paging, api_response, page_of

FIRST_POST_AT = datetime(2015, 3, 1, tzinfo=UTC)
POSTS = [
    Post(str(n), f"Note {n}", "<p>Bed.</p>", FIRST_POST_AT + timedelta(hours=n)) for n in range(25, 0, -1)
]


def query_of(text: str) -> dict[str, str]:
    return dict([text.removeprefix("?").split("=")]) if text else {}


@pytest.mark.parametrize("paging", [Paging.NEXT, Paging.ARCHIVES])
def test_links_lead_to_every_post(paging: Paging) -> None:
    seen, shown = set(), page_of(paging, POSTS, 4, 6, {})
    while shown is not None:
        seen |= {post.id for post in shown.posts}
        shown = page_of(paging, POSTS, 4, 6, query_of(shown.older)) if shown.older else None

    assert seen == {post.id for post in POSTS}


def test_a_new_post_does_not_change_an_archive() -> None:
    newer = [Post("26", "Note 26", "", FIRST_POST_AT), *POSTS]

    assert page_of(Paging.ARCHIVES, newer, 4, 6, {"archive": "2"}) == page_of(
        Paging.ARCHIVES, POSTS, 4, 6, {"archive": "2"}
    )


def test_there_is_no_page_after_the_last_one() -> None:
    assert page_of(Paging.PAGED, POSTS, 5, 5, {"paged": "5"}) is not None
    assert page_of(Paging.PAGED, POSTS, 5, 5, {"paged": "6"}) is None


def test_a_feed_without_pages_ignores_the_query() -> None:
    feed = page_of(Paging.NONE, POSTS, 5, 5, {})

    assert page_of(Paging.NONE, POSTS, 5, 5, {"paged": "2"}) == feed


def test_the_api_counts_its_posts_and_refuses_a_page_after_the_last_one() -> None:
    placed = [PostWithLinks(post, f"https://rails.example/{post.id}", post.id) for post in POSTS]
    last = api_response(placed, {"page": "3", "per_page": "10", "_embed": "author,wp:term"})
    after = api_response(placed, {"page": "4", "per_page": "10"})

    assert (last.headers["X-WP-Total"], last.headers["X-WP-TotalPages"]) == ("25", "3")
    assert [post["id"] for post in json.loads(last.text or "")] == [5, 4, 3, 2, 1]
    assert after.status == 400
