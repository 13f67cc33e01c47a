"""The config: where values come from, what they mean, and what is said about wrong ones."""

import json
import os
import re
import traceback
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import config
from bot.config import layers
from bot.errors import ConfigError
from bot.model import ChannelDeclaration, FeedDeclaration, PollSettings, PostSettings, Rule, Style

ROOT = Path(__file__).parents[1]
TOKEN = "stand-in.token.0123456789"


@pytest.fixture(autouse=True)
def _no_secrets_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(layers, "RUN_SECRETS", tmp_path / "no-run-secrets")


def write(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str, environ: dict[str, str] | None = None) -> list[str]:
    """What is said about a file, without the path of the file."""
    path = write(folder, text)
    with pytest.raises(ConfigError) as caught:
        config.load(path, environ or {})
    return [problem.replace(f"{path}:", "") for problem in caught.value.problems]


def test_an_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    loaded = config.load(write(tmp_path, ""), {})

    assert loaded.poll_settings() == PollSettings(timedelta(minutes=10), timedelta(minutes=1))
    assert loaded.post_settings() == PostSettings(first_run=0, burst_limit=10, max_age=None)
    assert loaded.posts.style is Style.CARD
    assert loaded.polling.max_body == 5_000_000
    assert loaded.polling.timeout == timedelta(seconds=30)
    assert loaded.declarations() == ()


def test_the_example_loads_and_shows_the_defaults(tmp_path: Path) -> None:
    example = config.load(ROOT / "config.example.toml", {})
    empty = config.load(write(tmp_path, ""), {})

    assert example.polling == empty.polling
    assert example.posts == empty.posts
    assert example.discord == empty.discord
    assert example.declarations() == (
        FeedDeclaration(
            url="https://example.tumblr.com/rss",
            interval=timedelta(minutes=5),
            channels=(ChannelDeclaration(123456789012345678, Rule(tags=("astronomy",))),),
        ),
    )


def test_what_a_file_declares_becomes_feeds_with_channels(tmp_path: Path) -> None:
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
                ChannelDeclaration(1, style=Style.COMPACT),
                ChannelDeclaration(
                    22222222222222222,
                    Rule(("Roses",), ("slugs",), ("in bloom",), ("sale",)),
                    Style.FULL,
                    (3, 4),
                ),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('"90s"', timedelta(seconds=90)),
        ('"5m"', timedelta(minutes=5)),
        ('"2h"', timedelta(hours=2)),
        ('"1d"', timedelta(days=1)),
        ('"1h30m"', timedelta(minutes=90)),
        ('" 1 H "', timedelta(hours=1)),
    ],
)
def test_durations_are_read_as_people_write_them(tmp_path: Path, written: str, meant: timedelta) -> None:
    assert config.load(write(tmp_path, f"[polling]\ninterval = {written}"), {}).polling.interval == meant


@pytest.mark.parametrize(
    "written", ['"5"', '"5x"', '"m"', '""', "5", "true", '"-5m"', '"0s"', '"99999d"', '"5m30"']
)
def test_what_is_no_duration_is_refused(tmp_path: Path, written: str) -> None:
    (problem,) = problems(tmp_path, f"[polling]\ninterval = {written}")

    assert problem.startswith("2: polling.interval: ")
    assert "write" in problem


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('"5MB"', 5_000_000),
        ('"500kB"', 500_000),
        ('"2 MiB"', 2 * 2**20),
        ('"100000B"', 100_000),
        ("70000", 70_000),
    ],
)
def test_sizes_are_read_as_people_write_them(tmp_path: Path, written: str, meant: int) -> None:
    assert config.load(write(tmp_path, f"[polling]\nmax_body = {written}"), {}).polling.max_body == meant


@pytest.mark.parametrize("written", ['"5"', '"lots"', "true", "-1", '"5TB"', '"2GB"', '""'])
def test_what_is_no_size_is_refused(tmp_path: Path, written: str) -> None:
    (problem,) = problems(tmp_path, f"[polling]\nmax_body = {written}")

    assert problem.startswith("2: polling.max_body: ")


@pytest.mark.parametrize("written", ["0", "-5", "1.5", "true", '"general"', '""', str(2**63), "[1]"])
def test_what_is_no_discord_id_is_refused(tmp_path: Path, written: str) -> None:
    (problem,) = problems(
        tmp_path, f'[[feeds]]\nurl = "https://garden.example/rss"\n[[feeds.channels]]\nid = {written}'
    )

    assert problem.startswith("4: feeds[0].channels[0].id: ")
    assert "no Discord id" in problem


@pytest.mark.parametrize(
    "address", ["ftp://garden.example/", "garden.example", "", "https://", "https://[x", "javascript:1"]
)
def test_a_feed_needs_a_web_address(tmp_path: Path, address: str) -> None:
    (problem,) = problems(tmp_path, f'[[feeds]]\nurl = "{address}"')

    assert problem.startswith("2: feeds[0].url: ")
    assert "https://" in problem


def test_every_problem_is_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    told = problems(
        tmp_path,
        """[discord]
tokn = "x"
sync_guilds = [1, "a"]
[polling]
interval = "30s"
per_site = 0
[post]
[posts]
style = "cart"
interval = "5m"
summary_length = 5000
[[feeds]]
name = "no address"
""",
        {"FEED_RELAY_POSTS__BURST_LIMIT": "many"},
    )

    assert [problem.split(": ")[0] + " " + problem.split(": ")[1] for problem in told] == [
        "2 discord.tokn",
        "3 discord.sync_guilds[1]",
        "5 polling.interval",
        "6 polling.per_site",
        "7 post",
        "9 posts.style",
        "10 posts.interval",
        "11 posts.summary_length",
        "12 feeds[0].url",
        "environment FEED_RELAY_POSTS__BURST_LIMIT",
    ]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('[discord]\ntokn = ""', "did you mean token?"),
        ("[poling]", "did you mean polling?"),
        ('[posts]\nstyle = "ful"', 'did you mean "full"?'),
        ('[posts]\ninterval = "5m"', "it belongs below [polling]"),
        ('[[feeds]]\nurl = "https://a.example/"\ntags = ["x"]', "it belongs below [feeds.channels]"),
        ("[store]\nxyzzy = 1", "write one of path"),
    ],
)
def test_a_wrong_name_is_told_with_what_may_be_meant(tmp_path: Path, text: str, hint: str) -> None:
    (problem,) = problems(tmp_path, text)

    assert problem.endswith(hint)


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
def test_a_value_of_the_wrong_kind_is_told_in_words_for_people(tmp_path: Path, text: str) -> None:
    for problem in problems(tmp_path, text):
        assert re.match(r"\d+: [\w.\[\]]+: ", problem)
        assert "Input should" not in problem
        assert re.search(r"write|add|below|did you mean", problem)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[polling]\ninterval = 10m", 2),
        ("[polling\n", 1),
        ("a = 1\na = 2\n", 2),
        ('[discord]\n\ntoken = "abc\n', 3),
    ],
)
def test_a_syntax_error_is_told_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    (problem,) = problems(tmp_path, text)

    assert problem.startswith(f"{line}: this is not TOML")


def test_a_file_of_another_encoding_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b'[[feeds]]\nname = "caf\xe9"\n')

    with pytest.raises(ConfigError, match=r"config\.toml:2: .*UTF-8"):
        config.load(path, {})


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf[posts]\r\nfirst_run = 3\r\n")

    assert config.load(path, {}).posts.first_run == 3


def test_a_missing_file_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"copy config\.example\.toml to .*config\.toml"):
        config.load(tmp_path / "config.toml", {})


def test_a_folder_is_no_config_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="folder"):
        config.load(tmp_path, {})


def test_without_a_path_the_environment_names_the_file_else_it_is_in_this_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "[posts]\nfirst_run = 1")
    other = tmp_path / "other.toml"
    other.write_text("[posts]\nfirst_run = 2", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert config.load(None, {}).posts.first_run == 1
    assert config.load(None, {"FEED_RELAY_CONFIG": str(other)}).posts.first_run == 2
    assert config.load(tmp_path / "config.toml", {"FEED_RELAY_CONFIG": str(other)}).posts.first_run == 1


def test_no_file_is_needed_if_the_environment_sets_the_feeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    feeds = '[{"url": "https://garden.example/rss", "channels": [{"id": 5, "tags": ["roses"]}]}]'

    (declared,) = config.load(None, {"FEED_RELAY_FEEDS": feeds}).declarations()

    assert declared.channels == (ChannelDeclaration(5, Rule(("roses",))),)


def test_a_command_that_needs_no_file_goes_on_without_but_not_without_one_that_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert config.load(None, {"FEED_RELAY_POSTS__FIRST_RUN": "2"}, need_file=False).posts.first_run == 2
    with pytest.raises(ConfigError):
        config.load(tmp_path / "config.toml", {}, need_file=False)


def test_problems_of_feeds_from_the_environment_name_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ConfigError) as caught:
        config.load(None, {"FEED_RELAY_FEEDS": '[{"url": "nowhere", "channels": [{"id": 0}]}]'})

    assert [problem.split(": ")[1] for problem in caught.value.problems] == [
        "FEED_RELAY_FEEDS[0].url",
        "FEED_RELAY_FEEDS[0].channels[0].id",
    ]


def test_the_environment_wins_over_secret_files_and_they_over_the_file(tmp_path: Path) -> None:
    secrets = tmp_path / "credentials"
    secrets.mkdir()
    (secrets / "feed_relay_posts__first_run").write_text("2\n", encoding="utf-8")
    (secrets / "posts__burst_limit").write_text("20\n", encoding="utf-8")
    path = write(tmp_path, "[posts]\nfirst_run = 1\nburst_limit = 10\nsummary_length = 100")
    environ = {"CREDENTIALS_DIRECTORY": str(secrets)}

    assert config.load(path, environ).posts.first_run == 2
    assert config.load(path, environ).posts.burst_limit == 20
    assert config.load(path, {**environ, "FEED_RELAY_POSTS__FIRST_RUN": "3"}).posts.first_run == 3
    assert config.load(path, environ).posts.summary_length == 100


def test_secrets_of_a_container_are_read_and_the_credentials_of_systemd_win(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_secrets, credentials = tmp_path / "run", tmp_path / "cred"
    for folder, value in ((run_secrets, "run"), (credentials, "cred")):
        folder.mkdir()
        (folder / "DISCORD__TOKEN").write_text(value, encoding="utf-8")
        (folder / "another_service").write_text("not ours", encoding="utf-8")
    monkeypatch.setattr(layers, "RUN_SECRETS", run_secrets)
    path = write(tmp_path, "")

    assert config.load(path, {}).token() == "run"
    assert config.load(path, {"CREDENTIALS_DIRECTORY": str(credentials)}).token() == "cred"


def test_a_problem_in_a_secret_file_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "posts__first_run").write_text("few", encoding="utf-8")

    told = problems(tmp_path, "", {"CREDENTIALS_DIRECTORY": str(tmp_path)})

    assert told[0].startswith(f"{tmp_path}: ")
    assert "FIRST_RUN" in told[0].upper()


@pytest.mark.parametrize(
    "name", ["FEED_RELAY_POLING__INTERVAL", "FEED_RELAY_TOKEN", "FEED_RELAY_DISCORD_TOKEN"]
)
def test_a_variable_that_means_nothing_is_an_error(tmp_path: Path, name: str) -> None:
    (problem,) = problems(tmp_path, "", {name: "5m"})

    assert problem.startswith(f"environment: {name}: there is no such setting; did you mean FEED_RELAY_")


def test_variables_of_the_command_line_are_no_settings(tmp_path: Path) -> None:
    environ = {
        "FEED_RELAY_CONFIG": "x",
        "FEED_RELAY_LOG_LEVEL": "debug",
        "FEED_RELAY_LOG_FORMAT": "json",
        "PATH": "/bin",
    }

    assert config.load(write(tmp_path, ""), environ).posts.first_run == 0


def test_an_empty_variable_is_not_set(tmp_path: Path) -> None:
    path = write(tmp_path, "[posts]\nfirst_run = 3")

    assert config.load(path, {"FEED_RELAY_POSTS__FIRST_RUN": ""}).posts.first_run == 3


def test_lists_come_from_the_environment_as_json(tmp_path: Path) -> None:
    path = write(tmp_path, "")

    assert config.load(path, {"FEED_RELAY_DISCORD__SYNC_GUILDS": "[1, 2]"}).discord.sync_guilds == (1, 2)
    (problem,) = problems(tmp_path, "", {"FEED_RELAY_DISCORD__SYNC_GUILDS": "1;2"})
    assert "no list" in problem


def test_a_feed_and_a_channel_may_stand_only_once(tmp_path: Path) -> None:
    told = problems(
        tmp_path,
        """[[feeds]]
url = "https://garden.example/rss"
[[feeds.channels]]
id = 7
[[feeds.channels]]
id = "7"
[[feeds]]
url = "HTTPS://Garden.example/rss#top"
""",
    )

    assert len(told) == 2
    assert told[0].startswith("6: feeds[0].channels[1].id: this channel stands at 4: ")
    assert told[1].startswith("8: feeds[1].url: this feed stands at 2: ")


def test_one_channel_may_stand_under_two_feeds(tmp_path: Path) -> None:
    text = "\n".join(f'[[feeds]]\nurl = "https://{n}.example/"\n[[feeds.channels]]\nid = 7' for n in "ab")

    assert len(config.load(write(tmp_path, text), {}).declarations()) == 2


def test_no_interval_may_be_below_the_minimum(tmp_path: Path) -> None:
    told = problems(
        tmp_path,
        '[polling]\nminimum_interval = "20m"\n[[feeds]]\nurl = "https://a.example/"\ninterval = "5m"',
    )

    assert told[0].startswith("2: polling.minimum_interval: polling.interval is below")
    assert told[1].startswith("5: feeds[0].interval: this is below polling.minimum_interval")


@pytest.mark.parametrize(
    ("address", "good"),
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
def test_the_token_travels_only_over_https_or_inside_this_machine(
    tmp_path: Path, address: str, good: bool
) -> None:
    text = f'[discord]\napi_url = "{address}"'
    if good:
        assert config.load(write(tmp_path, text), {}).discord.api_url == address
    else:
        assert problems(tmp_path, text)[0].startswith("2: discord.api_url: ")


def test_relative_paths_start_at_the_folder_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token.txt").write_text(f"{TOKEN}\n", encoding="utf-8")
    write(tmp_path, '[discord]\ntoken_file = "token.txt"\n[store]\npath = "data/relay.db"')
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    loaded = config.load(Path("../config.toml"), {})

    assert loaded.token() == TOKEN
    assert loaded.store.path.is_absolute()
    assert os.path.realpath(loaded.store.path) == os.path.realpath(tmp_path / "data" / "relay.db")


@pytest.mark.parametrize("content", ["", "\n", f"token: {TOKEN}", f"{TOKEN}\n{TOKEN}", "x" * 2000])
def test_a_token_file_holds_the_token_alone(tmp_path: Path, content: str) -> None:
    (tmp_path / "token.txt").write_text(content, encoding="utf-8")

    (problem,) = problems(tmp_path, '[discord]\ntoken_file = "token.txt"')

    assert problem.startswith("2: discord.token_file: ")
    assert TOKEN not in problem


def test_a_token_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, '[discord]\ntoken_file = "nowhere.txt"')

    assert "nowhere.txt cannot be read" in problem


def test_a_token_of_the_environment_wins_over_a_token_file_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, '[discord]\ntoken_file = "nowhere.txt"')

    assert config.load(path, {"FEED_RELAY_DISCORD__TOKEN": TOKEN}).token() == TOKEN


def test_a_token_file_of_the_environment_wins_over_a_token_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "token.txt").write_text(TOKEN, encoding="utf-8")
    path = write(tmp_path, '[discord]\ntoken = "old"')

    assert config.load(path, {"FEED_RELAY_DISCORD__TOKEN_FILE": "token.txt"}).token() == TOKEN


def test_token_and_token_file_in_one_place_are_one_too_many(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, f'[discord]\ntoken = "{TOKEN}"\ntoken_file = "token.txt"')

    assert "keep only one" in problem


def test_a_missing_token_is_an_error_only_for_those_who_need_it(tmp_path: Path) -> None:
    loaded = config.load(write(tmp_path, ""), {})

    with pytest.raises(ConfigError, match="FEED_RELAY_DISCORD__TOKEN"):
        loaded.token()


def test_the_token_is_never_shown(tmp_path: Path) -> None:
    path = write(tmp_path, f'[discord]\ntoken = "{TOKEN}"\n[posts]\nfirst_run = "x"')
    with pytest.raises(ConfigError) as caught:
        config.load(path, {})
    shown = "".join(traceback.format_exception(caught.value))
    loaded = config.load(write(tmp_path, f'[discord]\ntoken = "{TOKEN}"'), {})

    assert TOKEN not in shown
    assert TOKEN not in f"{loaded!r} {loaded} {loaded.model_dump()}"


@pytest.mark.parametrize("token", ["Bot abc", "abc def", "abc\\u200b", "abc\\ndef"])
def test_a_token_with_something_beside_it_is_refused_without_showing_it(tmp_path: Path, token: str) -> None:
    (problem,) = problems(tmp_path, f'[discord]\ntoken = "{token}"')

    assert "copy it alone" in problem
    assert "abc" not in problem


def test_a_config_never_changes(tmp_path: Path) -> None:
    loaded = config.load(write(tmp_path, ""), {})

    with pytest.raises(ValueError, match="frozen"):
        loaded.posts.first_run = 5


def test_keys_are_found_in_every_way_of_writing_them(tmp_path: Path) -> None:
    told = problems(
        tmp_path,
        """polling.interval = "x"
posts = { first_run = -1 }
"discord"."api_url" = "x"
feeds = [
  { url = "https://a.example/" },
  { url = "x" },
]
[store]
path = '''
[posts]
style = 1'''
xyzzy = 1
""",
    )

    assert sorted(problem.split(": ")[0] for problem in told) == ["1", "12", "2", "3", "4"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=st.sampled_from(config.every_key()), value=VALUES)
def test_any_value_for_any_key_is_taken_or_refused_in_our_words(key: str, value: object) -> None:
    *tables, name = key.split(".")
    given_values: object = {name: value}
    for table in reversed(tables):
        given_values = {table: [given_values] if table in {"feeds", "channels"} else given_values}
    assert isinstance(given_values, dict)
    section = json.dumps(given_values[tables[0]], default=str)
    environ = {"FEED_RELAY_FEEDS": "[]", f"FEED_RELAY_{tables[0].upper()}": section}

    problems_told: tuple[str, ...] = ()
    try:
        config.load(None, environ)
    except ConfigError as error:
        problems_told = error.problems

    assert all(problem.startswith("environment: FEED_RELAY_") for problem in problems_told)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.sampled_from("[]\".=\n#abx1 {},'feds\\"), max_size=60))
def test_any_text_is_a_config_or_our_error(text: str) -> None:
    with TemporaryDirectory() as folder, suppress(ConfigError):
        config.load(write(Path(folder), text), {})
