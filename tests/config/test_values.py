"""Parsing the values of keys."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import config
from bot.errors import ConfigError
from bot.model import (
    ALL_SETTINGS,
    ChannelDeclaration,
    FeedDeclaration,
    PollSettings,
    PostSettings,
    Reblogs,
    Rule,
    Setting,
    Style,
)
from tests.config.conftest import problems, write

ROOT = Path(__file__).parents[2]


def test_an_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    loaded = config.load(write(tmp_path, ""), {})

    assert loaded.poll_settings() == PollSettings(timedelta(minutes=10), timedelta(minutes=1))
    assert loaded.post_settings(ask_about_floods=False) == PostSettings(
        first_run=0, burst_limit=10, max_age=None
    )
    assert loaded.posts.style is Style.CARD
    assert loaded.polling.max_body == 5_000_000
    assert loaded.polling.timeout == timedelta(seconds=30)
    assert loaded.declarations() == ()


def test_the_example_contains_the_defaults(tmp_path: Path) -> None:
    written = (ROOT / "config.example.toml").read_text("utf-8")
    example = config.load(write(tmp_path, re.sub(r"^#(?=\S)", "", written, flags=re.MULTILINE)), {})
    as_it_is = config.load(ROOT / "config.example.toml", {})
    empty = config.load(write(tmp_path, ""), {})

    assert example.polling == empty.polling
    assert example.posts == empty.posts
    assert example.discord == empty.discord
    assert example.tumblr == empty.tumblr
    assert example.archive == empty.archive
    assert as_it_is.declarations() == ()
    assert example.declarations() == (
        FeedDeclaration(
            url="https://example.tumblr.com/rss",
            interval=timedelta(minutes=5),
            channels=(
                ChannelDeclaration(
                    123456789012345678,
                    Rule(tags=("astronomy",)),
                    fixed=ALL_SETTINGS - {Setting.NAME},
                ),
            ),
        ),
    )


def test_declarations_are_feeds_with_channels(tmp_path: Path) -> None:
    loaded = config.load(
        write(
            tmp_path,
            """
            [posts]
            style = "compact"
            [[feeds]]
            url = "https://garden.example/rss"
            name = "Garden"
            interval = "1h30m"
            [[feeds.channels]]
            id = 1
            [[feeds.channels]]
            id = "22222222222222222"
            tags = ["Roses"]
            exclude_tags = ["slugs"]
            words = ["in bloom"]
            exclude_words = ["sale"]
            style = "Full"
            mention_roles = [3, "4"]
            reblogs = "comments"
            silent = true
            thread = "3d"
            ping_cooldown = "30m"
            """,
        ),
        {},
    )

    assert loaded.declarations() == (
        FeedDeclaration(
            "https://garden.example/rss",
            "Garden",
            timedelta(minutes=90),
            (
                ChannelDeclaration(1, style=Style.COMPACT, fixed=frozenset({Setting.NAME, Setting.INTERVAL})),
                ChannelDeclaration(
                    22222222222222222,
                    Rule(("Roses",), ("slugs",), ("in bloom",), ("sale",), Reblogs.COMMENTED),
                    Style.FULL,
                    (3, 4),
                    silent=True,
                    thread=timedelta(days=3),
                    ping_cooldown=timedelta(minutes=30),
                ),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('"90s"', timedelta(seconds=90)),
        ('"5m"', timedelta(minutes=5)),
        ('"2h"', timedelta(hours=2)),
        ('"1d"', timedelta(days=1)),
        ('"1h30m"', timedelta(minutes=90)),
        ('" 1 H "', timedelta(hours=1)),
    ],
)
def test_durations_are_parsed_as_people_write_them(tmp_path: Path, written: str, expected: timedelta) -> None:
    assert config.load(write(tmp_path, f"[polling]\ninterval = {written}"), {}).polling.interval == expected


@pytest.mark.parametrize(
    "written", ['"5"', '"5x"', '"m"', '""', "5", "true", '"-5m"', '"0s"', '"99999d"', '"5m30"']
)
def test_an_invalid_duration_is_refused(tmp_path: Path, written: str) -> None:
    (problem,) = problems(tmp_path, f"[polling]\ninterval = {written}")

    assert problem.startswith("2: polling.interval: ")
    assert "write" in problem


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('"5MB"', 5_000_000),
        ('"500kB"', 500_000),
        ('"2 MiB"', 2 * 2**20),
        ('"100000B"', 100_000),
        ("70000", 70_000),
    ],
)
def test_sizes_are_parsed_as_people_write_them(tmp_path: Path, written: str, expected: int) -> None:
    assert config.load(write(tmp_path, f"[polling]\nmax_body = {written}"), {}).polling.max_body == expected


@pytest.mark.parametrize("written", ['"5"', '"lots"', "true", "-1", '"5TB"', '"2GB"', '""'])
def test_an_invalid_size_is_refused(tmp_path: Path, written: str) -> None:
    (problem,) = problems(tmp_path, f"[polling]\nmax_body = {written}")

    assert problem.startswith("2: polling.max_body: ")


@pytest.mark.parametrize("written", ["0", "-5", "1.5", "true", '"general"', '""', str(2**63), "[1]"])
def test_an_invalid_discord_id_is_refused(tmp_path: Path, written: str) -> None:
    (problem,) = problems(
        tmp_path, f'[[feeds]]\nurl = "https://garden.example/rss"\n[[feeds.channels]]\nid = {written}'
    )

    assert problem.startswith("4: feeds[0].channels[0].id: ")
    assert "not a Discord id" in problem


@pytest.mark.parametrize(
    "address", ["ftp://garden.example/", "garden.example", "", "https://", "https://[x", "javascript:1"]
)
def test_a_feed_needs_a_web_address(tmp_path: Path, address: str) -> None:
    (problem,) = problems(tmp_path, f'[[feeds]]\nurl = "{address}"')

    assert problem.startswith("2: feeds[0].url: ")
    assert "https://" in problem


@pytest.mark.parametrize(
    "text",
    [
        "polling = 5",
        "feeds = 5",
        'feeds = ["https://a.example/rss"]',
        "[feeds]\nurl = 5",
        "[posts]\nstyle = ['card']",
        "[polling]\nallow_private_addresses = 'perhaps'",
        "[store]\npath = 5",
        "[store]\npath = ''",
        "store = 5",
        "discord = 'x'",
        '[[feeds]]\nurl = "https://a.example/"\nchannels = [5]',
        '[[feeds]]\nurl = "https://a.example/"\nname = 5',
        '[[feeds]]\nurl = "https://a.example/"\n[[feeds.channels]]\nid = 1\ntags = "astronomy"',
        '[[feeds]]\nurl = "https://a.example/"\n[[feeds.channels]]\nid = 1\ntags = ["#"]',
        '[[feeds]]\nurl = "https://a.example/"\n[[feeds.channels]]\nid = 1\nwords = [5]',
        '[[feeds]]\nurl = "https://a.example/"\n[[feeds.channels]]\nstyle = "card"',
        "[polling]\ncontact = 'gärtner'",
        '[polling]\ncontact = "a\\nX-Evil: 1"',
        "[discord]\ntoken = 5",
        "[discord]\ntoken_file = 5",
    ],
)
def test_a_value_of_the_wrong_type_is_explained_to_people(tmp_path: Path, text: str) -> None:
    for problem in problems(tmp_path, text):
        assert re.match(r"\d+: [\w.\[\]]+: ", problem)
        assert "Input should" not in problem
        assert re.search(r"write|add|below|did you mean", problem)


@pytest.mark.parametrize(
    ("address", "valid"),
    [
        ("https://proxy.example/api/v10", True),
        ("http://127.0.0.1:8080/api", True),
        ("http://localhost:8080", True),
        ("http://[::1]:8080", True),
        ("http://proxy.example/api", False),
        ("http://127.0.0.1.evil.example/", False),
        ("ftp://proxy.example", False),
        ("proxy.example", False),
    ],
)
def test_the_token_is_only_sent_over_https_or_to_this_machine(
    tmp_path: Path, address: str, valid: bool
) -> None:
    text = f'[discord]\napi_url = "{address}"'
    if valid:
        assert config.load(write(tmp_path, text), {}).discord.api_url == address
    else:
        assert problems(tmp_path, text)[0].startswith("2: discord.api_url: ")


def test_a_config_is_immutable(tmp_path: Path) -> None:
    loaded = config.load(write(tmp_path, ""), {})

    with pytest.raises(ValueError, match="frozen"):
        loaded.posts.first_run = 5


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(key=st.sampled_from(config.all_keys()), value=VALUES)
def test_any_value_for_any_key_is_accepted_or_refused_in_our_words(key: str, value: object) -> None:
    *tables, name = key.split(".")
    given_values: object = {name: value}
    for table in reversed(tables):
        given_values = {table: [given_values] if table in {"feeds", "channels"} else given_values}
    assert isinstance(given_values, dict)
    section = json.dumps(given_values[tables[0]], default=str)
    environ = {"FEED_RELAY_FEEDS": "[]", f"FEED_RELAY_{tables[0].upper()}": section}

    found: tuple[str, ...] = ()
    try:
        config.load(None, environ)
    except ConfigError as error:
        found = error.problems

    assert all(problem.startswith("environment: FEED_RELAY_") for problem in found)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("true", True),
        ("false", False),
        ('["192.168.1.5:8080", "[::1]:80"]', ("192.168.1.5:8080", "[::1]:80")),
    ],
)
def test_private_addresses_are_allowed_all_or_by_name(
    tmp_path: Path, written: str, expected: bool | tuple[str, ...]
) -> None:
    text = f"[polling]\nallow_private_addresses = {written}"

    assert config.load(write(tmp_path, text), {}).polling.allow_private_addresses == expected


@pytest.mark.parametrize("written", ["192.168.1.5", "nas:8080", "192.168.1.5:0", "192.168.1.5:99999", ""])
def test_an_exempt_address_needs_a_number_and_a_port(tmp_path: Path, written: str) -> None:
    (problem,) = problems(tmp_path, f'[polling]\nallow_private_addresses = ["{written}"]')

    assert problem.endswith('is not an IP address with a port; write "192.168.1.5:8080"')
