"""One line of a feed's text."""

from hypothesis import given
from hypothesis import strategies as st

from bot.text.limits import utf16_length
from bot.text.lines import clean_line, fit_escaped_line, fit_line
from tests.text import discord
from tests.text.strategies import nasty_text


def test_a_clean_line_has_no_entities_controls_or_line_breaks() -> None:
    assert clean_line("Tom &amp;amp;\n\x1b Jerry\u202e") == "Tom & Jerry"


def test_a_line_is_clipped_until_it_fits_with_its_escapes() -> None:
    assert fit_escaped_line("a*b*c*d*e*f", 8) == "a\\*b\\*c…"


@given(nasty_text.map(clean_line), st.integers(min_value=20, max_value=200))
def test_an_escaped_line_keeps_its_limit_and_mentions_nobody(line: str, limit: int) -> None:
    written = fit_escaped_line(line, limit)

    assert utf16_length(written) <= limit
    assert discord.mentions(written) == []


def test_a_line_that_cannot_fit_is_cut_to_one_character() -> None:
    assert fit_line("garden", 10, lambda line: f"<{line}, which is too long>") == "<g, which is too long>"
