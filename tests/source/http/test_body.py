"""Response bodies over real HTTP: compression and size limits."""

import gzip
import zlib
from datetime import timedelta

import pytest

from bot.errors import (
    Gone,
    ServerError,
    TooLarge,
    Unreachable,
)
from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import Blog, BlogFeed
from bot.source.http.fetch import Fetcher, FetchLimits
from tests.source.fetching import COMPRESSORS, fetch_error, fetched


@pytest.mark.parametrize("encoding", COMPRESSORS)
async def test_a_compressed_body_is_decompressed(fetcher: Fetcher, garden: BlogFeed, encoding: str) -> None:
    garden.next(faults.encoded(encoding, COMPRESSORS[encoding]))

    assert (await fetched(fetcher, garden.url)).body == garden.document().body


async def test_a_raw_deflate_body_is_decompressed(fetcher: Fetcher, garden: BlogFeed) -> None:
    def raw(body: bytes) -> bytes:
        press = zlib.compressobj(wbits=-15)
        return press.compress(body) + press.flush()

    garden.next(faults.encoded("deflate", raw))

    assert (await fetched(fetcher, garden.url)).body == garden.document().body


async def test_gzip_without_a_header_is_decompressed(fetcher: Fetcher, garden: BlogFeed) -> None:
    garden.next(faults.encoded("gzip", label=""))

    assert (await fetched(fetcher, garden.url)).body == garden.document().body


async def test_bytes_that_only_begin_like_gzip_are_left_to_the_parser(
    fetcher: Fetcher, garden: BlogFeed
) -> None:
    garden.next(faults.served(b"\x1f\x8b\x08 and then nonsense"))

    assert (await fetched(fetcher, garden.url)).body == b"\x1f\x8b\x08 and then nonsense"


@pytest.mark.parametrize("label", ["utf-8", "none", "identity"])
async def test_an_unknown_content_encoding_is_ignored(fetcher: Fetcher, garden: BlogFeed, label: str) -> None:
    garden.next(faults.encoded("", bytes, label))

    assert (await fetched(fetcher, garden.url)).body == garden.document().body


@pytest.mark.parametrize("encoding", COMPRESSORS)
async def test_broken_compression_is_requested_again_without_compression(
    fetcher: Fetcher, blog: Blog, garden: BlogFeed, encoding: str
) -> None:
    garden.next(faults.encoded(encoding, bytes))

    found = await fetched(fetcher, garden.url)

    assert found.body == garden.document().body
    assert [seen.headers["Accept-Encoding"] for seen in blog.requests] == [
        "gzip, deflate, br, zstd",
        "identity",
    ]


@pytest.mark.parametrize("encoding", COMPRESSORS)
async def test_a_compression_that_is_never_used_is_not_believed(
    fetcher: Fetcher, blog: Blog, garden: BlogFeed, encoding: str
) -> None:
    garden.always(faults.encoded(encoding, bytes))

    found = await fetched(fetcher, garden.url)

    assert found.body == garden.document().body
    assert len(blog.requests) == 2


async def test_a_body_in_utf_16_under_a_false_compression_is_read(fetcher: Fetcher, garden: BlogFeed) -> None:
    garden.always(faults.encoded("gzip", lambda body: body.decode().encode("utf-16")))

    assert (await fetched(fetcher, garden.url)).body.decode("utf-16") == garden.document().body.decode()


async def test_a_body_under_a_false_compression_is_limited_in_size(garden: BlogFeed) -> None:
    garden.always(faults.encoded("br", lambda _body: b"x" * 1001))

    assert isinstance(await fetch_error(garden.url, SMALL_LIMITS), TooLarge)


async def test_a_bomb_under_the_name_of_another_compression_is_too_large(garden: BlogFeed) -> None:
    garden.always(faults.encoded("br", lambda _body: gzip.compress(bytes(20 << 20))))

    assert isinstance(await fetch_error(garden.url), TooLarge)


async def test_gzip_under_the_name_of_another_compression_is_decompressed(
    fetcher: Fetcher, garden: BlogFeed
) -> None:
    garden.always(faults.encoded("br", gzip.compress))

    assert (await fetched(fetcher, garden.url)).body == garden.document().body


@pytest.mark.parametrize("label", ["gzip", "gzip, gzip", "x-gzip"])
async def test_a_body_that_was_compressed_twice_is_decompressed_twice(
    fetcher: Fetcher, garden: BlogFeed, label: str
) -> None:
    garden.next(faults.encoded("gzip", lambda body: gzip.compress(gzip.compress(body)), label))

    assert (await fetched(fetcher, garden.url)).body == garden.document().body


async def test_a_broken_compression_is_named_as_such(garden: BlogFeed) -> None:
    garden.always(faults.encoded("br", lambda body: bytes(COMPRESSORS["br"](body))[5:]))

    assert "cannot be decompressed" in str(await fetch_error(garden.url))


SMALL_LIMITS = FetchLimits(timedelta(seconds=20), max_body=1000, allow_private_addresses=True)


async def test_an_incomplete_error_page_keeps_its_status(garden: BlogFeed) -> None:
    garden.always(faults.raw(lambda _doc: b"HTTP/1.1 410 Gone\r\nContent-Length: 900\r\n\r\nIt is"))

    assert isinstance(await fetch_error(garden.url), Gone)


async def test_a_huge_error_page_is_read_only_in_part(garden: BlogFeed) -> None:
    garden.always(faults.status(500, body=b"x" * 3_000_000))

    assert isinstance(await fetch_error(garden.url), ServerError)


async def test_a_document_over_the_maximum_size_is_too_large(garden: BlogFeed) -> None:
    garden.always(faults.served(b"x" * 1001))

    assert isinstance(await fetch_error(garden.url, SMALL_LIMITS), TooLarge)


async def test_a_document_of_exactly_the_maximum_size_is_fetched(garden: BlogFeed) -> None:
    garden.always(faults.served(b"x" * 1000))

    async with Fetcher(SMALL_LIMITS) as fetcher:
        assert len((await fetcher.fetch_page(garden.url)).body) == 1000


async def test_a_compression_bomb_is_too_large(garden: BlogFeed) -> None:
    garden.always(faults.bomb(60 << 20))

    assert isinstance(await fetch_error(garden.url), TooLarge)


@pytest.mark.parametrize("encoding", COMPRESSORS)
async def test_a_compression_bomb_is_too_large_in_every_encoding(garden: BlogFeed, encoding: str) -> None:
    garden.always(faults.encoded(encoding, lambda _body: COMPRESSORS[encoding](bytes(20 << 20))))

    assert isinstance(await fetch_error(garden.url), TooLarge)


async def test_a_compression_bomb_without_a_header_is_too_large(garden: BlogFeed) -> None:
    garden.always(faults.encoded("gzip", lambda _body: gzip.compress(bytes(20 << 20)), label=""))

    assert isinstance(await fetch_error(garden.url), TooLarge)


async def test_a_body_shorter_than_announced_is_what_arrived(fetcher: Fetcher, garden: BlogFeed) -> None:
    garden.always(faults.truncated())

    found = await fetched(fetcher, garden.url)

    whole = garden.document().body
    assert found.short
    assert found.body == whole[: len(whole) // 2]


@pytest.mark.parametrize("header", [b"Content-Length: 90000", b"Transfer-Encoding: chunked"])
async def test_a_body_that_breaks_off_later_is_what_arrived(
    fetcher: Fetcher, garden: BlogFeed, header: bytes
) -> None:
    body = b"<rss>" + b"x" * 70_000
    sent = body if b"Length" in header else b"%x\r\n%s" % (80_000, body)
    garden.always(faults.raw(lambda _doc: b"HTTP/1.1 200 OK\r\n" + header + b"\r\n\r\n" + sent))

    found = await fetched(fetcher, garden.url)

    assert (found.short, found.body) == (True, body)


async def test_a_compressed_body_that_breaks_off_is_what_arrived(fetcher: Fetcher, garden: BlogFeed) -> None:
    packed = gzip.compress(garden.document().body)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    garden.always(faults.raw(lambda _doc: head + packed[:-20]))

    found = await fetched(fetcher, garden.url)

    assert found.short
    assert garden.document().body.startswith(found.body)
    assert len(found.body) > 10


async def test_a_body_of_which_nothing_arrived_is_an_error(garden: BlogFeed) -> None:
    garden.always(faults.raw(lambda _doc: b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n"))

    assert isinstance(await fetch_error(garden.url), Unreachable)


async def test_a_page_that_breaks_off_is_an_error(fetcher: Fetcher, garden: BlogFeed) -> None:
    page = b"<!DOCTYPE html><html><head><title>Garden</title>"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 900\r\n\r\n"
    garden.always(faults.raw(lambda _doc: head + page))

    with pytest.raises(Unreachable):
        await fetcher.fetch_page(garden.url)
