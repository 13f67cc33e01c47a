"""Redirects: where they lead, and which of them change the feed's address."""

import pytest

from bot.errors import HttpError, InvalidAddress, TooManyRedirects
from bot.source.http.cookies import with_new_cookies
from bot.source.http.redirects import RedirectChain, follow_redirect, follow_refresh, start_chain

A, B, C = "https://a.example/rss", "https://b.example/rss", "https://c.example/rss"


def follow_all(start: str, *steps: tuple[int, str]) -> RedirectChain:
    chain = start_chain(start)
    for status, location in steps:
        chain = follow_redirect(chain, status, location)
    return chain


@pytest.mark.parametrize("status", [301, 308])
def test_a_permanent_redirect_moves_the_feed(status: int) -> None:
    assert follow_all(A, (status, B)).moved_to == B


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_temporary_redirect_is_followed_but_not_remembered(status: int) -> None:
    chain = follow_all(A, (status, B))

    assert (chain.url, chain.moved_to) == (B, "")


def test_a_series_of_permanent_redirects_moves_the_feed_to_its_end() -> None:
    assert follow_all(A, (301, B), (308, C)).moved_to == C


def test_a_temporary_redirect_ends_the_permanent_series() -> None:
    assert follow_all(A, (301, B), (302, C)).moved_to == B
    assert follow_all(A, (302, B), (301, C)).moved_to == ""
    assert follow_all(A, (301, B), (302, C), (301, "https://d.example/")).moved_to == B


def test_a_downgrade_to_http_is_followed_but_not_remembered() -> None:
    chain = follow_all(A, (301, "http://a.example/rss"))

    assert (chain.url, chain.moved_to) == ("http://a.example/rss", "")


def test_an_upgrade_to_https_moves_the_feed() -> None:
    assert follow_all("http://a.example/rss", (301, A)).moved_to == A


def test_a_relative_target_is_resolved_against_the_redirecting_address() -> None:
    assert (
        follow_all("https://a.example/blog/rss", (301, "../feed/?x=ä#top")).moved_to
        == "https://a.example/feed/?x=%C3%A4"
    )


def test_at_most_five_redirects_are_followed() -> None:
    steps = [(301, f"https://a.example/{number}") for number in range(5)]
    chain = follow_all(A, *steps)

    with pytest.raises(TooManyRedirects, match="more than 5"):
        follow_redirect(chain, 301, B)


def test_a_redirect_loop_has_its_own_message() -> None:
    with pytest.raises(TooManyRedirects, match="in a loop"):
        follow_all(A, (302, B), (302, A))
    with pytest.raises(TooManyRedirects, match="in a loop"):
        follow_all(A, (302, f"{A}#here"))


@pytest.mark.parametrize(
    "location",
    ["ftp://a.example/", "javascript:alert(1)", "file:///etc/passwd", "http://[::1", "http://a:0/"],
)
def test_a_target_that_is_not_a_web_address_is_refused(location: str) -> None:
    with pytest.raises(InvalidAddress, match="tell the site's owner"):
        follow_all(A, (302, location))


def test_a_redirect_needs_a_target() -> None:
    with pytest.raises(HttpError, match="without an address"):
        follow_all(A, (302, " "))


LOGIN = "https://me:pw@a.example/rss"


def test_a_login_is_separated_from_the_address() -> None:
    chain = start_chain(LOGIN)

    assert (chain.url, chain.login) == (A, ("me", "pw"))


@pytest.mark.parametrize("location", ["/feed", "https://a.example/feed"])
def test_a_login_stays_on_its_host_and_moves_with_the_feed(location: str) -> None:
    chain = follow_all(LOGIN, (301, location))

    assert chain.login == ("me", "pw")
    assert chain.moved_to == "https://me:pw@a.example/feed"


def test_a_login_is_kept_from_http_to_https() -> None:
    assert follow_all("http://me:pw@a.example/", (301, "https://a.example/")).login == ("me", "pw")


@pytest.mark.parametrize(
    "location",
    [
        B,
        "http://a.example/rss",
        "https://a.example:8443/rss",
        "https://x.a.example/rss",
        "https://you:pw@b.example/",
    ],
)
def test_a_login_is_not_sent_to_another_origin(location: str) -> None:
    assert follow_all(LOGIN, (301, location)).login is None


@pytest.mark.parametrize("target", [A, "/elsewhere", B])
def test_a_key_is_not_sent_along_a_redirect_and_not_shown(target: str) -> None:
    chain = start_chain(A, "api_key=stand-in")

    with pytest.raises(HttpError, match=r"does not send its key.*\(HTTP 302\)"):
        follow_redirect(chain, 302, target)
    assert "stand-in" not in repr(chain)


def test_an_address_may_be_requested_again_with_another_cookie_but_not_with_the_same() -> None:
    one = with_new_cookies((), ["seen=1"], A, {})
    chain = follow_redirect(start_chain(A), 302, A, one)

    assert (chain.url, chain.cookies) == (A, one)
    with pytest.raises(TooManyRedirects):
        follow_redirect(chain, 302, A, with_new_cookies(one, ["seen=1"], A, {}))


@pytest.mark.parametrize("status", [301, 302])
def test_a_chain_that_comes_back_to_its_start_has_not_moved(status: int) -> None:
    with_cookie = with_new_cookies((), ["seen=1"], A, {})

    assert follow_redirect(start_chain(A), status, A, with_cookie).moved_to == ""
    checked = follow_redirect(start_chain(A), 301, "https://a.example/check", with_cookie)
    assert follow_redirect(checked, status, A, with_cookie).moved_to == ""


def test_a_meta_refresh_moves_to_where_it_leads() -> None:
    chain = follow_refresh(follow_all(A, (302, B)), C)

    assert (chain.url, chain.moved_to) == (C, C)
    assert follow_redirect(chain, 302, "https://d.example/").moved_to == C


def test_a_meta_refresh_counts_as_a_redirect() -> None:
    chain = follow_all(A, *[(302, f"https://a.example/{number}") for number in range(5)])

    with pytest.raises(TooManyRedirects):
        follow_refresh(chain, B)
    with pytest.raises(TooManyRedirects):
        follow_refresh(follow_all(A, (302, B)), A)
