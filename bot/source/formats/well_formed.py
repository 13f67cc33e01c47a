"""Make decoded documents well-formed for a strict XML parser, which then always gets UTF-8."""

import html
import re
from html.entities import name2codepoint

from bot.source.values import strip_forbidden

_DECLARATION = re.compile(r"<\?xml[^>]{0,1000}>")
_ALLOWED = re.compile("[^\ufffd\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos);)(#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,7}|[A-Za-z][A-Za-z0-9]{1,30})?(;?)"
)
"""All but XML's own entities, which are most."""


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


def _fix_reference(match: re.Match[str]) -> str:
    name, semicolon = match[1] or "", match[2]
    if not name or not semicolon:
        return f"&amp;{name}{semicolon}"
    if name.startswith("#"):
        character = html.unescape(f"&{name};")
        return f"&#{ord(character)};" if len(character) == 1 and _ALLOWED.match(character) else ""
    return f"&#{name2codepoint[name]};" if name in name2codepoint else f"&amp;{name};"
