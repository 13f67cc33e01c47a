"""Tumblr's addresses: blogs, tags and posts."""

import pytest

from bot.model import FoundFeed
from bot.source.tumblr.addresses import blog_feed, is_tumblr_feed, post_id

MAIN = FoundFeed("https://night-garden.tumblr.com/rss")


@pytest.mark.parametrize(
    "pasted",
    [
        "https://night-garden.tumblr.com/",
        "https://night-garden.tumblr.com",
        "night-garden.tumblr.com",
        "http://Night-Garden.tumblr.com/rss",
        "https://night-garden.tumblr.com/post/736339394445918208",
        "https://night-garden.tumblr.com/post/736339394445918208/moths?source=share#notes",
        "https://night-garden.tumblr.com/archive",
        "https://www.tumblr.com/night-garden",
        "https://tumblr.com/night-garden/",
        "www.tumblr.com/night-garden/736339394445918208",
        "https://www.tumblr.com/night-garden/736339394445918208/moths",
        "https://www.tumblr.com/@night-garden",
        "https://www.tumblr.com/blog/view/night-garden",
        "https://www.tumblr.com/blog/view/night-garden/736339394445918208",
        "https://www.tumblr.com/blog/night-garden",
        "https://www.tumblr.com/dashboard/blog/night-garden",
        "https://www.tumblr.com/dashboard/blog/night-garden/736339394445918208",
        " <https://night-garden.tumblr.com/> ",
    ],
)
def test_every_address_of_a_blog_leads_to_its_feed(pasted: str) -> None:
    assert blog_feed(pasted) == MAIN


@pytest.mark.parametrize(
    "pasted",
    [
        "https://night-garden.tumblr.com/tagged/hawk+moths",
        "https://night-garden.tumblr.com/tagged/hawk%20moths",
        "https://www.tumblr.com/night-garden/tagged/hawk%20moths?sort=top",
    ],
)
def test_a_tag_page_is_the_blogs_feed_with_the_tag(pasted: str) -> None:
    assert blog_feed(pasted) == FoundFeed(MAIN.url, tag="hawk moths")


def test_the_feed_of_a_tag_is_unchanged() -> None:
    pasted = "https://night-garden.tumblr.com/tagged/hawk%20moths/rss"

    assert blog_feed(pasted) == FoundFeed(pasted)


@pytest.mark.parametrize(
    "pasted",
    [
        "https://www.tumblr.com/",
        "https://www.tumblr.com/tagged/moths",
        "https://www.tumblr.com/explore/today",
        "https://www.tumblr.com/dashboard",
        "https://www.tumblr.com/search/moths",
        "https://www.tumblr.com/settings/account",
        "https://www.tumblr.com/tips",
        "https://www.tumblr.com/about",
        "https://www.tumblr.com/policy/en/privacy",
        "https://64.media.tumblr.com/abc/s640x960/x.jpg",
        "https://garden.example/rss",
        "https://tumblr.com.example/garden",
        "https://[broken",
        "moths",
        "",
    ],
)
def test_an_address_that_is_not_a_blogs_has_no_feed(pasted: str) -> None:
    assert blog_feed(pasted) is None


@pytest.mark.parametrize(
    "address",
    [
        "http://night-garden.tumblr.com/post/736339394445918208",
        "https://night-garden.tumblr.com/post/736339394445918208/moths",
        "https://www.tumblr.com/night-garden/736339394445918208",
        "https://www.tumblr.com/night-garden/736339394445918208/moths",
        "https://www.tumblr.com/blog/view/night-garden/736339394445918208",
        "https://moths.example/post/736339394445918208?utm_source=x",
    ],
)
def test_a_post_has_one_id_whatever_its_address(address: str) -> None:
    assert post_id(address) == "736339394445918208"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://www.tumblr.com/night-garden",
        "https://moths.example/posts/12",
        "https://m.example/post/12a",
    ],
)
def test_an_address_that_is_not_a_posts_has_no_id(address: str) -> None:
    assert post_id(address) == ""


def test_a_tumblr_feed_on_a_custom_domain_needs_matching_links() -> None:
    generator = "Tumblr (3.0; @moths)"

    assert is_tumblr_feed("moths.tumblr.com", "", [])
    assert is_tumblr_feed("moths.example", generator, ["https://moths.example/post/12/x"])
    assert not is_tumblr_feed("moths.example", generator, ["https://moths.example/blog/12"])
    assert not is_tumblr_feed("moths.example", "WordPress", ["https://moths.example/post/12"])
    assert not is_tumblr_feed("nottumblr.com", "", [])
