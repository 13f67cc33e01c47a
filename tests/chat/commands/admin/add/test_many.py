"""`/feed add` with several addresses."""

import asyncio

import pytest

from bot.chat.commands.admin.add import many
from bot.chat.services import ServiceSettings
from bot.model import FoundFeed, Rule, Style
from bot.sandbox.discord.models import StoredMessage
from bot.sandbox.discord.permissions import Permission
from bot.store.store import Store
from tests.chat.commands.admin.drafts import current, labels
from tests.chat.commands.blogs import GARDEN, STARS, Blogs
from tests.chat.commands.conftest import ServerFixture, Web, post

pytestmark = pytest.mark.usefixtures("running_chat")

BOTH = f"{GARDEN}, {STARS}"


@pytest.fixture
def settings() -> ServiceSettings:
    return ServiceSettings(max_subscriptions=2)


@pytest.fixture(autouse=True)
def blogs_on_the_web(web: Web) -> None:
    web.add(GARDEN, "Garden Notes", post(2, "beans"), post(1))
    web.add(STARS, "Star Diary", post(50))


async def offered(server: ServerFixture, url: str = BOTH, **options: str) -> StoredMessage:
    answer = await server.run("feed add", {"url": url, "channel": "#news", **options})
    assert answer.message is not None
    return answer.message


async def test_one_answer_has_a_line_for_each_address(server: ServerFixture, web: Web, store: Store) -> None:
    web.behind["many.example"] = (FoundFeed(GARDEN, "A"), FoundFeed(STARS, "B"))

    message = await offered(server, f"{BOTH} many.example;gone.example/?token=9f8e7d6c5b4a39281706f5e4")

    lines = message.content.splitlines()
    assert lines[0].startswith(f"Follow these in <#{server.news.id}>?")
    assert lines[1].startswith("- **Garden Notes** (garden.example/feed): newest post <t:")
    assert lines[2].startswith("- **Star Diary** (stars.example/feed): newest post")
    assert lines[3] == "- many.example: it has several feeds; add it alone to choose one."
    assert lines[4].startswith("- gone.example/")
    assert "9f8e7d" not in message.content
    assert labels(message) == ["Follow 2 feeds", "Cancel"]
    assert await store.subscriptions.all() == []


async def test_a_press_follows_all_and_later_posts_arrive(
    server: ServerFixture, store: Store, blogs: Blogs
) -> None:
    message = await offered(server, tags="beans", style="link")

    done = await server.press_and_wait(message, "Follow 2 feeds")
    await blogs.poll(post(1), post(2, "beans"), post(3, "beans"), post(4))

    assert done.content == (
        f"In <#{server.news.id}>:\n- **Garden Notes** is followed now.\n- **Star Diary** is followed now."
    )
    followed = await store.subscriptions.all()
    assert {each.subscription.rule for each in followed} == {Rule(tags=("beans",))}
    assert {each.subscription.style for each in followed} == {Style.LINK}
    assert [each.entry.title for each in await blogs.send()] == ["Bed 3"]


async def test_the_answer_names_followed_feeds_and_those_beyond_the_limit(
    server: ServerFixture, store: Store, blogs: Blogs, web: Web
) -> None:
    await blogs.follow()
    web.add("https://moss.example/feed", "Moss")
    message = await offered(server, f"{BOTH} https://moss.example/feed")

    done = (await server.press_and_wait(message, "Follow 3 feeds")).content

    assert "- **Garden Notes** was followed already." in done
    assert "- **Star Diary** is followed now." in done
    assert "- **Moss** was left out. This server has reached its limit of 2 subscriptions" in done
    assert len(await store.subscriptions.all()) == 2


async def test_sites_are_read_at_the_same_time_and_a_hanging_one_times_out(
    server: ServerFixture, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many, "READ_TIMEOUT", 0.05)
    web.released.clear()

    message = await offered(server)

    assert message.content.count("The site didn't answer in time") == 2
    assert not message.components


async def test_eleven_addresses_are_too_many(server: ServerFixture) -> None:
    message = await offered(server, " ".join(f"https://moss.example/{number}" for number in range(11)))

    assert message.content.startswith("You can add 10 addresses at once")


async def test_two_presses_follow_once_and_cancel_changes_nothing(
    server: ServerFixture, store: Store
) -> None:
    cancelled = await offered(server)
    assert (await server.press_and_wait(cancelled, "Cancel")).content == "Cancelled; nothing changed."
    assert await store.subscriptions.all() == []
    message = await offered(server)

    await asyncio.gather(*(server.press(message, "Follow 2 feeds") for _press in range(2)))

    await server.discord.wait_for(lambda: "is followed now" in current(server, message).content)
    assert len(await store.subscriptions.all()) == 2


async def test_permissions_are_checked_again_at_the_press(server: ServerFixture, store: Store) -> None:
    message = await offered(server)
    server.discord.set_permissions(server.news.id, deny=Permission.SEND_MESSAGES)

    assert "it lacks Send Messages" in await server.press_and_read(message, "Follow 2 feeds")
    assert await store.subscriptions.all() == []
