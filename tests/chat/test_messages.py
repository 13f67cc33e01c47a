"""Texts for people: translated if possible, with a feed's text shown literally."""

from collections.abc import Iterator
from gettext import NullTranslations

import discord
import pytest
from discord import app_commands
from discord.app_commands import TranslationContext, TranslationContextLocation
from hypothesis import given
from hypothesis import strategies as st

from bot import i18n
from bot.chat import messages
from bot.chat.messages import (
    Descriptions,
    _,
    escape_text,
    fit_lines,
    join_and,
    join_or,
    n_,
    plain_text,
    relative_time,
    use_locale,
)
from bot.text import limits
from tests.chat.commands.conftest import NOW
from tests.text.discord import mentions

GERMAN = {"Follows everything.": "Folgt allem.", "{count} post": "{count} Beitrag", "a feed": "ein Feed"}


class Catalogue(NullTranslations):
    """A few texts in German."""

    def gettext(self, message: str) -> str:
        return GERMAN.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return GERMAN.get(msgid1, msgid1) if n == 1 else msgid2


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """There is a German catalogue."""

    def find(name: str) -> NullTranslations:
        return Catalogue() if name == "de" else NullTranslations()

    for module in (messages, i18n):
        monkeypatch.setattr(module, "catalogue", find)
    yield
    use_locale(discord.Locale.american_english)


@pytest.mark.usefixtures("german")
def test_texts_are_in_the_readers_language_where_they_are_translated() -> None:
    use_locale(discord.Locale.german)
    assert (_("Follows everything."), _("Not translated."), n_("{count} post", "{count} posts", 1)) == (
        "Folgt allem.",
        "Not translated.",
        "1 Beitrag",
    )

    use_locale(discord.Locale.british_english)
    assert _("Follows everything.") == "Follows everything."


@pytest.mark.usefixtures("german")
async def test_descriptions_are_translated_and_names_are_the_same_everywhere() -> None:
    group = app_commands.Group(name="feed", description="a feed")
    described: app_commands.TranslationContextTypes = TranslationContext(
        TranslationContextLocation.group_description, group
    )
    named: app_commands.TranslationContextTypes = TranslationContext(
        TranslationContextLocation.group_name, group
    )
    text = app_commands.locale_str("a feed")

    assert await Descriptions().translate(text, discord.Locale.german, described) == "ein Feed"
    assert await Descriptions().translate(text, discord.Locale.french, described) is None
    assert await Descriptions().translate(text, discord.Locale.german, named) is None


def test_without_a_catalogue_everything_is_english() -> None:
    for locale in discord.Locale:
        use_locale(locale)
        assert _("Follows everything.") == "Follows everything."
        assert n_("{count} post", "{count} posts", 2) == "2 posts"


@pytest.mark.parametrize(
    ("parts", "sentence"), [([], ""), (["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c")]
)
def test_parts_are_joined_as_in_a_sentence(parts: list[str], sentence: str) -> None:
    assert join_or(parts) == sentence
    assert join_and(parts) == sentence.replace(" or ", " and ")


def test_times_are_written_by_each_readers_discord() -> None:
    assert (relative_time(NOW), relative_time(None)) == (f"<t:{int(NOW.timestamp())}:R>", "never")


def test_lines_that_do_not_fit_are_counted() -> None:
    lines = ["x" * 50] * 10

    assert fit_lines(lines, 600) == "\n".join(lines)
    assert fit_lines(lines, 300).endswith("\n… and 6 more")
    assert len(fit_lines(lines, 300)) <= 300


@given(st.text(max_size=400), st.integers(min_value=20, max_value=200))
def test_a_feeds_text_stays_within_its_limit_and_mentions_nobody(text: str, limit: int) -> None:
    assert mentions(escape_text(text, limit)) == []
    assert limits.utf16_length(escape_text(text, limit)) <= limit
    assert limits.utf16_length(plain_text(text, limit)) <= limit


@pytest.mark.parametrize(
    "text", ["@everyone", "<@123456789012345678>", "<#1>", "**bold**", "[x](https://evil.example)", "a\n# b"]
)
def test_a_feeds_text_is_shown_literally(text: str) -> None:
    assert text not in escape_text(text)
    assert "\n" not in escape_text(text)
