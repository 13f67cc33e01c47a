"""What the network, TLS and HTTP raise → our errors, in one table; the words tell the causes apart.

The cause is never chained to our error: aiohttp's texts quote the whole address, secrets included.
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

_NO_SUCH_NAME = (
    "No site has this name (DNS); check the spelling of the address, or wait if the site is known to exist."
)
_CERTIFICATE = "The site's TLS certificate is not valid; tell its owner, the feed is asked again later."
_TLS = "The site's secure connection (TLS) fails; tell its owner, the feed is asked again later."
_REFUSED = "The site refuses connections; check the address and its port, or wait until the site is back."
_NO_ROUTE = "No network leads to the site; check this machine's network, or wait until the site is back."
_BROKEN_OFF = "The site broke off its answer; it is asked again later."
_COMPRESSION = "The site's answer cannot be decompressed; tell its owner, the feed is asked again later."
_NOT_HTTP = "The site's answer is not proper HTTP; check the address and its port."
_NO_FILES = (
    "This machine has too many open files or sockets; raise the limit (ulimit -n) of the bot's process."
)

NETWORK_ERRORS: tuple[type[Exception], ...] = (
    aiohttp.ClientError,
    OSError,
    TimeoutError,
    ssl.CertificateError,
)
"""All that a request may raise besides our own errors."""

TABLE: tuple[tuple[type[Exception], type[SourceError], str], ...] = (
    # The first row that matches counts.
    (aiohttp.ClientConnectorDNSError, Unreachable, _NO_SUCH_NAME),
    (aiohttp.ClientConnectorCertificateError, Unreachable, _CERTIFICATE),
    (ssl.CertificateError, Unreachable, _CERTIFICATE),
    (aiohttp.ServerFingerprintMismatch, Unreachable, _CERTIFICATE),
    (aiohttp.ClientSSLError, Unreachable, _TLS),
    (ssl.SSLError, Unreachable, _TLS),
    (TimeoutError, TimedOut, ""),
    (aiohttp.TooManyRedirects, TooManyRedirects, ""),
    (aiohttp.InvalidURL, InvalidAddress, ""),
    (aiohttp.NonHttpUrlClientError, InvalidAddress, ""),
    (aiohttp.ClientPayloadError, Unreachable, _BROKEN_OFF),
    (aiohttp.ServerDisconnectedError, Unreachable, _BROKEN_OFF),
    (ConnectionRefusedError, Unreachable, _REFUSED),
    (ConnectionError, Unreachable, _BROKEN_OFF),
    (aiohttp.ClientResponseError, Unreachable, _NOT_HTTP),
    (OSError, Unreachable, ""),
    (aiohttp.ClientError, Unreachable, ""),
)

_BY_NUMBER = {
    errno.ECONNREFUSED: _REFUSED,
    errno.ENETUNREACH: _NO_ROUTE,
    errno.EHOSTUNREACH: _NO_ROUTE,
    errno.ENETDOWN: _NO_ROUTE,
    errno.ECONNRESET: _BROKEN_OFF,
    errno.EPIPE: _BROKEN_OFF,
    errno.ECONNABORTED: _BROKEN_OFF,
    errno.EMFILE: _NO_FILES,
    errno.ENFILE: _NO_FILES,
}

_BY_STATUS: dict[int, type[HttpError]] = {
    401: Forbidden,
    403: Forbidden,
    404: NotFound,
    410: Gone,
    429: RateLimited,
}
_LOGIN = (
    "The site asks for a user name and password; write the right ones into the address, as NAME:PASSWORD@ before "
    "the host. (HTTP 401)"
)
_UNLAWFUL = "The site may not show this feed here for legal reasons; follow another one. (HTTP 451)"


def explained(error: Exception, url: str) -> SourceError:
    """Our error for one of NETWORK_ERRORS; `url` as it may be shown."""
    if ssrf_guard.was_refused(error):
        return PrivateAddress(url)
    kind, words = next((kind, words) for cause, kind, words in TABLE if isinstance(error, cause))
    if isinstance(error.__cause__, aiohttp.http_exceptions.ContentEncodingError):
        words = _COMPRESSION
    number = getattr(error, "errno", None)
    if kind is Unreachable and isinstance(number, int) and not isinstance(error, ssl.SSLError):
        words = _BY_NUMBER.get(number, words)
    return kind(url, words)


def refused(url: str, status: int, headers: Mapping[str, str]) -> HttpError:
    """Our error for a status that brings no document; `url` as it may be shown."""
    kind = ServerError if status >= 500 else _BY_STATUS.get(status, HttpError)
    words = {401: _LOGIN, 451: _UNLAWFUL}.get(status, "")
    if status == 404:
        words = blocked_pages.missing_words(url, headers)
    return kind(url, status, words, cache_headers.retry_after(headers))
