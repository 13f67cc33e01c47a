"""Meta refresh: where it leads, and that it is followed like a redirect."""

import pytest

from bot.errors import ConsentPage, HtmlPage, PrivateAddress, TooManyRedirects
from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import Blog, BlogFeed, Responder
from bot.source.http import ssrf_guard
from bot.source.http.fetch import Fetcher
from bot.source.http.refresh import refresh_target
from tests.growth import assert_linear
from tests.source.fetching import LOOPBACK, PUBLIC_ONLY, FakeResolver

HOME = "https://garden.example/home"


def page(content: str, more: str = "") -> str:
    return (
        f'<!DOCTYPE html><title>Moved</title>{more}<meta http-equiv="Refresh" content="{content}"><p>Moved.'
    )


def answer(target: str, more: str = "", cookie: str = "") -> Responder:
    headers = {"Set-Cookie": cookie} if cookie else {}
    return faults.served(page(f"0;url={target}", more).encode(), "text/html", headers)


@pytest.mark.parametrize(
    "content",
    [
        "0; url=/blog/", "0;URL=/blog/", "0;url='/blog/'", "0;url=&quot;/blog/&quot; x", " 5 ; Url = /blog/ ",
        "1.5;url=/blog/", "0,url=/blog/", "0 url=/blog/", "0;/blog/", "0; https://garden.example/blog/#top",
        ";url=/blog/", "0;url='/blog/",
    ],
)  # fmt: skip
def test_the_target_is_read_in_every_spelling(content: str) -> None:
    assert refresh_target(page(content), HOME) == "https://garden.example/blog/"


@pytest.mark.parametrize(
    "content",
    [
        "", "0", "5;", "0;url=", "300;url=/blog/", "0;url=/home", "0;url=https://garden.example/home#top", "url=/blog/",
        "0;url=javascript:alert(1)", "0;url=http://[::1", "0;url=mailto:me@garden.example", "x;url=/blog/",
    ],
)  # fmt: skip
def test_a_page_that_leads_nowhere_or_too_late_is_kept(content: str) -> None:
    assert refresh_target(page(content), HOME) == ""


def test_the_base_of_the_page_counts() -> None:
    assert refresh_target(page("0;url=blog", '<base href="/a/">'), HOME) == "https://garden.example/a/blog"


def test_a_refresh_in_a_comment_or_in_text_is_none() -> None:
    assert refresh_target(f"<!DOCTYPE html><!-- {page('0;url=/blog/')} --><p>refresh", HOME) == ""
    assert refresh_target(f"<!DOCTYPE html><textarea>{page('0;url=/blog/')}</textarea>", HOME) == ""


@pytest.mark.parametrize(
    "part", ["<meta http-equiv=refresh content=0>", "<base href=/a/>" + page("0;url=/b/")]
)
def test_a_hostile_page_costs_linear_time(part: str) -> None:
    assert_linear(lambda html: refresh_target(html, HOME), part)


@pytest.mark.parametrize("part", [" ", "0", ".", "0.", "0 ", "; "])
@pytest.mark.parametrize("start", ["", "0", "0;", "0;url", "0;url="])
def test_a_hostile_refresh_costs_linear_time(start: str, part: str) -> None:
    assert_linear(lambda content: refresh_target(page(start + content), HOME), part, size=4_000)


async def test_a_page_is_followed_to_where_it_leads(fetcher: Fetcher, blog: Blog, garden: BlogFeed) -> None:
    blog.pages["/home"] = answer("/garden/rss", cookie="seen=1; Path=/")

    found = await fetcher.fetch_page(f"{blog.address}/home")

    assert (found.url, found.moved_to) == (garden.url, garden.url)
    assert blog.requests[-1].headers["Cookie"] == "seen=1"


async def test_a_poll_does_not_follow_pages(fetcher: Fetcher, blog: Blog) -> None:
    blog.pages["/home"] = answer("/garden/rss")

    with pytest.raises(HtmlPage):
        await fetcher.fetch(f"{blog.address}/home")

    assert len(blog.requests) == 1


@pytest.mark.parametrize(
    ("head", "link"),
    [
        ('<link rel="alternate" type="application/rss+xml" href="/feed">', ""),
        ("", '</feed>; rel="alternate"; type="application/rss+xml"'),
    ],
)
async def test_a_page_that_names_a_feed_is_kept(fetcher: Fetcher, blog: Blog, head: str, link: str) -> None:
    body = page("0;url=/elsewhere", head).encode()
    blog.pages["/home"] = faults.served(body, "text/html", {"Link": link} if link else {})

    assert (await fetcher.fetch_page(f"{blog.address}/home")).body == body


async def test_pages_that_lead_on_for_ever_end_like_redirects(fetcher: Fetcher, blog: Blog) -> None:
    for number in range(10):
        blog.pages[f"/{number}"] = (
            answer(f"/{number + 1}") if number % 2 else faults.redirect(f"/{number + 1}")
        )
    blog.pages["/a"], blog.pages["/b"] = answer("/b"), answer("/a")

    for start, requests in (("/0", 6), ("/a", 2)):
        blog.requests.clear()
        with pytest.raises(TooManyRedirects):
            await fetcher.fetch_page(f"{blog.address}{start}")
        assert len(blog.requests) == requests


async def test_a_page_that_leads_to_a_consent_page_is_one(fetcher: Fetcher, blog: Blog) -> None:
    blog.pages["/home"] = answer("/privacy/consent?to=home")

    with pytest.raises(ConsentPage):
        await fetcher.fetch_page(f"{blog.address}/home")

    assert len(blog.requests) == 1


@pytest.mark.parametrize("host", ["127.0.0.2", "localhost", "inside.example", "10.0.0.1"])
async def test_a_page_does_not_lead_into_a_private_network(
    blog: Blog, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    is_public = ssrf_guard.is_public
    monkeypatch.setattr(ssrf_guard, "is_public", lambda ip: str(ip) == "127.0.0.1" or is_public(ip))
    blog.pages["/home"] = answer(f"http://{host}:{blog.port}/secret")
    names = FakeResolver({"outside.example": ["127.0.0.1"], "inside.example": ["127.0.0.2"]})

    async with Fetcher(PUBLIC_ONLY, resolver=names) as fetcher:
        with pytest.raises(PrivateAddress):
            await fetcher.fetch_page(f"http://outside.example:{blog.port}/home")

    assert [seen.path for seen in blog.requests] == ["/home"]


async def test_a_page_does_not_get_the_login_of_another_host(blog: Blog, garden: BlogFeed) -> None:
    garden.hosts.add("new.example")
    blog.pages["/home"] = answer(f"http://new.example:{blog.port}/rss")
    names = FakeResolver({"old.example": ["127.0.0.1"], "new.example": ["127.0.0.1"]})

    async with Fetcher(LOOPBACK, resolver=names) as fetcher:
        await fetcher.fetch_page(f"http://me:pw@old.example:{blog.port}/home")

    assert "Authorization" in blog.requests[0].headers
    assert "Authorization" not in blog.requests[1].headers
