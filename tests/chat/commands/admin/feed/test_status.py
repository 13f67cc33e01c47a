"""`/feed list` and `/feed status`."""

import pytest

from bot.model import DeliveryState, Rule, Settlement
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from tests.chat.commands.blogs import LEASE, STARS, Blogs
from tests.chat.commands.conftest import NOW, ServerFixture, post, text_of

pytestmark = pytest.mark.usefixtures("running_chat")

T = f"<t:{int(NOW.timestamp())}:R>"


async def test_list_shows_each_subscription_with_its_state(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow(rule=Rule(tags=("beans",)))
    await blogs.declare(STARS, "Star Diary")
    await blogs.store.subscriptions.pause((await blogs.follow()).subscription.id)

    assert (await server.reply_to("feed list")).splitlines() == [
        "Feeds that this server follows",
        f"<#{server.news.id}> follows **Garden Notes**: posts tagged beans · paused · card · garden.example/feed",
        f"<#{server.news.id}> follows **Star Diary**: every post · set in the config file · card · stars.example/feed",
        "",
        "2 of 100 subscriptions used.",
    ]


async def test_a_long_list_has_pages(server: ServerFixture, blogs: Blogs) -> None:
    for number in range(30):
        await blogs.follow(f"https://garden.example/{number}/feed", f"Garden {number:02}")
    first = (await server.run("feed list")).message

    second = await server.press_and_wait(first, "Next")

    assert "Garden 00" in text_of(first)
    assert "Page 1 of 3" in text_of(first)
    assert "Garden 00" not in text_of(second)
    assert "Page 2 of 3" in text_of(second)


async def test_channels_that_the_admin_cannot_see_are_not_listed(
    sandbox_discord: SandboxDiscord, server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary", channel_id=server.talk.id)
    sandbox_discord.set_permissions(server.news.id, deny=Permission.VIEW_CHANNEL, target=server.admin)

    text = await server.reply_to("feed list")

    assert "Star Diary" in text
    assert "Garden Notes" not in text


async def test_status_has_one_line_per_feed_worst_first(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll(post(1))
    await blogs.follow(STARS, "Star Diary")
    await blogs.fail("The site cannot be reached; check the address.", STARS)

    assert (await server.reply_to("feed status")).splitlines() == [
        "Feed status",
        "**Star Diary** · the last check failed: The site cannot be reached; check the address. · no new posts yet",
        f"**Garden Notes** · working · last new post {T}",
        "",
        "For details, run `/feed status` and choose a feed.",
    ]


async def test_status_of_one_feed_shows_its_details(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll(post(97), post(98))
    await blogs.poll(post(97), post(98), post(99))

    assert (await server.reply_to("feed status", {"feed": "garden notes"})).splitlines() == [
        "Garden Notes",
        "garden.example/feed",
        "",
        "Status: working",
        f"Last check: {T}",
        "Next check: now",
        f"Last new post: {T}",
        "Posts per week: 0.8",
        "Waiting: 1 post to send",
        "",
        f"<#{server.news.id}> follows **Garden Notes**: every post · card · garden.example/feed",
    ]


@pytest.mark.parametrize(
    ("newest", "waiting"),
    [(1, "no posts"), (2, "1 post kept by the pause"), (3, "2 posts kept by the pause")],
)
async def test_waiting_posts_are_counted_in_plain_words(
    server: ServerFixture, blogs: Blogs, newest: int, waiting: str
) -> None:
    followed = await blogs.follow()
    await blogs.poll(post(1))
    await blogs.store.subscriptions.pause(followed.subscription.id)
    await blogs.poll(*(post(number) for number in range(1, newest + 1)))

    text = await server.reply_to("feed status", {"feed": "Garden Notes"})

    assert f"Waiting: {waiting}\n" in text


async def test_a_suspended_channel_shows_in_the_status_of_its_feed(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow(STARS, "Aster Diary", channel_id=server.talk.id)
    await blogs.follow(channel_id=server.talk.id)
    await blogs.follow()
    await blogs.poll(post(1))
    await blogs.poll(post(1), post(2))
    (first, _second) = await blogs.store.outbox.claim(blogs.now, LEASE, 2)
    suspended = Settlement(
        DeliveryState.PENDING, blogs.now, "The bot lacks Send Messages; grant it.", probe_at=blogs.now + LEASE
    )
    await blogs.store.outbox.settle(first, suspended, blogs.now)
    news = f"<#{first.channel_id}>"

    overview = await server.reply_to("feed status")
    details = await server.reply_to("feed status", {"feed": "Garden Notes"})
    other = await server.reply_to("feed status", {"feed": "Aster Diary"})

    assert overview.splitlines()[1].startswith("**Garden Notes**")
    assert f"stopped in {news}" in overview
    assert f"Stopped in {news}: The bot lacks Send Messages; grant it.\n" in details
    assert details.count("Send Messages") == 1
    assert ("Stopped" in other) is (first.channel_id == server.talk.id)
