"""Forum posts are posted once, although they have no nonce."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.client import Chat
from bot.model import Button, Embed, Message, Outcome, Refused, Retry, Sent, Uncertainty
from bot.sandbox.discord.models import Channel, Guild, Tag
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord

POST = Message(
    content="**Roses in May**",
    embeds=(Embed(title="Roses in May", url="https://garden.example/post/1"),),
    thread_name="Roses in May",
    tags=("Wild_Bees", "roses"),
    link="https://garden.example/post/1",
)
EARLIER = timedelta(minutes=30)


@pytest.fixture
def forum(sandbox_discord: SandboxDiscord, guild: Guild) -> Channel:
    return sandbox_discord.add_channel(guild.id, "posts", kind="forum", tags=("Roses", "wild bees", "tulips"))


async def send(
    chat: Chat, forum: Channel, message: Message = POST, *, uncertain_since: datetime | None = None
) -> Outcome:
    uncertainty = Uncertainty(uncertain_since, nonce_holds=True) if uncertain_since else None
    return await chat.sender.send(forum.id, message, nonce="test-1", uncertainty=uncertainty)


def posts_of(discord: SandboxDiscord, forum: Channel) -> list[Channel]:
    threads = discord.guild_channels(forum.guild_id, threads=True)
    return [thread for thread in threads if thread.parent_id == forum.id]


async def test_a_post_is_opened_with_its_name_and_its_tags(
    chat: Chat, sandbox_discord: SandboxDiscord, forum: Channel
) -> None:
    outcome = await send(chat, forum)

    (post,) = posts_of(sandbox_discord, forum)
    roses, bees, _tulips = forum.tags
    assert outcome == Sent(post.id)
    assert post.name == "Roses in May"
    assert post.applied_tags == (bees.id, roses.id)
    (starter,) = sandbox_discord.messages(post.id)
    assert starter.content == "**Roses in May**"


async def test_a_post_does_not_repeat_its_name_and_is_found_again(
    chat: Chat, sandbox_discord: SandboxDiscord, forum: Channel
) -> None:
    message = replace(
        POST,
        opening="[Open the post](<https://garden.example/post/1>)",
        embeds=(Embed(description="They bloom."),),
    )
    outcome = await send(chat, forum, message)

    (post,) = posts_of(sandbox_discord, forum)
    (starter,) = sandbox_discord.messages(post.id)
    assert starter.content == message.opening
    assert await send(chat, forum, message, uncertain_since=datetime.now(UTC) - EARLIER) == outcome


async def test_a_post_may_have_buttons(chat: Chat, sandbox_discord: SandboxDiscord, forum: Channel) -> None:
    await send(chat, forum, replace(POST, buttons=(Button("All", "prune:all"),)))

    (post,) = posts_of(sandbox_discord, forum)
    (starter,) = sandbox_discord.messages(post.id)
    assert [each["custom_id"] for each in starter.components[0]["components"]] == ["prune:all"]


async def test_a_forum_that_requires_a_tag_gets_one(
    chat: Chat, sandbox_discord: SandboxDiscord, forum: Channel
) -> None:
    sandbox_discord.change_channel(
        forum.id, require_tag=True, tags=(Tag(1, "Staff only", moderated=True), *forum.tags)
    )

    await send(chat, forum, replace(POST, tags=("bicycles",)))

    (post,) = posts_of(sandbox_discord, forum)
    assert post.applied_tags == (forum.tags[0].id,)


async def test_a_forum_that_requires_a_tag_but_has_none_refuses(
    chat: Chat, sandbox_discord: SandboxDiscord, forum: Channel
) -> None:
    sandbox_discord.change_channel(forum.id, require_tag=True, tags=(Tag(1, "Staff only", moderated=True),))

    outcome = await send(chat, forum)

    assert isinstance(outcome, Refused)
    assert "tag" in outcome.reason


async def test_tags_added_after_a_refusal_are_used(
    chat: Chat, sandbox_discord: SandboxDiscord, forum: Channel
) -> None:
    sandbox_discord.change_channel(forum.id, require_tag=True, tags=())
    assert isinstance(await send(chat, forum), Refused)
    sandbox_discord.change_channel(forum.id, tags=forum.tags)

    assert isinstance(await send(chat, forum), Sent)


@pytest.mark.invalid_bodies
async def test_no_post_is_lost_when_a_forum_starts_to_require_a_tag(
    chat: Chat, sandbox_discord: SandboxDiscord, forum: Channel
) -> None:
    bicycles = replace(POST, tags=("bicycles",))
    await send(chat, forum, bicycles)
    sandbox_discord.change_channel(forum.id, require_tag=True)

    stale = await send(chat, forum, replace(bicycles, link="https://garden.example/post/2"))
    fresh = await send(chat, forum, replace(bicycles, link="https://garden.example/post/2"))

    assert isinstance(stale, Retry)
    assert not stale.uncertain
    assert isinstance(fresh, Sent)
    assert len(posts_of(sandbox_discord, forum)) == 2


@pytest.mark.invalid_bodies
async def test_tags_that_changed_unnoticed_are_read_again(
    chat: Chat, sandbox_discord: SandboxDiscord, forum: Channel
) -> None:
    await send(chat, forum)
    sandbox_discord.change_channel(forum.id, tags=(Tag(1, "Roses"),))

    stale = await send(chat, forum)
    fresh = await send(chat, forum)

    assert isinstance(stale, Retry)
    assert not stale.uncertain
    assert isinstance(fresh, Sent)
    assert posts_of(sandbox_discord, forum)[-1].applied_tags == (1,)


async def test_a_forum_where_the_bot_may_not_post_refuses(
    chat: Chat, sandbox_discord: SandboxDiscord, forum: Channel
) -> None:
    sandbox_discord.set_permissions(forum.id, deny=Permission.SEND_MESSAGES)

    assert isinstance(await send(chat, forum), Refused)


@pytest.mark.parametrize("stored", [True, False])
@pytest.mark.parametrize("loss", ["cut", "408", "500", "garbage"])
async def test_a_forum_post_with_a_lost_response_is_posted_once(
    chat: Chat, sandbox_discord: SandboxDiscord, forum: Channel, loss: str, *, stored: bool
) -> None:
    if loss == "cut":
        sandbox_discord.faults.next("thread", store=stored, cut=True)
    elif loss in {"408", "500"}:
        sandbox_discord.faults.next("thread", store=stored, status=int(loss))
    else:
        sandbox_discord.faults.next("thread", store=stored, body="{", status=201)
    started_at = datetime.now(UTC)

    lost = await send(chat, forum)
    posts_after_loss = len(posts_of(sandbox_discord, forum))
    again = await send(chat, forum, uncertain_since=started_at)

    assert isinstance(lost, Retry)
    assert lost.uncertain
    assert posts_after_loss == stored
    (post,) = posts_of(sandbox_discord, forum)
    assert again == Sent(post.id)


async def test_an_archived_post_is_found_too(
    chat: Chat, sandbox_discord: SandboxDiscord, forum: Channel
) -> None:
    await send(chat, forum)
    (post,) = posts_of(sandbox_discord, forum)
    sandbox_discord.change_channel(post.id, archived=True)

    again = await send(chat, forum, uncertain_since=datetime.now(UTC) - EARLIER)

    assert again == Sent(post.id)
    assert len(posts_of(sandbox_discord, forum)) == 1


async def test_an_archived_post_is_found_behind_many_others(
    chat: Chat, sandbox_discord: SandboxDiscord, forum: Channel
) -> None:
    await send(chat, forum)
    (post,) = posts_of(sandbox_discord, forum)
    sandbox_discord.change_channel(post.id, archived=True)
    for number in range(120):
        sandbox_discord.add_thread(forum.id, f"Tulips {number}", archived=True)

    again = await send(chat, forum, uncertain_since=datetime.now(UTC) - EARLIER)

    assert again == Sent(post.id)


async def test_a_forum_post_is_found_after_its_first_message_was_deleted(
    chat: Chat, sandbox_discord: SandboxDiscord, forum: Channel
) -> None:
    await send(chat, forum)
    (post,) = posts_of(sandbox_discord, forum)
    sandbox_discord.delete_message(sandbox_discord.messages(post.id)[0])

    again = await send(chat, forum, uncertain_since=datetime.now(UTC) - EARLIER)

    assert again == Sent(post.id)


async def test_another_post_of_the_same_name_is_not_this_one(
    chat: Chat, sandbox_discord: SandboxDiscord, forum: Channel
) -> None:
    sandbox_discord.add_thread(forum.id, POST.thread_name)
    await send(chat, forum, replace(POST, link="https://garden.example/post/2", embeds=()))

    outcome = await send(chat, forum, uncertain_since=datetime.now(UTC) - EARLIER)

    assert len(posts_of(sandbox_discord, forum)) == 3
    assert outcome == Sent(posts_of(sandbox_discord, forum)[-1].id)


async def test_a_rate_limit_causes_no_search(
    chat: Chat, sandbox_discord: SandboxDiscord, forum: Channel
) -> None:
    sandbox_discord.faults.next("thread", rate_limited=0.01)

    assert isinstance(await send(chat, forum), Sent)
    assert len(posts_of(sandbox_discord, forum)) == 1


async def test_the_bot_does_not_post_again_where_it_cannot_search(
    chat: Chat, sandbox_discord: SandboxDiscord, forum: Channel
) -> None:
    sandbox_discord.set_permissions(forum.id, deny=Permission.READ_MESSAGE_HISTORY)

    outcome = await send(chat, forum, uncertain_since=datetime.now(UTC) - EARLIER)

    assert isinstance(outcome, Refused)
    assert not posts_of(sandbox_discord, forum)
