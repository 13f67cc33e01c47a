"""Charsets: the header, the declaration and the bytes may each differ."""

import codecs

import pytest

from bot.source.http.decode import decode

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


PAGE = "<!DOCTYPE html><title>庭</title>"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("start", ["", "\n", " \r\n\t"])
@pytest.mark.parametrize(
    "declared", ["", "text/html", "text/html; charset=utf-16", "text/html; charset=utf-8"]
)
def test_utf_16_is_recognised_by_its_zeros(encoding: str, start: str, declared: str) -> None:
    assert decode((start + PAGE).encode(encoding), declared) == PAGE


def test_one_zero_is_enough_if_the_header_says_utf_16() -> None:
    text = "庭" * 300 + "a"

    assert decode(("a" + text).encode("utf-16-le"), 'text/html; charset="UTF-16"') == f"a{text}"


def test_a_header_that_says_utf_16_of_utf_8_is_not_believed() -> None:
    assert decode(PAGE.encode(), "text/html; charset=utf-16le") == PAGE


def test_zeros_between_the_characters_of_utf_8_are_no_utf_16() -> None:
    assert decode(b"<r>" + bytes(9) + TEXT.encode()).endswith(TEXT)
