"""The options that every command takes."""

from bot.cli.common_options import move_to_front


def test_common_options_move_to_the_front_with_their_values() -> None:
    moved = move_to_front(
        ["run", "--log-level", "debug", "--once", "--config=x.toml", "--log-format", "json"]
    )

    assert moved == ["--log-level", "debug", "--config=x.toml", "--log-format", "json", "run", "--once"]


def test_options_after_a_double_dash_are_not_moved() -> None:
    assert move_to_front(["search", "--", "--config", "x"]) == ["search", "--", "--config", "x"]
