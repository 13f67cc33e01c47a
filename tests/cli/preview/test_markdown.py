"""Discord's Markdown, parsed into runs of text."""

from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cli.preview.html import page
from bot.cli.preview.markdown import Run, runs
from bot.model import Embed, Message
from bot.text.escape import escape_line_starts, escape_markdown, escape_mentions

MARKUP = st.text(st.sampled_from("ab \n*_~|`[]()<>#\\@&:/-1.\"'\u202e\x1b") | st.characters(), max_size=60)


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
        ("", ()),
    ],
)  # fmt: skip
def test_markup_becomes_styles(markdown: str, expected: tuple[Run, ...]) -> None:
    assert runs(markdown) == expected


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text())
def test_escaped_text_is_shown_unchanged(text: str) -> None:
    assert "".join(run.text for run in runs(escape_line_starts(escape_markdown(text)))) == text


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.links |= {value or "" for name, value in attrs if name in {"href", "src"}}
        assert not any(name.startswith("on") or name == "style" for name, _ in attrs)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(MARKUP, MARKUP, MARKUP)
def test_no_text_adds_elements_to_a_page(title: str, text: str, url: str) -> None:
    embed = Embed(title=title, url=url, description=text, author=text, image_url=url, footer=title)
    elements = _Elements()
    elements.feed(page([Message(content=escape_mentions(text), embeds=(embed,))], title))

    assert elements.found <= {
        "html", "head", "meta", "title", "style", "body", "article", "div", "section", "p", "h2", "a", "img",
        "strong", "em", "u", "s", "code", "mark",
    }  # fmt: skip
    assert all(link.startswith(("http://", "https://")) for link in elements.links)
