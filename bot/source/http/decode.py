"""Decode documents and pages. Pure.

Servers are wrong about the charset more often than documents are broken. A byte order mark decides; otherwise UTF-8,
the header's charset and the declaration's are tried strictly, in that order. The fallback is Windows-1252, which
decodes anything.
"""

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# "<?" or "<r" in UTF-16 and UTF-32 without a byte order mark (XML 1.0, appendix F).
_WIDE_ENCODINGS = (
    (re.compile(rb"<\x00[^\x00]\x00"), "utf-16-le"),
    (re.compile(rb"\x00<\x00[^\x00]"), "utf-16-be"),
    (re.compile(rb"<\x00{3}[^\x00]\x00{3}"), "utf-32-le"),
    (re.compile(rb"\x00{3}<\x00{3}[^\x00]"), "utf-32-be"),
)
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_IN_DECLARATION = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_SAMPLE_SIZE = 512  # bytes in which the zeros of UTF-16 are counted
# Text labelled as Latin-1 is Windows-1252 (WHATWG Encoding Standard); GB18030 contains GB2312.
_SUPERSETS = {
    "iso8859-1": "windows-1252",
    "ascii": "windows-1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_NOT_TEXT = frozenset({
    "base64", "bz2", "hex", "idna", "punycode", "quopri", "rot13", "undefined", "uu", "zlib", "unicode_escape",
    "raw_unicode_escape", "utf-7",
})  # fmt: skip


def decode(body: bytes, content_type: str = "") -> str:
    """Return the document's text without its byte order mark and leading white space. Never raises."""
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return _trim(body[len(bom) :].decode(encoding, "replace"))
    if wide := _utf16(body, content_type):
        return _trim(body.decode(wide, "replace"))
    start = body.lstrip(b" \t\r\n")
    for pattern, encoding in _WIDE_ENCODINGS:
        if pattern.match(start):
            return _trim(start.decode(encoding, "replace"))
    for encoding in _candidates(start, content_type):
        try:
            return _trim(_decode_strictly(start, encoding))
        except UnicodeDecodeError:
            continue
    return _trim(_mostly_utf8(start))


def _decode_strictly(start: bytes, encoding: str) -> str:
    """Decode, without a last character that is incomplete because the document breaks off."""
    return codecs.getincrementaldecoder(encoding)("strict").decode(start)


def _utf16(body: bytes, content_type: str) -> str:
    """Return the form of UTF-16 that leaves zeros at every other byte, as its markup does; "" for anything else.

    One zero is enough if the header says UTF-16. The header alone is not: the text may be UTF-8 all the same.
    """
    sample = body[:_SAMPLE_SIZE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    declared = _IN_HEADER.search(content_type)
    is_declared = declared is not None and declared[1].lower().startswith("utf-16")
    enough = 1 if is_declared else max(len(sample) // 5, 4)
    if max(even, odd) < enough or 4 * min(even, odd) >= max(even, odd):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _candidates(start: bytes, content_type: str) -> list[str]:
    """Return the encodings to try. UTF-8 is always the first: text in another encoding is almost never valid UTF-8."""
    declared = [match[1] for match in (_IN_HEADER.search(content_type),) if match]
    declared += [match[1].decode() for match in (_IN_DECLARATION.match(start),) if match]
    return ["utf-8", *(encoding for name in declared if (encoding := _codec_name(name)))]


def _codec_name(name: str) -> str:
    """Return the name of the codec to use for a charset; "" for an unknown charset."""
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""
    return "" if codec in _NOT_TEXT or codec.startswith("utf") else _SUPERSETS.get(codec, codec)


def _mostly_utf8(body: bytes) -> str:
    """Decode as UTF-8 if most non-ASCII characters are valid, so that one bad byte does not garble the document."""
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(1 for c in text if c > "\x7f") - bad
    return text if good > bad else body.decode("windows-1252", "replace")


def _trim(text: str) -> str:
    return text.lstrip("\ufeff \t\r\n\x00")
