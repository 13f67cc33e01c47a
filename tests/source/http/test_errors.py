"""Every failure of a request becomes one of our errors, with a message."""

import errno
import inspect
import ssl

import aiohttp
import aiohttp.client_exceptions
import pytest
from multidict import CIMultiDict

from bot import errors
from bot.errors import (
    Forbidden,
    Gone,
    HttpError,
    NotFound,
    PrivateAddress,
    RateLimited,
    ServerError,
    SourceError,
    TimedOut,
    Unreachable,
)
from bot.source.http.errors import (
    NETWORK_ERROR_TABLE,
    NETWORK_ERRORS,
    error_from_exception,
    error_from_status,
)
from bot.source.http.ssrf_guard import REFUSAL

URL = "https://a.example/rss"
RAISED_BY_AIOHTTP = [
    kind
    for _, kind in inspect.getmembers(aiohttp.client_exceptions, inspect.isclass)
    if issubclass(kind, Exception) and kind.__module__.startswith("aiohttp")
]
GENERAL = frozenset({  # these match the last, general rows, because they only mean that the connection failed
    aiohttp.ClientError, aiohttp.ClientConnectionError, aiohttp.ClientOSError, aiohttp.ClientConnectorError,
    aiohttp.ServerConnectionError, aiohttp.ClientProxyConnectionError, aiohttp.client_exceptions.UploadAbortedError,
    aiohttp.client_exceptions.UnixClientConnectorError, aiohttp.client_exceptions.RedirectClientError,
})  # fmt: skip


@pytest.mark.parametrize("kind", RAISED_BY_AIOHTTP)
def test_every_error_of_aiohttp_has_a_specific_row_or_is_listed_as_general(
    kind: type[Exception],
) -> None:
    if kind is aiohttp.client_exceptions.WSMessageTypeError:  # no request raises it
        return

    row = next(cause for cause, _, _ in NETWORK_ERROR_TABLE if issubclass(kind, cause))

    assert issubclass(kind, NETWORK_ERRORS)
    assert (row in {aiohttp.ClientError, OSError}) == (kind in GENERAL)


def test_no_row_is_hidden_by_an_earlier_one() -> None:
    causes = [cause for cause, _, _ in NETWORK_ERROR_TABLE]

    hidden = [
        late for index, late in enumerate(causes) for early in causes[:index] if issubclass(late, early)
    ]

    assert hidden == []


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (OSError(errno.ECONNREFUSED, "x"), Unreachable, "refuses connections"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "x"), Unreachable, "refuses connections"),
        (OSError(errno.EHOSTUNREACH, "x"), Unreachable, "no network route"),
        (OSError(errno.ENETUNREACH, "x"), Unreachable, "no network route"),
        (ConnectionResetError(errno.ECONNRESET, "x"), Unreachable, "closed the connection"),
        (BrokenPipeError(errno.EPIPE, "x"), Unreachable, "closed the connection"),
        (OSError(errno.EMFILE, "x"), Unreachable, "open files"),
        (OSError(errno.EIO, "x"), Unreachable, "cannot be reached"),
        (TimeoutError(), TimedOut, "in time"),
        (TimeoutError(errno.ETIMEDOUT, "x"), TimedOut, "in time"),
        (ssl.SSLCertVerificationError(1, "x"), Unreachable, "certificate"),
        (ssl.SSLError(1, "x"), Unreachable, "TLS"),
        (aiohttp.ClientPayloadError("x"), Unreachable, "closed the connection"),
        (aiohttp.ServerDisconnectedError(), Unreachable, "closed the connection"),
        (aiohttp.ServerTimeoutError(), TimedOut, "in time"),
        (aiohttp.ClientError(), Unreachable, "cannot be reached"),
        (OSError(errno.EACCES, REFUSAL), PrivateAddress, "private network"),
        (
            OSError(f"Multiple exceptions: [Errno 13] {REFUSAL}, [Errno 111] x"),
            PrivateAddress,
            "private network",
        ),
    ],
)
def test_each_cause_has_its_own_message(error: Exception, kind: type[SourceError], words: str) -> None:
    found = error_from_exception(error, URL)

    assert type(found) is kind
    assert words in str(found)
    assert found.url == URL


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (201, HttpError), (206, HttpError), (300, HttpError), (304, HttpError), (400, HttpError), (401, Forbidden),
        (403, Forbidden), (404, NotFound), (410, Gone), (429, RateLimited), (451, HttpError), (500, ServerError),
        (502, ServerError), (503, ServerError), (504, ServerError), (522, ServerError), (599, ServerError),
        (999, ServerError),
    ],
)  # fmt: skip
def test_each_status_has_its_own_error(status: int, kind: type[HttpError]) -> None:
    found = error_from_status(URL, status, CIMultiDict())

    assert type(found) is kind
    assert found.status == status
    assert str(status) in str(found)


@pytest.mark.parametrize("status", [403, 429, 503])
def test_the_retry_after_header_is_kept(status: int) -> None:
    found = error_from_status(URL, status, CIMultiDict({"retry-after": "90"}))

    assert found.retry_after is not None
    assert found.retry_after.total_seconds() == 90


@pytest.mark.parametrize("url", ["https://garden.tumblr.com/rss", "https://www.tumblr.com/garden"])
def test_a_404_of_tumblr_may_mean_a_hidden_blog(url: str) -> None:
    assert "hidden from people without an account" in str(error_from_status(url, 404, CIMultiDict()))


def test_a_404_of_a_tumblr_blog_with_a_custom_domain_is_recognised_by_its_header() -> None:
    found = error_from_status("https://garden.example/rss", 404, CIMultiDict({"X-Tumblr-User": "garden"}))

    assert "hidden from people without an account" in str(found)


def test_every_message_says_what_to_do() -> None:
    for _, kind, words in NETWORK_ERROR_TABLE:
        sentence = str(kind(URL, words))
        assert sentence.endswith(".")
        assert ";" in sentence


def test_the_tree_of_errors_lists_every_error() -> None:
    drawn = errors.__doc__ or ""

    missing = [
        name
        for name, _ in inspect.getmembers(errors, inspect.isclass)
        if name not in drawn and name != "timedelta"
    ]

    assert missing == []


def test_broken_compression_is_not_an_incomplete_answer() -> None:
    error = aiohttp.ClientPayloadError("400, message: Can not decode content-encoding: gzip")
    error.__cause__ = aiohttp.http_exceptions.ContentEncodingError("gzip")

    found = error_from_exception(error, URL)

    assert type(found) is Unreachable
    assert "cannot be decompressed; tell the site's owner" in str(found)


def test_the_error_for_a_401_says_how_to_give_a_password() -> None:
    assert "into the address, as NAME:PASSWORD@" in str(error_from_status(URL, 401, {}))
