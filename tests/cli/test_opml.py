"""`opml import` and `opml export`."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import FeedRelayError
from bot.model import Outline
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from bot.source.formats.opml import read_opml, write_opml
from bot.store.store import Store
from tests.cli.conftest import Cli, Result

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

    assert first.code == again.code == 0
    assert first.err.splitlines() == [
        "Left out Bad <javascript:alert(1)>: its address is not a web address; correct it in the file.",
        "Left out No address: it has no xmlUrl, the address of a feed.",
        "The channel was not checked, because there is no bot token; run `feed-relay check` later.",
    ]
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


async def test_an_import_checks_the_channel_first(
    cli: Cli, opml: Path, here: Path, sandbox_discord: SandboxDiscord
) -> None:
    guild = sandbox_discord.add_guild("Allotment")
    leeks = sandbox_discord.add_channel(guild.id, "leeks")
    quiet = sandbox_discord.add_channel(guild.id, "quiet")
    sandbox_discord.set_permissions(quiet.id, deny=Permission.SEND_MESSAGES)
    (here / "config.toml").write_text(
        f'[discord]\ntoken = "{sandbox_discord.token}"\napi_url = "{sandbox_discord.api_url}"'
        '\n[store]\npath = "relay.db"',
        encoding="utf-8",
    )

    async def imported(channel: int) -> Result:
        return await asyncio.to_thread(cli, "opml", "import", opml, "--channel", channel)

    unknown = await imported(999)
    assert not (here / "relay.db").exists()
    good, refused = await imported(leeks.id), await imported(quiet.id)

    assert (unknown.code, good.code, refused.code) == (1, 0, 0)
    assert "Channel 999: " in unknown.err
    assert "Nothing was imported." in unknown.err
    assert "hannel" not in good.err
    assert f"Channel {quiet.id} (#quiet, Allotment): The bot lacks Send Messages" in refused.err
    assert "Added 2 feeds" in good.out
    assert "Added 2 feeds" in refused.out


async def test_an_import_with_a_refused_token_changes_nothing(
    cli: Cli, opml: Path, here: Path, sandbox_discord: SandboxDiscord
) -> None:
    (here / "config.toml").write_text(
        f'[discord]\ntoken = "stale-and-secret"\napi_url = "{sandbox_discord.api_url}"', encoding="utf-8"
    )

    result = await asyncio.to_thread(cli, "opml", "import", opml, "--channel", 7)

    assert result.code == 2
    assert "Discord refuses the token" in result.err
    assert "stale-and-secret" not in result.err
    assert not (here / "feed-relay.db").exists()


async def test_an_import_that_cannot_ask_discord_says_so(cli: Cli, opml: Path, here: Path) -> None:
    (here / "config.toml").write_text(
        '[discord]\ntoken = "x"\napi_url = "http://127.0.0.1:9"', encoding="utf-8"
    )

    result = await asyncio.to_thread(cli, "opml", "import", opml, "--channel", 7)

    assert result.code == 0
    assert "The channel was not checked: Discord cannot be reached" in result.err
    assert "Added 2 feeds" in result.out


def test_an_import_names_what_it_leaves_out(cli: Cli, opml: Path) -> None:
    opml.write_text(
        """<opml version="2.0"><body>
          <outline text="Good" xmlUrl="https://garden.example/rss"/>
          <outline text="Local &amp; lost" xmlUrl="file:///etc/passwd"/>
          <outline xmlUrl="ftp://ann:opensesame@stars.example/rss"/>
          <outline text="Empty" type="rss" xmlUrl=""/>
          <outline text="Site only" type="rss" htmlUrl="https://wheels.example/"/>
          <outline type="include" text="More" url="https://lists.example/more.opml"/>
        </body></opml>""",
        encoding="utf-8",
    )

    result = cli("opml", "import", opml, "--channel", 7)

    assert result.err.splitlines()[:-1] == [
        "Left out Local & lost <file:///etc/passwd>: its address is not a web address; correct it in the file.",
        "Left out <ftp://stars.example/rss>: its address is not a web address; correct it in the file.",
        "Left out More <https://lists.example/more.opml>: it is a list of feeds; download it and import that.",
        "Left out Empty: it has no xmlUrl, the address of a feed.",
        "Left out Site only: it has no xmlUrl, the address of a feed.",
    ]
    assert result.out.startswith("Added 1 feed")


def test_many_entries_that_are_left_out_are_counted(cli: Cli, opml: Path) -> None:
    bad = "".join(f'<outline text="Bad {n}" xmlUrl="gopher://{n}.example"/>' for n in range(50))
    opml.write_text(f'<opml version="2.0"><body>{bad}<outline xmlUrl="https://a.example/"/></body></opml>')

    result = cli("opml", "import", opml, "--channel", 7)

    assert len(result.err.splitlines()) == 22
    assert "Left out 30 more." in result.err


def test_an_export_warns_of_secrets(cli: Cli, opml: Path, here: Path) -> None:
    opml.write_text(
        '<opml version="2.0"><body><outline text="Mine" xmlUrl="https://garden.example/rss?token=opensesame"/>'
        '<outline xmlUrl="https://stars.example/rss"/></body></opml>',
        encoding="utf-8",
    )
    listed = cli("opml", "import", opml)
    cli("opml", "import", opml, "--channel", 7)

    result = cli("opml", "export")

    assert "opensesame" in result.out
    assert "opensesame" not in result.err + listed.out + listed.err
    assert result.err.splitlines() == [
        "The address of Mine seems to contain a secret.",
        "Keep this file as safe as a password, and remove these feeds before you give it to others.",
    ]
    assert (here / "relay.db").exists()


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
