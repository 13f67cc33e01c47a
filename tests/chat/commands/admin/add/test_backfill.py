"""The button that archives older posts, and its progress."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.commands.admin.add import backfill
from bot.model import BackfillState, BackfillStep, Bookmark, Known
from bot.relay.backfill_plan import new_entries
from bot.sandbox.discord.models import StoredMessage
from bot.store.backfills import Worker
from bot.store.store import Store
from tests.chat.commands.blogs import GARDEN, Blogs
from tests.chat.commands.conftest import NOW, ServerFixture, Web, post, text_of
from tests.store.test_backfills import items

pytestmark = pytest.mark.usefixtures("running_chat")


@pytest.fixture(autouse=True)
def fast_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backfill, "PROGRESS_INTERVAL", 0.01)


async def subscribe(server: ServerFixture, web: Web, *, torn: bool = False) -> StoredMessage:
    """Run `/feed add`, press Subscribe, and return the answer. A torn document leaves the feed unread."""
    web.add(GARDEN, "Garden Notes", post(3), pasted="garden.example")
    web.feeds[GARDEN] = replace(web.feeds[GARDEN], torn=torn)
    answer = await server.run("feed add", {"url": "garden.example", "channel": server.news})
    await server.discord.wait_for(lambda: answer.followups)
    return await server.press_and_wait(answer.message, "Subscribe")


async def record_page(store: Store, state: BackfillState, error: str = "") -> None:
    """Record one page of older posts."""
    (backfill,) = await store.backfills.claim(NOW, Worker.RUN, timedelta(minutes=5))
    step = BackfillStep(state, Bookmark("links", "two", 1), NOW, read=2, total=9, error=error)
    new = new_entries(1, items(post(1), post(2)), Known())
    await store.backfills.record(backfill, new, 0, step, NOW)


async def test_the_button_archives_older_posts_and_shows_the_progress(
    server: ServerFixture, web: Web, blogs: Blogs, store: Store
) -> None:
    message = await subscribe(server, web)
    await blogs.poll(post(3))
    pressed = await server.press(message, "Archive older posts")
    await server.discord.wait_for(lambda: "(0 so far)" in text_of(pressed.message))
    await record_page(store, BackfillState.RUNNING)
    await server.discord.wait_for(lambda: "(2 so far, 2 of 9 checked)" in text_of(pressed.message))
    (backfill,) = await store.backfills.claim(NOW, Worker.RUN, timedelta(minutes=5))
    done = BackfillStep(BackfillState.DONE, Bookmark("links"), NOW)
    await store.backfills.record(backfill, [], 0, done, NOW)
    await server.discord.wait_for(lambda: "Archive: done, 2 older posts added" in text_of(pressed.message))

    assert "now follows **Garden Notes**" in text_of(pressed.message)
    assert server.posts == ()


async def test_the_status_of_a_feed_shows_its_backfill(
    server: ServerFixture, blogs: Blogs, store: Store
) -> None:
    await blogs.follow()
    await blogs.poll(post(3))
    await store.backfills.request(1, NOW)
    await record_page(store, BackfillState.FAILED, "The site cannot be reached; try again later.")

    text = await server.reply_to("feed status", {"feed": "garden notes"})
    assert "Archive: stopped after 2 older posts. The site cannot be reached" in text


async def test_the_status_of_a_declared_feed_has_the_button_also_after_a_failure(
    server: ServerFixture, blogs: Blogs, store: Store
) -> None:
    await blogs.declare()
    await blogs.poll(post(3))
    answer = await server.run("feed status", {"feed": "Garden Notes"})
    pressed = await server.press(answer.message, "Archive older posts")
    await server.discord.wait_for(lambda: "(0 so far)" in text_of(pressed.message))
    await record_page(store, BackfillState.FAILED, "The site cannot be reached; try again later.")
    await server.discord.wait_for(lambda: "stopped after" in text_of(pressed.message))

    again = await server.run("feed status", {"feed": "Garden Notes"})
    pressed = await server.press(again.message, "Archive older posts")
    await server.discord.wait_for(lambda: "(2 so far" in text_of(pressed.message))

    assert "stopped after" not in text_of(pressed.message)
    assert "garden.example/feed" in text_of(pressed.message)


async def test_a_running_backfill_has_no_button(server: ServerFixture, blogs: Blogs, store: Store) -> None:
    await blogs.follow()
    await blogs.poll(post(3))
    await store.backfills.request(1, NOW)

    answer = await server.run("feed status", {"feed": "Garden Notes"})

    assert "adding older posts" in text_of(answer.message)
    assert answer.message is not None
    assert answer.message.components == ()


async def test_a_backfill_waits_for_the_first_poll(server: ServerFixture, web: Web) -> None:
    message = await subscribe(server, web, torn=True)
    pressed = await server.press(message, "Archive older posts")

    await server.discord.wait_for(lambda: "as soon as the feed has been read" in text_of(pressed.message))


async def test_only_followed_feeds_are_backfilled(server: ServerFixture, web: Web, store: Store) -> None:
    message = await subscribe(server, web)
    (followed,) = await store.subscriptions.in_guild(server.guild.id)
    await store.removals.remove(followed.subscription.id, NOW)

    assert "no longer follows" in await server.press_and_read(message, "Archive older posts")
    assert await store.backfills.progress(1) is None
