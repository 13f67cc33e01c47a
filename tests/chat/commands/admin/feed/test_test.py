"""`/feed test`."""

from dataclasses import replace
from typing import Any

import pytest

from bot.chat.embeds import create_message_body
from bot.model import ChannelDeclaration, FeedDeclaration, Rule, Style
from bot.source.http.site import site_of
from bot.store.store import Store
from bot.text.render import render
from tests.chat.commands.blogs import GARDEN, Blogs, budget
from tests.chat.commands.conftest import NOW, ServerFixture, Web, post, text_of

pytestmark = pytest.mark.usefixtures("running_chat")


async def test_the_newest_post_is_shown_as_it_would_be_sent(
    server: ServerFixture, blogs: Blogs, store: Store
) -> None:
    followed = await blogs.follow()
    full = replace(followed.subscription.settings, style=Style.FULL)
    await store.settings_changes.change(followed.subscription.id, lambda _: full, server.admin.id, NOW)
    await blogs.poll(post(1), post(2))

    answer = await server.run("feed test", {"feed": "Garden Notes"})
    await server.discord.wait_for(lambda: answer.followups)

    (shown,) = answer.followups
    wanted = create_message_body(render(post(2), "Garden Notes", Style.FULL))
    assert text_of(answer.message) == (
        f"The newest post of **Garden Notes** for <#{server.news.id}>, in the style full:"
    )
    assert {key: shown.body[key] for key in ("content", "embeds")} == {
        key: wanted[key] for key in ("content", "embeds")
    }
    assert shown.visible_to == server.admin.id
    assert server.posts == ()


@pytest.mark.parametrize(
    "fault",
    [{"refused": ["embeds.0.url"]}, {"status": 400, "body": '{"embeds": ["0"]}'}],
    ids=["named", "unnamed"],
)
async def test_a_preview_is_shown_without_what_discord_refuses(
    server: ServerFixture, blogs: Blogs, fault: dict[str, Any]
) -> None:
    await blogs.follow()
    await blogs.poll(post(1))
    server.discord.faults.next("followup", **fault)

    answer = await server.run("feed test", {"feed": "Garden Notes"})
    await server.discord.wait_for(lambda: answer.followups)

    assert "Bed 1" in text_of(answer.followups[0])


async def test_the_newest_post_that_the_rule_wants_is_shown(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow(rule=Rule(tags=("beans",)))
    await blogs.poll(post(1, "beans"), post(2, "roses"))

    answer = await server.run("feed test", {"feed": "Garden Notes"})
    await server.discord.wait_for(lambda: answer.followups)

    assert "Bed 1" in text_of(answer.followups[0])


async def test_the_answer_says_if_the_rule_wants_none_of_the_newest_posts(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow(rule=Rule(tags=("comets",)))
    await blogs.poll(post(1))

    text = await server.reply_to("feed test", {"feed": "Garden Notes"})

    assert text == (
        f"None of the newest posts of **Garden Notes** fit the rule of <#{server.news.id}>. The newest would look like"
        " this, in the style card:"
    )


async def test_a_feed_that_was_never_polled_is_read(server: ServerFixture, blogs: Blogs, web: Web) -> None:
    web.add(GARDEN, "Garden Notes", post(7))
    await blogs.follow()

    answer = await server.run("feed test", {"feed": "Garden Notes"})
    await server.discord.wait_for(lambda: answer.followups)

    assert "Bed 7" in text_of(answer.followups[0])


async def test_nobody_is_pinged(server: ServerFixture, web: Web, store: Store) -> None:
    role = server.discord.add_role(server.guild.id, "readers", mentionable=True)
    web.add(GARDEN, "Garden Notes", post(7))
    channel = ChannelDeclaration(server.news.id, mention_roles=(role.id,))
    declared = FeedDeclaration(GARDEN, "Garden Notes", channels=(channel,))
    await store.subscriptions.sync([declared], site_of, budget, NOW)
    await store.guilds.assign_channels({server.news.id: server.guild.id})

    answer = await server.run("feed test", {"feed": "Garden Notes"})
    await server.discord.wait_for(lambda: answer.followups)

    assert f"<@&{role.id}>" in answer.followups[0].content
    assert not answer.followups[0].pings


async def test_a_feed_without_posts_is_explained(server: ServerFixture, blogs: Blogs, web: Web) -> None:
    web.add(GARDEN, "Garden Notes")
    await blogs.follow()

    assert await server.reply_to("feed test", {"feed": "Garden Notes"}) == (
        "**Garden Notes** has no posts yet; run this again once it has some."
    )
