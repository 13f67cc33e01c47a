"""`/feed settings`: forms that change what somebody changed in them, and nothing else."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.commands.admin.settings import change as settings_change
from bot.chat.services import Services
from bot.model import (
    ChannelDeclaration,
    FeedDeclaration,
    LookProgress,
    Reblogs,
    Rule,
    Sent,
    Setting,
    Settings,
    Style,
)
from bot.sandbox.discord.interactions import InteractionResponse
from bot.sandbox.discord.modal_data import Filled
from bot.sandbox.discord.models import Json, StoredMessage, User
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from bot.source.http.site import site_of
from tests.chat.commands.blogs import GARDEN, LEASE, Blogs, budget
from tests.chat.commands.conftest import NOW, ServerFixture, post, run_chat, text_of
from tests.chat.conftest import Opened

MINUTE = timedelta(minutes=1)
EVERYTHING = Settings(
    Rule(("stars",), (), ("night sky",), ("sale",), Reblogs.NONE),
    Style.FULL,
    (),
    "Our Garden",
    silent=True,
    thread=timedelta(days=3),
    ping_cooldown=30 * MINUTE,
    interval=5 * MINUTE,
)


@pytest.fixture
def garden(blogs: Blogs) -> Blogs:
    return blogs


async def show(server: ServerFixture, user: User | None = None, feed: str = "Garden Notes") -> StoredMessage:
    answer = await server.run("feed settings", {"feed": feed}, user=user, force=user is not None)
    assert answer.message is not None
    return answer.message


async def open_form(
    server: ServerFixture, panel: str, user: User | None = None, message: StoredMessage | None = None
) -> InteractionResponse:
    opened = await server.press(message or await show(server), panel, user=user)
    assert opened.modal is not None, text_of(opened.message)
    return opened


async def submit(
    server: ServerFixture, opened: InteractionResponse, values: dict[str, Filled]
) -> StoredMessage:
    """Submit a form, and return the answer below the settings."""
    done = await server.discord.submit(opened, values)
    await server.discord.wait_for(lambda: done.followups or done.kind == 4)
    shown = done.followups[0] if done.followups else done.message
    assert shown is not None
    return shown


async def fill_in(server: ServerFixture, panel: str, values: dict[str, Filled]) -> StoredMessage:
    return await submit(server, await open_form(server, panel), values)


async def settings(blogs: Blogs) -> Settings:
    return (await blogs.find()).subscription.settings


async def change(blogs: Blogs, user_id: int = 1, **fields: object) -> None:
    """Change settings as another admin does."""
    found = await blogs.find()
    wanted = replace(found.subscription.settings, **fields)  # type: ignore[arg-type]  # a test's own fields
    await blogs.store.settings_changes.change(found.subscription.id, lambda _: wanted, user_id, NOW)


def labels(opened: InteractionResponse) -> list[str]:
    assert opened.modal is not None
    return [row.get("label", row.get("content")) for row in opened.modal["components"]]


def inputs(opened: InteractionResponse) -> dict[str, Json]:
    assert opened.modal is not None
    rows = [row["component"] for row in opened.modal["components"] if "component" in row]
    return {each["custom_id"]: each for each in rows}


@pytest.mark.usefixtures("running_chat")
class TestRunning:
    async def test_todays_values_are_shown(self, server: ServerFixture, blogs: Blogs) -> None:
        await blogs.follow(rule=Rule(tags=("stars",)))

        text = text_of(await show(server))

        assert text.splitlines() == [
            "Garden Notes",
            f"<#{server.news.id}> follows this feed: garden.example/feed",
            "",
            "**Look**",
            "Style: Card",
            "Name of the feed: its own title",
            "Thread below each post: none",
            "Notifications: on",
            "",
            "**Filter**",
            "Tags: stars",
            "Excluded tags: none",
            "Words: none",
            "Excluded words: none",
            "Reblogs and boosts: All",
            "",
            "**Pings**",
            "Roles to ping: none",
            "Pings at most: With every post",
            "",
            "**Schedule**",
            "Check the feed: as usual",
            "",
            "Change the tags with `/follow add`, `/follow remove` and `/follow exclude`.",
        ]

    async def test_each_button_opens_its_form_as_the_first_answer(
        self, server: ServerFixture, blogs: Blogs
    ) -> None:
        await blogs.follow()

        shown = {panel: await open_form(server, panel) for panel in ("Look", "Filter", "Pings", "Schedule")}

        assert {panel: labels(opened) for panel, opened in shown.items()} == {
            "Look": ["Style", "Name of the feed", "Thread below each post", "Notifications"],
            "Filter": ["Words", "Excluded words", "Reblogs and boosts"],
            "Pings": ["Roles to ping", "Pings at most"],
            "Schedule": ["Check the feed"],
        }

    async def test_a_submitted_form_is_saved_shown_and_explained(
        self, server: ServerFixture, blogs: Blogs
    ) -> None:
        await blogs.follow()
        server.discord.set_permissions(server.news.id, deny=Permission.CREATE_PUBLIC_THREADS)
        opened = await open_form(server, "Look")

        answer = await submit(
            server,
            opened,
            {"style": "compact", "Name of the feed": "Our Garden", "thread": "1440", "silent": ("1",)},
        )

        assert await settings(blogs) == Settings(
            style=Style.COMPACT, name="Our Garden", thread=timedelta(days=1), silent=True
        )
        assert text_of(answer).splitlines() == [
            f"**Our Garden** in <#{server.news.id}>:",
            "- Style: Card → **Compact**",
            "- Name of the feed: its own title → **Our Garden**",
            "- Thread below each post: none → **Hidden after 1 day**",
            "- Notifications: on → **off**",
            f"The bot can't open threads in <#{server.news.id}>; allow it **Create Public Threads** there.",
            "The archive has no posts yet to try this on.",
        ]
        assert opened.source is not None
        panel = server.discord.message(opened.source.channel_id, opened.source.id)
        assert "Style: Compact" in text_of(panel)

    async def test_only_changed_fields_are_written(self, server: ServerFixture, blogs: Blogs) -> None:
        await blogs.follow()
        opened = await open_form(server, "Look")
        await change(blogs, style=Style.FULL, silent=True)

        await submit(server, opened, {"name": "Our Garden"})

        assert await settings(blogs) == Settings(style=Style.FULL, silent=True, name="Our Garden")

    async def test_a_field_that_somebody_changed_meanwhile_keeps_their_value(
        self, server: ServerFixture, blogs: Blogs
    ) -> None:
        await blogs.follow()
        opened = await open_form(server, "Look")
        await change(blogs, style=Style.FULL)

        answer = await submit(server, opened, {"style": "link", "name": "Our Garden"})

        assert await settings(blogs) == Settings(style=Style.FULL, name="Our Garden")
        assert "- Style: somebody changed it meanwhile to **Full**, so that stays." in text_of(answer)

    async def test_two_open_forms_keep_each_others_changes(self, server: ServerFixture, blogs: Blogs) -> None:
        await blogs.follow()
        first, second = await open_form(server, "Look"), await open_form(server, "Look")

        await asyncio.gather(
            submit(server, first, {"style": "full"}), submit(server, second, {"silent": ("1",)})
        )

        assert await settings(blogs) == Settings(style=Style.FULL, silent=True)

    @pytest.mark.parametrize("panel", ["Look", "Filter", "Pings", "Schedule"])
    async def test_a_form_that_nobody_touched_changes_nothing(
        self, server: ServerFixture, blogs: Blogs, panel: str
    ) -> None:
        await blogs.follow()
        await change(blogs, **{name: getattr(EVERYTHING, name) for name in Settings.__dataclass_fields__})

        answer = await submit(
            server, await open_form(server, panel, message=await show(server, feed=GARDEN)), {}
        )

        assert await settings(blogs) == EVERYTHING
        assert text_of(answer) == f"**Our Garden** in <#{server.news.id}>: nothing changed."
        assert answer.components == ()

    async def test_a_filter_says_which_of_the_last_posts_it_affects(
        self, server: ServerFixture, blogs: Blogs
    ) -> None:
        await blogs.follow(rule=Rule(words=("bed 1",)))
        await blogs.poll(*map(post, range(1, 4)))

        answer = await fill_in(server, "Filter", {"words": "bed 2, Bed 3\nBED 2"})

        assert (await settings(blogs)).rule.words == ("bed 2", "Bed 3")
        assert text_of(answer).splitlines()[2:] == [
            "Before: 1 of the last 3 posts would have been posted.",
            "Now: 2 of the last 3 posts would have been posted.",
            "No longer posted:",
            "- [Bed 1](<https://garden.example/1>)",
            "Posted now:",
            "- [Bed 3](<https://garden.example/3>)",
            "- [Bed 2](<https://garden.example/2>)",
        ]

    async def test_a_change_without_effect_on_the_choice_says_so(
        self, server: ServerFixture, blogs: Blogs
    ) -> None:
        await blogs.follow()
        await blogs.poll(*map(post, range(1, 4)))

        answer = await fill_in(server, "Look", {"style": "compact"})

        assert "3 of the last 3 posts would have been posted, before and now." in text_of(answer)

    async def test_a_form_that_is_submitted_again_changes_nothing_more(
        self, server: ServerFixture, blogs: Blogs
    ) -> None:
        """As somebody does whose first answer was lost."""
        await blogs.follow()
        opened = await open_form(server, "Look")
        first = await submit(server, opened, {"style": "compact"})

        again = await submit(server, opened, {"style": "compact"})
        await server.press_and_wait(first, "Undo")

        assert text_of(again) == f"**Garden Notes** in <#{server.news.id}>: nothing changed."
        assert await settings(blogs) == Settings()

    async def test_a_change_is_kept_although_its_answer_is_lost(
        self, server: ServerFixture, blogs: Blogs
    ) -> None:
        await blogs.follow()
        opened = await open_form(server, "Look")
        server.discord.faults.next("edit answer", status=404, code=10015, message="Unknown Webhook")
        edits = len(server.discord.calls("edit answer"))

        await server.discord.submit(opened, {"style": "compact"})
        await server.discord.wait_for(lambda: len(server.discord.calls("edit answer")) > edits)

        assert (await settings(blogs)).style is Style.COMPACT

    async def test_undo_restores_the_former_settings(self, server: ServerFixture, blogs: Blogs) -> None:
        await blogs.follow(rule=Rule(words=("beans",)))
        answer = await fill_in(server, "Filter", {"words": "roses", "reblogs": "none"})

        undone = await server.press_and_wait(answer, "Undo")

        assert await settings(blogs) == Settings(Rule(words=("beans",)))
        assert text_of(undone).splitlines()[:4] == [
            "Undone.",
            f"**Garden Notes** in <#{server.news.id}>:",
            "- Words: roses → **beans**",
            "- Reblogs and boosts: None, only the blog's own posts → **All**",
        ]

    async def test_undo_keeps_later_changes(self, server: ServerFixture, blogs: Blogs) -> None:
        await blogs.follow()
        answer = await fill_in(server, "Look", {"style": "compact", "name": "Our Garden"})
        await change(blogs, style=Style.LINK)

        undone = await server.press_and_wait(answer, "Undo")

        assert await settings(blogs) == Settings(style=Style.LINK)
        assert "- Style: somebody changed it meanwhile to **Link**, so that stays." in text_of(undone)

    async def test_undo_says_if_everything_has_changed_since(
        self, server: ServerFixture, blogs: Blogs
    ) -> None:
        await blogs.follow()
        answer = await fill_in(server, "Look", {"style": "compact"})
        await change(blogs, style=Style.LINK)

        text = await server.press_and_read(answer, "Undo")

        assert (
            text == f"**Garden Notes** in <#{server.news.id}> was changed since, so there is nothing to undo."
        )
        assert await settings(blogs) == Settings(style=Style.LINK)

    async def test_a_change_is_undone_once(self, server: ServerFixture, blogs: Blogs) -> None:
        await blogs.follow()
        answer = await fill_in(server, "Look", {"style": "compact"})
        await server.press_and_wait(answer, "Undo")
        await change(blogs, style=Style.COMPACT)

        text = await server.press_and_read(server.discord.put_message(answer), "Undo")

        assert text == "This was undone before, or the feed is no longer followed here."
        assert (await settings(blogs)).style is Style.COMPACT

    async def test_settings_of_the_config_file_are_marked_and_left_out_of_the_form(
        self, server: ServerFixture, blogs: Blogs
    ) -> None:
        await declare(blogs, server, Setting.STYLE, Setting.INTERVAL, Setting.WORDS)

        text = text_of(await show(server))
        opened = await open_form(server, "Look")
        await submit(server, opened, {"silent": ("1",)})

        assert "Style: Card · set in the config file" in text
        assert "Notifications: on\n" in text
        assert labels(opened) == [
            "Name of the feed",
            "Thread below each post",
            "Notifications",
            "Set in the bot's config file: Style",
        ]
        assert (await settings(blogs)).silent

    async def test_a_button_is_disabled_if_the_config_file_sets_all_its_settings(
        self, server: ServerFixture, blogs: Blogs
    ) -> None:
        await declare(blogs, server, Setting.INTERVAL)

        panel = await show(server)

        (row,) = panel.components
        assert [each["label"] for each in row["components"] if each.get("disabled")] == ["Schedule"]

    async def test_words_of_the_file_that_no_form_allows_leave_the_other_fields_open(
        self, server: ServerFixture, blogs: Blogs
    ) -> None:
        await blogs.follow()
        long = Rule(words=tuple(f"{'w' * 90} {number}" for number in range(60)))
        await declare(blogs, server, Setting.WORDS, rule=long)

        await fill_in(server, "Filter", {"reblogs": "none"})

        assert await blogs.rule() == replace(long, reblogs=Reblogs.NONE)

    async def test_a_setting_that_the_file_names_after_the_form_was_opened_stays(
        self, server: ServerFixture, blogs: Blogs
    ) -> None:
        await blogs.follow()
        opened = await open_form(server, "Look")
        await declare(blogs, server, Setting.STYLE)

        await submit(server, opened, {"style": "link", "silent": ("1",)})

        assert await settings(blogs) == Settings(silent=True)

    async def test_the_interval_is_chosen_within_the_operators_bounds(
        self, server: ServerFixture, blogs: Blogs
    ) -> None:
        await blogs.follow()
        opened = await open_form(server, "Schedule")
        offered = [each["label"] for each in inputs(opened)["interval"]["options"]]

        await submit(server, opened, {"interval": "3600"})

        assert offered[:3] == ["As usual (Every 10 minutes)", "Every 1 minute", "Every 5 minutes"]
        assert offered[-1] == "Every 1 day"
        assert (await settings(blogs)).interval == timedelta(hours=1)

    async def test_too_many_or_too_long_words_are_refused(self, server: ServerFixture, blogs: Blogs) -> None:
        await blogs.follow()

        for typed in (", ".join(f"word {number}" for number in range(51)), "x" * 61):
            answer = await fill_in(server, "Filter", {"words": typed, "reblogs": "none"})
            assert text_of(answer) == ("Write at most 50 words or phrases, each with at most 60 characters.")

        assert await settings(blogs) == Settings()

    async def test_a_name_from_an_admin_cannot_ping_or_break_lists(
        self, server: ServerFixture, blogs: Blogs
    ) -> None:
        await blogs.follow()

        answer = await fill_in(server, "Look", {"name": "@everyone **[x](https://x.example)**\u202e\n"})

        assert (await settings(blogs)).name == "@everyone **[x](https://x.example)**"
        assert "](https://x.example)" not in text_of(answer)
        assert not answer.pings

    async def test_a_feed_in_several_channels_needs_the_channel(
        self, server: ServerFixture, blogs: Blogs
    ) -> None:
        elsewhere = server.discord.add_channel(server.guild.id, "elsewhere")
        await blogs.follow()
        await blogs.follow(channel_id=elsewhere.id)

        text = text_of(await show(server))
        chosen = await server.reply_to("feed settings", {"feed": "Garden Notes", "channel": elsewhere})

        assert "choose one of them with the option `channel`" in text
        assert f"<#{elsewhere.id}> follows this feed" in chosen

    async def test_a_new_look_is_applied_to_posts_in_the_channel(
        self, server: ServerFixture, blogs: Blogs, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(settings_change, "PROGRESS_INTERVAL", 0.01)
        monkeypatch.setattr(settings_change, "MAX_PROGRESS_CHECKS", 1_000_000)
        await blogs.follow()
        await blogs.poll(post(1))
        await blogs.poll(*map(post, range(1, 4)))
        await blogs.send()
        await blogs.send()
        answer = await fill_in(server, "Look", {"style": "compact"})
        menu = answer.components[0]["components"][0]
        assert [each["label"] for each in menu["options"]] == ["The last post", "The last 2 posts"]

        def shown() -> str:
            return server.discord.message(answer.channel_id, answer.id).content

        await server.press(answer, menu["custom_id"], values=("2",))
        await server.discord.wait_for(lambda: shown().startswith("0 of 2 posts have the new look."))
        for upkeep in await blogs.store.outbox.claim_upkeep(NOW, LEASE, 10):
            await blogs.store.outbox.settle_upkeep(upkeep, Sent(upkeep.message_id), None)
        await server.discord.wait_for(lambda: shown() == "2 posts have the new look.")

        number = (await blogs.find()).subscription.id
        assert await blogs.store.settings_changes.look_progress(number) == LookProgress(done=2)

    async def test_posts_without_a_change_of_look_are_left_alone(
        self, server: ServerFixture, blogs: Blogs
    ) -> None:
        await blogs.follow()
        await blogs.poll(post(1))
        await blogs.poll(post(1), post(2))
        await blogs.send()

        answer = await fill_in(server, "Look", {"silent": ("1",)})

        (row,) = answer.components
        assert [each["label"] for each in row["components"]] == ["Undo"]


async def declare(blogs: Blogs, server: ServerFixture, *fixed: Setting, rule: Rule | None = None) -> None:
    """Start with a config file that names these settings of the channel."""
    channel = ChannelDeclaration(server.news.id, rule or Rule(), fixed=frozenset(fixed))
    declared = FeedDeclaration(GARDEN, "Garden Notes", channels=(channel,))
    await blogs.store.subscriptions.sync([declared], site_of, budget, NOW)
    await blogs.store.guilds.assign_channels({server.news.id: server.guild.id})


async def test_forms_buttons_and_undo_work_after_a_restart(
    sandbox_discord: SandboxDiscord, server: ServerFixture, services: Services, opened: Opened, blogs: Blogs
) -> None:
    await blogs.follow()
    async with run_chat(sandbox_discord, services, opened, server):
        await sandbox_discord.wait_for(
            lambda: [each for each in sandbox_discord.calls("register") if each.status]
        )
        panel = await show(server)
        form = await open_form(server, "Look", message=panel)
    async with run_chat(sandbox_discord, services, opened, server):
        answer = await submit(server, form, {"style": "compact"})
        changed = (await settings(blogs)).style
    async with run_chat(sandbox_discord, services, opened, server):
        await server.press_and_wait(answer, "Undo")
        await open_form(server, "Filter", message=panel)

    assert (changed, (await settings(blogs)).style) == (Style.COMPACT, Style.CARD)
