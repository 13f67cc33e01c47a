"""Cookies of one chain of redirects: where they go, and where they never go."""

import pytest

from bot.source.http.cookies import MAX_COOKIES, Cookie, cookies_for, with_new_cookies

HOME = "https://garden.example/blog/rss"
DATE = {"Date": "Fri, 01 Mar 2024 12:00:00 GMT"}


def sent(set_cookie: str | list[str], url: str, setter: str = HOME) -> str:
    lines = [set_cookie] if isinstance(set_cookie, str) else set_cookie
    cookies: tuple[Cookie, ...] = ()
    for line in lines:
        cookies = with_new_cookies(cookies, [line], setter, DATE)
    return cookies_for(cookies, url)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("seen=1; Path=/", "seen=1"),
        ("seen=1", "seen=1"),
        (" seen = a=b ;HttpOnly;SameSite=Lax", "seen=a=b"),
        ('seen="1"', 'seen="1"'),
        ("seen=", "seen="),
        ("seen=1; Secure", "seen=1"),
        ("__Host-seen=1; Secure; Path=/", "__Host-seen=1"),
        ("seen=1; Domain=garden.example", "seen=1"),
        ("seen=1; Domain=.Garden.Example", "seen=1"),
        ("seen=1; Max-Age=60", "seen=1"),
        ("seen=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "seen=1"),
        ("seen=1; Expires=Sat, 02-Mar-2024 00:00:00 GMT", "seen=1"),
        ("seen=1; Expires=nonsense", "seen=1"),
    ],
)
def test_a_cookie_goes_back_to_the_host_that_set_it(line: str, value: str) -> None:
    assert sent(line, HOME) == value


@pytest.mark.parametrize(
    "line",
    [
        "", "seen", "=1", "se en=1", "seen=\u00fc", "seen=a\tb\x01", "seen=" + "x" * 5000, "a" * 5000 + "=1",
        "seen=1; Domain=other.example", "seen=1; Domain=www.garden.example", "seen=1; Domain=den.example",
        "seen=1; Max-Age=0", "seen=1; Max-Age=-1", "seen=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        "__Secure-seen=1", "__Host-seen=1; Path=/",
    ],
)  # fmt: skip
def test_an_unusable_cookie_is_ignored(line: str) -> None:
    assert sent(line, HOME) == ""


@pytest.mark.parametrize(
    "url",
    [
        "https://other.example/blog/rss", "https://www.garden.example/blog/rss", "https://example/blog/rss",
        "https://garden.example:8443/blog/rss", "https://garden.example.other.example/blog/rss",
        "https://agarden.example/blog/rss", "http://garden.example/blog/rss",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "line", ["seen=1; Path=/", "seen=1; Path=/; Domain=garden.example", "seen=1; Domain=example"]
)
def test_a_cookie_goes_to_no_other_origin(line: str, url: str) -> None:
    assert sent(line, url) == ""


def test_a_cookie_of_http_also_goes_to_the_same_host_with_https() -> None:
    assert sent("seen=1", HOME, setter=HOME.replace("https", "http")) == "seen=1"


def test_a_secure_cookie_cannot_be_set_without_https() -> None:
    assert sent("seen=1; Secure", HOME, setter=HOME.replace("https", "http")) == ""


@pytest.mark.parametrize(
    ("line", "path", "goes"),
    [
        ("seen=1", "/blog/feed", True),
        ("seen=1", "/blog", True),
        ("seen=1", "/", False),
        ("seen=1", "/blogs/feed", False),
        ("seen=1; Path=/", "/", True),
        ("seen=1; Path=/blog/", "/blog/feed", True),
        ("seen=1; Path=/blog/", "/blog", False),
        ("seen=1; Path=/blog/rss", "/blog/rss", True),
        ("seen=1; Path=/blog/rss", "/blog/rss/2", True),
        ("seen=1; Path=/blog/rss", "/blog/rss2", False),
        ("seen=1; Path=relative", "/blog/feed", True),
    ],
)
def test_a_cookie_goes_to_its_path_and_below(line: str, path: str, goes: bool) -> None:
    assert bool(sent(line, f"https://garden.example{path}?q=1")) is goes


def test_a_later_cookie_replaces_or_deletes_an_earlier_one() -> None:
    assert sent(["seen=1", "seen=2"], HOME) == "seen=2"
    assert sent(["seen=1", "seen=; Max-Age=0"], HOME) == ""
    assert sent(["seen=1", "seen=2; Path=/"], HOME) == "seen=1; seen=2"


def test_the_number_of_cookies_is_limited() -> None:
    assert len(with_new_cookies((), [f"c{number}=1" for number in range(200)], HOME, DATE)) == MAX_COOKIES


def test_the_value_of_a_cookie_is_not_shown() -> None:
    assert "hidden" not in repr(with_new_cookies((), ["seen=hidden"], HOME, DATE))
