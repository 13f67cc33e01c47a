import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from bot.text import markup
from bot.text.html import html_to_text
from bot.text.markup import MAX_DEPTH, limit_nesting

PIECES = (
    "<p>", "</p>", "<b>", "</b>", '<a href="x">', "</a>", "<a href='y>", '<a href="q', "<br/>", "text", "a < b", "<",
    "</", "<!-- c -->", "<![CDATA[", "]]>", "<script>", "</script>", "<style", "<title>", "&lt;b&gt;", "\0", ">", '"',
    "<div ", "<img src=x alt='>'>", "</div\n>", "<ul><li>", "< p>", "</ p>", "<p/>", "<x-y>", "<é>",
    "<plaintext>", "= ", "' ",
)  # fmt: skip


def test_tags_that_nest_too_deeply_are_removed_but_not_their_text() -> None:
    html = "<div>".join(f"{n} " for n in range(3 * MAX_DEPTH))

    assert limit_nesting(html).count("<div>") == MAX_DEPTH
    assert html_to_text(html).split() == [str(n) for n in range(3 * MAX_DEPTH)]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_markup_that_is_kept_at_a_glance_is_read_as_if_each_tag_was_looked_at(html: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(markup, "_has_nothing_to_drop", lambda _: False)
        expected = _tree(limit_nesting(html))

    assert _tree(limit_nesting(html)) == expected


def _tree(html: str) -> str | None:
    body = LexborHTMLParser(f"<body>{html}").body
    return body.inner_html if body else None
