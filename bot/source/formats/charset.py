"""Decode documents, and make them well-formed for a strict XML parser.

Servers are wrong about the charset more often than documents are broken. A byte order mark decides; otherwise UTF-8,
the header's charset and the declaration's are tried strictly, in that order. The fallback is Windows-1252, which
decodes anything. The parser then always gets UTF-8.
"""

import codecs
import html
import re
from html.entities import name2codepoint

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
_DECLARATION = re.compile(r"<\?xml[^>]{0,1000}>")
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

# XML 1.0 forbids these, even as references.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ALLOWED = re.compile("[^\ufffd\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&(#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,7}|[A-Za-z][A-Za-z0-9]{1,30})?(;?)")
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})


def decode(body: bytes, content_type: str = "") -> str:
    """Return the document's text without its byte order mark and leading white space. Never raises."""
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return _trim(body[len(bom) :].decode(encoding, "replace"))
    start = body.lstrip(b" \t\r\n")
    for pattern, encoding in _WIDE_ENCODINGS:
        if pattern.match(start):
            return _trim(start.decode(encoding, "replace"))
    for encoding in _candidates(start, content_type):
        try:
            return _trim(start.decode(encoding))
        except UnicodeDecodeError:
            continue
    return _trim(_mostly_utf8(start))


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


def make_well_formed(document: str) -> str:
    """Fix what strict parsers reject: control characters, HTML's entities and bare ampersands.

    The declaration is removed, because its charset no longer applies. CDATA sections keep their ampersands.
    """
    if document.startswith("<?xml"):
        document = _DECLARATION.sub("", document, count=1)
    document = strip_forbidden(document)
    if "<!ENTITY" in document:
        return document.lstrip()
    pieces: list[str] = []
    at = 0
    while (start := document.find("<![CDATA[", at)) >= 0 and (end := document.find("]]>", start)) >= 0:
        pieces += (_REFERENCE.sub(_fix_reference, document[at:start]), document[start:end])
        at = end
    pieces.append(_REFERENCE.sub(_fix_reference, document[at:]))
    return "".join(pieces).lstrip()


def strip_forbidden(text: str) -> str:
    """Remove what neither XML nor UTF-8 can contain: control characters and lone surrogates."""
    return _FORBIDDEN.sub("", text)


def _fix_reference(match: re.Match[str]) -> str:
    name, semicolon = match[1] or "", match[2]
    if not name or not semicolon:
        return f"&amp;{name}{semicolon}"
    if name.startswith("#"):
        character = html.unescape(f"&{name};")
        return f"&#{ord(character)};" if len(character) == 1 and _ALLOWED.match(character) else ""
    if name in _XML_ENTITIES:
        return match[0]
    return f"&#{name2codepoint[name]};" if name in name2codepoint else f"&amp;{name};"
