"""`/feed pause` and `/feed resume`."""

import asyncio

import pytest

from bot.chat.services import ServiceSettings
from bot.store.store import Store
from tests.chat.commands.blogs import Blogs
from tests.chat.commands.conftest import ServerFixture, post
from tests.chat.commands.together import write_together

pytestmark = pytest.mark.usefixtures("running_chat")


@pytest.fixture
def settings() -> ServiceSettings:
    return ServiceSettings(burst_limit=2)


async def test_posts_of_a_paused_feed_are_kept_and_sent_when_it_resumes(
    server: ServerFixture, blogs: Blogs, woken: list[object]
) -> None:
    await blogs.follow()
    await blogs.poll(post(1))
    paused = await server.reply_to("feed pause", {"feed": "Garden Notes"})
    await blogs.poll(post(1), post(2))
    kept = await blogs.send()

    resumed = await server.reply_to("feed resume", {"feed": "Garden Notes"})

    assert paused == (
        f"**Garden Notes** is paused in <#{server.news.id}>. New posts are kept until you run `/feed resume`."
    )
    assert kept == []
    assert (
        resumed
        == f"**Garden Notes** is no longer paused in <#{server.news.id}>. 1 post that was kept is on its way."
    )
    assert [each.entry.link for each in await blogs.send()] == ["https://garden.example/2"]
    assert woken


async def test_many_kept_posts_are_held_for_a_decision(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll(post(1))
    await server.reply_to("feed pause", {"feed": "Garden Notes"})
    for newest in range(2, 6):
        await blogs.poll(*(post(number) for number in range(1, newest + 1)))

    text = await server.reply_to("feed resume", {"feed": "Garden Notes"})

    assert "4 posts were kept, too many to send at once" in text
    assert await blogs.send() == []


@pytest.mark.parametrize("command", ["pause", "resume"])
async def test_only_one_of_two_simultaneous_admins_changes_the_pause(
    server: ServerFixture, blogs: Blogs, store: Store, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    followed = await blogs.follow()
    if command == "resume":
        await store.subscriptions.pause(followed.subscription.id)
    write_together(monkeypatch, store.subscriptions, command)

    texts = await asyncio.gather(
        *(server.reply_to(f"feed {command}", {"feed": "Garden Notes"}) for _ in range(2))
    )

    late = f"**Garden Notes** was just {command}d or removed in <#{server.news.id}>; see `/feed list`."
    assert texts.count(late) == 1


async def test_pausing_or_resuming_twice_changes_nothing_and_says_so(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow()

    early = await server.reply_to("feed resume", {"feed": "Garden Notes"})
    text = [await server.reply_to("feed pause", {"feed": "Garden Notes"}) for _time in range(2)]
    nothing = await server.reply_to("feed resume", {"feed": "Garden Notes"})

    assert early == f"**Garden Notes** isn't paused in <#{server.news.id}>; check on it with `/feed status`."
    assert (
        text[1]
        == f"**Garden Notes** is already paused in <#{server.news.id}>; send what was kept with `/feed resume`."
    )
    assert (
        nothing == f"**Garden Notes** is no longer paused in <#{server.news.id}>. No posts came in meanwhile."
    )


@pytest.mark.parametrize("verb", ["remove", "pause", "resume"])
async def test_a_subscription_from_the_config_file_cannot_be_changed(
    server: ServerFixture, blogs: Blogs, store: Store, verb: str
) -> None:
    await blogs.declare()
    before = await store.subscriptions.all()

    text = await server.reply_to(f"feed {verb}", {"feed": "Garden Notes"})

    assert text == (
        f"The bot's config file sets what <#{server.news.id}> follows of **Garden Notes**, so you can't change it here;"
        f" change it in config.toml, below `[[feeds.channels]]` with `id = {server.news.id}`, and restart the bot."
    )
    assert await store.subscriptions.all() == before


async def test_a_subscription_paused_before_the_config_file_declared_it_can_be_resumed(
    server: ServerFixture, blogs: Blogs, store: Store
) -> None:
    await store.subscriptions.pause((await blogs.follow()).subscription.id)
    await blogs.declare()

    text = await server.reply_to("feed resume", {"feed": "Garden Notes"})

    assert text == f"**Garden Notes** is no longer paused in <#{server.news.id}>. No posts came in meanwhile."
    assert not (await blogs.find()).subscription.paused


async def test_pausing_changes_only_the_subscriptions_that_are_not_from_the_config_file(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.declare()
    await blogs.follow(channel_id=server.talk.id)

    text = await server.reply_to("feed pause", {"feed": "Garden Notes"})

    assert [line.partition(".")[0].partition(";")[0] for line in text.splitlines()] == [
        f"**Garden Notes** is paused in <#{server.talk.id}>",
        f"The bot's config file sets what <#{server.news.id}> follows of **Garden Notes**, so you can't change it here",
    ]
