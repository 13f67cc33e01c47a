import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.text.document import Block, Document, Mark, Run
from bot.text.html import parse_html
from bot.text.markdown import to_markdown
from tests.text import discord

_SHAPES = {
    "strong": Mark.BOLD,
    "em": Mark.ITALIC,
    "u": Mark.UNDERLINE,
    "strike": Mark.STRIKE,
    "spoiler": Mark.SPOILER,
}
_thorough = settings(max_examples=300, deadline=None)
_words = st.text(st.sampled_from(list("ab é*_~`|\\[]()<>#-+.:!1星@&")), max_size=8)
_marks = st.frozensets(st.sampled_from(list(Mark)), max_size=3)
_runs = st.lists(
    st.one_of(
        st.builds(Run, _words, _marks),
        st.builds(Run, _words, _marks, st.just("https://garden.example/a")),
        st.builds(
            Run, st.text(st.sampled_from(list("ab*_`|\\[]")), max_size=6), _marks, st.just(""), st.just(True)
        ),
    ),
    max_size=6,
)


@_thorough
@given(_runs)
def test_markdown_shows_exactly_the_characters_of_its_runs(runs: list[Run]) -> None:
    line = _write(runs)

    assert _squeezed(discord.text(line)) == _squeezed("".join(run.text for run in runs))


@_thorough
@given(_runs)
@example(
    [
        Run("a", frozenset({Mark.SPOILER, Mark.STRIKE, Mark.ITALIC})),
        Run(" b", frozenset({Mark.SPOILER, Mark.STRIKE, Mark.ITALIC}), "https://garden.example/a"),
        Run("c", url="https://garden.example/a"),
    ]
)
def test_each_character_has_the_marks_of_its_run(runs: list[Run]) -> None:
    line = _write(runs)

    shapes = [
        frozenset(_SHAPES[name] for name in span.shape if name in _SHAPES)
        for span in discord.shown(line)
        if not span.char.isspace()
    ]
    assert shapes == [
        frozenset() if run.code and re.search(r"[*_~|]", run.text) else run.marks
        for run in runs
        for char in run.text
        if not char.isspace()
    ]


def _write(runs: list[Run]) -> str:
    return to_markdown(Document((Block(tuple(runs)),)))


def _squeezed(text: str) -> str:
    """Return text without white space, with the parentheses that replace brackets in the label of a link."""
    return "".join(text.split()).translate(str.maketrans("[]", "()"))


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("one<br>two<br><br>three", "one\ntwo\n\nthree"),
        ("<b>bold </b>and <i> italic</i>", "**bold** and *italic*"),
        ("<b>a <i>b</i></b>", "**a *b***"),
        ("<span style='font-weight:700'>heavy</span>", "**heavy**"),
        ("<h1>One</h1><h3>Three</h3><p>x</p>", "### One\n**Three**\nx"),
        ("<ul><li>a<li>b<ol start=4><li>c</ol></ul>", "- a\n- b\n  4. c"),
        ("<ul><li><p>a</p><p>b</p></li></ul>", "- a\n  b"),
        ("<dl><dt>word</dt><dd>meaning</dd></dl>", "**word**\nmeaning"),
        ("<blockquote>a<br>b</blockquote><p>c</p>", "> a\n> b\n\nc"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", "> a\n> \n> │ b"),
        ("<blockquote><ul><li>a</ul></blockquote>", "> - a"),
        ("<code>a`b</code>", "`` a`b ``"),
        ("<pre>a\n  b</pre>", "```\na\n  b\n```"),
        ("<pre><code class='lang-rust'>x</code></pre>", "```rust\nx\n```"),
        ("<pre>```</pre>", "```\n`\u200b`\u200b`\n```"),
        ("<a href='https://a.example/(x)'>y</a>", "[y](https://a.example/%28x%29)"),
        ("<a href='https://a.example/'>a]b</a>", "[a)b](https://a.example/)"),
        ("<a href='https://a.example/'>https://b.example/x</a>", "b.example/x (<https://a.example/>)"),
        ("<a href='https://a.example/x'>https://a.example/x</a>", "[a.example/x](https://a.example/x)"),
        ("<a href='https://a.example/'>bank.de</a>", "bank.de (<https://a.example/>)"),
        ("<a href='https://a.example/'>bank.example/in</a>", "bank.example/in (<https://a.example/>)"),
        (
            "<a href='https://a.example/'>Log in to bank.com</a>",
            "Log in to bank.com (<https://a.example/>)",
        ),
        (
            "<a href='https://a.example/'>discordapp.com/<b>invite/x</b></a>",
            "discordapp.com/invite\u200b/x (<https://a.example/>)",
        ),
        ("<a href='https://a.example/'>README.md</a>", "[README.md](https://a.example/)"),
        ("<a href='mailto:a@b.example'>write</a>", "write"),
        ("<a href='https://a.example/'></a>", ""),
        ("https://a.example/b_c.", "<https://a.example/b_c>."),
        ("<hr>", "───"),
        ("<p>x<sup>2</sup> x<sup>th</sup> H<sub>2</sub>O</p>", "x² x^th H₂O"),
        ("<abbr title='World Cup'>WC</abbr>", "WC (World Cup)"),
        ("<q>so</q>", "“so”"),
        ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "漢(kan)"),
        ("<span class='spoiler'>end</span>", "||end||"),
        ("<details><summary>S</summary>end</details>", "**S**\n\n||end||"),
        ("<p># a</p><p>- b</p><p>2. c</p><p>&gt; d</p>", "\\# a\n\n\\- b\n\n2\\. c\n\n\\> d"),
        ("&lt;@1&gt; @here", "<\u200b@1> @\u200bhere"),
        ("&lt;<b></b>@1&gt; @<i></i>here", "<\u200b@1> @\u200bhere"),
        ("&amp;#8217;", "’"),
        ("<table><tr><td>a<td>b<tr><td><td>c</table>", "a · b\nc"),
        ("<form>no</form><script>no</script><style>no</style><button>no</button>yes", "yes"),
        ("<p hidden>no</p><p style='display:none'>no</p>yes", "yes"),
    ],
)
def test_html_becomes_markdown(html: str, markdown: str) -> None:
    assert to_markdown(parse_html(html)) == markdown


def test_a_reblog_trail_is_quoted_with_its_authors_the_first_post_first() -> None:
    html = (
        "<blockquote cite='https://b.example/2' data-author='mid'>"
        "<blockquote cite='https://a.example/1' data-author='root_'><p>first</p></blockquote><p>second</p>"
        "</blockquote><p>own</p>"
    )

    assert to_markdown(parse_html(html)).split("\n") == [
        "> **[root\\_](<https://a.example/1>)**",
        "> first",
        "> ",
        "> **[mid](<https://b.example/2>)**",
        "> second",
        "",
        "own",
    ]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("see https://a.example/x_(y)", "https://a.example/x_%28y%29"),
        ("(see https://a.example/x)", "https://a.example/x"),
        ("(see https://a.example/x_(y)).", "https://a.example/x_%28y%29"),
        ("https://a.example/x_(y), and", "https://a.example/x_%28y%29"),
        ("[https://a.example/x]", "https://a.example/x"),
        ("https://a.example/a(b", "https://a.example/a%28b"),
        ("（https://a.example/x）です", "https://a.example/x"),
        ("「https://a.example/x」。", "https://a.example/x"),
    ],
)
def test_a_closing_bracket_belongs_to_an_address_if_it_was_opened_in_it(text: str, address: str) -> None:
    assert f"<{address}>" in to_markdown(parse_html(f"<p>{text}</p>"))
