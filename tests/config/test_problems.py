"""Problems of a config: all at once, each with its place and what to write."""

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import config
from bot.errors import ConfigError
from tests.config.conftest import problems, write


def test_all_problems_are_reported_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = problems(
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

    assert [problem.split(": ")[0] + " " + problem.split(": ")[1] for problem in found] == [
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
        ("[store]\nxyzzy = 1", "write one of path, url, url_file, backups, backup_dir"),
    ],
)
def test_an_unknown_name_gets_a_suggestion(tmp_path: Path, text: str, hint: str) -> None:
    (problem,) = problems(tmp_path, text)

    assert problem.endswith(hint)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[polling]\ninterval = 10m", 2),
        ("[polling\n", 1),
        ("a = 1\na = 2\n", 2),
        ('[discord]\n\ntoken = "abc\n', 3),
    ],
)
def test_a_syntax_error_is_reported_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    (problem,) = problems(tmp_path, text)

    assert problem.startswith(f"{line}: this is not TOML")


def test_a_wrong_encoding_is_reported_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b'[[feeds]]\nname = "caf\xe9"\n')

    with pytest.raises(ConfigError, match=r"config\.toml:2: .*UTF-8"):
        config.load(path, {})


def test_a_missing_file_is_reported_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"copy config\.example\.toml to .*config\.toml"):
        config.load(tmp_path / "config.toml", {})


def test_a_folder_is_not_a_config_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="folder"):
        config.load(tmp_path, {})


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


def test_a_problem_in_a_secret_file_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "posts__first_run").write_text("few", encoding="utf-8")

    found = problems(tmp_path, "", {"CREDENTIALS_DIRECTORY": str(tmp_path)})

    assert found[0].startswith(f"{tmp_path}: ")
    assert "FIRST_RUN" in found[0].upper()


@pytest.mark.parametrize(
    "name",
    [
        "FEED_RELAY_POLING__INTERVAL",
        "FEED_RELAY_TOKEN",
        "FEED_RELAY_CONFIGS",
        "FEED_RELAY_LOG_LEVELL",
        "FEED_RELAY_DISCORD_TOKEN",
    ],
)
def test_an_unknown_variable_is_an_error(tmp_path: Path, name: str) -> None:
    (problem,) = problems(tmp_path, "", {name: "5m"})

    assert problem.startswith(f"environment: {name}: there is no such setting; did you mean FEED_RELAY_")


def test_a_feed_or_channel_must_not_appear_twice(tmp_path: Path) -> None:
    found = problems(
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

    assert len(found) == 2
    assert found[0].startswith("6: feeds[0].channels[1].id: this channel is already at 4: ")
    assert found[1].startswith("8: feeds[1].url: this feed is already at 2: ")


def test_two_feeds_may_have_the_same_channel(tmp_path: Path) -> None:
    text = "\n".join(f'[[feeds]]\nurl = "https://{n}.example/"\n[[feeds.channels]]\nid = 7' for n in "ab")

    assert len(config.load(write(tmp_path, text), {}).declarations()) == 2


def test_no_interval_may_be_below_the_minimum(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        '[polling]\nminimum_interval = "20m"\n[[feeds]]\nurl = "https://a.example/"\ninterval = "5m"',
    )

    assert found[0].startswith("2: polling.minimum_interval: polling.interval is below")
    assert found[1].startswith("5: feeds[0].interval: below polling.minimum_interval")


def test_lines_are_found_for_every_toml_notation(tmp_path: Path) -> None:
    found = problems(
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

    assert sorted(problem.split(": ")[0] for problem in found) == ["1", "12", "2", "3", "4"]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(text=st.text(st.sampled_from("[]\".=\n#abx1 {},'feds\\"), max_size=60))
def test_any_text_gives_a_config_or_our_error(text: str) -> None:
    with TemporaryDirectory() as folder, suppress(ConfigError):
        config.load(write(Path(folder), text), {})


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("TOKEN", "DISCORD__TOKEN"),
        ("DISCORD_TOKEN", "DISCORD__TOKEN"),
        ("BOT_TOKEN", "DISCORD__TOKEN"),
        ("DISCORD_BOT_TOKEN", "DISCORD__TOKEN"),
        ("TOKEN_FILE", "DISCORD__TOKEN_FILE"),
        ("API_KEY", "TUMBLR__API_KEY"),
        ("INTERVAL", "POLLING__INTERVAL"),
        ("STYLE", "POSTS__STYLE"),
        ("DATABASE", "STORE__PATH"),
        ("DB", "STORE__PATH"),
        ("STORE_PATH", "STORE__PATH"),
        ("LOGLEVEL", "LOG_LEVEL"),
        ("POLING__INTERVAL", "POLLING__INTERVAL"),
    ],
)
def test_a_variable_with_another_name_gets_the_right_one(tmp_path: Path, name: str, meant: str) -> None:
    (problem,) = problems(tmp_path, "", {f"FEED_RELAY_{name}": "opensesame"})

    assert problem.endswith(f"there is no such setting; did you mean FEED_RELAY_{meant}?")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[feeds]\nurl = "https://a.example/"', "1: feeds: "),
        ('[[feeds]]\nurl = "https://a.example/"\n[feeds.channels]\nid = 1', "3: feeds[0].channels: "),
        ('feeds = "https://a.example/?token=opensesame"', "1: feeds: "),
    ],
)
def test_feeds_that_are_not_a_list_of_sections_are_explained(tmp_path: Path, text: str, place: str) -> None:
    (problem,) = problems(tmp_path, text)

    assert problem.startswith(f"{place}must be a list of sections; write [[feeds]] and [[feeds.channels]]")
    assert "opensesame" not in problem


@pytest.mark.parametrize(
    ("name", "value", "place"),
    [
        (
            "FEED_RELAY_FEEDS",
            '[{"url": "https://a.example/?token=opensesame"',
            "FEED_RELAY_FEEDS: must be a list",
        ),
        ("FEED_RELAY_FEEDS__0__URL", "https://a.example/", "FEED_RELAY_FEEDS__0__URL: must be a list"),
        ("FEED_RELAY_POSTS__FIRST_RUN__X", "1", "FEED_RELAY_POSTS__FIRST_RUN__X: "),
    ],
)
def test_a_wrong_variable_is_named(tmp_path: Path, name: str, value: str, place: str) -> None:
    (problem,) = problems(tmp_path, "", {name: value})

    assert problem.startswith(f"environment: {place}")
    assert "opensesame" not in problem


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[store]\npath = "a\\u0000b"', "store.path: 'a\\x00b' has a character that no path has"),
        ('[store]\npath = "~nobody-here/x"', "store.path: '~nobody-here/x': there is no such user"),
        ('[discord]\ntoken_file = "a\\u0000b"', "discord.token_file: 'a\\x00b' has a character"),
        (
            '[discord]\ntoken_file = "~nobody-here/x"',
            "discord.token_file: '~nobody-here/x': there is no such user",
        ),
        ("[discord]\ntoken = '\"abc\"'", "discord.token: the token contains a space or an unusual character"),
        (
            '[[feeds]]\nurl = "https://a.example:25/"',
            "feeds[0].url: The bot does not read web pages at port 25",
        ),
    ],
)
def test_a_value_that_cannot_work_is_explained(tmp_path: Path, text: str, sentence: str) -> None:
    (problem,) = problems(tmp_path, text)

    assert sentence in problem


def test_brackets_without_end_are_not_an_error_of_the_program(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, f"x = {'[' * 100_000}")

    assert problem.endswith("too many brackets inside of each other; remove them")


def test_an_invalid_interval_is_not_compared_with_the_minimum(tmp_path: Path) -> None:
    (first,) = problems(tmp_path, '[polling]\ninterval = 10\nminimum_interval = "2h"')
    (second,) = problems(tmp_path, '[polling]\ninterval = "30s"\nminimum_interval = 10')

    assert "is not a duration" in first
    assert "is not a duration" in second
