"""`/feed remove`: what happens to the posts, and **Undo**."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.chat.services import ServiceSettings
from bot.model import PostSettings, Rule, Style
from bot.sandbox.discord.models import StoredMessage
from bot.sandbox.discord.permissions import Permission
from bot.store.store import Store
from bot.store.subscriptions import ResumeResult
from tests.chat.commands.blogs import Blogs
from tests.chat.commands.conftest import NOW, ServerFixture, post, text_of

pytestmark = pytest.mark.usefixtures("running_chat")

ASK = PostSettings(burst_limit=2, ask_about_floods=True)
STAYS = "Its posts stay in the channel, and whoever can see the channel still finds them with `/search`."
UNDO = "For 10 minutes, **Undo** brings everything back."
LATE = (
    "This was undone already, or it's too late for that; see `/feed list`, and follow the feed again with `/feed add`"
    " if it's missing."
)


@pytest.fixture
def settings() -> ServiceSettings:
    return ServiceSettings(posts=ASK, max_subscriptions=2)


async def removed(server: ServerFixture) -> StoredMessage:
    answer = await server.run("feed remove", {"feed": "Garden Notes", "channel": server.news})
    assert answer.message is not None
    assert UNDO in answer.message.content
    return answer.message


async def undo(server: ServerFixture, message: StoredMessage) -> str:
    return text_of(await server.press_and_wait(message, "Undo"))


async def test_the_answer_says_what_happens_to_old_and_waiting_posts(
    server: ServerFixture, blogs: Blogs, store: Store
) -> None:
    await blogs.follow()
    await blogs.poll(post(1))
    await blogs.poll(post(1), post(2))

    text = await server.reply_to("feed remove", {"feed": "Garden Notes"})

    assert text == (
        f"<#{server.news.id}> no longer follows **Garden Notes**. {STAYS} 1 waiting post won't be sent. {UNDO}"
    )
    assert await store.subscriptions.all() == []
    assert await blogs.send() == []


async def test_a_feed_is_removed_only_from_the_named_channel(
    server: ServerFixture, blogs: Blogs, store: Store
) -> None:
    await blogs.follow()
    await blogs.follow(channel_id=server.talk.id)

    question = await server.reply_to("feed remove", {"feed": "Garden Notes"})
    text = await server.reply_to("feed remove", {"feed": "Garden Notes", "channel": server.news})

    assert question == (
        f"**Garden Notes** is followed in <#{server.news.id}>, <#{server.talk.id}>;"
        " choose one of them with the option `channel`."
    )
    assert text == f"<#{server.news.id}> no longer follows **Garden Notes**. {STAYS} {UNDO}"
    assert [each.subscription.channel_id for each in await store.subscriptions.all()] == [server.talk.id]


async def test_an_undo_restores_the_subscription_and_its_waiting_posts(
    server: ServerFixture, blogs: Blogs, store: Store, woken: list[datetime]
) -> None:
    followed = await blogs.follow(rule=Rule(tags=("beans",)))
    settings = replace(followed.subscription.settings, style=Style.LINK, silent=True)
    await store.settings_changes.change(
        followed.subscription.id, lambda _before: settings, server.admin.id, NOW
    )
    await blogs.poll(post(1, "beans"))
    await blogs.poll(post(1, "beans"), post(2, "beans"))
    before = await store.subscriptions.all()

    text = await undo(server, await removed(server))

    assert (
        text == f"<#{server.news.id}> follows **Garden Notes** again, with its settings. 1 post waits again."
    )
    assert await store.subscriptions.all() == before
    assert [each.entry.title for each in await blogs.send()] == ["Bed 2"]
    assert woken


async def test_posts_that_came_meanwhile_are_new(server: ServerFixture, blogs: Blogs) -> None:
    """If another channel follows the feed, its polls find the posts; otherwise, the next poll finds them."""
    await blogs.follow(rule=Rule(tags=("beans",)))
    await blogs.follow(channel_id=server.talk.id)
    await blogs.poll(post(1))
    message = await removed(server)
    await blogs.poll(post(1), post(2, "beans"), post(3, "roses"))

    text = await undo(server, message)
    await blogs.poll(post(1), post(2, "beans"), post(3, "roses"), post(4, "beans"))

    assert text.endswith("with its settings. 1 post came meanwhile.")
    sent = [each for _time in range(3) for each in await blogs.send() if each.channel_id == server.news.id]
    assert [each.entry.title for each in sent] == ["Bed 2", "Bed 4"]


async def test_a_flood_that_came_meanwhile_is_held(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(channel_id=server.talk.id, rule=Rule(tags=("none",)))
    await blogs.poll(post(1))
    message = await removed(server)
    await blogs.poll(*map(post, range(1, 5)), settings=ASK)

    answer = await server.press(message, "Undo")
    await server.discord.wait_for(lambda: answer.followups)

    assert "3 posts" in text_of(answer.followups[0])
    assert await blogs.send() == []


async def test_buttons_of_held_posts_work_again_after_an_undo(
    server: ServerFixture, blogs: Blogs, store: Store
) -> None:
    followed = await blogs.follow()
    await blogs.poll(post(1))
    await blogs.poll(*map(post, range(1, 5)), settings=ASK)
    (before,) = await store.holds.undecided([followed.subscription.id])
    message = await removed(server)

    answer = await server.press(message, "Undo")
    await server.discord.wait_for(lambda: answer.followups)
    await server.press(answer.followups[0], "Post all")

    await server.discord.wait_for(lambda: not answer.followups[0].components)
    (again,) = (await store.holds.get(before.id),)
    assert again is not None
    assert again.decision is not None
    assert len(await blogs.send()) == 1


async def test_a_paused_feed_comes_back_paused(server: ServerFixture, blogs: Blogs, store: Store) -> None:
    followed = await blogs.follow()
    await blogs.poll(post(1))
    await store.subscriptions.pause(followed.subscription.id)
    await blogs.poll(post(1), post(2))

    await undo(server, await removed(server))

    assert (await blogs.find()).subscription.paused
    assert await blogs.send() == []
    assert await store.subscriptions.resume(followed.subscription.id, 5, NOW) == ResumeResult(1, None)


async def test_a_removal_cannot_be_undone_after_ten_minutes(
    server: ServerFixture, blogs: Blogs, store: Store, now: list[datetime]
) -> None:
    await blogs.follow()
    message = await removed(server)
    now.append(NOW + timedelta(minutes=10, seconds=1))

    assert await server.press_and_read(message, "Undo") == LATE
    assert await store.subscriptions.all() == []


async def test_an_undo_after_following_again_changes_nothing(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    message = await removed(server)
    await blogs.follow(rule=Rule(tags=("roses",)))

    text = await undo(server, message)

    assert text == f"<#{server.news.id}> follows **Garden Notes** again already; see `/feed list`."
    assert await blogs.rule() == Rule(tags=("roses",))


async def test_an_undo_keeps_the_servers_limit(server: ServerFixture, blogs: Blogs, store: Store) -> None:
    await blogs.follow()
    message = await removed(server)
    for number in range(2):
        await blogs.follow(f"https://garden.example/{number}", f"Other {number}")

    assert "reached its limit of 2 subscriptions" in await server.press_and_read(message, "Undo")
    assert len(await store.subscriptions.all()) == 2


async def test_only_one_of_two_presses_restores(server: ServerFixture, blogs: Blogs, store: Store) -> None:
    await blogs.follow()
    message = await removed(server)

    await asyncio.gather(*(server.press(message, "Undo") for _press in range(2)))

    await server.discord.wait_for(
        lambda: not server.discord.message(message.channel_id, message.id).components
    )
    assert len(await store.subscriptions.all()) == 1


async def test_the_second_of_two_admins_who_remove_a_feed_learns_that_it_is_gone(
    server: ServerFixture, blogs: Blogs, store: Store
) -> None:
    await blogs.follow()
    await blogs.follow("https://stars.example/feed", "Stars")

    texts = await asyncio.gather(
        *(server.reply_to("feed remove", {"feed": "Garden Notes"}) for _ in range(2))
    )

    assert len([text for text in texts if "**Undo**" in text]) == 1
    assert [each.feed_name for each in await store.subscriptions.all()] == ["Stars"]


async def test_a_member_and_a_forged_number_restore_nothing(
    server: ServerFixture, blogs: Blogs, store: Store
) -> None:
    elsewhere = server.discord.add_guild("Observatory")
    await blogs.follow("https://stars.example/feed", "Stars", guild_id=elsewhere.id, channel_id=4242)
    other = await store.removals.remove((await store.subscriptions.all())[0].subscription.id, NOW)
    assert other is not None
    await blogs.follow()
    message = await removed(server)

    as_member = await server.press(message, "Undo", user=server.member)
    forged = server.discord.put_message(with_removal(message, other.id))

    assert "Manage Server" in text_of(as_member.message)
    assert await server.press_and_read(forged, "Undo") == LATE
    assert await store.subscriptions.all() == []


async def test_an_admin_who_no_longer_sees_the_channel_cannot_undo(
    server: ServerFixture, blogs: Blogs, store: Store
) -> None:
    await blogs.follow()
    message = await removed(server)
    server.discord.set_permissions(server.news.id, deny=Permission.VIEW_CHANNEL, target=server.admin)

    assert await server.press_and_read(message, "Undo") == LATE
    assert await store.subscriptions.all() == []


def with_removal(message: StoredMessage, removal_id: int) -> StoredMessage:
    (row,) = message.components
    (button,) = row["components"]
    forged = {**row, "components": [{**button, "custom_id": f"restore:{removal_id}"}]}
    return replace(message, id=message.id + 1, components=(forged,))
