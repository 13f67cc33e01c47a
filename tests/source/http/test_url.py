"""Addresses as they are requested, and as they are shown."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import InvalidAddress
from bot.source.http.url import clean_url, login_of, public_url, with_login, without_login


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        ("  HTTPS://Example.COM:443/A b?q=ü#part ", "https://example.com/A%20b?q=%C3%BC"),
        ("https://example.com", "https://example.com/"),
        ("https://example.com?a=1", "https://example.com/?a=1"),
        ("http://example.com:80/", "http://example.com/"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("https://faß.example/", "https://xn--fa-hia.example/"),
        ("feed:https://example.com/rss", "https://example.com/rss"),
        ("feed://https://example.com/rss", "https://example.com/rss"),
        ("feed://example.com/rss", "https://example.com/rss"),
        ("feed:example.com/rss", "https://example.com/rss"),
        ("https://example.com/%E4?x=a+b&y=%26", "https://example.com/%E4?x=a+b&y=%26"),
        ("https://under_score.tumblr.com/rss", "https://under_score.tumblr.com/rss"),
        ("http://[::1]:8080/", "http://[::1]:8080/"),
        ("https://example.com/a/../b", "https://example.com/b"),
    ],
)
def test_an_address_has_one_spelling(written: str, cleaned: str) -> None:
    assert clean_url(written) == cleaned
    assert clean_url(cleaned) == cleaned


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        ("../feed.xml", "https://example.com/feed.xml"),
        ("//other.example/rss", "https://other.example/rss"),
        ("?page=2", "https://example.com/blog/?page=2"),
        ("feed:rss", "https://rss/"),
    ],
)
def test_a_relative_address_is_resolved_against_its_base(written: str, cleaned: str) -> None:
    assert clean_url(written, "https://example.com/blog/") == cleaned


@pytest.mark.parametrize(
    "written",
    [
        "", "example.com", "ftp://example.com/", "file:///etc/passwd", "javascript:alert(1)", "https://", "https:///x",
        "http://a b/", "http://[::1", "http://[fe80::1%25eth0]:x/", "http://./", "http://example.com:0/",
        "http://example.com:99999/", "http://example.com:port/", "https://example.com:25/", "http://example.com:6379/",
        "http://exa<mple.com/", "data:text/xml,<rss/>", "https://\x00/",
    ],
)  # fmt: skip
def test_an_invalid_address_is_refused_with_advice(written: str) -> None:
    with pytest.raises(InvalidAddress, match=r"https://"):
        clean_url(written)


@pytest.mark.parametrize("port", [22, 25, 6379])
def test_a_port_of_another_service_is_named(port: int) -> None:
    with pytest.raises(InvalidAddress, match=rf"port {port}"):
        clean_url(f"https://example.com:{port}/rss?token=opensesame")


@pytest.mark.parametrize("target", ["http://[::1", "//[x]/", "http://a:b:c/"])
def test_an_invalid_relative_address_is_refused(target: str) -> None:
    with pytest.raises(InvalidAddress):
        clean_url(target, "https://example.com/")


@settings(deadline=None)
@given(st.text())
def test_any_redirect_target_is_an_address_or_refused(target: str) -> None:
    try:
        url = clean_url(target, "https://example.com/rss")
    except InvalidAddress:
        return

    assert clean_url(url) == url


def test_a_refusal_does_not_show_a_password() -> None:
    with pytest.raises(InvalidAddress) as caught:
        clean_url("ftp://me:opensesame@example.com/?token=opensesame")

    assert "opensesame" not in caught.value.url
    assert "opensesame" not in repr(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://me:pw@example.com/rss", "https://example.com/rss"),
        ("https://me@example.com/rss#x", "https://example.com/rss"),
        ("me:pw@example.com/rss", "example.com/rss"),
        ("https://social.example/@me", "https://social.example/@me"),
        ("https://example.com/?token=abc&page=2", "https://example.com/?token=***&page=2"),
        ("https://example.com/?apiKey=abc", "https://example.com/?apiKey=***"),
        ("https://example.com/?api_key=abc&key=d&sig=e", "https://example.com/?api_key=***&key=***&sig=***"),
        ("https://example.com/?auth=abc&author=me", "https://example.com/?auth=***&author=me"),
        ("https://example.com/?rss_token=abc", "https://example.com/?rss_token=***"),
        ("https://example.com/?password=", "https://example.com/?password="),
        (
            "https://example.com/?keyboard=qwertz&tag=garden",
            "https://example.com/?keyboard=qwertz&tag=garden",
        ),
        ("https://exam\nple.com/\x1b[31m", "https://exam ple.com/ [31m"),
    ],
)
def test_shown_addresses_have_no_secrets(url: str, shown: str) -> None:
    assert public_url(url) == shown


@settings(deadline=None)
@given(st.text())
def test_any_text_can_be_shown_on_one_line(text: str) -> None:
    assert "\n" not in public_url(text)


@settings(deadline=None)
@given(st.text())
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        url = clean_url(f"https://{text}")
    except InvalidAddress:
        return

    assert clean_url(url) == url


def test_user_and_password_can_be_removed_and_added_again() -> None:
    url = clean_url("https://me:p%40ss@example.com/rss?a=1")

    assert without_login(url) == "https://example.com/rss?a=1"
    assert login_of(url) == ("me", "p@ss")
    assert with_login(without_login(url), login_of(url)) == url
    assert login_of("https://example.com/") is None
