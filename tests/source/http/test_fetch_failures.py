"""Every failure of a site has its own error, and none shows a secret."""

import asyncio
import logging
import random
import shutil
import socket
import ssl
import subprocess
import traceback
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from bot.errors import (
    ChallengePage,
    ConsentPage,
    Forbidden,
    Gone,
    HtmlPage,
    HttpError,
    InvalidAddress,
    LoginWall,
    NotFound,
    PrivateAddress,
    RateLimited,
    ServerError,
    SourceError,
    TimedOut,
    Unreachable,
)
from bot.model import Fetched, NotModified
from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import Blog, BlogFeed, Document, Responder
from bot.source.http.fetch import Fetcher, FetchLimits
from tests.source.fetching import LOOPBACK, PUBLIC_ONLY, FakeResolver, fetch_error

SHORT_TIMEOUT = FetchLimits(timedelta(milliseconds=50), max_body=1_000_000, allow_private_addresses=True)


@pytest.fixture
async def garden() -> AsyncIterator[BlogFeed]:
    async with Blog() as blog:
        yield blog.feed("garden")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (faults.status(401), Forbidden),
        (faults.status(403), Forbidden),
        (faults.status(404), NotFound),
        (faults.status(410), Gone),
        (faults.status(429), RateLimited),
        (faults.status(500), ServerError),
        (faults.status(503), ServerError),
        (faults.status(418), HttpError),
        (faults.status(206, body=b"<rss/>"), HttpError),
        (faults.status(302), HttpError),
        (faults.html_page(), HtmlPage),
        (faults.challenge_page(), ChallengePage),
        (faults.consent_page(), ConsentPage),
        (faults.login_page(), LoginWall),
        (faults.redirect("/privacy/consent?to=x"), ConsentPage),
        (faults.redirect("/login?next=x"), LoginWall),
        (faults.redirect("ftp://garden.example/"), InvalidAddress),
        (faults.garbage(), Unreachable),
        (faults.reset(), Unreachable),
    ],
)
async def test_each_fault_of_a_site_has_its_own_error(
    garden: BlogFeed, answer: Responder, kind: type[SourceError]
) -> None:
    garden.always(answer)

    found = await fetch_error(garden.url)

    assert type(found) is kind
    assert str(found).endswith((".", ")"))


@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_is_kept_in_the_error(garden: BlogFeed, status: int) -> None:
    garden.next(
        faults.status(status, {"Retry-After": "90"}),
        faults.status(
            status, {"Retry-After": "Mon, 01 Jan 2024 12:02:00 GMT", "Date": "Mon, 01 Jan 2024 12:00:00 GMT"}
        ),
        faults.status(status),
    )

    waits = [await fetch_error(garden.url) for _ in range(3)]

    assert [getattr(error, "retry_after", ...) for error in waits] == [
        timedelta(seconds=90),
        timedelta(minutes=2),
        None,
    ]


async def test_a_rate_limit_matters_more_than_its_page(garden: BlogFeed) -> None:
    garden.always(
        faults.status(
            429, {"Retry-After": "60"}, b"<!DOCTYPE html><title>Just a moment...</title>", "text/html"
        )
    )

    assert isinstance(await fetch_error(garden.url), RateLimited)


async def test_a_missing_response_times_out(garden: BlogFeed) -> None:
    released = asyncio.Event()
    garden.always(faults.hang(released))

    found = await fetch_error(garden.url, SHORT_TIMEOUT)

    released.set()
    assert isinstance(found, TimedOut)


async def test_a_slow_response_times_out(garden: BlogFeed) -> None:
    garden.always(faults.drip())

    assert isinstance(await fetch_error(garden.url, SHORT_TIMEOUT), TimedOut)


async def test_the_deadline_spans_redirects(garden: BlogFeed) -> None:
    released = asyncio.Event()
    garden.next(faults.redirect("/garden/feed"), faults.hang(released))

    found = await fetch_error(garden.url, SHORT_TIMEOUT)

    released.set()
    assert isinstance(found, TimedOut)


async def test_a_closed_port_has_its_own_message() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        found = await fetch_error(f"http://127.0.0.1:{taken.getsockname()[1]}/rss")

    assert isinstance(found, Unreachable)
    assert "refuses connections" in str(found)


async def test_the_error_for_an_unknown_name_contains_the_name() -> None:
    found = await fetch_error("https://nowhere.example/rss", resolver=FakeResolver({}))

    assert isinstance(found, Unreachable)
    assert (
        str(found)
        == "The name nowhere.example was not found; check its spelling, or wait if you know that the site exists."
    )


async def test_a_site_without_tls_has_its_own_message(garden: BlogFeed) -> None:
    found = await fetch_error(garden.url.replace("http:", "https:"))

    assert isinstance(found, Unreachable)
    assert "TLS" in str(found)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl to make a certificate")
async def test_an_untrusted_certificate_has_its_own_message(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*_self_signed(tmp_path))
    runner = web.ServerRunner(web.Server(_hello))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()

    try:
        found = await fetch_error(f"https://127.0.0.1:{runner.addresses[0][1]}/rss")
    finally:
        await runner.cleanup()

    assert isinstance(found, Unreachable)
    assert "certificate" in str(found)


async def _hello(_request: web.BaseRequest) -> web.StreamResponse:
    return web.Response(text="hello")


def _self_signed(folder: Path) -> tuple[Path, Path]:
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    kind = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=garden.example"]
    program = shutil.which("openssl") or "openssl"
    command = [program, "req", *kind, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key


STATUS_LINES = [
    b"HTTP/1.1 200 OK", b"HTTP/1.0 200", b"HTTP/1.1 301 Moved", b"HTTP/1.1 302 Found", b"HTTP/1.1 304 Same",
    b"HTTP/1.1 404 Gone fishing", b"HTTP/1.1 103 Soon", b"HTTP/1.1 101 Other", b"HTTP/1.1 000 None", b"HTTP/1.1 999 No",
    b"HTTP/2 200", b"ICY 200 OK", b"HTTP/1.1 200 \xff",
]  # fmt: skip
NAMES = [
    b"Location", b"Content-Type", b"Content-Encoding", b"Content-Length", b"Transfer-Encoding", b"ETag",
    b"Last-Modified", b"Cache-Control", b"Expires", b"Date", b"Age", b"Retry-After",
]  # fmt: skip
VALUES = [
    b"", b"gzip", b"br, gzip", b"chunked", b"-1", b"99999999999999999999", b"text/html; charset=\xff", b"max-age=1e9",
    b"http://[::1", b"//", b"http://\xe4.example:0/", b"/\xc3\xa4 x", b"feed:x", b"?a=b", b"../../..", b"http://a:b@c:d@e/",
    b"http://xn--a/", b'W/"a"', b"Mon, 99 Foo 2024", b"\x00", b"\xff\xfe", b"x" * 40_000,
]  # fmt: skip
BODIES = [b"", b"<rss/>", b"<html>", b"{", b"\x1f\x8b\x08" + bytes(30), b"5\r\nhello\r\n0\r\n\r\n", b"zz\r\n"]


@pytest.mark.parametrize("seed", range(4))
async def test_any_bytes_on_the_wire_are_a_response_or_raise_our_error(garden: BlogFeed, seed: int) -> None:
    chance = random.Random(seed)

    def wire(_doc: Document) -> bytes:
        headers = [chance.choice(NAMES) + b": " + chance.choice(VALUES) for _ in range(chance.randrange(4))]
        return b"\r\n".join([chance.choice(STATUS_LINES), *headers, b"", chance.choice(BODIES)])

    garden.always(faults.raw(wire))
    async with Fetcher(LOOPBACK, resolver=FakeResolver({})) as fetcher:
        for _ in range(100):
            with suppress(SourceError):
                assert isinstance(await fetcher.fetch(garden.url), Fetched | NotModified)


SECRET = "opensesame"


@pytest.mark.parametrize(
    "answer",
    [
        faults.status(404),
        faults.status(503),
        faults.html_page(),
        faults.challenge_page(),
        faults.login_page(),
        faults.served(b""),
        faults.garbage(),
        faults.reset(),
        faults.redirect("ftp://x.example/?token=opensesame"),
        faults.redirect("http://me:opensesame@127.0.0.1:1/?token=opensesame"),
        faults.redirect("/login?token=opensesame"),
        faults.bomb(4 << 20),
    ],
)
async def test_no_error_shows_a_secret(
    garden: BlogFeed, caplog: pytest.LogCaptureFixture, answer: Responder
) -> None:
    caplog.set_level(logging.DEBUG)
    garden.always(answer)

    error = await fetch_error(f"{garden.url.replace('//', f'//me:{SECRET}@')}?token={SECRET}")

    output = "".join(traceback.format_exception(error))
    assert SECRET not in output.replace(f'token={SECRET}"', "")  # this test's own line
    assert SECRET not in f"{error!r} {error.url} {error.args}"
    assert SECRET not in caplog.text


async def test_only_the_listed_private_address_is_fetched(blog: Blog) -> None:
    """The port counts: whatever else runs on this machine stays out of reach."""
    garden = blog.feed("garden")
    limits = replace(PUBLIC_ONLY, allow_private_addresses=(f"127.0.0.1:{blog.port}",))
    async with Blog() as other, Fetcher(limits) as fetcher:
        own = [await fetcher.fetch(url) for url in (garden.url, garden.url.replace("127.0.0.1", "localhost"))]
        refused = [
            await fetch_error(other.feed("moon").url, limits),
            await fetch_error("http://localhost/rss", limits),
            await fetch_error(f"http://127.0.0.2:{blog.port}/rss", limits),
        ]

        assert len(own) == 2
        assert {type(each) for each in refused} == {PrivateAddress}
        assert not other.requests
