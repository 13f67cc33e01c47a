"""`opml import` and `opml export`."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cli.opml_file import Outline, read_opml, write_opml
from bot.errors import FeedRelayError
from bot.store.store import Store
from tests.cli.conftest import Cli

OPML = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0"><head><title>Mine</title></head><body>
  <outline text="Gardens">
    <outline type="rss" text="Garden &amp; Notes" xmlUrl="https://garden.example/rss" htmlUrl="https://garden.example/"/>
    <outline type="rss" text="Night Sky" xmlUrl="feed://stars.example/atom.xml"/>
  </outline>
  <outline text="Again" xmlUrl="https://garden.example/rss"/>
  <outline text="No address"/>
  <outline text="Bad" xmlUrl="javascript:alert(1)"/>
</body></opml>
"""


@pytest.fixture
def opml(here: Path) -> Path:
    """Return another reader's export, and write a config."""
    (here / "config.toml").write_text('[store]\npath = "relay.db"', encoding="utf-8")
    path = here / "mine.opml"
    path.write_text(OPML, encoding="utf-8")
    return path


def test_feeds_are_read_from_all_folders_each_once() -> None:
    assert read_opml(OPML.encode(), "x") == (
        Outline("https://garden.example/rss", "Garden & Notes"),
        Outline("https://stars.example/atom.xml", "Night Sky"),
    )


def test_an_import_lets_a_channel_follow_every_feed_once(cli: Cli, opml: Path, here: Path) -> None:
    first = cli("opml", "import", opml, "--channel", "123456789012345678")
    again = cli("opml", "import", opml, "--channel", "123456789012345678")

    assert (first.code, first.err) == (0, "")
    assert first.out == "Added 2 feeds to channel 123456789012345678; it already followed 0.\n"
    assert again.out == "Added 0 feeds to channel 123456789012345678; it already followed 2.\n"

    async def followed() -> list[tuple[str, str, bool]]:
        async with await Store.open(here / "relay.db") as store:
            found = await store.subscriptions.all()
            return [(item.feed_url, item.origin, item.subscription.baseline_due) for item in found]

    assert asyncio.run(followed()) == [
        ("https://garden.example/rss", "opml", True),
        ("https://stars.example/atom.xml", "opml", True),
    ]


def test_an_import_without_a_channel_changes_nothing_and_says_what_is_needed(
    cli: Cli, opml: Path, here: Path
) -> None:
    result = cli("opml", "import", opml)

    assert result.code == 2
    assert result.out.splitlines()[0] == "https://garden.example/rss  Garden & Notes"
    assert "--channel ID" in result.err
    assert not (here / "relay.db").exists()


def test_an_export_contains_feeds_of_the_config_and_the_database(cli: Cli, opml: Path, here: Path) -> None:
    cli("opml", "import", opml, "--channel", "7")
    with (here / "config.toml").open("a", encoding="utf-8") as config:
        config.write('\n[[feeds]]\nurl = "https://wheels.example/feed"\nname = "Slow <Wheels>"\n')

    result = cli("opml", "export")

    assert result.code == 0
    assert read_opml(result.out.encode(), "x") == (
        Outline("https://wheels.example/feed", "Slow <Wheels>"),
        Outline("https://garden.example/rss", "Garden & Notes"),
        Outline("https://stars.example/atom.xml", "Night Sky"),
    )


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "not an OPML file"),
        (b"http://garden.example/subscriptions.opml", "not an OPML file"),
        (b"<!doctype html><title>Garden</title>", "not an OPML file"),
        (bytes(range(256)) * 20, "OPML"),
        (b'<opml version="2.0"><body></body></opml>', "contains no feeds"),
        (b'<?xml version="1.0" encoding="no-such-code"?><opml/>', "cannot be read"),
        (b"<outline>" * 100_000, "not an OPML file"),
        (
            b'<opml version="2.0"><body>' + b'<outline xmlUrl="https://a.example/%d"/>' * 1,
            "contains no feeds",
        ),
    ],
)
def test_an_invalid_file_is_an_error_of_one_sentence(cli: Cli, opml: Path, content: bytes, text: str) -> None:
    opml.write_bytes(content.replace(b"%d", b"\x00 "))

    result = cli("opml", "import", opml, "--channel", "7")

    assert result.code == 1 or text == "contains no feeds"
    assert "Traceback" not in result.err
    assert len(result.err.splitlines()) <= 1


def test_entities_are_not_expanded(here: Path) -> None:
    bomb = b'<!DOCTYPE opml [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><opml version="2.0"><body>'
    bomb += b'<outline text="&b;" xmlUrl="https://a.example/"/></body></opml>'

    (outline,) = read_opml(bomb, str(here))

    assert outline.url == "https://a.example/"
    assert "haha" not in outline.title


def test_too_many_feeds_are_refused() -> None:
    body = "".join(f'<outline xmlUrl="https://a.example/{n}"/>' for n in range(2001))

    with pytest.raises(FeedRelayError, match="too many"):
        read_opml(f'<opml version="2.0"><body>{body}</body></opml>'.encode(), "x")


def test_a_file_that_is_too_large_is_refused(cli: Cli, opml: Path) -> None:
    opml.write_bytes(b" " * 10_000_001)

    assert "larger than" in cli("opml", "import", opml, "--channel", "7").err


def test_other_encodings_are_read() -> None:
    text = OPML.replace("UTF-8", "ISO-8859-1").replace("Night Sky", "Sterne über")

    assert read_opml(text.encode("latin-1"), "x")[1].title == "Sterne über"
    assert read_opml(OPML.encode("utf-16"), "x") == read_opml(OPML.encode(), "x")
    assert read_opml(OPML.encode("utf-8-sig"), "x") == read_opml(OPML.encode(), "x")


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 99), st.text(max_size=30)), max_size=5))
def test_a_written_file_can_be_read_again(feeds: list[tuple[int, str]]) -> None:
    written = {f"https://a.example/{number}?x=1&y=<2>": title for number, title in feeds}
    if not written:
        return

    found = read_opml(write_opml(Outline(url, title) for url, title in written.items()).encode(), "x")

    assert len(found) == len(written)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=300))
def test_any_bytes_give_feeds_or_our_error(body: bytes) -> None:
    with suppress(FeedRelayError):
        read_opml(b"<opml version='1.0'>" + body, "x")
