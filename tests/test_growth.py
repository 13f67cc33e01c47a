"""The check that cost grows with the input and not with its square."""

import re

import pytest

from tests.growth import assert_linear


def test_linear_code_passes() -> None:
    assert_linear(lambda text: re.findall(r"[ab]+c", text), "abac")


@pytest.mark.parametrize("pattern", [r"a+b", r"a.*b", r"(?:a|b)*c"])
def test_a_regex_that_tries_every_start_fails(pattern: str) -> None:
    with pytest.raises(AssertionError, match="times as much CPU"):
        assert_linear(lambda text: re.search(pattern, text), "a", size=20_000)


def test_a_list_that_is_copied_for_each_item_fails() -> None:
    def copy(text: str) -> None:
        found: list[str] = []
        for letter in text:
            found = [*found, letter]

    with pytest.raises(AssertionError, match="times as much CPU"):
        assert_linear(copy, "a", size=16_000)
