"""Line breaks of plain text stay, and those of HTML's source do not."""

import pytest

from bot.source.entry.plaintext import keep_line_breaks, paragraphs
from tests.source.formats.documents import parse_item

WRAPPED = (
    "The moss on the north wall has been growing for some years\n"
    "now, and nobody has ever seen it flower. It does not have\n"
    "flowers at all, of course, and spreads with spores."
)
JOINED = WRAPPED.replace("\n", " ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Three things:\n\n1. Slow\n2. At home", "<p>Three things:</p><p>1. Slow<br>2. At home</p>"),
        ("One\r\ntwo\rthree", "<p>One<br>two<br>three</p>"),
        ("Fish &amp; chips\n3 < 4", "<p>Fish &amp; chips<br>3 < 4</p>"),
        (WRAPPED, f"<p>{JOINED}</p>"),
        (f"{WRAPPED}\n\nA poem:\nshort", f"<p>{JOINED}</p><p>A poem:<br>short</p>"),
        (
            "The moss on the north wall has been growing for some years\n      now, and nobody has seen it flower.",
            "<p>The moss on the north wall has been growing for some years now, and nobody has seen it flower.</p>",
        ),
        (
            "The moss on the north wall has been growing for some years:\n  - green moss\n  - grey moss",
            "<p>The moss on the north wall has been growing for some years:<br>- green moss<br>- grey moss</p>",
        ),
        (
            'See <a href="https://a.example/">this</a>.\n\nMore\nlines',
            '<p>See <a href="https://a.example/">this</a>.</p><p>More<br>lines</p>',
        ),
    ],
)
def test_the_line_breaks_of_plain_text_stay(text: str, expected: str) -> None:
    assert keep_line_breaks(text) == expected


@pytest.mark.parametrize(
    "html",
    [
        "One line",
        "<p>One\ntwo</p>",
        "One<br>\ntwo",
        "<ul>\n<li>one</li>\n\n<li>two</li>\n</ul>",
        "Some <b>bold</b>\nwords",
        "<div\nclass='x'>One\n\ntwo</div>",
    ],
)
def test_white_space_of_html_stays_white_space(html: str) -> None:
    assert keep_line_breaks(html) == html


def test_plain_text_is_escaped() -> None:
    assert paragraphs("a <b> & c\nd") == "<p>a &lt;b&gt; &amp; c<br>d</p>"


def test_the_lines_of_an_items_description_are_lines_of_its_text() -> None:
    entry = parse_item("<item><description>Three things:\n\n1. Slow\n2. At home</description></item>")

    assert entry.text == "Three things:\n1. Slow\n2. At home"
