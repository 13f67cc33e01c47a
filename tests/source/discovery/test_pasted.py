"""What people paste, and where platforms keep their feeds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import InvalidAddress
from bot.source.discovery.pasted import extract_url, has_scheme
from bot.source.discovery.platforms import platform_feed


@pytest.mark.parametrize(
    ("pasted", "meant"),
    [
        ("https://garden.example/blog", "https://garden.example/blog"),
        ("  http://garden.example  \n", "http://garden.example/"),
        ("garden.tumblr.com", "https://garden.tumblr.com/"),
        ("garden.example/blog?page=2", "https://garden.example/blog?page=2"),
        ("//garden.example/rss", "https://garden.example/rss"),
        ("<https://garden.example/rss>", "https://garden.example/rss"),
        ("<garden.example>", "https://garden.example/"),
        ("`garden.example`", "https://garden.example/"),
        ('"https://garden.example/rss"', "https://garden.example/rss"),
        ("“https://garden.example/rss”", "https://garden.example/rss"),
        ("**https://garden.example/rss**", "https://garden.example/rss"),
        ("||https://garden.example/rss||", "https://garden.example/rss"),
        ("(https://garden.example/rss)", "https://garden.example/rss"),
        ("https://garden.example/beans_(climbing)", "https://garden.example/beans_(climbing)"),
        ("[my garden](https://garden.example/rss)", "https://garden.example/rss"),
        ("[my garden](<https://garden.example/rss>)", "https://garden.example/rss"),
        ('[my garden](https://garden.example/rss "Beans")', "https://garden.example/rss"),
        ("[beans](https://garden.example/beans_(climbing))", "https://garden.example/beans_(climbing)"),
        ("Please add https://garden.example/rss, thanks!", "https://garden.example/rss"),
        ("Is it https://garden.example/rss?", "https://garden.example/rss"),
        ("feed://garden.example/rss", "https://garden.example/rss"),
        ("feed:http://garden.example/rss", "http://garden.example/rss"),
        ("@me@social.example", "https://social.example/@me"),
        ("me@social.example", "https://social.example/@me"),
        ("r/gardening", "https://www.reddit.com/r/gardening/"),
        ("/r/gardening/", "https://www.reddit.com/r/gardening/"),
        ("gärten.example", "https://xn--grten-gra.example/"),
        ("127.0.0.1:8080/rss", "https://127.0.0.1:8080/rss"),
        ("localhost:8080", "https://localhost:8080/"),
    ],
)
def test_the_address_is_found_in_what_was_pasted(pasted: str, meant: str) -> None:
    assert extract_url(pasted) == meant


@pytest.mark.parametrize(
    "pasted",
    ["", "garden", "my garden", "javascript:alert(1)", "ftp://garden.example/", "file:///etc/passwd"],
)
def test_what_holds_no_address_is_refused_with_an_example(pasted: str) -> None:
    with pytest.raises(InvalidAddress, match=r"https://example\.tumblr\.com"):
        extract_url(pasted)


@settings(deadline=None)
@given(st.text())
def test_any_text_is_an_address_or_refused(pasted: str) -> None:
    try:
        found = extract_url(pasted)
    except InvalidAddress:
        return

    assert found.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    "pasted", ["[" * 3000, "a." * 3000, "[](" * 2000, "https:" * 1000, ")" * 6000, "(" * 3000 + ")" * 3000]
)
def test_a_hostile_text_is_read_in_time(pasted: str) -> None:
    with pytest.raises(InvalidAddress):
        extract_url(pasted)


def test_it_is_known_whether_the_scheme_was_a_guess() -> None:
    assert has_scheme("see http://garden.example")
    assert not has_scheme("garden.example")


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
def test_a_known_platform_keeps_its_feeds_where_it_always_does(page: str, feed: str) -> None:
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
def test_an_unknown_page_is_left_to_be_looked_at(page: str) -> None:
    assert platform_feed(page) == ""
