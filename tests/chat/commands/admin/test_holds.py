"""Held posts are decided once, by admins, with buttons that work after restarts."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.typing import EventDict

from bot.chat.client import Chat
from bot.errors import StoreLocked
from bot.model import ChannelDeclaration, Decision
from bot.sandbox.discord.interactions import Answer
from bot.sandbox.discord.models import StoredMessage
from bot.sandbox.discord.server import SandboxDiscord
from bot.store.store import Store
from bot.text.notices import render_hold
from tests.chat.allotments import FLOOD, Allotments, hold_id, settle_down
from tests.chat.conftest import Opened
from tests.store.conftest import Services as Journal
from tests.store.conftest import post

ALL = [f"Post {number}" for number in range(1, FLOOD + 1)]

POSTED = {Decision.NEWEST: ALL[-3:], Decision.ALL: ALL, Decision.SKIP: []}

LABELS = {Decision.NEWEST: "Post the newest 3", Decision.ALL: "Post all", Decision.SKIP: "Skip them"}


@pytest.fixture
async def allotments(
    tmp_path: Path, sandbox_discord: SandboxDiscord, opened: Opened
) -> AsyncIterator[Allotments]:
    async with await Store.open(tmp_path / "feed-relay.db") as store:
        yield settle_down(sandbox_discord, opened, Journal(store))


@pytest.fixture
async def bot(allotments: Allotments) -> AsyncIterator[Chat]:
    async with allotments.listening() as chat:
        yield chat


@pytest.fixture
async def question(allotments: Allotments, bot: Chat) -> StoredMessage:
    return await allotments.flood(bot)


def current(allotments: Allotments, message: StoredMessage) -> StoredMessage:
    """Return the message as it is now."""
    return next(each for each in allotments.discord.messages(message.channel_id) if each.id == message.id)


async def wait_for_decision(allotments: Allotments, message: StoredMessage) -> str:
    """Return the text of the message once its buttons are gone."""
    await allotments.discord.wait_for(lambda: not current(allotments, message).components)
    return current(allotments, message).content


async def private_answer(allotments: Allotments, answer: Answer) -> str:
    """Return the answer that only the person who pressed can see."""
    await allotments.discord.wait_for(lambda: answer.followups or answer.ephemeral)
    (message,) = answer.followups or (answer.message,)
    assert message is not None
    assert message.visible_to == answer.user.id
    return message.content


async def test_the_question_says_how_many_posts_wait_and_has_three_buttons(
    question: StoredMessage,
) -> None:
    assert f"{FLOOD} posts" in question.content
    assert [each["label"] for each in question.components[0]["components"]] == list(LABELS.values())


@pytest.mark.parametrize("decision", list(Decision))
async def test_a_decision_releases_the_right_posts_at_once(
    allotments: Allotments, question: StoredMessage, decision: Decision
) -> None:
    await allotments.discord.press(question, LABELS[decision], allotments.admin)
    await wait_for_decision(allotments, question)

    assert allotments.woken
    assert await allotments.owed() == POSTED[decision]


async def test_the_message_then_shows_the_decision_and_who_made_it(
    allotments: Allotments, question: StoredMessage
) -> None:
    await allotments.discord.press(question, "Post the newest 3", allotments.admin)

    text = await wait_for_decision(allotments, question)
    assert "the newest 3 held posts are posted" in text
    assert f"<@{allotments.admin.id}>" in text
    assert f"<#{allotments.news.id}>" in text
    assert not current(allotments, question).pings


async def test_of_two_admins_who_press_at_once_one_decides(
    allotments: Allotments, question: StoredMessage
) -> None:
    presses = await asyncio.gather(
        allotments.discord.press(question, "Post the newest 3", allotments.admin),
        allotments.discord.press(question, "Post all", allotments.other_admin),
    )
    await wait_for_decision(allotments, question)

    hold = await allotments.hold(question)
    assert hold is not None
    assert hold.decision is not None
    assert await allotments.owed() == POSTED[hold.decision]
    (loser,) = [press for press in presses if press.user.id != hold.decided_by]
    assert f"<@{hold.decided_by}> decided first" in await private_answer(allotments, loser)


async def test_members_decide_nothing(allotments: Allotments, question: StoredMessage) -> None:
    answer = await allotments.discord.press(question, "Post all", allotments.member)

    assert "Manage Server" in await private_answer(allotments, answer)
    assert current(allotments, question) == question
    hold = await allotments.hold(question)
    assert hold is not None
    assert (hold.decision, hold.waiting) == (None, FLOOD)


async def test_buttons_work_after_a_restart(allotments: Allotments) -> None:
    async with allotments.listening() as before:
        question = await allotments.flood(before)

    async with allotments.listening():
        await allotments.discord.press(question, "Post all", allotments.admin)
        await wait_for_decision(allotments, question)

    assert await allotments.owed() == ALL


async def test_buttons_work_after_the_gateway_reconnects(
    allotments: Allotments, question: StoredMessage
) -> None:
    await allotments.discord.gateway.close(code=4012)
    await allotments.opened.wait_for(allotments.news.id)

    await allotments.discord.press(question, "Skip them", allotments.admin)

    assert "skipped" in await wait_for_decision(allotments, question)


async def test_a_decision_that_could_not_be_shown_is_shown_at_the_next_press(
    allotments: Allotments, question: StoredMessage
) -> None:
    """The bot may stop between the decision and the edit."""
    holds = allotments.store.holds
    await holds.decide(hold_id(question), Decision.ALL, allotments.other_admin.id, allotments.journal.now)

    answer = await allotments.discord.press(question, "Skip them", allotments.admin)

    other = f"<@{allotments.other_admin.id}>"
    assert (
        await private_answer(allotments, answer)
        == f"{other} decided first: all held posts are posted, oldest first."
    )
    assert other in await wait_for_decision(allotments, question)
    assert await allotments.owed() == ALL


async def test_a_decision_counts_even_if_the_message_was_deleted(
    allotments: Allotments, question: StoredMessage
) -> None:
    allotments.discord.faults.next("edit answer", status=404, code=10008, message="Unknown Message")

    answer = await allotments.discord.press(question, "Post all", allotments.admin)

    assert "all held posts are posted" in await private_answer(allotments, answer)
    assert await allotments.owed() == ALL


async def test_the_status_of_the_feed_shows_the_buttons_again(
    allotments: Allotments, question: StoredMessage
) -> None:
    """A moderator may have deleted the question."""
    discord = allotments.discord
    discord.delete_message(question)
    await discord.wait_for(lambda: discord.commands[None])

    status = await discord.interact(
        allotments.guild, allotments.news, allotments.admin, "feed status", {"feed": "Garden"}
    )
    await discord.wait_for(lambda: status.followups)
    (again,) = status.followups

    assert again.visible_to == allotments.admin.id
    assert f"{FLOOD} posts" in again.content
    answer = await discord.press(again, "Post all", allotments.admin)
    await discord.wait_for(lambda: answer.message and not answer.message.components)
    assert await allotments.owed() == ALL


async def test_a_feed_that_is_no_longer_followed_has_no_held_posts(
    allotments: Allotments, question: StoredMessage
) -> None:
    store = allotments.store
    (followed,) = await store.subscriptions.all()
    await store.subscriptions.remove(followed.subscription.id, allotments.journal.now)

    answer = await allotments.discord.press(question, "Post all", allotments.admin)

    assert "no longer followed here" in await private_answer(allotments, answer)
    assert await wait_for_decision(allotments, question) == question.content
    assert await allotments.owed() == []


async def test_a_hold_of_another_server_cannot_be_decided_here(
    allotments: Allotments, question: StoredMessage
) -> None:
    store = allotments.store
    elsewhere = allotments.discord.add_guild("Elsewhere")
    await store.guilds.assign_channels({allotments.news.id: elsewhere.id})

    answer = await allotments.discord.press(question, "Post all", allotments.admin)

    assert "no longer followed here" in await private_answer(allotments, answer)
    hold = await allotments.hold(question)
    assert hold is not None
    assert hold.decision is None


async def test_a_hold_of_an_unknown_server_can_only_be_decided_in_its_channel(
    allotments: Allotments, bot: Chat
) -> None:
    store, journal = allotments.store, allotments.journal
    unknown = allotments.news.id + 10_000
    await journal.follow(ChannelDeclaration(unknown))
    await journal.poll(post(0))
    await allotments.publish(*range(1, FLOOD + 1))
    (followed,) = await store.subscriptions.all()
    (hold,) = await store.holds.undecided([followed.subscription.id])
    assert hold.guild_id is None
    await bot.sender.send(
        allotments.news.id,
        render_hold(hold),
        nonce="forged",
        uncertain_since=None,
        nonce_holds=False,
        others=frozenset(),
    )
    (forged,) = allotments.discord.messages(allotments.news.id)

    answer = await allotments.discord.press(forged, "Post all", allotments.admin)

    assert "no longer followed here" in await private_answer(allotments, answer)
    assert await store.holds.get(hold.id) == hold


async def test_a_database_error_is_answered_with_a_number_that_is_also_logged(
    allotments: Allotments,
    question: StoredMessage,
    logged: list[EventDict],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def refuse(*_: object) -> None:
        raise StoreLocked("feed-relay.db")

    monkeypatch.setattr(type(allotments.store.holds), "decide", refuse)

    answer = await allotments.discord.press(question, "Post all", allotments.admin)

    text = await private_answer(allotments, answer)
    (reference,) = [each["reference"] for each in logged if "reference" in each]
    assert f"`{reference}`" in text
    assert current(allotments, question).components
