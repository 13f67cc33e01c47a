"""From now on means from now on: a post that an admin did not see before Subscribe is sent."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.chat.services import ServiceSettings
from bot.model import Plan, PollResult, PostSettings, Rule
from bot.store.feeds import PlanOutdated
from bot.store.store import Store
from tests.chat.commands.admin.drafts import POSTS, current, open_draft
from tests.chat.commands.blogs import GARDEN, Blogs
from tests.chat.commands.conftest import NOW, ServerFixture, Web, post, text_of

pytestmark = pytest.mark.usefixtures("running_chat", "garden")

NEW = post(4, "beans")
LATER = NOW + timedelta(minutes=5)


async def sent(blogs: Blogs) -> list[tuple[int, str]]:
    """Return the channels and the posts that are sent now."""
    found = []
    while deliveries := await blogs.send():
        found += [(delivery.channel_id, delivery.entry.guid) for delivery in deliveries]
    return sorted(found)


async def test_a_post_between_the_draft_and_the_first_poll_is_sent(
    server: ServerFixture, blogs: Blogs
) -> None:
    await server.press_and_wait(await open_draft(server), "Subscribe")

    await blogs.poll(NEW, *POSTS)

    assert await sent(blogs) == [(server.news.id, NEW.guid)]


async def test_posts_of_the_draft_are_never_sent(server: ServerFixture, blogs: Blogs) -> None:
    await server.press_and_wait(await open_draft(server), "Subscribe")

    await blogs.poll(*POSTS[1:])
    await blogs.poll(*POSTS)

    assert await sent(blogs) == []


async def test_tags_complete_at_once(server: ServerFixture, store: Store) -> None:
    await server.press_and_wait(await open_draft(server), "Subscribe")

    (followed,) = await store.subscriptions.in_guild(server.guild.id)
    archived = await store.archive.newest(followed.subscription.feed_id)
    assert [each.entry.tags for each in archived] == [each.tags for each in POSTS]


async def test_the_newest_post_of_a_new_feed_is_sent_without_waiting_for_a_poll(
    server: ServerFixture, blogs: Blogs
) -> None:
    closed = await server.press_and_wait(
        await open_draft(server, tags="beans"), "Subscribe and post the newest"
    )
    await server.discord.wait_for(lambda: "on its way" in text_of(current(server, closed)))

    assert await sent(blogs) == [(server.news.id, POSTS[1].guid)]


async def test_the_draft_is_an_ordinary_poll_for_other_channels(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow(channel_id=server.talk.id)
    await blogs.poll(*POSTS[1:])

    await server.press_and_wait(await open_draft(server), "Subscribe")

    assert await sent(blogs) == [(server.talk.id, POSTS[0].guid)]


async def test_a_post_that_was_polled_for_others_after_the_draft_is_sent(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow(channel_id=server.talk.id)
    await blogs.poll(*POSTS)
    draft = await open_draft(server, tags="beans")
    blogs.now = LATER
    await blogs.poll(post(5, "roses"), NEW, *POSTS)
    await sent(blogs)

    await server.press_and_wait(draft, "Subscribe")

    assert await sent(blogs) == [(server.news.id, NEW.guid)]


async def test_a_post_polled_after_the_draft_at_the_link_of_a_shown_one_is_sent(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow(channel_id=server.talk.id)
    await blogs.poll(*POSTS)
    draft = await open_draft(server)
    blogs.now = LATER
    release = replace(POSTS[0], guid="release", title="Another release", text="It is out.", published=LATER)
    await blogs.poll(release, *POSTS[1:])
    await sent(blogs)

    await server.press_and_wait(draft, "Subscribe")

    assert await sent(blogs) == [(server.news.id, "release")]


async def test_a_draft_older_than_the_last_poll_brings_no_old_texts_back(
    server: ServerFixture, blogs: Blogs, store: Store, now: list[datetime]
) -> None:
    await blogs.follow(channel_id=server.talk.id)
    await blogs.poll(*POSTS)
    draft = await open_draft(server)
    blogs.now = LATER
    now.append(LATER + timedelta(minutes=1))
    edited = post(3, "edited")
    await blogs.poll(edited, *POSTS[1:])

    await server.press_and_wait(draft, "Subscribe")

    archived = await store.archive.newest((await blogs.find()).subscription.feed_id)
    assert archived[0].entry.tags == ("edited",)
    assert await sent(blogs) == []


async def test_a_plan_made_before_a_channel_followed_the_feed_is_made_again(
    server: ServerFixture, blogs: Blogs, store: Store
) -> None:
    """Otherwise the new channel would never get the posts of the poll in progress."""
    other = await blogs.follow(channel_id=server.talk.id)
    await blogs.poll(*POSTS)
    await server.press_and_wait(await open_draft(server), "Subscribe")
    plan_of_others = Plan(planned_for=(other.subscription,))

    with pytest.raises(PlanOutdated):
        await store.feeds.record(other.subscription.feed_id, plan_of_others, PollResult(NOW), NOW)


async def test_a_torn_document_is_no_baseline_and_the_first_poll_is(
    server: ServerFixture, blogs: Blogs, web: Web
) -> None:
    web.tear(GARDEN)
    await server.press_and_wait(await open_draft(server), "Subscribe")

    await blogs.poll(NEW, *POSTS)
    await blogs.poll(post(5), NEW, *POSTS)

    assert await sent(blogs) == [(server.news.id, post(5).guid)]


class TestFirstRun:
    """With `posts.first_run`, the newest of the posts that were shown are sent."""

    @pytest.fixture
    def settings(self) -> ServiceSettings:
        return ServiceSettings(posts=PostSettings(first_run=1))

    async def test_the_newest_posts_of_the_draft_are_sent(self, server: ServerFixture, blogs: Blogs) -> None:
        await server.press_and_wait(await open_draft(server, tags="soil"), "Subscribe")

        assert await sent(blogs) == [(server.news.id, POSTS[1].guid)]
        assert await blogs.rule() == Rule(tags=("soil",))
