"""`/feed add`: the draft that an admin sees before anything changes, and what each press does."""

import asyncio
from dataclasses import replace

import pytest

from bot.chat.client import Chat
from bot.chat.feed_draft import MAX_DRAFTS, FeedDraft, FeedDrafts
from bot.chat.services import Services
from bot.model import FoundFeed, Rule, Style
from bot.sandbox.discord.server import SandboxDiscord
from bot.store.store import Store
from tests.chat.commands.admin.drafts import (
    POSTS,
    as_sent,
    labels,
    open_choice,
    open_draft,
    options,
    previews,
    shape,
)
from tests.chat.commands.blogs import GARDEN, STARS
from tests.chat.commands.conftest import NOT_A_MANAGER, ServerFixture, Web, post, run_chat, text_of
from tests.chat.conftest import Opened

pytestmark = pytest.mark.usefixtures("running_chat", "garden")

_SUPPRESS_EMBEDS = 1 << 2


async def test_the_command_is_acknowledged_while_the_site_hangs(
    sandbox_discord: SandboxDiscord, server: ServerFixture, web: Web
) -> None:
    web.released.clear()

    asking = asyncio.create_task(open_draft(server))
    await sandbox_discord.wait_for(
        lambda: [each for each in sandbox_discord.calls("callback") if each.status]
    )
    waited = asking.done()
    web.released.set()

    assert not waited
    assert labels(await asking)


async def test_nothing_changes_before_a_press(server: ServerFixture, store: Store) -> None:
    await open_draft(server)

    assert await store.subscriptions.all() == []
    assert server.posts == ()


@pytest.mark.parametrize("style", list(Style))
async def test_the_newest_post_is_shown_as_it_would_be_sent(server: ServerFixture, style: Style) -> None:
    await open_draft(server, style=style.value)

    (shown,) = previews(server) if style is not Style.LINK else server.seen_by(server.admin)[-1:]
    assert shape(shown.body) == as_sent(POSTS[0], style)
    assert bool(shown.flags & _SUPPRESS_EMBEDS) == (style is Style.COMPACT)


async def test_the_default_channel_is_the_one_where_the_command_runs(
    server: ServerFixture, store: Store
) -> None:
    answer = await server.run("feed add", {"url": "garden.example"})
    await server.press_and_wait(answer.message, "Subscribe")

    (followed,) = await store.subscriptions.all()
    assert followed.subscription.channel_id == server.talk.id


async def test_tags_can_be_given_with_the_command(server: ServerFixture, store: Store) -> None:
    draft = await open_draft(server, tags="Beans, #soil")
    text = text_of(draft)
    await server.press_and_wait(draft, "Subscribe")

    (followed,) = await store.subscriptions.all()
    assert followed.subscription.rule == Rule(tags=("Beans", "soil"))
    assert "gets posts tagged Beans or soil" in text
    assert "2 of the last 3 posts would have been posted." in text


async def test_choosing_tags_replaces_the_preview(server: ServerFixture) -> None:
    draft = await server.press_and_wait(await open_draft(server), "Choose tags")
    await server.press_and_wait(draft, "Choose tags; without any, every post is sent", values=("0",))
    await server.discord.wait_for(
        lambda: [shape(each.body) for each in previews(server)] == [as_sent(POSTS[1])]
    )

    (shown,) = previews(server)
    assert shape(shown.body) == as_sent(POSTS[1])


async def test_a_preview_that_is_too_old_to_be_deleted_stays(
    sandbox_discord: SandboxDiscord, server: ServerFixture
) -> None:
    """The token of the interaction that sent it lives 15 minutes; the buttons work longer."""
    draft = await server.press_and_wait(await open_draft(server), "Choose style")
    sandbox_discord.faults.next("delete answer", status=401, code=50027, message="Invalid Webhook Token")

    await server.press_and_wait(draft, "Choose a style", values=("compact",))
    await sandbox_discord.wait_for(lambda: len(previews(server)) == 2)

    assert shape(previews(server)[-1].body) == as_sent(POSTS[0], Style.COMPACT)


async def test_cancelling_changes_nothing(server: ServerFixture, store: Store) -> None:
    text = text_of(await server.press_and_wait(await open_draft(server), "Cancel"))

    assert text == "Cancelled; nothing changed."
    assert await store.subscriptions.all() == []


async def test_the_admin_chooses_one_of_several_feeds(server: ServerFixture, web: Web, store: Store) -> None:
    web.add(STARS, "Stars over the garden", post(9))
    web.behind["garden.example"] = (FoundFeed(GARDEN, "Garden Notes"), FoundFeed(STARS, "Stars"))

    question = await open_choice(server)
    draft = await server.press_and_wait(question, "Choose a feed", values=("1",))
    await server.press_and_wait(draft, "Subscribe")

    (followed,) = await store.subscriptions.all()
    assert [each["label"] for each in options(question)] == ["Garden Notes", "Stars"]
    assert followed.feed_url == STARS


async def test_the_tag_of_a_pasted_address_is_chosen(server: ServerFixture, web: Web) -> None:
    web.behind["garden.example"] = (FoundFeed(GARDEN, "Garden Notes", tag="soil"),)

    assert "gets posts tagged soil" in text_of(await open_draft(server))


async def test_buttons_from_before_a_restart_say_what_to_do(
    running_chat: Chat, server: ServerFixture, services: Services, opened: Opened, store: Store
) -> None:
    draft = await open_draft(server)
    await running_chat.close()

    async with run_chat(server.discord, replace(services, drafts=FeedDrafts()), opened, server):
        text = await server.press_and_read(draft, "Subscribe")

    assert text == "These buttons have expired; run `/feed add` again."
    assert await store.subscriptions.all() == []


async def test_the_oldest_draft_is_dropped_for_new_ones(server: ServerFixture, services: Services) -> None:
    draft = await open_draft(server)
    for _draft in range(MAX_DRAFTS):
        services.drafts.put(FeedDraft(server.news.id, Style.CARD))

    assert (
        await server.press_and_read(draft, "Subscribe")
        == "These buttons have expired; run `/feed add` again."
    )


async def test_buttons_work_after_the_gateway_reconnects(
    sandbox_discord: SandboxDiscord, server: ServerFixture, store: Store
) -> None:
    draft = await open_draft(server)
    await sandbox_discord.gateway.close(code=4012)
    await sandbox_discord.wait_for(lambda: sandbox_discord.gateway.identified == 2)

    await server.press_and_wait(draft, "Subscribe")

    assert len(await store.subscriptions.all()) == 1


async def test_somebody_who_is_no_longer_an_admin_cannot_subscribe(
    server: ServerFixture, store: Store
) -> None:
    draft = await open_draft(server)
    server.discord.set_roles(server.guild.id, server.admin, ())

    text = await server.press_and_read(draft, "Subscribe")

    assert text == NOT_A_MANAGER
    assert await store.subscriptions.all() == []
