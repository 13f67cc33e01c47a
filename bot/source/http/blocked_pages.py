"""Classify pages that a site sends instead of a feed: bot checks, consent pages, login pages and other pages. Pure."""

import re
from collections.abc import Mapping

from bot.errors import ChallengePage, ConsentPage, HtmlPage, LoginWall, NotAFeed
from bot.source.http.decode import decode
from bot.source.http.url import host_of, public_url

_MAX_SCAN = 1 << 17  # bytes; enough to tell the kinds of pages apart
_START = 1 << 10  # bytes that usually have the root element
_PROLOGUE = re.compile(
    r"\s+|<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!(?!doctype\s+html)[^>]*>", re.IGNORECASE | re.DOTALL
)
_ELEMENT = re.compile(r"<([a-z][\w:.-]*)", re.IGNORECASE)
_FEED_ROOTS = frozenset({"rss", "feed", "rdf:rdf", "channel", "opml"})
_PAGE_ROOTS = frozenset({
    "html", "head", "body", "title", "meta", "link", "script", "style", "noscript", "div", "p", "h1", "h2", "span", "a",
    "center", "main", "section", "iframe", "form", "table", "img", "pre", "br", "b",
})  # fmt: skip
_TITLE = re.compile(r"<title[^<>]{0,300}>([^<]{0,500})", re.IGNORECASE)
_TAG = re.compile(r"<(?:script|style)\b.*?(?:</(?:script|style)|\Z)|<[^<>]*>", re.IGNORECASE | re.DOTALL)
_PASSWORD = re.compile(r"<input\b[^<>]{0,500}?\btype\s*=\s*[\"']?password", re.IGNORECASE)
_FEED_LINK = re.compile(r"application/(?:rss|atom|feed)\+(?:xml|json)", re.IGNORECASE)
_MAX_LOGIN_TEXT = 1500  # characters; a page with more text around its password field has content of its own

# These occur in the check itself, but not in pages that the service lets through.
_CHALLENGE_MARKS = (
    "_cf_chl_opt",  # Cloudflare
    "challenge-error-text",
    "/orchestrate/chl_page",
    "/.within.website/x/cmd/anubis",  # Anubis
    "anubis_challenge",
    "/.well-known/ddos-guard/js-challenge",
    "sucuri_cloudproxy_js",
    "incapsula incident id",  # Imperva
    "captcha-delivery.com/c.js",  # DataDome
    'id="px-captcha"',  # HUMAN
    "awswafcookiedomainlist",  # AWS WAF
    "/.well-known/vercel/security/",
)
_CHALLENGE_TITLE = re.compile(
    r"just a moment|attention required! \| cloudflare|checking your browser|making sure you(?:'|&#39;|’)re not a bot"
    r"|^ddos-guard|sucuri website firewall|one moment, please|security checkpoint"
    r"|verify(?:ing)? (?:that )?you are human|are you a (?:human|robot)|^robot check|pardon our interruption",
    re.IGNORECASE,
)
_CHALLENGE_HEADERS = ("cf-mitigated", "x-amzn-waf-action", "x-vercel-mitigated")
_CONSENT_ADDRESS = re.compile(
    r"^https?://(?:consent|guce)\.|/privacy/consent\b|/(?:cookie-?|gdpr-?)?consent(?:[/?]|$)", re.IGNORECASE
)
_CONSENT_MARKS = (
    "consent.google.com/save",
    "consent.youtube.com/save",
    "/privacy/consent/",
    "guce.yahoo.com/consent",
)
_CONSENT_TITLE = re.compile(
    r"^\s*(?:before you continue|your privacy choices|cookie consent|privacy consent)", re.IGNORECASE
)
_LOGIN_ADDRESS = re.compile(
    r"^[^?]*/(?:log-?in|sign-?in|sign_in|login_required|wp-login\.php|safe-mode|sso)(?:[/?.]|$)",
    re.IGNORECASE,
)
_LOGIN_TITLE = re.compile(r"^\s*(?:log ?in|log ?on|sign ?in|login required|private site)\b", re.IGNORECASE)

_TUMBLR_LOGIN = (
    "Tumblr shows this blog only to people with an account, so it has no public feed; ask the blog's owner to turn off"
    ' "Hide from people without an account" in its settings.'
)
_TUMBLR_NOT_FOUND = (
    "Tumblr has no public feed at this address: the blog's name may be misspelt or changed, or the blog is deleted or"
    " hidden from people without an account; open it in a browser while logged out, and if it is hidden, ask its owner"
    " to show it."
)


def classify(url: str, status: int, headers: Mapping[str, str], body: bytes) -> NotAFeed | None:
    """Return the error for a response that is a page; None for a document to parse, even one served as text/html.

    `url`: the address that responded. `headers`: case-insensitive. From status 400 on, an ordinary page is None as
    well, because the status says more than the page.
    """
    if any(headers.get(name, "").lower() == "challenge" for name in _CHALLENGE_HEADERS):
        return ChallengePage(public_url(url))
    content_type = headers.get("Content-Type", "")
    if _root(decode(body[:_START], content_type)) in _FEED_ROOTS:
        return None
    text = decode(body[:_MAX_SCAN], content_type)
    if not _is_page(text, content_type):
        return None
    shown = public_url(url)
    kind = _kind(url, text)
    if kind is HtmlPage and status >= 400:
        return None
    return LoginWall(shown, _login_hint(url)) if kind is LoginWall else kind(shown)


def names_a_feed(text: str) -> bool:
    """Return whether a page's text, or a header `Link`, mentions the media type of a feed."""
    return bool(_FEED_LINK.search(text))


def classify_redirect(url: str) -> NotAFeed | None:
    """Return the error for a redirect to a consent or login page, by its address; None to follow the redirect."""
    shown = public_url(url)
    if _CONSENT_ADDRESS.search(url):
        return ConsentPage(shown)
    if _LOGIN_ADDRESS.search(url):
        return LoginWall(shown, _login_hint(url))
    return None


def not_found_hint(url: str, headers: Mapping[str, str]) -> str:
    """Return a more specific message for a 404; "" if there is none."""
    return _TUMBLR_NOT_FOUND if is_tumblr(url) or "x-tumblr-user" in headers else ""


def is_tumblr(url: str) -> bool:
    """Return whether the address is at tumblr.com. Custom domains of Tumblr's blogs are not."""
    return is_tumblr_host(host_of(url))


def is_tumblr_host(host: str) -> bool:
    """Return whether the host is tumblr.com or below it."""
    return host == "tumblr.com" or host.endswith(".tumblr.com")


def _login_hint(url: str) -> str:
    return _TUMBLR_LOGIN if is_tumblr(url) else ""


def _kind(url: str, text: str) -> type[NotAFeed]:
    match = _TITLE.search(text)
    title, lowered = (match[1] if match else ""), text.lower()
    if _CHALLENGE_TITLE.search(title) or any(mark in lowered for mark in _CHALLENGE_MARKS):
        return ChallengePage
    if names_a_feed(text):
        return HtmlPage
    if (
        _CONSENT_ADDRESS.search(url)
        or _CONSENT_TITLE.search(title)
        or any(mark in lowered for mark in _CONSENT_MARKS)
    ):
        return ConsentPage
    return LoginWall if _asks_for_login(url, title, text) else HtmlPage


def _asks_for_login(url: str, title: str, text: str) -> bool:
    if not _PASSWORD.search(text):
        return False
    length = len(" ".join(_TAG.sub(" ", text).split()))
    return bool(_LOGIN_TITLE.search(title) or _LOGIN_ADDRESS.search(url)) or length < _MAX_LOGIN_TEXT


def _is_page(text: str, content_type: str) -> bool:
    root = _root(text)
    if root in _PAGE_ROOTS or root == "!doctype":
        return True
    is_html = content_type.partition(";")[0].strip().lower() in {"text/html", "application/xhtml+xml"}
    return is_html and root not in _FEED_ROOTS and root not in {"{", "["}


def _root(text: str) -> str:
    """Return the name of the first element, or "!doctype" before it; else the first character."""
    start = 0
    while skipped := _PROLOGUE.match(text, start):
        start = skipped.end()
    if text[start : start + 9].lower() == "<!doctype":
        return "!doctype"
    element = _ELEMENT.match(text, start)
    return element[1].lower() if element else text[start : start + 1]
