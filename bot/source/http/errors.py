"""Convert errors of the network, TLS and HTTP to our own, with a message for each cause.

The original error is never chained to ours, because aiohttp's messages quote the whole address, including secrets.
"""

import errno
import ssl
from collections.abc import Mapping

import aiohttp

from bot.errors import (
    Forbidden,
    Gone,
    HttpError,
    InvalidAddress,
    NotFound,
    PrivateAddress,
    RateLimited,
    ServerError,
    SourceError,
    TimedOut,
    TooManyRedirects,
    Unreachable,
)
from bot.source.http import blocked_pages, cache_headers, ssrf_guard
from bot.text.address import without_secrets

_NAME_NOT_FOUND = (
    "The name {host} was not found; check its spelling, or wait if you know that the site exists."
)
_CERTIFICATE = "The site's TLS certificate is not valid; tell the site's owner. The bot will try again later."
_TLS = "The secure connection (TLS) to the site fails; tell the site's owner, the bot will try again later."
_REFUSED = "The site refuses connections; check the address and its port, or wait until the site is back."
_NO_ROUTE = (
    "The bot's machine has no network route to the site; check its network, or wait until the site is back."
)
_INCOMPLETE = "The site closed the connection before the answer was complete; the bot will try again later."
_COMPRESSION = (
    "The site's answer cannot be decompressed; tell the site's owner, the bot will try again later."
)
_NOT_HTTP = "The site's answer is not valid HTTP; check the address and its port."
_OPEN_FILES = "The bot has too many open files or sockets; raise its limit (ulimit -n)."

NETWORK_ERRORS: tuple[type[Exception], ...] = (
    aiohttp.ClientError,
    OSError,
    TimeoutError,
    ssl.CertificateError,
)
"""Everything that a request may raise besides our own errors."""

NETWORK_ERROR_TABLE: tuple[tuple[type[Exception], type[SourceError], str], ...] = (
    # The first row that matches applies. A message of "" means the default message of our error.
    (aiohttp.ClientConnectorDNSError, Unreachable, _NAME_NOT_FOUND),
    (aiohttp.ClientConnectorCertificateError, Unreachable, _CERTIFICATE),
    (ssl.CertificateError, Unreachable, _CERTIFICATE),
    (aiohttp.ServerFingerprintMismatch, Unreachable, _CERTIFICATE),
    (aiohttp.ClientSSLError, Unreachable, _TLS),
    (ssl.SSLError, Unreachable, _TLS),
    (TimeoutError, TimedOut, ""),
    (aiohttp.TooManyRedirects, TooManyRedirects, ""),
    (aiohttp.InvalidURL, InvalidAddress, ""),
    (aiohttp.NonHttpUrlClientError, InvalidAddress, ""),
    (aiohttp.ClientPayloadError, Unreachable, _INCOMPLETE),
    (aiohttp.ServerDisconnectedError, Unreachable, _INCOMPLETE),
    (ConnectionRefusedError, Unreachable, _REFUSED),
    (ConnectionError, Unreachable, _INCOMPLETE),
    (aiohttp.ClientResponseError, Unreachable, _NOT_HTTP),
    (OSError, Unreachable, ""),
    (aiohttp.ClientError, Unreachable, ""),
)

_BY_ERRNO = {
    errno.ECONNREFUSED: _REFUSED,
    errno.ENETUNREACH: _NO_ROUTE,
    errno.EHOSTUNREACH: _NO_ROUTE,
    errno.ENETDOWN: _NO_ROUTE,
    errno.ECONNRESET: _INCOMPLETE,
    errno.EPIPE: _INCOMPLETE,
    errno.ECONNABORTED: _INCOMPLETE,
    errno.EMFILE: _OPEN_FILES,
    errno.ENFILE: _OPEN_FILES,
}

_BY_STATUS: dict[int, type[HttpError]] = {
    401: Forbidden,
    403: Forbidden,
    404: NotFound,
    410: Gone,
    429: RateLimited,
}
_LOGIN = (
    "The site asks for a user name and password; write them into the address, as NAME:PASSWORD@ before the host."
    " (HTTP 401)"
)
_LEGAL = "The site may not show this feed here for legal reasons; follow another feed. (HTTP 451)"


def error_from_exception(error: Exception, url: str) -> SourceError:
    """Return our error for one of NETWORK_ERRORS. `url`: without secrets."""
    if ssrf_guard.is_refusal(error):
        return PrivateAddress(url)
    kind, message = next(
        (kind, message) for cause, kind, message in NETWORK_ERROR_TABLE if isinstance(error, cause)
    )
    if isinstance(error.__cause__, aiohttp.http_exceptions.ContentEncodingError):
        message = _COMPRESSION
    number = getattr(error, "errno", None)
    if kind is Unreachable and isinstance(number, int) and not isinstance(error, ssl.SSLError):
        message = _BY_ERRNO.get(number, message)
    return kind(url, message.format(host=without_secrets(str(getattr(error, "host", "of the site")))))


def cut_short(url: str) -> SourceError:
    """Return the error for an answer that is of no use without its end. `url`: without secrets."""
    return Unreachable(url, _INCOMPLETE)


def error_from_status(url: str, status: int, headers: Mapping[str, str]) -> HttpError:
    """Return our error for a status without a document. `url`: without secrets."""
    kind = ServerError if status >= 500 else _BY_STATUS.get(status, HttpError)
    message = {401: _LOGIN, 451: _LEGAL}.get(status, "")
    if status == 404:
        message = blocked_pages.not_found_hint(url, headers)
    return kind(url, status, message, cache_headers.retry_after(headers))
