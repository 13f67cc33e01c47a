"""Held posts are decided once, by admins, with buttons that work after restarts."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.typing import EventDict

from bot.chat.client import Chat
from bot.errors import StoreLocked
from bot.model import ChannelDeclaration, Decision
from bot.sandbox.discord.interactions import InteractionResponse
from bot.sandbox.discord.models import StoredMessage
from bot.sandbox.discord.server import SandboxDiscord
from bot.store.store import Store
from bot.text.notices import render_hold
from tests.chat.conftest import Opened
from tests.chat.followed_server import FLOOD, FollowedServer, create_followed_server, hold_id
from tests.store.conftest import Services as Journal
from tests.store.conftest import post

ALL = [f"Post {number}" for number in range(1, FLOOD + 1)]

POSTED = {Decision.NEWEST: ALL[-3:], Decision.ALL: ALL, Decision.SKIP: []}

LABELS = {Decision.NEWEST: "Post the newest 3", Decision.ALL: "Post all", Decision.SKIP: "Skip them"}


@pytest.fixture
async def followed_server(
    tmp_path: Path, sandbox_discord: SandboxDiscord, opened: Opened
) -> AsyncIterator[FollowedServer]:
    async with await Store.open(tmp_path / "feed-relay.db") as store:
        yield create_followed_server(sandbox_discord, opened, Journal(store))


@pytest.fixture
async def bot(followed_server: FollowedServer) -> AsyncIterator[Chat]:
    async with followed_server.listening() as chat:
        yield chat


@pytest.fixture
async def question(followed_server: FollowedServer, bot: Chat) -> StoredMessage:
    return await followed_server.flood(bot)


def current(followed_server: FollowedServer, message: StoredMessage) -> StoredMessage:
    """Return the message as it is now."""
    return next(
        each for each in followed_server.discord.messages(message.channel_id) if each.id == message.id
    )


async def wait_for_decision(followed_server: FollowedServer, message: StoredMessage) -> str:
    """Return the text of the message once its buttons are gone."""
    await followed_server.discord.wait_for(lambda: not current(followed_server, message).components)
    return current(followed_server, message).content


async def private_answer(followed_server: FollowedServer, answer: InteractionResponse) -> str:
    """Return the answer that only the person who pressed can see."""
    await followed_server.discord.wait_for(lambda: answer.followups or answer.ephemeral)
    (message,) = answer.followups or (answer.message,)
    assert message is not None
    assert message.visible_to == answer.user.id
    return message.content


async def test_the_question_says_how_many_posts_wait_and_has_three_buttons(
    question: StoredMessage,
) -> None:
    assert f"{FLOOD} posts" in question.content
    assert [each["label"] for each in question.components[0]["components"]] == list(LABELS.values())


async def test_the_question_names_the_role_that_may_decide_and_pings_nobody(
    followed_server: FollowedServer, bot: Chat
) -> None:
    discord, guild = followed_server.discord, followed_server.guild
    helpers = discord.add_role(guild.id, "helpers")
    await followed_server.store.guilds.set_managers_role(guild.id, helpers.id)

    question = await followed_server.flood(bot)
    hold = await followed_server.hold(question)

    assert hold is not None
    for text in (question.content, render_hold(hold).content):
        assert text.endswith(f"you need the permission Manage Server or the role <@&{helpers.id}>.")
    assert not question.pings


@pytest.mark.parametrize("decision", list(Decision))
async def test_a_decision_releases_the_right_posts_at_once(
    followed_server: FollowedServer, question: StoredMessage, decision: Decision
) -> None:
    await followed_server.discord.press(question, LABELS[decision], followed_server.admin)
    await wait_for_decision(followed_server, question)

    assert followed_server.woken
    assert await followed_server.take_due_titles() == POSTED[decision]


async def test_the_message_then_shows_the_decision_and_who_made_it(
    followed_server: FollowedServer, question: StoredMessage
) -> None:
    await followed_server.discord.press(question, "Post the newest 3", followed_server.admin)

    text = await wait_for_decision(followed_server, question)
    assert "the newest 3 held posts are posted" in text
    assert f"<@{followed_server.admin.id}>" in text
    assert f"<#{followed_server.news.id}>" in text
    assert not current(followed_server, question).pings


async def test_if_two_admins_press_at_once_only_one_decides(
    followed_server: FollowedServer, question: StoredMessage
) -> None:
    presses = await asyncio.gather(
        followed_server.discord.press(question, "Post the newest 3", followed_server.admin),
        followed_server.discord.press(question, "Post all", followed_server.other_admin),
    )
    await wait_for_decision(followed_server, question)

    hold = await followed_server.hold(question)
    assert hold is not None
    assert hold.decision is not None
    assert await followed_server.take_due_titles() == POSTED[hold.decision]
    (loser,) = [press for press in presses if press.user.id != hold.decided_by]
    assert f"<@{hold.decided_by}> decided first" in await private_answer(followed_server, loser)


async def test_members_cannot_decide(followed_server: FollowedServer, question: StoredMessage) -> None:
    answer = await followed_server.discord.press(question, "Post all", followed_server.member)

    assert "Manage Server" in await private_answer(followed_server, answer)
    assert current(followed_server, question) == question
    hold = await followed_server.hold(question)
    assert hold is not None
    assert (hold.decision, hold.waiting) == (None, FLOOD)


async def test_buttons_work_after_a_restart(followed_server: FollowedServer) -> None:
    async with followed_server.listening() as before:
        question = await followed_server.flood(before)

    async with followed_server.listening():
        await followed_server.discord.press(question, "Post all", followed_server.admin)
        await wait_for_decision(followed_server, question)

    assert await followed_server.take_due_titles() == ALL


async def test_buttons_work_after_the_gateway_reconnects(
    followed_server: FollowedServer, question: StoredMessage
) -> None:
    await followed_server.discord.gateway.close(code=4012)
    await followed_server.opened.wait_for(followed_server.news.id)

    await followed_server.discord.press(question, "Skip them", followed_server.admin)

    assert "skipped" in await wait_for_decision(followed_server, question)


async def test_a_decision_that_could_not_be_shown_is_shown_at_the_next_press(
    followed_server: FollowedServer, question: StoredMessage
) -> None:
    """The bot may stop between the decision and the edit."""
    holds = followed_server.store.holds
    await holds.decide(
        hold_id(question), Decision.ALL, followed_server.other_admin.id, followed_server.journal.now
    )

    answer = await followed_server.discord.press(question, "Skip them", followed_server.admin)

    other = f"<@{followed_server.other_admin.id}>"
    assert (
        await private_answer(followed_server, answer)
        == f"{other} decided first: all held posts are posted, oldest first."
    )
    assert other in await wait_for_decision(followed_server, question)
    assert await followed_server.take_due_titles() == ALL


async def test_a_decision_counts_even_if_the_message_was_deleted(
    followed_server: FollowedServer, question: StoredMessage
) -> None:
    followed_server.discord.faults.next("edit answer", status=404, code=10008, message="Unknown Message")

    answer = await followed_server.discord.press(question, "Post all", followed_server.admin)

    assert "all held posts are posted" in await private_answer(followed_server, answer)
    assert await followed_server.take_due_titles() == ALL


async def test_the_status_of_the_feed_shows_the_buttons_again(
    followed_server: FollowedServer, question: StoredMessage
) -> None:
    """A moderator may have deleted the question."""
    discord = followed_server.discord
    discord.delete_message(question)
    await discord.wait_for(lambda: discord.commands[None])

    status = await discord.interact(
        followed_server.guild, followed_server.news, followed_server.admin, "feed status", {"feed": "Garden"}
    )
    await discord.wait_for(lambda: status.followups)
    (again,) = status.followups

    assert again.visible_to == followed_server.admin.id
    assert f"{FLOOD} posts" in again.content
    answer = await discord.press(again, "Post all", followed_server.admin)
    await discord.wait_for(lambda: answer.message and not answer.message.components)
    assert await followed_server.take_due_titles() == ALL


async def test_a_feed_that_is_no_longer_followed_has_no_held_posts(
    followed_server: FollowedServer, question: StoredMessage
) -> None:
    store = followed_server.store
    (followed,) = await store.subscriptions.all()
    await store.removals.remove(followed.subscription.id, followed_server.journal.now)

    answer = await followed_server.discord.press(question, "Post all", followed_server.admin)

    assert "no longer followed here" in await private_answer(followed_server, answer)
    assert await wait_for_decision(followed_server, question) == question.content
    assert await followed_server.take_due_titles() == []


async def test_a_hold_of_another_server_cannot_be_decided_here(
    followed_server: FollowedServer, question: StoredMessage
) -> None:
    store = followed_server.store
    elsewhere = followed_server.discord.add_guild("Elsewhere")
    await store.guilds.assign_channels({followed_server.news.id: elsewhere.id})

    answer = await followed_server.discord.press(question, "Post all", followed_server.admin)

    assert "no longer followed here" in await private_answer(followed_server, answer)
    hold = await followed_server.hold(question)
    assert hold is not None
    assert hold.decision is None


async def test_a_hold_of_an_unknown_server_can_only_be_decided_in_its_channel(
    followed_server: FollowedServer, bot: Chat
) -> None:
    store, journal = followed_server.store, followed_server.journal
    unknown = followed_server.news.id + 10_000
    await journal.follow(ChannelDeclaration(unknown))
    await journal.poll(post(0))
    await followed_server.publish(*range(1, FLOOD + 1))
    (followed,) = await store.subscriptions.all()
    (hold,) = await store.holds.undecided([followed.subscription.id])
    assert hold.guild_id is None
    await bot.sender.send(followed_server.news.id, render_hold(hold), nonce="forged")
    (forged,) = followed_server.discord.messages(followed_server.news.id)

    answer = await followed_server.discord.press(forged, "Post all", followed_server.admin)

    assert "no longer followed here" in await private_answer(followed_server, answer)
    assert await store.holds.get(hold.id) == hold


async def test_a_database_error_is_answered_with_a_number_that_is_also_logged(
    followed_server: FollowedServer,
    question: StoredMessage,
    logged: list[EventDict],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def refuse(*_: object) -> None:
        raise StoreLocked("feed-relay.db")

    monkeypatch.setattr(type(followed_server.store.holds), "decide", refuse)

    answer = await followed_server.discord.press(question, "Post all", followed_server.admin)

    text = await private_answer(followed_server, answer)
    (reference,) = [each["reference"] for each in logged if "reference" in each]
    assert f"`{reference}`" in text
    assert current(followed_server, question).components


async def pause(followed_server: FollowedServer) -> int:
    (followed,) = await followed_server.store.subscriptions.all()
    await followed_server.store.subscriptions.pause(followed.subscription.id)
    return followed.subscription.id


@pytest.mark.parametrize("decision", [Decision.NEWEST, Decision.ALL])
async def test_posts_held_in_a_paused_feed_are_posted_only_after_a_question(
    followed_server: FollowedServer, question: StoredMessage, decision: Decision
) -> None:
    await pause(followed_server)

    answer = await followed_server.discord.press(question, LABELS[decision], followed_server.admin)
    asked = await private_answer(followed_server, answer)
    before = await followed_server.take_due_titles()
    resumed = await followed_server.discord.press(
        answer.followups[0], "Resume and post", followed_server.admin
    )
    await followed_server.discord.wait_for(lambda: resumed.message and not resumed.message.components)

    assert "**Garden** is paused" in asked
    assert asked.endswith("Resume it and post, or leave the posts on hold.")
    assert before == []
    assert await followed_server.take_due_titles() == POSTED[decision]
    (followed,) = await followed_server.store.subscriptions.all()
    assert not followed.subscription.paused


async def test_posts_that_the_pause_kept_follow_the_held_ones(
    followed_server: FollowedServer, question: StoredMessage
) -> None:
    await pause(followed_server)
    await followed_server.publish(100)

    answer = await followed_server.discord.press(question, "Post the newest 3", followed_server.admin)
    await private_answer(followed_server, answer)
    resumed = await followed_server.discord.press(
        answer.followups[0], "Resume and post", followed_server.admin
    )
    await followed_server.discord.wait_for(lambda: resumed.message and not resumed.message.components)

    assert await followed_server.take_due_titles() == [*POSTED[Decision.NEWEST], "Post 100"]


async def test_held_posts_of_a_paused_feed_are_skipped_without_a_question(
    followed_server: FollowedServer, question: StoredMessage
) -> None:
    await pause(followed_server)

    await followed_server.discord.press(question, "Skip them", followed_server.admin)

    assert "skipped" in await wait_for_decision(followed_server, question)


async def test_if_another_admin_decided_meanwhile_the_feed_stays_paused(
    followed_server: FollowedServer, question: StoredMessage
) -> None:
    await pause(followed_server)
    answer = await followed_server.discord.press(question, "Post all", followed_server.admin)
    await private_answer(followed_server, answer)
    await followed_server.discord.press(question, "Skip them", followed_server.other_admin)
    await wait_for_decision(followed_server, question)

    late = await followed_server.discord.press(answer.followups[0], "Resume and post", followed_server.admin)

    assert "decided first" in await private_answer(followed_server, late)
    assert await followed_server.take_due_titles() == []
    (followed,) = await followed_server.store.subscriptions.all()
    assert followed.subscription.paused
