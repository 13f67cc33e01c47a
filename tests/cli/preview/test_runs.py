"""Discord's Markdown, parsed into runs of text."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cli.preview.runs import Run, runs
from bot.text.escape import escape_line_starts, escape_markdown


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("plain", (Run("plain"),)),
        ("**bold** and *not*", (Run("bold", bold=True), Run(" and "), Run("not", italic=True))),
        (r"a \*star\* \[x\]", (Run("a *star* [x]"),)),
        ("[roses](<https://garden.example/r_(1)>)", (Run("roses", link="https://garden.example/r_(1)"),)),
        (r"[a \[link\]](https://a.example)", (Run("a [link]", link="https://a.example"),)),
        ("<https://a.example>", (Run("https://a.example", link="https://a.example"),)),
        ("`a*b*`", (Run("a*b*", code=True),)),
        ("```\na < b\n```", (Run("a < b", code=True),)),
        ("## Head\nbody", (Run("Head", bold=True), Run("\nbody"))),
        ("~~old~~ __new__ ||why||", (
            Run("old", struck=True), Run(" "), Run("new", underlined=True), Run(" "), Run("why", hidden=True),
        )),
        ("snake_case_word", (Run("snake_case_word"),)),
        ("***both***", (Run("both", bold=True, italic=True),)),
        ("- one\n- two\n\nafter", (Run("• one\n• two\n\nafter"),)),
    ("7. seven\n8. eight", (Run("7. seven\n8. eight"),)),
    ("<@&5> at <t:0:R>", (Run("<@&5> at <t:0:R>"),)),
    ("", ()),
    ],
)  # fmt: skip
def test_markup_becomes_styles(markdown: str, expected: tuple[Run, ...]) -> None:
    assert runs(markdown) == expected


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text())
def test_escaped_text_is_shown_unchanged(text: str) -> None:
    assert "".join(run.text for run in runs(escape_line_starts(escape_markdown(text)))) == text
