"""A post's texts as one compressed value.

The content, the summary and the plain text have most of their words in common. Compressed together, they take less
space than the plain text alone. Engines only store the bytes. The first byte is the version of the form, so that a
later version can use another one beside it.
"""

import zlib
from dataclasses import dataclass

from bot.store.database import storable

_RAW, _DEFLATED = 0, 1
_LEVEL = 6
_MIN_COMPRESSED = 100
"""The size in bytes from which compression is tried."""
_MAX_HEADER = 32
_MAX_UTF8 = 4
"""Bytes of a character."""
_RAW_DEFLATE = -15

_DICTIONARY = (
    b'<div class="wp-block-"><pre><code></code></pre></div><table><tbody><tr><td></td></tr></tbody></table><h2></h2>'
    b'<h3></h3><ol><li></li></ol><ul>\n<li></li>\n</ul><blockquote><p></p></blockquote><iframe src="https://www.youtube.com'
    b'/embed/" width="560" height="315" frameborder="0" allowfullscreen></iframe><p>The post <a href="https://www." '
    b'rel="nofollow">Continue reading</a> appeared first on <a href="https://">.</p>\n [&#8230;] <figure class="'
    b'wp-block-image size-large"><img loading="lazy" decoding="async" width="1024" height="768" src="https://'
    b'.com/wp-content/uploads/2026/01/-1024x768.jpg" alt="" class="wp-image-" srcset="https://-300x225.jpg 300w" '
    b'sizes="auto, (max-width: 1024px) 100vw, 1024px" /></figure><figure class="tmblr-full"><img src="https://64.media.'
    b'tumblr.com/" /></figure> target="_blank" rel="noopener"><br /><strong></strong><em></em><a href="https://www.'
    b'"></a></p>\n<p>&#8217;s &amp; &nbsp;. The . In . This . I . It . We . But . And . You '
)
"""The markup that texts are expected to contain, the most frequent last. Never changed: stored texts depend on it."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of a post."""

    text: str = ""
    content: str = ""
    summary: str = ""


def pack(texts: Texts) -> bytes:
    """Return the texts in the shorter form; b"" if there are none."""
    parts = [storable(part).encode() for part in (texts.text, texts.content, texts.summary)]
    if not any(parts):
        return b""
    plain = b"%d %d %b" % (len(parts[0]), len(parts[1]), b"".join(parts))
    if len(plain) >= _MIN_COMPRESSED:
        deflating = zlib.compressobj(_LEVEL, wbits=_RAW_DEFLATE, zdict=_DICTIONARY)
        compressed = deflating.compress(plain) + deflating.flush()
        if len(compressed) < len(plain):
            return bytes([_DEFLATED]) + compressed
    return bytes([_RAW]) + plain


def unpack(packed: bytes) -> Texts:
    """Return the texts; none if the bytes are damaged, since one post must not stop others."""
    try:
        length, content_length, plain = _split(_plain(packed))
    except (ValueError, zlib.error):
        return Texts()
    end = length + content_length
    parts = (plain[:length], plain[length:end], plain[end:])
    return Texts(*(part.decode("utf-8", "replace") for part in parts))


def start_length(limit: int) -> int:
    """Return how many of the packed bytes are enough for `limit` characters of the plain text.

    Deflate takes at most 15 bits for a byte, and some hundred bytes for its table: RFC 1951, 3.2.
    """
    return 1_000 + 2 * _plain_length(limit)


def unpack_text(packed: bytes, limit: int) -> str:
    """Return at most `limit` characters of the plain text, of which the bytes may be only the start."""
    try:
        length, _, plain = _split(_plain(packed, _plain_length(limit)))
    except (ValueError, zlib.error):
        return ""
    return plain[:length].decode("utf-8", "ignore")[:limit]


def _plain_length(limit: int) -> int:
    return _MAX_HEADER + _MAX_UTF8 * limit


def _plain(packed: bytes, limit: int = 0) -> bytes:
    """Return what was packed, or about its first `limit` bytes. 0: all of it."""
    if not packed:
        return b"0 0 "
    form, stored = packed[0], packed[1:]
    if form == _RAW:
        return stored
    if form == _DEFLATED:
        return zlib.decompressobj(wbits=_RAW_DEFLATE, zdict=_DICTIONARY).decompress(stored, limit)
    raise ValueError(f"unknown form {form}")


def _split(plain: bytes) -> tuple[int, int, bytes]:
    """Return the lengths of the plain text and of the content, and all texts together."""
    length, content_length, texts = plain.split(b" ", 2)
    return int(length), int(content_length), texts
