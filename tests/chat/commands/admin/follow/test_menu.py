"""The menu that asks which of several feeds a change is for."""

import re

import pytest

from bot.model import Rule
from bot.sandbox.discord.interaction_data import OptionValue
from tests.chat.commands.blogs import STARS, Blogs
from tests.chat.commands.conftest import ServerFixture, post, text_of

pytestmark = pytest.mark.usefixtures("running_chat")


async def test_the_admin_chooses_one_of_several_feeds(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary")

    question = await server.run("follow add", {"tag": "comets, moons", "channel": server.news})
    assert f"<#{server.news.id}> follows 2 feeds. Choose one for comets or moons:" in text_of(
        question.message
    )
    chosen = (await blogs.find(STARS)).subscription.id
    answer = await server.press(question.message, "Choose a feed", values=(str(chosen),))
    await server.discord.wait_for(lambda: answer.message and answer.message.edits)

    assert await blogs.rule(url=STARS) == Rule(tags=("comets", "moons"))
    assert await blogs.rule() == Rule()
    assert "follows **Star Diary**: posts tagged comets or moons." in text_of(answer.message)
    assert answer.message is not None
    assert not answer.message.components


async def test_a_tag_with_a_comma_stays_one_tag(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow(rule=Rule(("Food, Drink", "moons")))
    await blogs.follow(STARS, "Star Diary", Rule(("Food, Drink",)))
    typed: dict[str, OptionValue] = {"tag": "foo", "channel": server.news}
    (offered,) = await server.discord.complete(
        server.guild, server.talk, server.admin, "follow remove", typed, focused="tag"
    )

    question = await server.run("follow remove", {"tag": offered["value"], "channel": server.news})
    answer = await server.press(question.message, "Choose a feed", values=("all",))
    await server.discord.wait_for(lambda: answer.message and answer.message.edits)

    assert (await blogs.rule()).tags == ("moons",)
    assert (await blogs.rule(url=STARS)).tags == ()


async def test_the_admin_can_choose_all_of_several_feeds(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary")
    await blogs.poll(post(1, "personal"), post(2))

    question = await server.run("follow exclude", {"tag": "personal", "channel": server.news})
    answer = await server.press(question.message, "Choose a feed", values=("all",))
    await server.discord.wait_for(lambda: answer.message and answer.message.edits)

    assert await blogs.rule() == await blogs.rule(url=STARS) == Rule(exclude_tags=("personal",))
    assert "1 of the last 2 posts would have been posted." in text_of(answer.message)


async def test_members_cannot_use_the_menu(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary")
    question = await server.run("follow add", {"tag": "comets", "channel": server.news})

    answer = await server.press(question.message, "Choose a feed", user=server.member, values=("all",))

    assert "Manage Server" in text_of(answer.message)
    assert await blogs.rule() == Rule()


async def test_choosing_a_feed_that_is_no_longer_followed_is_explained(
    server: ServerFixture, blogs: Blogs
) -> None:
    garden = await blogs.follow()
    await blogs.follow(STARS, "Star Diary")
    question = await server.run("follow add", {"tag": "comets", "channel": server.news})
    await blogs.store.removals.remove(garden.subscription.id, blogs.now)

    answer = await server.press(question.message, "Choose a feed", values=(str(garden.subscription.id),))
    await server.discord.wait_for(lambda: answer.followups)

    assert text_of(answer.followups[0]) == "This channel no longer follows that feed; see `/follow list`."


async def test_tags_that_do_not_fit_into_a_menu_need_the_option_feed(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary")

    text = await server.reply_to("follow add", {"tag": "a very long tag " * 6, "channel": server.news})

    assert text == "This channel follows several feeds; choose one with the option `feed`."


async def test_an_answer_with_many_refusals_fits_into_a_message(server: ServerFixture, blogs: Blogs) -> None:
    rule = Rule(tags=("beans",))
    for number in range(20):
        await blogs.follow(
            f"https://blog{number}.example/feed", f"A blog of beans and roses {number}" * 3, rule
        )

    question = await server.run("follow add", {"tag": "beans", "channel": server.news})
    answer = await server.press(question.message, "Choose a feed", values=("all",))
    await server.discord.wait_for(lambda: answer.followups)

    text = text_of(answer.followups[0])
    assert "; nothing changed." in text
    assert re.search(r"… and \d+ more$", text)
