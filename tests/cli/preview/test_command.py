"""`preview` as text, JSON and HTML."""

import asyncio
import json
from pathlib import Path

import pytest
from aiohttp import web

from bot.chat.embeds import create_message_body
from bot.model import Fetched, Style
from bot.sandbox.sites.blog import Blog, Document
from bot.source.formats.process import Parser
from bot.text.render import render
from tests.cli.conftest import GARDEN, Cli


def test_posts_are_shown_newest_last(cli: Cli, garden: Path) -> None:
    result = cli("preview", garden)

    assert result.code == 0
    assert result.err == ""
    assert [line for line in result.out.splitlines() if not line.startswith("▎")] == [
        "Rain at last (https://garden.example/rain)",
        "",
        "First roses (https://garden.example/roses)",
        "",
        "Leeks & onions (https://garden.example/leeks)",
    ]


def test_a_post_is_shown_with_title_link_text_and_date(cli: Cli, garden: Path) -> None:
    result = cli("preview", garden, "--limit", 1)

    assert "Leeks & onions (https://garden.example/leeks)\n▎ The leeks" in result.out
    assert "The leeks stand in two rows, onions (https://garden.example/onions) between." in result.out
    assert "2026-06-03 08:00 UTC" in result.out
    assert "Garden Notes" in result.out


def test_output_outside_a_terminal_has_no_colours(cli: Cli, garden: Path) -> None:
    assert "\x1b" not in cli("preview", garden).out


def test_tags_filter_as_they_do_in_channels(cli: Cli, garden: Path) -> None:
    result = cli("preview", garden, "--tag", "#ROSES", "--tag", "vegetables", "--style", "compact")

    assert "First roses" in result.out
    assert "Leeks" in result.out
    assert "Rain" not in result.out


def test_a_tag_without_posts_is_reported(cli: Cli, garden: Path) -> None:
    result = cli("preview", garden, "--tag", "tractors")

    assert (result.code, result.out) == (0, "")
    assert "none with this tag" in result.err


@pytest.mark.parametrize("style", list(Style))
async def test_json_is_what_would_be_sent(cli: Cli, garden: Path, style: Style) -> None:
    async with Parser() as parser:
        feed = await parser.parse(Fetched("https://garden.example/", GARDEN.encode()))

    result = await asyncio.to_thread(cli, "preview", garden, "--format", "json", "--style", style.upper())

    expected = [create_message_body(render(entry, "Garden Notes", style)) for entry in reversed(feed.entries)]
    assert json.loads(result.out) == expected


def test_the_config_decides_style_and_length(cli: Cli, garden: Path, here: Path) -> None:
    (here / "config.toml").write_text('[posts]\nstyle = "compact"', encoding="utf-8")

    (body,) = json.loads(cli("preview", garden, "--limit", 1, "--format", "json").out)

    assert body["embeds"] == []


def test_a_page_is_self_contained_and_escapes_hostile_text(cli: Cli, garden: Path) -> None:
    hostile = "&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt; &quot;x&quot; onload=1"
    text = GARDEN.replace("Leeks &amp; onions", hostile).replace(
        "Garden Notes", f"</title>{hostile}".replace("<", "&lt;")
    )
    garden.write_text(text, encoding="utf-8")

    page = cli("preview", garden, "--format", "html").out

    assert page.startswith("<!doctype html>")
    assert page.lower().count("<script") == 0
    assert page.count("</title>") == 1
    assert "alert(1)" in page
    assert "default-src 'none'" in page
    assert '<a href="https://garden.example/roses" target="_blank" rel="noopener noreferrer">' in page


def test_a_page_hides_spoilers_until_they_are_pointed_at(cli: Cli, garden: Path) -> None:
    text = GARDEN.replace("stand in two rows", "<span class=spoiler>Slugs ate</span>")
    garden.write_text(text, encoding="utf-8")

    page = cli("preview", garden, "--format", "html").out

    assert '<mark class="spoiler" tabindex="0"><span>Slugs ate</span></mark>' in page
    assert ".message .spoiler > * { visibility: hidden; }" in page


def test_a_page_links_the_bare_address_of_the_link_style(cli: Cli, garden: Path) -> None:
    page = cli("preview", garden, "--format", "html", "--style", "link").out

    assert (
        '<a href="https://garden.example/roses" target="_blank" rel="noopener noreferrer">https://garden.example/roses</a>'
        in page
    )


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("missing.xml", None, "there is no such file"),
        ("", None, "Is a directory"),
        ("page.html", b"<!doctype html><title>Garden</title><p>Hello", "web page"),
        ("noise.bin", bytes(range(256)) * 40, "feed"),
        ("empty.xml", b"", "; "),
        ("large.xml", b"x" * 5_000_001, "larger than polling.max_body"),
    ],
)
def test_an_unreadable_source_is_an_error_of_one_sentence(
    cli: Cli, here: Path, name: str, content: bytes | None, text: str
) -> None:
    if content is not None:
        (here / name).write_bytes(content)

    result = cli("preview", here / name)

    assert result.code == 1
    assert result.out == ""
    assert text in result.err
    assert len(result.err.splitlines()) == 1


async def test_an_address_and_a_file_give_the_same_output(
    cli: Cli, garden: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEED_RELAY_POLLING__ALLOW_PRIVATE_ADDRESSES", "true")
    async with Blog() as blog:

        async def serve(_request: web.Request, _document: Document) -> web.StreamResponse:
            return web.Response(body=garden.read_bytes(), content_type="application/rss+xml")

        blog.pages["/garden.xml"] = serve
        served = await asyncio.to_thread(cli, "preview", f"{blog.address}/garden.xml", "--format", "json")

    assert (served.code, served.err) == (0, "")
    assert served.out == (await asyncio.to_thread(cli, "preview", garden, "--format", "json")).out
    assert sorted(path.name for path in here.iterdir()) == ["garden.xml"]


async def test_an_address_in_a_private_network_is_refused(cli: Cli) -> None:
    async with Blog() as blog:
        result = await asyncio.to_thread(cli, "preview", f"{blog.address}/garden/rss")

    assert result.code == 1
    assert "private network" in result.err
    assert blog.requests == []


def test_long_text_wraps_between_words_but_never_inside_addresses(cli: Cli, garden: Path) -> None:
    address = f"https://garden.example/{'a-very-long-path/' * 8}"
    words = "water the leeks " * 12
    text = GARDEN.replace("They came early this year.", f'{words}&lt;a href="{address}"&gt;here&lt;/a&gt;')
    garden.write_text(text, encoding="utf-8")

    lines = cli("preview", garden, "--tag", "roses").out.splitlines()

    assert any(line.endswith(f"({address})") for line in lines)
    assert [line for line in lines if len(line) > 80 and address not in line] == []


def test_a_colour_terminal_gets_styles(cli: Cli, garden: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")

    assert "\x1b[1m" in cli("preview", garden).out


_QUOTED = "They came early.&lt;blockquote&gt;Roses want sun.&lt;br&gt;And rain.&lt;/blockquote&gt;So they do."


def test_a_quote_has_a_bar_in_a_terminal(cli: Cli, garden: Path) -> None:
    garden.write_text(GARDEN.replace("They came early this year.", _QUOTED), encoding="utf-8")

    output = cli("preview", garden, "--tag", "roses").out

    assert "▎ They came early.\n▎ \n▎ │ Roses want sun.\n▎ │ And rain.\n▎ \n▎ So they do.\n" in output


def test_a_quote_is_a_blockquote_in_a_page(cli: Cli, garden: Path) -> None:
    garden.write_text(GARDEN.replace("They came early this year.", _QUOTED), encoding="utf-8")

    page = cli("preview", garden, "--format", "html").out

    assert '<blockquote class="quote">Roses want sun.\nAnd rain.</blockquote>' in page


def test_a_code_block_ends_with_its_last_line(cli: Cli, garden: Path) -> None:
    code = "&lt;pre&gt;water()\nwait()&lt;/pre&gt;&lt;p&gt;So it grows.&lt;/p&gt;"
    garden.write_text(GARDEN.replace("They came early this year.", code), encoding="utf-8")

    assert "▎ water()\n▎ wait()\n▎ \n▎ So it grows.\n" in cli("preview", garden, "--tag", "roses").out


def test_a_gallery_is_one_embed_in_a_page(cli: Cli, garden: Path) -> None:
    pictures = "".join(f"&lt;img src='https://garden.example/{name}.jpg'&gt;" for name in ("rose", "leek"))
    garden.write_text(GARDEN.replace("They came early this year.", pictures), encoding="utf-8")

    page = cli("preview", garden, "--tag", "roses", "--style", "full", "--format", "html").out

    assert (page.count('class="embed"'), page.count("<img ")) == (1, 2)
