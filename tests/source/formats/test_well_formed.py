"""What strict parsers reject is fixed before they get it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.source.formats.well_formed import make_well_formed
from bot.source.http.decode import decode


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
def test_input_that_strict_parsers_reject_is_fixed(document: str, expected: str) -> None:
    assert make_well_formed(document) == expected
