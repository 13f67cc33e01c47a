"""Charsets: the header, the declaration and the bytes may each differ."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.source.formats.charset import decode, make_well_formed

TEXT = "<r>Gärten – 庭</r>"
LATIN = "<r>Gärten für „alle“</r>"


@pytest.mark.parametrize(
    "declared", ["", "text/xml", "text/xml; charset=iso-8859-1", "x; charset=nonsense", "x; charset=hex"]
)
def test_utf8_is_recognised_with_any_declared_charset(declared: str) -> None:
    assert decode(TEXT.encode(), declared) == TEXT


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_a_byte_order_mark_decides_and_is_removed(encoding: str) -> None:
    assert decode(("\ufeff" + TEXT).encode(encoding), "text/xml; charset=latin1") == TEXT


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_encodings_are_recognised_without_a_byte_order_mark(encoding: str) -> None:
    assert decode(TEXT.encode(encoding)) == TEXT


@pytest.mark.parametrize(
    "declared", ["", "text/xml; charset=utf-8", "text/xml;charset=ISO-8859-1", "text/xml; charset='us-ascii'"]
)
def test_western_text_is_windows_1252_with_any_declared_charset(declared: str) -> None:
    assert decode(LATIN.encode("cp1252"), declared) == LATIN


def test_the_header_is_tried_before_the_declaration() -> None:
    declared = '<?xml version="1.0" encoding="koi8-r"?><r>сад</r>'

    assert decode(declared.encode("koi8-r")) == declared
    assert decode(declared.encode("cp1251"), "text/xml; charset=windows-1251") == declared


def test_one_bad_byte_does_not_garble_a_utf8_document() -> None:
    assert decode(TEXT.encode().replace(b"<r>", b"<r>\xff")) == TEXT.replace("<r>", "<r>\ufffd")


def test_white_space_and_marks_before_the_declaration_are_removed() -> None:
    assert decode(b"\n \xef\xbb\xbf\n<r/>") == "<r/>"
    assert decode(codecs.BOM_UTF8 + b"\n<r/>") == "<r/>"


@given(st.binary(max_size=200), st.text(max_size=60))
def test_any_bytes_become_encodable_text(body: bytes, declared: str) -> None:
    make_well_formed(decode(body, declared)).encode()


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("<r>a\x00b\x0bc\ufffe</r>", "<r>abc</r>"),
        (
            "<r>Fish & chips &eacute; &nope; &amp; &#233; &#xE9;</r>",
            "<r>Fish &amp; chips &#233; &amp;nope; &amp; &#233; &#233;</r>",
        ),
        ("<r>&#0;&#xD800;&#x110000;&#xFFFE;.</r>", "<r>.</r>"),
        ("<r><![CDATA[a & b &nbsp;]]> & c</r>", "<r><![CDATA[a & b &nbsp;]]> &amp; c</r>"),
        ("<r><![CDATA[never & closed", "<r><![CDATA[never &amp; closed"),
        ('<?xml version="1.0" encoding="utf-16"?>\n<r/>', "<r/>"),
        ('<!DOCTYPE r [<!ENTITY a "b">]><r>&a; & b</r>', '<!DOCTYPE r [<!ENTITY a "b">]><r>&a; & b</r>'),
    ],
)
def test_what_strict_parsers_reject_is_fixed(document: str, expected: str) -> None:
    assert make_well_formed(document) == expected
