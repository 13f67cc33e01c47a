"""Errors that tell people what to do."""

from bot.chat.commands.common.responses import UserError


def test_an_error_fills_its_placeholders() -> None:
    assert str(UserError("No feed is called {name}; see `{command}`.", name="{x}", command="/feed list")) == (
        "No feed is called {x}; see `/feed list`."
    )


def test_an_error_without_values_keeps_its_braces() -> None:
    assert str(UserError("No feed is called {x}.")) == "No feed is called {x}."
