"""Forms, buttons and answers of settings are within Discord's limits, in every language and for the longest values.

The simulated Discord checks each body against Discord's OpenAPI document and limits.
"""

from dataclasses import replace
from datetime import timedelta

import discord
import pytest

from bot import i18n
from bot.chat.commands.admin.settings.fields import FIELDS, MAX_WORD_LENGTH, MAX_WORDS, Panel
from bot.chat.commands.admin.settings.form import FORM_TEMPLATE, form_id, lay_out_form
from bot.chat.commands.common.forms import MAX_INPUTS
from bot.model import PollSettings, Reblogs, Rule, Setting, Settings, Style, Subscription
from bot.store.subscriptions import FollowedFeed
from tests.chat.commands.admin.settings.test_controls import change, fill_in, open_form, show, submit
from tests.chat.commands.blogs import Blogs
from tests.chat.commands.conftest import ServerFixture, post, text_of

LONG = "@everyone **Gardens** of [the](https://stars.example) _deep_ " * 6


def words(start: str) -> tuple[str, ...]:
    return tuple(f"{start * (MAX_WORD_LENGTH - 3)} {number:02}" for number in range(MAX_WORDS))


LONGEST = Settings(
    Rule(words("t"), words("e"), words("w"), words("x"), Reblogs.COMMENTED),
    Style.FULL,
    tuple(range(2**62, 2**62 + 25)),
    "N" * 100,
    silent=True,
    thread=timedelta(days=3),
    ping_cooldown=timedelta(minutes=77),
    interval=timedelta(seconds=4_001),
)


class WordyLanguage:
    """A language that needs four times as many words."""

    def gettext(self, text: str) -> str:
        return f"{text} ({text}, {text} ü {text})"

    def ngettext(self, one: str, many: str, count: int) -> str:
        return self.gettext(one if count == 1 else many)


@pytest.mark.usefixtures("running_chat")
@pytest.mark.parametrize("is_wordy", [False, True])
async def test_the_longest_settings_are_shown_changed_and_undone(
    server: ServerFixture, blogs: Blogs, monkeypatch: pytest.MonkeyPatch, *, is_wordy: bool
) -> None:
    followed = await blogs.follow(name=LONG)
    await blogs.poll(*(post(number, title=LONG * 2) for number in range(20)))
    await change(blogs, **{name: getattr(LONGEST, name) for name in Settings.__dataclass_fields__})
    if is_wordy:
        monkeypatch.setattr(i18n, "catalogue", lambda _language: WordyLanguage())
    panel = await show(server, feed=followed.feed_url)
    (row,) = panel.components

    forms = [await open_form(server, each["custom_id"], message=panel) for each in row["components"]]
    changed = await submit(server, forms[0], {"style": "compact", "name": "M" * 100})
    filtered = await submit(
        server, forms[1], {"words": "bed", "exclude_words": ", ".join(words("z")), "reblogs": "all"}
    )
    for answer in (changed, filtered):
        await server.press_and_wait(answer, answer.components[-1]["components"][0]["custom_id"])

    assert len(forms) == len(Panel)
    assert (await blogs.find()).subscription.settings == LONGEST


@pytest.mark.usefixtures("running_chat")
async def test_words_as_long_as_may_be_are_shown_and_submitted_again(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow()
    await fill_in(server, "Filter", {"words": ", ".join(words("w"))})

    answer = await fill_in(server, "Filter", {})

    assert (await blogs.rule()).words == words("w")
    assert text_of(answer).endswith("nothing changed.")


@pytest.mark.parametrize("panel", Panel)
@pytest.mark.parametrize("fixed", [frozenset(), frozenset({Setting.STYLE, Setting.REBLOGS})])
@pytest.mark.parametrize("minimum", [timedelta(seconds=1), timedelta(minutes=7), timedelta(days=2)])
async def test_a_form_has_at_most_five_parts_and_its_id_fits(
    panel: Panel, fixed: frozenset[Setting], minimum: timedelta
) -> None:
    each = FollowedFeed(
        replace(Subscription(10**17, 1, 1), interval=LONGEST.interval, ping_cooldown=LONGEST.ping_cooldown),
        guild_id=1,
        origin="discord",
        feed_url="https://garden.example/feed",
        feed_name=LONG,
        feed_label="garden.example/feed",
        feed_link="",
        suspended="",
        fixed=fixed,
    )
    guild = discord.Object(1)
    guild.get_role = lambda _role: None  # type: ignore[attr-defined]  # what is asked of a server here
    polling = PollSettings(minimum_interval=minimum)

    parts = lay_out_form(panel, each, polling, guild)  # type: ignore[arg-type]  # as above
    custom_id = form_id(panel, each, polling, guild)  # type: ignore[arg-type]  # as above

    assert len(parts) <= MAX_INPUTS
    assert len(custom_id) <= 100
    assert FORM_TEMPLATE.fullmatch(custom_id)


def test_every_setting_but_tags_is_in_one_form() -> None:
    listed = [setting for fields in FIELDS.values() for setting in fields]

    assert len(listed) == len(set(listed))
    assert set(Setting) - set(listed) == {Setting.TAGS, Setting.EXCLUDE_TAGS}
