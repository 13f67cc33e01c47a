"""Classification of pages that come instead of a feed."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from multidict import CIMultiDict

from bot.errors import ChallengePage, ConsentPage, HtmlPage, LoginWall, NotAFeed
from bot.source.http.blocked_pages import classify, classify_redirect

URL = "https://garden.example/rss"
RSS = b'<?xml version="1.0"?><rss version="2.0"><channel><title>Garden</title></channel></rss>'


def page(title: str = "", body: str = "", head: str = "") -> bytes:
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>".encode()
    )


def kind_of(
    body: bytes, status: int = 200, url: str = URL, kind: str = "text/html", **headers: str
) -> type[NotAFeed] | None:
    sent = CIMultiDict(
        {"Content-Type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}
    )
    found = classify(url, status, sent, body)
    return None if found is None else type(found)


@pytest.mark.parametrize(
    "body",
    [
        RSS,
        b"\xef\xbb\xbf" + RSS,
        b"\n\n  " + RSS,
        b"<!-- a cache was here --><!-- twice -->" + RSS,
        b'<?xml version="1.0"?><?xml-stylesheet href="x.xsl"?><feed xmlns="http://www.w3.org/2005/Atom"/>',
        b'<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "x"><rss version="0.91"/>',
        b'<rdf:RDF xmlns="http://purl.org/rss/1.0/"/>',
        RSS.decode().encode("utf-16"),
        b'{"version": "https://jsonfeed.org/version/1.1", "items": []}',
        b'  [{"title": "no feed, but not a page either"}]',
    ],
)
@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/rss+xml", ""])
def test_a_feed_is_a_document_with_any_content_type(body: bytes, kind: str) -> None:
    assert kind_of(body, kind=kind) is None


@pytest.mark.parametrize("kind", ["text/html", "application/xml"])
def test_every_real_feed_is_a_document(kind: str) -> None:
    folder = Path(__file__).resolve().parents[4] / "shared" / "feeds"
    if not folder.is_dir():
        pytest.skip("the real documents lie in ../shared/feeds, which is not here")

    taken_for_pages = [
        path.name
        for path in folder.iterdir()
        if path.suffix in {".xml", ".rss", ".atom", ".json"} and kind_of(path.read_bytes(), kind=kind)
    ]

    assert taken_for_pages == []


def test_a_feed_that_contains_pages_is_a_document() -> None:
    post = "<description><![CDATA[<html><title>Just a moment...</title><input type=password>]]></description>"

    assert kind_of(RSS.replace(b"</channel>", post.encode() + b"</channel>")) is None


@pytest.mark.parametrize(
    "body",
    [
        page("A garden", "<p>Beans climb.</p>"),
        b"<html><p>Beans",
        b"\xef\xbb\xbf  <!-- x --><!doctype HTML>",
        b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x"><html/>',
        b"<script>location.reload()</script>",
        b"Error establishing a database connection",
    ],
)
def test_a_page_is_not_a_feed(body: bytes) -> None:
    assert kind_of(body) is HtmlPage


def test_a_page_with_a_feeds_content_type_is_a_page() -> None:
    assert kind_of(page("A garden"), kind="application/rss+xml") is HtmlPage


def test_plain_text_is_not_classified() -> None:
    assert kind_of(b"not found", kind="text/plain") is None


@pytest.mark.parametrize(
    "body",
    [
        page("Just a moment..."),
        page("Attention Required! | Cloudflare"),
        page("", "<script>window._cf_chl_opt={}</script>"),
        page("", "<div id='challenge-error-text'>Enable JavaScript and cookies to continue</div>"),
        page(
            "Making sure you&#39;re not a bot!",
            "<img src='/.within.website/x/cmd/anubis/static/img/pensive.webp'>",
        ),
        page("", "<script id='anubis_challenge' type='application/json'>{}</script>"),
        page("DDoS-Guard", "<script src='/.well-known/ddos-guard/js-challenge/index.js'></script>"),
        page("You are being redirected...", "<script>sucuri_cloudproxy_js=''</script>"),
        page("Sucuri WebSite Firewall - Access Denied"),
        page("", "<iframe>Request unsuccessful. Incapsula incident ID: 1-2</iframe>"),
        page("", "<script>window.awsWafCookieDomainList = []</script>"),
        page("Vercel Security Checkpoint"),
        page("Checking your browser before accessing garden.example"),
    ],
)
@pytest.mark.parametrize("status", [200, 202, 403, 503])
def test_a_bot_check_is_recognised(body: bytes, status: int) -> None:
    assert kind_of(body, status) is ChallengePage


@pytest.mark.parametrize(
    "headers",
    [{"cf_mitigated": "challenge"}, {"x_amzn_waf_action": "challenge"}, {"X_Vercel_Mitigated": "challenge"}],
)
def test_a_bot_check_is_recognised_by_its_header(headers: dict[str, str]) -> None:
    sent = CIMultiDict({name.replace("_", "-"): value for name, value in headers.items()})

    assert isinstance(classify(URL, 202, sent, b""), ChallengePage)


def test_a_page_behind_a_passed_bot_check_is_a_page() -> None:
    watched = "<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>"

    assert kind_of(page("A garden", f"<p>Beans climb.</p>{watched}")) is HtmlPage


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("https://www.tumblr.com/privacy/consent?redirect=x", page("Tumblr")),
        ("https://consent.youtube.com/m?continue=x", page("YouTube")),
        ("https://guce.yahoo.com/consent?x=1", page("Yahoo")),
        (URL, page("Before you continue to YouTube")),
        (URL, page("", "<form action='https://consent.google.com/save'></form>")),
    ],
)
def test_a_consent_page_is_recognised(url: str, body: bytes) -> None:
    assert kind_of(body, url=url) is ConsentPage


@pytest.mark.parametrize(
    ("url", "body"),
    [
        (URL, page("Sign in", "<form><input name=user><input type='password'></form>")),
        (URL, page("The garden", "<form><p>This blog is protected.</p><input type=password name=pw></form>")),
        (
            "https://garden.example/login?next=/rss",
            page("Garden", "<input id='p' type=\"password\">" + "word " * 1000),
        ),
    ],
)
@pytest.mark.parametrize("status", [200, 401, 403])
def test_a_login_page_is_recognised(url: str, body: bytes, status: int) -> None:
    assert kind_of(body, status, url) is LoginWall


def test_a_page_with_text_and_a_login_form_is_a_page() -> None:
    assert kind_of(page("A garden", "<input type=password>" + "Beans climb. " * 200)) is HtmlPage


def test_a_page_that_links_to_a_feed_is_not_blocked() -> None:
    head = '<link rel="alternate" type="application/rss+xml" href="/rss">'

    assert kind_of(page("Sign in", "<input type=password>", head)) is HtmlPage


@pytest.mark.parametrize("status", [404, 410, 500, 503])
def test_an_error_page_is_not_classified(status: int) -> None:
    assert kind_of(page("Not found"), status) is None


def test_the_error_for_a_hidden_tumblr_blog_names_the_setting() -> None:
    found = classify(
        "https://www.tumblr.com/login_required/garden", 200, {}, page("Tumblr", "<input type=password>")
    )

    assert isinstance(found, LoginWall)
    assert "Hide from people without an account" in str(found)


def test_the_error_for_a_page_shows_no_secret() -> None:
    found = classify("https://garden.example/rss?token=opensesame", 200, {}, page())

    assert found is not None
    assert "opensesame" not in found.url


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        (
            "https://www.tumblr.com/privacy/consent?redirect=https%3A%2F%2Fgarden.tumblr.com%2Frss",
            ConsentPage,
        ),
        ("https://consent.youtube.com/m?continue=x", ConsentPage),
        ("https://www.tumblr.com/login_required/garden", LoginWall),
        ("https://www.tumblr.com/safe-mode?url=x", LoginWall),
        ("https://garden.example/login?next=/rss", LoginWall),
        ("https://garden.example/wp-login.php?redirect_to=x", LoginWall),
        ("https://garden.example/user/signin", LoginWall),
    ],
)
def test_a_redirect_to_a_consent_or_login_page_is_recognised_by_its_address(
    url: str, kind: type[NotAFeed]
) -> None:
    assert type(classify_redirect(url)) is kind


@pytest.mark.parametrize(
    "url",
    [
        "https://garden.example/feed",
        "https://garden.example/logins-and-locks/rss",
        "https://garden.example/feed?from=/login",
        "https://consenting.example/rss",
        "https://garden.example/tagged/consent-form/rss",
    ],
)
def test_a_redirect_to_a_feed_is_followed(url: str) -> None:
    assert classify_redirect(url) is None


@settings(deadline=None)
@given(st.binary(), st.integers(200, 599), st.text())
def test_any_response_can_be_classified(body: bytes, status: int, kind: str) -> None:
    found = classify(URL, status, {"Content-Type": kind}, body)

    assert found is None or isinstance(found, NotAFeed)


@pytest.mark.parametrize(
    "piece", [b"<!-- ", b"<!-- x -->", b"<?x ", b"<!x>", b"<input ", b"<title", b"<script>", b" ", b"<"]
)
def test_a_hostile_page_is_classified_in_linear_time(piece: bytes) -> None:
    classify(URL, 200, {"Content-Type": "text/html"}, b"<html><input type=password>" + piece * 40_000)
    classify(URL, 200, {"Content-Type": "text/html"}, piece * 40_000)
