"""`/search`, `/latest`, `/tags` and `/help`: matching posts, pages that survive restarts, or what to try instead."""

import re
from datetime import timedelta

import pytest

from bot.chat.services import Services
from bot.model import Entry
from bot.sandbox.discord.models import StoredMessage
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from bot.store.store import Store
from tests.chat.commands.blogs import STARS, Blogs
from tests.chat.commands.conftest import NOW, Town, living, post, text_of
from tests.chat.conftest import Opened


@pytest.fixture
async def blogs(store: Store, town: Town) -> Blogs:
    return Blogs(store, town.guild.id, town.news.id)


def labels(message: StoredMessage | None) -> list[str]:
    """The buttons that can be pressed."""
    assert message is not None
    found = (each for row in message.components for each in row["components"])
    return [each["label"] for each in found if not each.get("disabled")]


async def asked(town: Town, command: str = "search", **options: str | int) -> StoredMessage:
    """What the member gets."""
    answer = await town.run(command, options, user=town.member)
    assert answer.message is not None
    return answer.message


async def turned(town: Town, message: StoredMessage, wanted: str) -> StoredMessage:
    """The answer once the member's press has changed it."""
    before = len(message.edits)
    answer = await town.press(message, wanted, user=town.member)
    await town.discord.wait_for(lambda: answer.message and len(answer.message.edits) > before)
    assert answer.message is not None
    return answer.message


async def refused(town: Town, message: StoredMessage, wanted: str) -> str:
    """What the member reads after a press that is not followed."""
    answer = await town.press(message, wanted, user=town.member)
    await town.discord.wait_for(lambda: answer.followups)
    return text_of(answer.followups[0])


def titles(message: StoredMessage) -> list[str]:
    """The posts on a page."""
    return re.findall(r"^\*\*\[(.*?)\]", text_of(message), re.MULTILINE)


async def sow(blogs: Blogs, count: int) -> None:
    """The garden blog with so many posts, the first ones numbered 1."""
    await blogs.follow()
    await blogs.poll(*(post(number, "beans") for number in range(1, count + 1)))


@pytest.mark.usefixtures("answering")
async def test_a_post_is_found_by_its_words_and_told_with_all_that_is_known_of_it(
    town: Town, blogs: Blogs
) -> None:
    await blogs.follow()
    await blogs.poll(post(1, "beans", "Night Sky", title="Sowing"), post(2, title="Roses"))

    message = await asked(town, query="sowing climb")

    day = int((NOW - timedelta(days=99)).timestamp())
    assert text_of(message) == (
        "**1 post** with sowing and climb\n\n"
        "**[Sowing](<https://garden.example/1>)**\n"
        "The beans of bed 1 **climb**.\n"
        f"-# Garden Notes · <t:{day}:D> · beans, Night Sky"
    )
    assert message.visible_to == town.member.id


@pytest.mark.usefixtures("answering")
async def test_a_jump_link_leads_to_the_message_in_this_server(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll()
    await blogs.poll(post(1))
    (delivery,) = await blogs.send()

    told = text_of(await asked(town, query="beans"))

    jump = f"https://discord.com/channels/{town.guild.id}/{town.news.id}/{delivery.id + 1000}"
    assert f"[jump]({jump})" in told


@pytest.mark.usefixtures("answering")
async def test_who_may_not_read_what_was_said_before_finds_the_post_and_no_jump_link(
    town: Town, blogs: Blogs
) -> None:
    await blogs.follow()
    await blogs.poll()
    await blogs.poll(post(1))
    await blogs.send()
    town.discord.set_permissions(town.news.id, deny=Permission.READ_MESSAGE_HISTORY, target=town.member)

    told = text_of(await asked(town, query="beans"))

    assert "Bed 1" in told
    assert "jump" not in told


@pytest.mark.usefixtures("answering")
async def test_options_are_conditions_like_words(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary")
    await blogs.poll(post(1, "Night Sky"), post(50, "night-sky"), post(60))
    await blogs.poll(post(51, "night sky"), url=STARS)

    found = await asked(
        town, query="beans", tag="#Night Sky", feed="Garden", after="2026-03", before="2026-04-01"
    )

    assert titles(found) == ["Bed 50"]
    assert "**1 post** with beans, tagged #Night Sky, from **Garden Notes**, since" in text_of(found)


@pytest.mark.usefixtures("answering")
async def test_feeds_in_the_query_are_any_of_them_and_the_option_narrows_them(
    town: Town, blogs: Blogs
) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary")
    await blogs.poll(post(1))
    await blogs.poll(post(2), url=STARS)
    both = 'beans feed:"Garden Notes" feed:"Star Diary"'

    assert sorted(titles(await asked(town, query=both))) == ["Bed 1", "Bed 2"]
    assert titles(await asked(town, query=both, feed="Star Diary")) == ["Bed 2"]
    assert text_of(await asked(town, query='beans feed:"Garden Notes"', feed="Star Diary")) == (
        "`query` and `feed` name different feeds; leave one of them out."
    )


@pytest.mark.usefixtures("answering")
async def test_newest_first_is_by_date_and_else_what_fits_best_is_first(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    weak = Entry(
        guid="weak", link="https://garden.example/weak", title="Tools", text="Slugs. " + "Spades. " * 40,
        published=NOW,
    )  # fmt: skip
    await blogs.poll(weak, post(1, "slugs", title="Slugs"))

    assert titles(await asked(town, query="slugs")) == ["Slugs", "Tools"]
    assert titles(await asked(town, query="slugs", sort="newest")) == ["Tools", "Slugs"]


@pytest.mark.usefixtures("answering")
async def test_pages_are_turned_in_place(town: Town, blogs: Blogs) -> None:
    await sow(blogs, 12)

    first = await asked(town, query="beans", sort="newest")
    assert titles(first) == ["Bed 12", "Bed 11", "Bed 10", "Bed 9", "Bed 8"]
    assert labels(first) == ["Next", "Share"]

    second = await turned(town, first, "Next")
    assert labels(second) == ["Previous", "Next", "Share"]

    third = await turned(town, second, "Next")
    assert titles(third) == ["Bed 2", "Bed 1"]
    assert labels(third) == ["Previous", "Share"]
    assert text_of(third).endswith("Page 3 of 3")
    assert titles(await turned(town, third, "Previous")) == titles(second)


async def test_pages_are_turned_after_a_restart(
    sandbox_discord: SandboxDiscord, town: Town, services: Services, opened: Opened, blogs: Blogs
) -> None:
    await sow(blogs, 6)
    async with living(sandbox_discord, services, opened, town):
        await sandbox_discord.wait_for(lambda: sandbox_discord.calls("register"))
        await sandbox_discord.wait_for(lambda: sandbox_discord.commands[None])
        first = await asked(town, query="beans", sort="newest")

    async with living(sandbox_discord, services, opened, town):
        second = await turned(town, first, "Next")

    assert titles(second) == ["Bed 1"]


@pytest.mark.usefixtures("answering")
async def test_a_page_that_is_no_longer_there_is_said_so(town: Town, blogs: Blogs) -> None:
    await sow(blogs, 6)
    await blogs.follow(STARS, "Star Diary", channel_id=town.talk.id)
    first = await asked(town, query="beans")
    garden = await blogs.find()
    await blogs.store.subscriptions.remove(garden.subscription.id, NOW)

    assert await refused(town, first, "Next") == "This page no longer exists; run `/search` again."


@pytest.mark.usefixtures("answering")
async def test_where_nothing_is_found_the_condition_that_helps_most_is_left_out_by_a_button(
    town: Town, blogs: Blogs
) -> None:
    await sow(blogs, 3)

    nothing = await asked(town, query="beans comets")
    assert "Among the posts you can see, there are none with beans and comets." in text_of(nothing)
    assert labels(nothing) == ["Search without comets (3)"]

    found = await turned(town, nothing, "Search without comets (3)")
    assert text_of(found).startswith("**3 posts** with beans\n")
    assert labels(found) == ["Share"]


@pytest.mark.usefixtures("answering")
async def test_a_date_can_be_left_out_likewise(town: Town, blogs: Blogs) -> None:
    await sow(blogs, 3)

    nothing = await asked(town, query="beans", before="2020")
    (label,) = labels(nothing)

    assert label == "Search without before:2020-01-01 (3)"
    assert text_of(await turned(town, nothing, label)).startswith("**3 posts** with beans\n")


@pytest.mark.usefixtures("answering")
async def test_a_feed_can_be_left_out_likewise(town: Town, blogs: Blogs) -> None:
    await sow(blogs, 3)
    await blogs.follow(STARS, "Star Diary")

    nothing = await asked(town, query="beans", feed="Star Diary")
    (label,) = labels(nothing)

    assert label == "Search in all feeds (3)"
    assert text_of(await turned(town, nothing, label)).startswith("**3 posts** with beans\n")


@pytest.mark.usefixtures("answering")
async def test_a_word_that_reads_like_a_field_is_left_out_and_not_the_feed(town: Town, blogs: Blogs) -> None:
    await sow(blogs, 3)
    await blogs.follow(STARS, "Star Diary")

    nothing = await asked(town, query="feed: beans", feed="Garden Notes")
    assert labels(nothing) == ["Search without feed: (3)"]

    found = await turned(town, nothing, "Search without feed: (3)")
    assert text_of(found).startswith("**3 posts** with beans, from **Garden Notes**\n")


@pytest.mark.usefixtures("answering")
async def test_while_the_index_is_made_anew_nobody_is_told_that_there_is_nothing(
    town: Town, blogs: Blogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lag() -> int:
        return 17

    await sow(blogs, 1)
    monkeypatch.setattr(blogs.store.index, "lag", lag)

    told = text_of(await asked(town, query="submarines"))

    assert "Older posts are still being indexed after an upgrade, newest first; try again later." in told
    assert "Try fewer" not in told


@pytest.mark.usefixtures("answering")
async def test_the_nearest_tag_is_told(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll(post(1, "astronomy"))

    told = text_of(await asked(town, query="beans", tag="astronmy"))

    assert "Did you mean the tag **astronomy**?" in told


@pytest.mark.usefixtures("answering")
async def test_a_word_that_is_nowhere_is_answered_with_what_to_try(town: Town, blogs: Blogs) -> None:
    await sow(blogs, 1)

    message = await asked(town, query="submarines")

    assert "Try fewer or different words, or look through the tags with `/tags`." in text_of(message)
    assert labels(message) == []


@pytest.mark.usefixtures("answering")
async def test_a_word_that_is_only_begun_is_found_and_said_so(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll(post(1, title="Artichokes"))

    found = await asked(town, query="artich")

    assert titles(found) == ["Artichokes"]
    assert text_of(found).startswith("**1 post** with words that start with artich\n")


@pytest.mark.usefixtures("answering")
@pytest.mark.parametrize("query", ['"', "-", "tag:", "NOT", "* OR (", "a" * 300, "\u202e", "feed:", "::::"])
async def test_nothing_that_is_typed_is_wrong(town: Town, blogs: Blogs, query: str) -> None:
    await sow(blogs, 1)

    told = text_of(await asked(town, query=query))

    assert "Something went wrong" not in told
    assert "can't" not in told


@pytest.mark.usefixtures("answering")
async def test_a_date_that_cannot_be_read_is_told_with_those_that_can(town: Town, blogs: Blogs) -> None:
    await sow(blogs, 1)

    assert text_of(await asked(town, query="beans", after="next *week*")) == (
        r"next \*week\* isn't a date; try one like `2026`, `2026-05`, `2026-05-04` or `7d`."
    )


@pytest.mark.usefixtures("answering")
async def test_a_server_that_follows_nothing_says_what_to_do_to_members_and_to_admins(town: Town) -> None:
    for command, options in (("search", {"query": "beans"}), ("latest", {}), ("tags", {})):
        member = await town.run(command, options, user=town.member)
        admin = await town.run(command, options)

        start = "None of the channels that you can see follows a feed; "
        assert text_of(member.message) == f"{start}ask an admin to add one."
        assert text_of(admin.message) == f"{start}start with `/feed add`."


@pytest.mark.usefixtures("answering")
async def test_a_feed_that_is_paused_or_whose_channel_refuses_is_found_all_the_same(
    town: Town, blogs: Blogs
) -> None:
    await sow(blogs, 1)
    followed = await blogs.find()
    await blogs.store.subscriptions.pause(followed.subscription.id)
    await blogs.store.guilds.left(town.guild.id, NOW)

    assert titles(await asked(town, query="beans")) == ["Bed 1"]


@pytest.mark.usefixtures("answering")
async def test_the_newest_posts_come_five_a_page_and_as_many_as_wanted(town: Town, blogs: Blogs) -> None:
    await sow(blogs, 30)

    five = await asked(town, "latest")
    assert titles(five) == ["Bed 30", "Bed 29", "Bed 28", "Bed 27", "Bed 26"]
    assert labels(five) == ["Share"]

    seven = await asked(town, "latest", count=7)
    assert text_of(seven).endswith("Page 1 of 2")
    last = await turned(town, seven, "Next")
    assert titles(last) == ["Bed 25", "Bed 24"]
    assert labels(last) == ["Previous", "Share"]


@pytest.mark.usefixtures("answering")
async def test_the_newest_posts_of_a_feed_or_with_a_tag(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary")
    await blogs.poll(post(1, "roses"), post(2))
    await blogs.poll(post(3, "roses"), url=STARS)

    assert titles(await asked(town, "latest", tag="Roses")) == ["Bed 3", "Bed 1"]
    tagged = await asked(town, "latest", tag="Roses", feed="Garden Notes")
    assert titles(tagged) == ["Bed 1"]
    assert text_of(tagged).startswith("Newest posts\nPosts tagged Roses, from **Garden Notes**\n")


@pytest.mark.usefixtures("answering")
async def test_a_feed_without_posts_has_no_newest_ones(town: Town, blogs: Blogs) -> None:
    await blogs.follow()

    told = text_of(await asked(town, "latest"))

    assert told == "Nothing found\nThe archive is empty; new posts will be added."


@pytest.mark.usefixtures("answering")
async def test_tags_are_listed_with_their_counts_most_used_first(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary")
    await blogs.poll(post(1, "beans"), post(2, "Beans", "*roses*"))
    await blogs.poll(post(3, "comets"), url=STARS)

    every = text_of(await asked(town, "tags"))
    assert re.match(r"Tags\n[Bb]eans \(2\) · ", every)
    assert r"\*roses\* (1)" in every
    assert text_of(await asked(town, "tags", feed="Star")) == (
        "Tags of Star Diary\ncomets (1)\n\nSee the posts with `/latest tag:` or `/search tag:`."
    )


@pytest.mark.usefixtures("answering")
async def test_many_tags_come_in_pages_that_a_member_can_turn(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll(*(post(number, *(f"tag {number} {each}" for each in range(20))) for number in range(8)))

    first = await asked(town, "tags")
    second = await turned(town, first, "Next")

    assert text_of(second).endswith("Page 2 of 3")


@pytest.mark.usefixtures("answering")
async def test_help_is_about_what_the_reader_can_see_and_do(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary", channel_id=town.talk.id)
    town.discord.set_permissions(town.news.id, deny=Permission.VIEW_CHANNEL, target=town.member)

    member = text_of(await asked(town, "help"))
    admin = await town.told("help")

    assert "**Star Diary**" in member
    assert "Garden Notes" not in member
    assert "/feed" not in member
    assert f"- <#{town.news.id}>: **Garden Notes**" in admin
    assert "`/feed add`" in admin
