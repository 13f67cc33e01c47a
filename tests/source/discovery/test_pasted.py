"""Addresses in what people paste."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import InvalidAddress
from bot.source.discovery.pasted import extract_url, has_scheme, split_addresses


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
def test_the_address_in_a_pasted_text_is_found(pasted: str, meant: str) -> None:
    assert extract_url(pasted) == meant


@pytest.mark.parametrize(
    "pasted",
    ["", "garden", "my garden", "javascript:alert(1)", "ftp://garden.example/", "file:///etc/passwd"],
)
def test_a_text_without_an_address_is_refused_with_an_example(pasted: str) -> None:
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
def test_a_hostile_text_is_searched_in_linear_time(pasted: str) -> None:
    with pytest.raises(InvalidAddress):
        extract_url(pasted)


def test_an_explicit_scheme_is_detected() -> None:
    assert has_scheme("see http://garden.example")
    assert not has_scheme("garden.example")


@pytest.mark.parametrize(
    ("pasted", "found"),
    [
        ("garden.example", ("garden.example",)),
        ("https://www.tumblr.com/tagged/night sky", ("https://www.tumblr.com/tagged/night sky",)),
        ("https://x.example/?u=https://y.example", ("https://x.example/?u=https://y.example",)),
        ("https://a.example/x,y", ("https://a.example/x,y",)),
        (
            "a.example;b.example | <https://c.example>\nd.example",
            ("a.example", "b.example", "https://c.example", "d.example"),
        ),
        (
            "https://www.tumblr.com/tagged/night sky, b.example",
            ("https://www.tumblr.com/tagged/night sky", "b.example"),
        ),
        ("@me@mastodon.example r/gardening", ("@me@mastodon.example", "r/gardening")),
        ("https://a.example https://a.example", ("https://a.example",)),
    ],
)
def test_several_addresses_are_split_whatever_is_between_them(pasted: str, found: tuple[str, ...]) -> None:
    assert split_addresses(pasted) == found
