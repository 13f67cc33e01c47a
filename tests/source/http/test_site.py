"""The sites that addresses belong to."""

import pytest

from bot.source.http.site import site_of


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://garden.tumblr.com/rss", "tumblr.com"),
        ("https://www.tumblr.com/garden", "tumblr.com"),
        ("https://TUMBLR.com./", "tumblr.com"),
        ("https://garden.wordpress.com/feed/", "wordpress.com"),
        ("https://garden.blogspot.com/feeds/posts/default", "blogspot.com"),
        ("https://garden.github.io/feed.xml", "github.io"),
        ("https://www.garden.co.uk/rss", "garden.co.uk"),
        ("https://news.garden.example:8443/rss", "garden.example"),
        ("https://Bücher.example/rss", "xn--bcher-kva.example"),
        ("https://blog.бг.example", "xn--90ae.example"),
        ("garden.tumblr.com", "tumblr.com"),
    ],
)
def test_all_hosts_of_one_operator_are_one_site(url: str, site: str) -> None:
    assert site_of(url) == site


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("http://127.0.0.1:8080/rss", "127.0.0.1"),
        ("http://2130706433/", "127.0.0.1"),
        ("http://127.0.0.2/", "127.0.0.2"),
        ("http://[2001:DB8::1]:80/", "2001:db8::1"),
        ("http://localhost/", "localhost"),
        ("https://co.uk/", "co.uk"),
    ],
)
def test_an_ip_address_or_a_name_without_a_registrable_domain_is_its_own_site(url: str, site: str) -> None:
    assert site_of(url) == site


@pytest.mark.parametrize("url", ["", "http://[bad", "http://", "mailto:me@example.com", "\x00"])
def test_an_invalid_address_still_has_a_site(url: str) -> None:
    assert isinstance(site_of(url), str)
