"""Tags that were escaped once too often become tags again; text about tags stays text."""

import pytest

from bot.source.entry.escaped_markup import unescape_markup
from tests.growth import assert_linear
from tests.source.formats.documents import parse_item

LINK = "&lt;a href=&quot;https://x.example/f?a=1&amp;amp;b=2&quot;&gt;lamp&lt;/a&gt;"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (f"<p>See {LINK}.</p>", '<p>See <a href="https://x.example/f?a=1&b=2">lamp</a>.</p>'),
        ("<p>&lt;em&gt;Moss&lt;/em&gt; review</p>", "<p><em>Moss</em> review</p>"),
        ("&lt;p&gt; One &lt;/p&gt;", "<p> One </p>"),
        ("<p>&amp;lt;b&amp;gt;Moss&amp;lt;/b&amp;gt;</p>", "<p><b>Moss</b></p>"),
        ("<p>&#60;b&#62;Moss&#x3C;/b&#x3E;</p>", "<p><b>Moss</b></p>"),
        ("<p>&lt;b>Moss&lt;/b></p>", "<p><b>Moss</b></p>"),
        ("<p>One&lt;br /&gt;two</p>", "<p>One<br />two</p>"),
        ("<p>One&lt;br/&gt;two&lt;br&gt;three</p>", "<p>One<br>two<br>three</p>"),
        ("&lt;B&gt;&lt;i&gt;Moss&lt;/i&gt;&lt;/b&gt;", "<B><i>Moss</i></b>"),
        ("<p>&lt;img src='/a.jpg' alt='Moss'/&gt;</p>", "<p><img src='/a.jpg' alt='Moss'/></p>"),
        ("<p>&lt;b&gt;<i>Moss</i>&lt;/b&gt;</p>", "<p><b><i>Moss</i></b></p>"),
    ],
)
def test_complete_tags_are_unescaped(html: str, expected: str) -> None:
    assert unescape_markup(html) == expected


@pytest.mark.parametrize(
    "html",
    [
        "<p>Use the &lt;b&gt; tag.</p>",
        "<p>End it with &lt;/div&gt;</p>",
        "<p>Put it between &lt;b&gt; and &lt;/b&gt;.</p>",
        "<p>A picture is an &lt;img&gt;.</p>",
        "<p>3 &lt; 4, 5 &gt; 4</p>",
        "<p>List&lt;T&gt; and Map&lt;K, V&gt;</p>",
        "<p>Write <code>x</code>: &lt;b&gt;bold&lt;/b&gt;</p>",
        "<pre>&lt;b&gt;bold&lt;/b&gt;</pre>",
        '<p><img alt="&lt;b&gt;x&lt;/b&gt;"></p>',
    ],
)
def test_text_about_tags_stays_text(html: str) -> None:
    assert unescape_markup(html) == html


def test_a_script_that_was_escaped_is_not_text() -> None:
    entry = parse_item(
        "<item><title>x</title><description>&lt;p&gt;Moss &amp;lt;script&amp;gt;x()&amp;lt;/script&amp;gt;&lt;/p&gt;"
        "</description></item>"
    )

    assert entry.text == "Moss"


@pytest.mark.parametrize(
    "part", ["&lt;a ", "&lt;b&gt;", '<a "', "<a '", "&lt;b&gt;x&lt;/b&gt;", "&amp;amp;", "&lt;a x='"]
)
def test_hostile_markup_costs_linear_time(part: str) -> None:
    assert_linear(unescape_markup, part)
