"""What a page is that came where a feed should be: each kind has its own cause, and its own remedy. Pure."""

import re
from collections.abc import Mapping

from bot.errors import ChallengePage, ConsentPage, HtmlPage, LoginWall, NotAFeed
from bot.source.http.url import host_of, public_url

_LOOKED_AT = 1 << 17  # bytes; what tells one page from another stands within them
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
_FORM_TEXT = (
    1500  # characters; a page that says more than this around its password field has something to read
)

# Marks that stand in the check itself, not in the pages that such a service lets through.
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
_CHALLENGE_HEADERS = {
    "cf-mitigated": "challenge",
    "x-amzn-waf-action": "challenge",
    "x-vercel-mitigated": "challenge",
}
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
    "Tumblr shows this blog only to people with an account, so it has no public feed; ask its owner to switch off"
    ' "Hide from people without an account" in the blog\'s settings.'
)
_TUMBLR_MISSING = (
    "Tumblr has no public feed at this address: the blog is misspelt, renamed, deleted, or hidden from people without"
    " an account; open it in a browser where you are logged out, and ask its owner to show it if it is hidden."
)


def classify(url: str, status: int, headers: Mapping[str, str], body: bytes) -> NotAFeed | None:
    """The error that an answer amounts to, if it is a page; None: a document that a parser may try.

    `url`: the address that answered. `headers`: found in any case. Feeds that are served as text/html are documents.
    From status 400 on, a page that only tells of the error is None as well: the status says more.
    """
    shown = public_url(url)
    if any(headers.get(name, "").lower() == value for name, value in _CHALLENGE_HEADERS.items()):
        return ChallengePage(shown)
    text = _decoded(body)
    if not _is_page(text, headers.get("Content-Type", "")):
        return None
    kind = _kind(url, text)
    if kind is HtmlPage and status >= 400:
        return None
    return LoginWall(shown, _login_words(url)) if kind is LoginWall else kind(shown)


def wall_at(url: str) -> NotAFeed | None:
    """The wall that a redirect to this address means, without asking it; None: go on."""
    shown = public_url(url)
    if _CONSENT_ADDRESS.search(url):
        return ConsentPage(shown)
    if _LOGIN_ADDRESS.search(url):
        return LoginWall(shown, _login_words(url))
    return None


def missing_words(url: str, headers: Mapping[str, str]) -> str:
    """What a 404 of this address means beyond the usual; "" if nothing more is known."""
    return _TUMBLR_MISSING if is_tumblr(url) or "x-tumblr-user" in headers else ""


def is_tumblr(url: str) -> bool:
    """Whether the address is Tumblr's own; custom domains of its blogs are not seen by it."""
    host = host_of(url)
    return host == "tumblr.com" or host.endswith(".tumblr.com")


def _login_words(url: str) -> str:
    return _TUMBLR_LOGIN if is_tumblr(url) else ""


def _kind(url: str, text: str) -> type[NotAFeed]:
    found = _TITLE.search(text)
    title, lowered = (found[1] if found else ""), text.lower()
    if _CHALLENGE_TITLE.search(title) or any(mark in lowered for mark in _CHALLENGE_MARKS):
        return ChallengePage
    if _FEED_LINK.search(text):
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
    spoken = len(" ".join(_TAG.sub(" ", text).split()))
    return bool(_LOGIN_TITLE.search(title) or _LOGIN_ADDRESS.search(url)) or spoken < _FORM_TEXT


def _is_page(text: str, content_type: str) -> bool:
    start = 0
    while found := _PROLOGUE.match(text, start):
        start = found.end()
    if text[start : start + 9].lower() == "<!doctype":
        return True
    element = _ELEMENT.match(text, start)
    root = element[1].lower() if element else ""
    if root in _PAGE_ROOTS:
        return True
    says_html = content_type.partition(";")[0].strip().lower() in {"text/html", "application/xhtml+xml"}
    return says_html and root not in _FEED_ROOTS and text[start : start + 1] not in {"{", "["}


def _decoded(body: bytes) -> str:
    head = body[:_LOOKED_AT]
    for mark, charset in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if head.startswith(mark):
            return head.decode(charset, "replace")
    return head.decode("utf-8", "replace")
