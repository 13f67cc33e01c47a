"""Feeds of pages on well-known platforms."""

import pytest

from bot.source.discovery.platforms import platform_feed


@pytest.mark.parametrize(
    ("page", "feed"),
    [
        (
            "https://www.youtube.com/channel/UCabcdefghijklmnopqrst-_/videos",
            "https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrst-_",
        ),
        (
            "https://m.youtube.com/playlist?list=PLbeans-1_2",
            "https://www.youtube.com/feeds/videos.xml?playlist_id=PLbeans-1_2",
        ),
        ("https://www.reddit.com/r/gardening/", "https://www.reddit.com/r/gardening/.rss"),
        ("https://old.reddit.com/r/gardening/top", "https://www.reddit.com/r/gardening/top/.rss"),
        ("https://www.reddit.com/r/gardening/comments/1a/beans/", "https://www.reddit.com/r/gardening/.rss"),
        ("https://www.reddit.com/user/gardener", "https://www.reddit.com/user/gardener/.rss"),
        ("https://social.example/@me", "https://social.example/@me.rss"),
        ("https://social.example/@me/1234", "https://social.example/@me.rss"),
        ("https://github.com/garden/beans", "https://github.com/garden/beans/releases.atom"),
        ("https://github.com/garden/beans/tags", "https://github.com/garden/beans/tags.atom"),
        ("https://github.com/garden/beans/commits/main", "https://github.com/garden/beans/commits.atom"),
        ("https://bsky.app/profile/garden.example/post/1", "https://bsky.app/profile/garden.example/rss"),
        ("https://medium.com/@gardener/beans-1", "https://medium.com/feed/@gardener"),
        ("https://gardener.medium.com/beans-1", "https://gardener.medium.com/feed"),
        ("https://garden.wordpress.com/2024/01/01/beans/", "https://garden.wordpress.com/feed/"),
        ("https://garden.blogspot.com/", "https://garden.blogspot.com/feeds/posts/default"),
        (
            "https://garden.blogspot.co.uk/2024/01/beans.html",
            "https://garden.blogspot.com/feeds/posts/default",
        ),
        ("https://garden.substack.com/p/beans", "https://garden.substack.com/feed"),
        ("https://garden.livejournal.com/1.html", "https://garden.livejournal.com/data/rss"),
    ],
)
def test_the_feed_of_a_known_platform_follows_its_rule(page: str, feed: str) -> None:
    assert platform_feed(page) == feed
    assert platform_feed(feed) == ""


@pytest.mark.parametrize(
    "page",
    [
        "https://garden.example/",
        "https://www.youtube.com/@garden",
        "https://www.youtube.com/watch?v=1",
        "https://www.tiktok.com/@garden",
        "https://github.com/garden",
        "https://github.com/topics/garden",
        "https://wordpress.com/",
        "https://garden.wordpress.com.example/",
        "https://www.reddit.com/",
    ],
)
def test_an_unknown_page_has_no_rule(page: str) -> None:
    assert platform_feed(page) == ""
