"""`/why`: which post a link means, and what an admin may see of it."""

from dataclasses import replace

import pytest

from bot.model import PostSettings
from bot.sandbox.discord.permissions import Permission
from tests.chat.commands.admin.drafts import options
from tests.chat.commands.blogs import STARS, Blogs
from tests.chat.commands.conftest import NOW, ServerFixture, post, text_of

pytestmark = pytest.mark.usefixtures("running_chat")

SECOND = "https://garden.example/2"

T = f"<t:{int(NOW.timestamp())}:R>"


async def publish(blogs: Blogs, settings: PostSettings = PostSettings()) -> None:  # noqa: B008 -- frozen
    """Poll the feed with one post, then with a second one about beans."""
    await blogs.poll(post(1))
    await blogs.poll(post(1), post(2, "beans", "soil"), settings=settings)


@pytest.mark.parametrize("link", ["http://www.garden.example/2/?utm_source=x#top", f"<{SECOND}>", "Bed 2"])
async def test_a_post_is_found_in_any_form_of_its_link(
    server: ServerFixture, blogs: Blogs, link: str
) -> None:
    await blogs.follow()
    await publish(blogs)

    assert (await server.reply_to("why", {"link": link})).startswith(f"**[Bed 2](<{SECOND}>)**")


async def test_an_unknown_link_shows_when_the_feeds_were_checked(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll(post(1))

    text = await server.reply_to("why", {"link": "https://garden.example/missing"})

    assert text.splitlines() == [
        "None of the feeds followed here has had garden.example/missing.",
        f"- **Garden Notes** was checked {T}; the post wasn't in it. Next check now.",
    ]


async def test_a_part_that_several_titles_share_offers_a_choice(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await publish(blogs)

    question = await server.run("why", {"link": "Bed", "channel": server.news})

    assert question.message is not None
    assert question.message.content == "Several posts have Bed in their title or address; choose one:"
    assert [each["label"] for each in options(question.message)] == ["Bed 2", "Bed 1"]
    assert options(question.message)[0]["description"].endswith("garden.example/2")
    for number, option in ((2, 0), (1, 1)):
        values = (options(question.message)[option]["value"],)
        chosen = await server.press_and_wait(question.message, "Choose a post", values=values)
        link = f"https://garden.example/{number}"
        assert chosen.embeds[0]["description"].startswith(f"**[Bed {number}](<{link}>)**")


async def test_posts_that_share_one_address_are_distinguished_by_their_titles(
    server: ServerFixture, blogs: Blogs
) -> None:
    titles = ("Weather", "Tulips early", "Tulips late")
    shared = [replace(post(number, title=title), link=SECOND) for number, title in enumerate(titles, start=3)]
    await blogs.follow()
    await blogs.poll(post(1))
    await blogs.poll(post(1), *shared)

    text = await server.reply_to("why", {"link": "tulips early"})
    question = await server.run("why", {"link": "tulips"})

    assert text.count("[Tulips early]") == 1
    assert "[Weather]" not in text
    assert "[Tulips late]" not in text
    assert question.message is not None
    assert [each["label"] for each in options(question.message)] == ["Tulips late", "Tulips early"]
    values = (options(question.message)[1]["value"],)
    chosen = await server.press_and_wait(question.message, "Choose a post", values=values)
    assert chosen.embeds[0]["description"] == text


async def test_a_post_that_two_feeds_have_is_offered_once(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary")
    shared = replace(post(2), guid=SECOND)
    await blogs.poll(post(1), shared)
    await blogs.poll(shared, url=STARS)

    question = await server.run("why", {"link": "Bed"})

    assert question.message is not None
    assert [each["label"] for each in options(question.message)] == ["Bed 2", "Bed 1"]


async def test_a_chosen_post_that_was_removed_is_reported(server: ServerFixture, blogs: Blogs) -> None:
    garden = await blogs.follow()
    await blogs.follow(STARS, "Star Diary")
    await publish(blogs)
    question = await server.run("why", {"link": "Bed"})
    assert question.message is not None
    await blogs.store.removals.remove(garden.subscription.id, NOW)

    answer = await server.press(
        question.message, "Choose a post", values=(options(question.message)[0]["value"],)
    )
    await server.discord.wait_for(lambda: answer.followups)

    assert text_of(answer.followups[0]) == "That post is no longer in the archive; run `/why` again."


async def test_only_the_newest_of_many_posts_are_offered(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll(*(post(number) for number in range(40, 0, -1)))

    question = await server.run("why", {"link": "Bed"})

    assert question.message is not None
    assert question.message.content.startswith(
        "Many posts have Bed in their title or address. Choose one of the newest 25,"
    )
    assert [each["label"] for each in options(question.message)] == [
        f"Bed {number}" for number in range(40, 15, -1)
    ]


async def test_an_older_post_of_the_channel_is_found_below_newer_ones_of_others(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow(STARS, "Star Diary", channel_id=server.talk.id)
    await blogs.poll(replace(post(9, title="Bed of stars"), link="https://stars.example/9"), url=STARS)
    await blogs.follow()
    await publish(blogs)

    text = await server.reply_to("why", {"link": "bed", "channel": server.talk})

    assert text.startswith("**[Bed of stars]")


async def test_a_chosen_post_that_is_hidden_meanwhile_is_not_shown(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow()
    await publish(blogs)
    question = await server.run("why", {"link": "Bed", "channel": server.news})
    assert question.message is not None
    server.discord.set_permissions(server.news.id, deny=Permission.VIEW_CHANNEL, target=server.admin)

    values = (options(question.message)[0]["value"],)
    answer = await server.press(question.message, "Choose a post", values=values)
    await server.discord.wait_for(lambda: answer.followups)

    assert text_of(answer.followups[0]) == "You can't see that channel; ask someone who can."


async def test_a_link_to_a_site_that_nobody_follows_is_explained(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()

    text = await server.reply_to("why", {"link": "https://elsewhere.example/2"})

    assert "None of them is from elsewhere.example; add its feed with `/feed add`." in text
    assert "**Garden Notes** hasn't been checked yet" in text


async def test_an_unknown_link_shows_the_error_of_a_failing_feed(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.fail("The site cannot be reached; check the address.")

    text = await server.reply_to("why", {"link": "https://garden.example/missing"})

    assert f"**Garden Notes** couldn't be read {T}: The site cannot be reached; check the address." in text


async def test_posts_of_another_server_are_unknown_here(server: ServerFixture, blogs: Blogs) -> None:
    elsewhere = server.discord.add_guild("Observatory")
    foreign = server.discord.add_channel(elsewhere.id, "sky")
    await blogs.follow(guild_id=elsewhere.id, channel_id=foreign.id)
    await publish(blogs)
    await blogs.follow(STARS, "Star Diary")

    text = await server.reply_to("why", {"link": SECOND})

    assert "None of the feeds followed here has had" in text
    assert "Garden" not in text


async def test_a_channel_that_the_admin_cannot_see_is_not_shown(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow(channel_id=server.talk.id)
    await blogs.follow()
    await publish(blogs)
    server.discord.set_permissions(server.news.id, deny=Permission.VIEW_CHANNEL, target=server.admin)

    everywhere = await server.reply_to("why", {"link": SECOND})
    there = await server.reply_to("why", {"link": SECOND, "channel": server.news})

    assert str(server.talk.id) in everywhere
    assert str(server.news.id) not in everywhere
    assert there == "You can't see that channel; ask someone who can."


async def test_a_hidden_post_with_the_same_part_in_its_title_stays_hidden(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow()
    await blogs.poll(post(1))
    await blogs.follow(STARS, "Star Diary", channel_id=server.talk.id)
    await blogs.poll(replace(post(2, title="Bed of stars"), link="https://stars.example/2"), url=STARS)
    server.discord.set_permissions(server.news.id, deny=Permission.VIEW_CHANNEL, target=server.admin)

    assert (await server.reply_to("why", {"link": "Bed"})).startswith("**[Bed of stars]")


async def test_without_feeds_the_answer_suggests_feed_add(server: ServerFixture) -> None:
    assert await server.reply_to("why", {"link": SECOND}) == (
        "This server doesn't follow any feeds yet; start with `/feed add`."
    )


async def test_a_member_whom_discord_lets_run_the_command_may_run_it(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow()
    await publish(blogs)

    answer = await server.run("why", {"link": SECOND}, user=server.member, force=True)

    assert text_of(answer.message).startswith("**[Bed 2]")


MESSAGE = 1_100_000_000_000_000_002
THREAD = 1_100_000_000_000_000_001


async def publish_message(blogs: Blogs, message_id: int = MESSAGE) -> None:
    """Follow the feed, and post its second post as this message."""
    await blogs.follow()
    await publish(blogs)
    await blogs.send(message_id=message_id)


@pytest.mark.parametrize(
    "link",
    [
        "https://discord.com/channels/{guild}/{channel}/{message}",
        "<https://ptb.discord.com/channels/{guild}/{channel}/{message}>",
        "https://canary.discordapp.com/channels/{guild}/{channel}/{message}/",
        "{message}",
        " {channel}-{message} ",
    ],
)
async def test_a_post_is_found_by_the_link_or_id_of_its_message(
    server: ServerFixture, blogs: Blogs, link: str
) -> None:
    await publish_message(blogs)

    text = await server.reply_to(
        "why", {"link": link.format(guild=server.guild.id, channel=server.news.id, message=MESSAGE)}
    )

    assert text.startswith(f"**[Bed 2](<{SECOND}>)**")
    assert f"/channels/{server.guild.id}/{server.news.id}/{MESSAGE}" in text


@pytest.mark.parametrize("rest", ["", f"/{THREAD}", f"/{MESSAGE}"])
async def test_a_forum_post_is_found_by_its_thread(server: ServerFixture, blogs: Blogs, rest: str) -> None:
    await publish_message(blogs, THREAD)

    text = await server.reply_to(
        "why", {"link": f"https://discord.com/channels/{server.guild.id}/{THREAD}{rest}"}
    )

    assert text.startswith(f"**[Bed 2](<{SECOND}>)**")


async def test_another_message_is_explained(server: ServerFixture, blogs: Blogs) -> None:
    await publish_message(blogs)

    text = await server.reply_to("why", {"link": str(MESSAGE + 1)})

    assert text.startswith("That message isn't one of the bot's posts here.")


async def test_messages_of_another_server_and_of_hidden_channels_are_unknown(
    server: ServerFixture, blogs: Blogs
) -> None:
    elsewhere = server.discord.add_guild("Observatory")
    sky = server.discord.add_channel(elsewhere.id, "sky")
    await blogs.follow(STARS, "Star Diary", channel_id=server.talk.id)
    await publish_message(blogs)
    server.discord.set_permissions(server.news.id, deny=Permission.VIEW_CHANNEL, target=server.admin)
    await blogs.follow(channel_id=sky.id, guild_id=elsewhere.id)
    await blogs.poll(post(1), post(2, "beans", "soil"), post(3))
    await blogs.send(message_id=THREAD)

    for message in (MESSAGE, THREAD):
        text = await server.reply_to("why", {"link": str(message)})

        assert text.startswith("That message isn't one of the bot's posts here.")


async def test_a_number_that_is_a_posts_guid_is_no_message(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    number = replace(post(1, title="Numbered"), guid=str(MESSAGE), link="")
    await blogs.poll(number)

    assert (await server.reply_to("why", {"link": str(MESSAGE)})).startswith("**Numbered**")
