"""`/feed import` and `/feed export`."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.chat.commands.admin.add import opml_import
from bot.chat.services import Services, ServiceSettings
from bot.model import ChannelDeclaration, FeedDeclaration, NoticeKind, PollResult
from bot.relay.notify import decide
from bot.sandbox.discord.models import StoredMessage
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from bot.source.formats.opml import read_document
from bot.source.http.site import site_of
from bot.store.store import Store
from bot.text.notices import render_notices
from tests.chat.commands.admin.drafts import labels
from tests.chat.commands.blogs import GARDEN, LEASE, STARS, Blogs, budget
from tests.chat.commands.conftest import NOW, ServerFixture, post, run_chat, text_of
from tests.chat.conftest import Opened
from tests.source.formats.test_opml import BOMB, opml

SECRET = "https://garden.example/rss?token=9f8e7d6c5b4a39281706f5e4d3c2b1a0"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opml_import, "PROGRESS_INTERVAL", 0.01)


@pytest.fixture
def settings() -> ServiceSettings:
    return ServiceSettings(max_subscriptions=3)


async def uploaded(server: ServerFixture, body: bytes, **options: str) -> StoredMessage:
    file = server.discord.upload("feeds.opml", body)
    answer = await server.run("feed import", {"file": file, **options})
    assert answer.message is not None
    return answer.message


async def poll_all(store: Store, *, broken: str = "") -> None:
    """Poll every feed; one of them fails."""
    now = NOW + timedelta(minutes=1)
    for feed in await store.feeds.claim(now, LEASE, 100):
        if feed.url == broken:
            await store.feeds.settle_failed(feed.id, PollResult(now, error="This is a web page."), now)
        else:
            await store.feeds.settle_unchanged(feed.id, PollResult(now), now)


@pytest.mark.usefixtures("running_chat")
class TestImport:
    async def test_nothing_changes_before_a_press(self, server: ServerFixture, store: Store) -> None:
        message = await uploaded(server, opml(GARDEN, STARS, STARS), channel="#news")

        assert message.content == (
            f"The file has 2 feeds. Follow them in <#{server.news.id}>? Posts that are in them now aren't sent, only"
            " those from now on.\n1 feed is in the file twice, and counts once."
        )
        assert labels(message) == ["Follow 2 feeds", "Cancel"]
        assert await store.subscriptions.all() == []

    async def test_the_feeds_are_followed_and_read(
        self, server: ServerFixture, store: Store, blogs: Blogs
    ) -> None:
        await blogs.follow()
        message = await uploaded(server, opml(GARDEN, STARS, "https://moss.example/rss"), channel="#news")

        first = await server.press_and_wait(message, "Follow 3 feeds")
        await poll_all(store, broken=STARS)
        await server.discord.wait_for(lambda: "can't be read" in current(server, message).content)

        assert "The bot is reading them: 0 of 2 so far." in first.content
        assert current(server, message).content == (
            "The channel follows 2 more feeds.\nIt followed 1 feed of the file already.\n"
            "1 of them can't be read; the bot keeps trying. Remove it with `/feed remove` if its address is wrong:\n"
            "- **star**: This is a web page."
        )
        assert len(await store.subscriptions.all()) == 3
        assert await notices(store, NOW + timedelta(hours=3)) == []

    async def test_posts_that_are_in_the_feeds_are_not_sent(
        self, server: ServerFixture, store: Store, blogs: Blogs
    ) -> None:
        message = await uploaded(server, opml(GARDEN), channel="#news")
        await server.press_and_wait(message, "Follow 1 feed")

        await blogs.poll(post(1))
        await blogs.poll(post(1), post(2))

        assert [each.entry.title for each in await blogs.send()] == ["Bed 2"]
        assert (await store.subscriptions.all())[0].origin == "discord"

    async def test_the_limit_of_the_server_is_kept(self, server: ServerFixture, store: Store) -> None:
        urls = [f"https://moss.example/{number}" for number in range(5)]
        message = await uploaded(server, opml(*urls), channel="#news")

        text = (await server.press_and_wait(message, "Follow 5 feeds")).content

        assert "2 feeds were left out. This server has reached its limit of 3 subscriptions" in text
        assert len(await store.subscriptions.all()) == 3

    async def test_two_presses_follow_each_feed_once(self, server: ServerFixture, store: Store) -> None:
        message = await uploaded(server, opml(GARDEN, STARS), channel="#news")

        answers = await asyncio.gather(*(server.press(message, "Follow 2 feeds") for _press in range(2)))

        await server.discord.wait_for(lambda: "more feeds" in current(server, message).content)
        (refused,) = [
            each.message.content for each in answers if each.message and each.message.id != message.id
        ]
        assert refused.startswith("These buttons have expired")
        assert len(await store.subscriptions.all()) == 2

    async def test_cancelling_changes_nothing(self, server: ServerFixture, store: Store) -> None:
        message = await uploaded(server, opml(GARDEN))

        assert (await server.press_and_wait(message, "Cancel")).content == "Cancelled; nothing changed."
        assert await store.subscriptions.all() == []

    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            (b"<html>", "feeds.opml: this is not an OPML file; export one from your reader"),
            (BOMB, "defines entities"),
            (b" " * 1_000_001, "The file is larger than 1 MB; split it into several files."),
            (opml(*(f"https://moss.example/{number}" for number in range(201))), "has 201 feeds"),
            (opml(), "contains no feeds"),
        ],
        ids=["page", "entities", "large", "many", "empty"],
    )
    async def test_a_bad_file_is_refused(
        self, server: ServerFixture, store: Store, body: bytes, reason: str
    ) -> None:
        message = await uploaded(server, body)

        assert reason in message.content.replace("\\", "")
        assert not message.components
        assert await store.subscriptions.all() == []

    async def test_permissions_are_checked_before_the_file_and_at_the_press(
        self, server: ServerFixture, store: Store
    ) -> None:
        message = await uploaded(server, opml(GARDEN), channel="#news")
        server.discord.set_permissions(server.news.id, deny=Permission.SEND_MESSAGES)
        at_press = await server.press_and_read(message, "Follow 1 feed")
        refused = await uploaded(server, opml(GARDEN), channel="#news")
        by_member = await server.press(message, "Cancel", user=server.member)

        assert "it lacks Send Messages" in at_press
        assert "it lacks Send Messages" in refused.content
        assert "Manage Server" in text_of(by_member.message)
        assert await store.subscriptions.all() == []


def current(server: ServerFixture, message: StoredMessage) -> StoredMessage:
    return server.discord.message(message.channel_id, message.id)


async def notices(store: Store, now: datetime) -> list[str]:
    found = await store.notices.claim(now, LEASE, 10, decide)
    return [
        render_notices([[notice]]).content
        for message in found
        for notice in message.notices
        if notice.kind is NoticeKind.FEEDS_IMPORTED
    ]


async def test_after_a_restart_a_notice_reports_the_result(
    sandbox_discord: SandboxDiscord, server: ServerFixture, services: Services, opened: Opened, store: Store
) -> None:
    async with run_chat(sandbox_discord, services, opened, server):
        await sandbox_discord.wait_for(lambda: sandbox_discord.commands[None])
        message = await uploaded(server, opml(GARDEN, STARS), channel="#news")
        await server.press_and_wait(message, "Follow 2 feeds")
        expired = await uploaded(server, opml(GARDEN), channel="#news")

    await poll_all(store, broken=STARS)

    assert await notices(store, NOW + timedelta(minutes=10)) == []
    reported = await notices(store, NOW + timedelta(minutes=16))
    assert [text.partition("\n")[0] for text in reported] == [
        f"The import into <#{server.news.id}> is done: 1/2 feeds could be read. See the others with `/feed status`."
    ]
    assert await store.imports.progress(1) is None
    again = replace(services, imports=type(services.imports)(1))
    async with run_chat(sandbox_discord, again, opened, server):
        text = await server.press_and_read(expired, "Follow 1 feed")
    assert text == "These buttons have expired; run `/feed import` again."


async def test_an_import_that_waits_for_a_site_is_reported_after_two_hours(
    store: Store, blogs: Blogs, server: ServerFixture
) -> None:
    await store.imports.start(
        [FeedDeclaration(GARDEN)],
        ChannelDeclaration(blogs.channel_id),
        server.guild.id,
        server.admin.id,
        site_of=site_of,
        budget=budget,
        limit=9,
        now=NOW,
    )

    assert await notices(store, NOW + timedelta(minutes=30)) == []
    assert "0/1 feeds" in (await notices(store, NOW + timedelta(hours=2, minutes=1)))[0]


@pytest.mark.usefixtures("running_chat")
async def test_an_export_has_the_visible_feeds_and_warns_of_secrets(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow(SECRET, "Garden Notes")
    await blogs.follow(STARS, "Star Diary", channel_id=server.talk.id)
    server.discord.set_permissions(server.talk.id, deny=Permission.VIEW_CHANNEL, target=server.admin)
    answer = await server.discord.interact(server.guild, server.news, server.admin, "feed export")
    await server.discord.wait_for(lambda: answer.message)

    assert answer.message is not None
    assert answer.message.visible_to == server.admin.id
    assert "**Keep this file to yourself:**" in answer.message.content
    assert "9f8e7d" not in answer.message.content
    exported = read_document(server.discord.files["feeds.opml"], "feeds.opml")
    assert [(each.url, each.title) for each in exported.outlines] == [(SECRET, "Garden Notes")]


@pytest.mark.usefixtures("running_chat")
async def test_an_export_can_be_imported_elsewhere(server: ServerFixture, blogs: Blogs, store: Store) -> None:
    await blogs.follow()
    await server.reply_to("feed export")

    message = await uploaded(server, server.discord.files["feeds.opml"])
    await server.press_and_wait(message, "Follow 1 feed")

    assert {each.channel_id for each in await store.subscriptions.all()} == {server.news.id, server.talk.id}
