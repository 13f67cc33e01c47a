"""Changes of rules, and the posts that they would have let through."""

import asyncio

import pytest

from bot.model import Rule
from tests.chat.commands.blogs import GARDEN, Blogs
from tests.chat.commands.conftest import ServerFixture, post

pytestmark = pytest.mark.usefixtures("running_chat")


async def test_the_first_followed_tag_narrows_everything_to_it_and_says_so(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow()
    await blogs.poll(post(1, "beans"), post(2, "roses"), post(3, "beans", "soil"))

    text = await server.reply_to("follow add", {"tag": "beans", "channel": server.news})

    assert await blogs.rule() == Rule(tags=("beans",))
    assert text.splitlines() == [
        f"<#{server.news.id}> follows **Garden Notes**: posts tagged beans.",
        "Until now, every post was sent; from now on, only posts tagged beans.",
        "2 of the last 3 posts would have been posted:",
        "- [Bed 3](<https://garden.example/3>)",
        "- [Bed 1](<https://garden.example/1>)",
    ]


async def test_another_tag_widens_the_rule(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow(rule=Rule(tags=("beans",)))
    await blogs.poll(post(1, "beans"), post(2, "roses"))

    text = await server.reply_to("follow add", {"tag": "roses", "channel": server.news})

    assert await blogs.rule() == Rule(tags=("beans", "roses"))
    assert "posts tagged beans or roses." in text
    assert "Until now" not in text


async def test_a_tag_is_stored_as_its_author_spells_it(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll(post(1, "Night Sky"))

    await server.reply_to("follow add", {"tag": "#night_sky", "channel": server.news})

    assert await blogs.rule() == Rule(tags=("Night Sky",))


async def test_an_unknown_tag_is_followed_with_a_warning(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll(post(1, "beans"))

    text = await server.reply_to("follow add", {"tag": "comets", "channel": server.news})

    assert await blogs.rule() == Rule(tags=("comets",))
    assert "No archived post of **Garden Notes** has the tag comets; check how the blog spells it" in text
    assert "The last post would not have been posted." in text


async def test_without_archived_posts_there_is_no_preview(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()

    text = await server.reply_to("follow add", {"tag": "beans", "channel": server.news})

    assert "The archive has no posts yet" in text


async def test_a_rule_is_tried_on_the_last_twenty_posts(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll(*(post(number, "beans") for number in range(30)))

    text = await server.reply_to("follow add", {"tag": "beans", "channel": server.news})

    assert "20 of the last 20 posts would have been posted:" in text
    assert "[Bed 10]" in text
    assert "[Bed 9]" not in text


async def test_following_a_tag_twice_changes_nothing_and_says_so(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow(rule=Rule(tags=("Beans",)))

    text = await server.reply_to("follow add", {"tag": "béans", "channel": server.news})

    assert text == f"<#{server.news.id}> already follows béans of **Garden Notes**; nothing changed."


async def test_following_an_excluded_tag_ends_the_exclusion(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow(rule=Rule(exclude_tags=("beans", "soil")))

    await server.reply_to("follow add", {"tag": "Beans", "channel": server.news})

    assert await blogs.rule() == Rule(tags=("Beans",), exclude_tags=("soil",))


async def test_excluding_a_tag_shows_the_posts_that_are_left(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll(post(1, "personal"), post(2, "roses"))

    text = await server.reply_to("follow exclude", {"tag": "personal", "channel": server.news})

    assert await blogs.rule() == Rule(exclude_tags=("personal",))
    assert "every post, but none tagged personal." in text
    assert "1 of the last 2 posts would have been posted:" in text
    assert "- [Bed 2]" in text


async def test_the_only_followed_tag_cannot_be_excluded(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow(rule=Rule(tags=("beans",)))

    text = await server.reply_to("follow exclude", {"tag": "beans", "channel": server.news})

    assert await blogs.rule() == Rule(tags=("beans",))
    assert "use `/follow remove` instead" in text


async def test_removing_the_last_tag_follows_everything_again_and_says_so(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow(rule=Rule(tags=("beans",)))

    text = await server.reply_to("follow remove", {"tag": "BEANS", "channel": server.news})

    assert await blogs.rule() == Rule()
    assert "every post is sent, except excluded ones." in text


async def test_removing_an_excluded_tag_ends_the_exclusion(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow(rule=Rule(exclude_tags=("personal",)))

    await server.reply_to("follow remove", {"tag": "personal", "channel": server.news})

    assert await blogs.rule() == Rule()


async def test_removing_a_tag_that_is_not_in_the_rule_is_explained(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow()

    text = await server.reply_to("follow remove", {"tag": "beans", "channel": server.news})

    assert text.endswith("neither follows nor excludes beans of **Garden Notes**; see `/follow list`.")


async def test_a_rule_has_a_limited_number_of_tags(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow(rule=Rule(tags=tuple(f"tag {number}" for number in range(50))))

    text = await server.reply_to("follow add", {"tag": "one more", "channel": server.news})

    assert text == "A channel can follow or exclude at most 50 tags of a feed; remove some first."


async def test_changes_by_several_admins_at_once_are_all_kept(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()

    await asyncio.gather(
        *(
            server.run("follow add", {"tag": tag, "channel": server.news})
            for tag in ("beans", "roses", "soil")
        )
    )

    assert sorted((await blogs.rule()).tags) == ["beans", "roses", "soil"]


async def test_a_rule_from_the_config_file_is_not_changed_and_the_answer_says_where_to(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.declare(rule=Rule(tags=("beans",)))

    text = await server.reply_to("follow exclude", {"tag": "soil", "channel": server.news})

    assert await blogs.rule() == Rule(tags=("beans",))
    assert "The bot's config file sets what" in text
    assert (
        f"change `exclude_tags` in config.toml, below `[[feeds.channels]]` with `id = {server.news.id}`"
        in text
    )


async def test_text_from_feeds_is_escaped_in_answers(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow(GARDEN, "**Gärden** @everyone [x](https://evil.example)")
    await blogs.poll(post(1, "beans", title="# <@1> `x`"))

    text = await server.reply_to("follow add", {"tag": "beans", "channel": server.news})

    assert "\\*\\*Gärden\\*\\*" in text
    assert "@everyone" not in text
    assert "<@1>" not in text
