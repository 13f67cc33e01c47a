"""Discord's Markdown, parsed as Discord's clients do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.message_html.markdown import (
    MAX_DEPTH,
    Block,
    Code,
    CodeBlock,
    Items,
    Link,
    Mention,
    Moment,
    Styled,
    Text,
    Tree,
    parse,
)
from bot.text.escape import escape_line_starts, escape_markdown, escape_mentions


def t(text: str) -> Tree:
    return (Text(text),)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("plain\ntext", t("plain\ntext")),
        ("**bold**", (Styled("strong", t("bold")),)),
        ("*italic* _italic_", (Styled("em", t("italic")), Text(" "), Styled("em", t("italic")))),
        ("***both***", (Styled("em", (Styled("strong", t("both")),)),)),
        ("__under__ ~~gone~~", (Styled("u", t("under")), Text(" "), Styled("s", t("gone")))),
        ("||secret||", (Styled("spoiler", t("secret")),)),
        ("**open, and 2 * 3", t("**open, and 2 * 3")),
        ("snake_case_word", t("snake_case_word")),
        (r"\*no\* \_no\_", t("*no* _no_")),
        ("`a*b*`", (Code("a*b*"),)),
        ("``a`b``", (Code("a`b"),)),
        ("```py\na = 1\n```\nafter", (CodeBlock("a = 1", "py"), Text("after"))),
        ("```one line```", (CodeBlock("one line"),)),
    ],
)
def test_inline_styles(source: str, expected: Tree) -> None:
    assert parse(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[roses](https://a.example/r_(1))", (Link("https://a.example/r_(1)", t("roses")),)),
        ("[roses](<https://a.example> 'title')", (Link("https://a.example", t("roses")),)),
        (r"[a \[b\]](https://a.example)", (Link("https://a.example", t("a [b]")),)),
        ("<https://a.example>", (Link("https://a.example", t("https://a.example")),)),
        ("(see https://a.example/(c)).", (
            Text("(see "), Link("https://a.example/(c)", t("https://a.example/(c)")), Text(")."),
        )),
        ("[http://b.example]", (Text("["), Link("http://b.example", t("http://b.example")), Text("]"))),
    ],
)  # fmt: skip
def test_links(source: str, expected: Tree) -> None:
    assert parse(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<@1>", Mention("<@1>", "user", id="1")),
        ("<@!1>", Mention("<@!1>", "user", id="1")),
        ("<@&2>", Mention("<@&2>", "role", id="2")),
        ("<#3>", Mention("<#3>", "channel", id="3")),
        ("</feed add:4>", Mention("</feed add:4>", "command", name="feed add")),
        ("<a:wave:5>", Mention("<a:wave:5>", "emoji", name="wave")),
        ("@everyone", Mention("@everyone", "everyone", name="everyone")),
        ("@here", Mention("@here", "everyone", name="here")),
        ("<t:86400:R>", Moment("<t:86400:R>", 86400, "R")),
        ("<t:-1>", Moment("<t:-1>", -1, "f")),
    ],
)
def test_mentions_and_times(source: str, expected: Mention | Moment) -> None:
    assert parse(source) == (expected,)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("# One\n## Two\n### Three", (Block("h1", t("One")), Block("h2", t("Two")), Block("h3", t("Three")))),
        ("#no heading\n#### nor this", t("#no heading\n#### nor this")),
        ("-# small\nnext", (Block("subtext", t("small")), Text("next"))),
        ("a\n> b\n> c\nd", (Text("a\n"), Block("quote", t("b\nc")), Text("d"))),
        ("a > b", t("a > b")),
        (">>> all\nof it", (Block("quote", t("all\nof it")),)),
        ("> **b**\n> - c", (Block("quote", (Styled("strong", t("b")), Text("\n"), Items((t("c"),)))),)),
        ("- a\n- b\nc", (Items((t("a"), t("b"))), Text("c"))),
        ("- a\n  - b\n- c", (Items(((Text("a\n"), Items((t("b"),))), t("c"))),)),
        ("3. a\n4. b", (Items((t("a"), t("b")), start=3),)),
        ("* *a*", (Items(((Styled("em", t("a")),),)),)),
        ("-no list", t("-no list")),
    ],
)
def test_blocks(source: str, expected: Tree) -> None:
    assert parse(source) == expected


@given(st.text())
def test_escaped_text_is_text(source: str) -> None:
    escaped = escape_mentions(escape_line_starts(escape_markdown(source)))

    assert all(isinstance(node, Text | Link) for node in parse(escaped))


@pytest.mark.parametrize(
    "mark", ["**", "__", "||", "~~", "[", "[a](", "> ", "- ", "`", "<", "*a ", "_a", "  - "]
)
def test_unclosed_and_nested_marks_are_parsed_quickly(mark: str) -> None:
    """A hostile text costs less than pytest's timeout, and no recursion error."""
    assert parse(mark * (4096 // len(mark)))


def test_deep_nesting_is_shown_as_written() -> None:
    source = "".join(f"{'  ' * depth}- {depth}\n" for depth in range(3 * MAX_DEPTH))

    assert str(parse(source)).count("Items(") <= MAX_DEPTH + 1
