"""Addresses that become calls of Tumblr's API."""

import pytest

from bot.source.tumblr.calls import call_for, posts_url


@pytest.mark.parametrize(
    "address",
    [
        "https://api.tumblr.com/v2/user/info",
        "https://api.tumblr.com/v2/blog/garden/posts/draft",
        "https://api.tumblr.com/v2/blog/../user/info",
        "https://api.tumblr.com.example/v2/blog/garden/posts",
        "https://api.tumblr.com@example.org/v2/blog/garden/posts",
        "http://api.tumblr.com/v2/blog/garden/posts",
        "https://garden.tumblr.com/tagged/moths",
    ],
)
def test_the_key_is_added_to_no_other_address(address: str) -> None:
    assert call_for(address) == ""


def test_the_posts_of_a_blog_become_an_api_call() -> None:
    assert call_for(posts_url("garden.example", "&before=5")) == (
        "/v2/blog/garden.example/posts?limit=20&before=5"
    )
