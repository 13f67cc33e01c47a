"""`/follow`: channels, feeds and tags that a command is about, and the list of rules."""

import pytest

from bot.model import Rule
from bot.sandbox.discord.permissions import Permission
from tests.chat.commands.blogs import STARS, Blogs
from tests.chat.commands.conftest import ServerFixture

pytestmark = pytest.mark.usefixtures("running_chat")


async def test_several_tags_are_separated_by_commas(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()

    await server.reply_to("follow add", {"tag": "beans, #roses,, ", "channel": server.news})

    assert await blogs.rule() == Rule(tags=("beans", "roses"))


@pytest.mark.parametrize("tag", ["###", " , ,", "-"])
async def test_text_without_letters_is_not_a_tag(server: ServerFixture, blogs: Blogs, tag: str) -> None:
    await blogs.follow()

    assert "That isn't a tag" in await server.reply_to("follow add", {"tag": tag, "channel": server.news})


async def test_the_default_channel_is_the_one_where_the_command_runs(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow(channel_id=server.talk.id)

    await server.reply_to("follow add", {"tag": "beans"})

    assert await blogs.rule(server.talk.id) == Rule(tags=("beans",))


async def test_if_the_channel_follows_nothing_the_answer_names_those_that_do(
    server: ServerFixture, blogs: Blogs
) -> None:
    before = await server.reply_to("follow add", {"tag": "beans"})
    await blogs.follow()

    after = await server.reply_to("follow add", {"tag": "beans"})

    assert before == "This server doesn't follow any feeds yet; start with `/feed add`."
    assert after.startswith(f"<#{server.talk.id}> doesn't follow any feeds;")
    assert f"choose a channel that does: <#{server.news.id}>." in after


async def test_the_option_feed_chooses_a_feed(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary")

    await server.reply_to("follow add", {"tag": "comets", "channel": server.news, "feed": "star diary"})

    assert (await blogs.rule(), await blogs.rule(url=STARS)) == (Rule(), Rule(tags=("comets",)))


async def test_a_feed_that_the_channel_does_not_follow_is_refused(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow()

    text = await server.reply_to(
        "follow add", {"tag": "comets", "channel": server.news, "feed": "Star Diary"}
    )

    assert (
        text == "This channel doesn't follow a feed called Star Diary; choose one of these: **Garden Notes**."
    )


async def test_a_tag_is_removed_from_the_only_feed_whose_rule_has_it(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow(rule=Rule(tags=("beans",)))
    await blogs.follow(STARS, "Star Diary", Rule(tags=("comets",)))

    await server.reply_to("follow remove", {"tag": "comets", "channel": server.news})

    assert (await blogs.rule(), await blogs.rule(url=STARS)) == (Rule(tags=("beans",)), Rule())


async def test_a_channel_that_the_admin_cannot_see_is_not_named(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    server.discord.set_permissions(server.news.id, deny=Permission.VIEW_CHANNEL, target=server.admin)

    assert await server.reply_to("follow add", {"tag": "beans"}) == (
        "This server doesn't follow any feeds yet; start with `/feed add`."
    )


async def test_an_admin_who_cannot_write_in_a_channel_cannot_change_it(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow()
    server.discord.set_permissions(server.news.id, deny=Permission.SEND_MESSAGES, target=server.admin)

    text = await server.reply_to("follow add", {"tag": "beans", "channel": server.news})

    assert await blogs.rule() == Rule()
    assert "You can't read and write" in text


async def test_a_member_whom_discord_lets_run_the_command_may_run_it(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow()

    await server.run("follow add", {"tag": "beans", "channel": server.news}, user=server.member, force=True)

    assert (await blogs.rule()).tags == ("beans",)


async def test_every_rule_is_listed_in_plain_words(server: ServerFixture, blogs: Blogs) -> None:
    rule = Rule(tags=("astronomy", "cycling"), exclude_tags=("personal",))
    await blogs.declare(rule=rule)
    diary = await blogs.follow(STARS, "Star Diary", channel_id=server.talk.id)
    await blogs.store.subscriptions.pause(diary.subscription.id)
    garden = f"<#{server.news.id}> follows **Garden Notes**"

    text = await server.reply_to("follow list")

    assert text.splitlines()[:3] == [
        "What each channel follows",
        f"<#{server.talk.id}> follows **Star Diary**: every post · paused",
        f"{garden}: posts tagged astronomy or cycling, not personal · set in the config file",
    ]


async def test_words_of_a_rule_are_listed_too(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow(rule=Rule(words=("first light", "eclipse"), exclude_words=("raffle",)))

    text = await server.reply_to("follow list", {"channel": server.news})

    assert "every post, with “first light” or “eclipse”, without “raffle”" in text


async def test_a_list_shows_no_channel_that_the_admin_cannot_see(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    server.discord.set_permissions(server.news.id, deny=Permission.VIEW_CHANNEL, target=server.admin)

    assert await server.reply_to("follow list") == (
        "None of the channels that you can see follows a feed; start with `/feed add`."
    )


async def test_a_list_of_one_channel_leaves_out_the_others(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary", channel_id=server.talk.id)

    text = await server.reply_to("follow list", {"channel": server.talk})

    assert "Star Diary" in text
    assert "Garden Notes" not in text


@pytest.mark.parametrize("verb", ["add", "remove", "exclude"])
async def test_a_rule_is_not_changed_for_a_part_of_a_feeds_name(
    server: ServerFixture, blogs: Blogs, verb: str
) -> None:
    rule = Rule(tags=("beans", "comets"))
    await blogs.follow(rule=rule)

    text = await server.reply_to(
        f"follow {verb}", {"tag": "comets", "channel": server.news, "feed": "garden"}
    )

    assert "Did you mean **Garden Notes**?" in text
    assert await blogs.rule() == rule


async def test_a_chosen_feed_of_another_channel_is_named(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    stars = await blogs.follow(STARS, "Star Diary", channel_id=server.talk.id)

    text = await server.reply_to(
        "follow add", {"tag": "x", "channel": server.news, "feed": f"feed:{stars.subscription.feed_id}"}
    )

    assert text.startswith("This channel doesn't follow a feed called Star Diary;")
