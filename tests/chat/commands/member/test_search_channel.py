"""The option `channel`: what was posted there, and what its rules want of the archive; and the names of its feeds."""

from dataclasses import replace

import pytest

from bot.model import Reblogs, Rule, Setting
from bot.sandbox.discord.interaction_data import OptionValue
from bot.sandbox.discord.models import Channel, StoredMessage
from bot.sandbox.discord.permissions import Permission
from bot.store.store import Store
from tests.chat.commands.blogs import STARS, Blogs
from tests.chat.commands.conftest import NOW, ServerFixture, post, text_of
from tests.chat.commands.member.test_search import labels, press_and_wait, titles

pytestmark = pytest.mark.usefixtures("running_chat", "blogs")

UNSEEN = "You can't see that channel; choose another one."


@pytest.fixture
async def blogs(store: Store, server: ServerFixture) -> Blogs:
    """#news follows the roses of the garden blog, #talk all of the star diary; each has two posts in the archive."""
    found = Blogs(store, server.guild.id, server.news.id)
    await found.follow(rule=Rule(tags=("roses",)))
    await found.follow(STARS, "Star Diary", channel_id=server.talk.id)
    await found.poll(post(1, "roses"), post(2, "peas"))
    await found.poll(post(51), post(52), url=STARS)
    return found


async def ask(server: ServerFixture, command: str = "search", **options: str | int) -> StoredMessage:
    answer = await server.run(command, options, user=server.member, force=True)
    assert answer.message is not None
    return answer.message


async def test_only_posts_that_the_channel_wants_are_found(server: ServerFixture) -> None:
    news = await ask(server, query="beans", channel="#news")

    assert titles(news) == ["Bed 1"]
    assert text_of(news).startswith(f"**1 post** with beans, in <#{server.news.id}>\n")
    assert titles(await ask(server, query="beans", channel="#talk", sort="newest")) == ["Bed 52", "Bed 51"]
    assert titles(await ask(server, "latest", channel="#news")) == ["Bed 1"]


async def test_a_channel_alone_is_a_search(server: ServerFixture) -> None:
    assert titles(await ask(server, channel="#talk", sort="newest")) == ["Bed 52", "Bed 51"]


async def test_posts_of_the_channel_are_found_although_the_rule_has_changed(
    server: ServerFixture, store: Store, blogs: Blogs
) -> None:
    await blogs.poll(post(1, "roses"), post(2, "peas"), post(3, "roses"))
    await blogs.send()
    followed = await blogs.find()
    await store.settings_changes.change(
        followed.subscription.id,
        lambda before: replace(before.subscription.settings, rule=Rule(tags=("peas",))),
        server.admin.id,
        blogs.now,
    )

    assert titles(await ask(server, channel="#news", sort="newest")) == ["Bed 3", "Bed 2"]


@pytest.mark.parametrize(
    "rule", [Rule(words=("beans",)), Rule(exclude_words=("frost",)), Rule(reblogs=Reblogs.NONE)]
)
async def test_a_search_finds_only_sent_posts_if_the_index_cannot_check_a_rule(
    server: ServerFixture, blogs: Blogs, rule: Rule
) -> None:
    pond = "https://pond.example/feed"
    await blogs.follow(pond, "Pond", rule)
    await blogs.poll(post(80), url=pond)
    await blogs.poll(post(80), post(81), url=pond)
    await blogs.send()

    assert titles(await ask(server, channel="#news", feed="Pond")) == ["Bed 81"]


async def test_posts_of_a_removed_feed_are_found_only_in_its_channel(
    server: ServerFixture, store: Store, blogs: Blogs
) -> None:
    await blogs.poll(post(1, "roses"), post(3, "roses"))
    await blogs.send()
    await store.removals.remove((await blogs.find()).subscription.id, NOW)
    await blogs.follow(channel_id=server.talk.id)

    assert titles(await ask(server, channel="#news")) == ["Bed 3"]


async def offered(
    server: ServerFixture, channel: Channel, focused: str, command: str = "search", **options: str
) -> list[str]:
    """Return what is suggested while somebody types an option, with the channel filled in."""
    values: dict[str, OptionValue] = {**options, "channel": channel}
    found = await server.discord.complete(
        server.guild, server.talk, server.member, command, values, focused=focused
    )
    return [each["name"] for each in found]


async def test_suggestions_come_from_the_chosen_channel(server: ServerFixture) -> None:
    assert await offered(server, server.news, "query", query="bed") == ["Bed 1"]
    assert await offered(server, server.talk, "query", query="bed") == ["Bed 52", "Bed 51"]
    assert await offered(server, server.news, "tag") == ["peas (1)", "roses (1)"]
    assert await offered(server, server.talk, "tag", "latest") == []
    assert [name.partition(" ·")[0] for name in await offered(server, server.talk, "feed", "latest")] == [
        "Star Diary"
    ]


async def test_suggestions_come_from_the_named_feed_in_the_channel(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow(channel_id=server.talk.id)

    assert await offered(server, server.talk, "query", feed="Star Diary") == ["Bed 52", "Bed 51"]
    assert await offered(server, server.news, "query", feed="Star Diary") == []


async def test_nothing_is_suggested_from_a_hidden_channel(server: ServerFixture) -> None:
    server.discord.set_permissions(server.news.id, deny=Permission.VIEW_CHANNEL, target=server.member)

    for focused in ("query", "tag", "feed"):
        assert await offered(server, server.news, focused) == []


async def test_buttons_search_the_other_channels_and_feeds(server: ServerFixture) -> None:
    nothing = await ask(server, query="beans", feed="Star Diary", channel="#news")

    assert f"from **Star Diary**, in <#{server.news.id}>." in text_of(nothing)
    assert labels(nothing) == ["Search in all feeds (1)", "Search in all channels (2)"]
    found = await press_and_wait(server, nothing, "Search in all channels (2)")
    assert text_of(found).startswith("**2 posts** with beans, from **Star Diary**\n")


async def test_a_channel_that_one_cannot_view_is_refused_like_one_that_does_not_exist(
    server: ServerFixture,
) -> None:
    server.discord.set_permissions(server.news.id, deny=Permission.VIEW_CHANNEL, target=server.member)
    elsewhere = server.discord.add_guild("Observatory")
    dome = server.discord.add_channel(elsewhere.id, "dome")

    for command in ("search", "latest"):
        answer = await ask(server, command, channel="#news")
        other = await server.run(command, {"channel": dome}, user=server.member, force=True)
        assert text_of(answer) == text_of(other.message) == UNSEEN


async def test_a_member_who_loses_access_sees_no_more_pages(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.poll(post(1, "roses"), *(post(number, "roses") for number in range(10, 17)))
    first = await ask(server, query="beans", channel="#news")
    server.discord.set_permissions(server.news.id, deny=Permission.VIEW_CHANNEL, target=server.member)

    answer = await server.press(first, "Next", user=server.member)
    await server.discord.wait_for(lambda: answer.followups)

    assert text_of(answer.followups[0]) == UNSEEN


async def test_a_hidden_channel_is_not_named_where_an_answer_is_shared(
    server: ServerFixture, blogs: Blogs
) -> None:
    """The member sees #news, which others don't; they share what #talk follows, too."""
    everyone = server.discord.roles[server.guild.id]
    allowed = Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY
    server.discord.set_permissions(server.news.id, deny=Permission.VIEW_CHANNEL, target=everyone)
    server.discord.set_permissions(server.news.id, allow=allowed, target=server.member)
    await rename(blogs, server.news.id, "Secret Stars", STARS)
    found = await ask(server, query="beans", channel="#news", feed="Secret Stars")
    assert "from **Secret Stars**" in text_of(found)

    answer = await server.press(found, "Share", user=server.member)
    await server.discord.wait_for(lambda: answer.followups)

    (shared,) = [each for each in answer.followups if each.visible_to is None]
    assert text_of(shared).startswith(f"<@{server.member.id}> shares posts with beans, from **Star Diary**\n")
    assert "Secret" not in text_of(shared)
    assert str(server.news.id) not in text_of(shared)


# Names that admins gave


async def rename(blogs: Blogs, channel_id: int, name: str, url: str = STARS) -> None:
    """Follow a feed in a channel, and name it there."""
    followed = await blogs.follow(url, channel_id=channel_id)
    changed = await blogs.store.settings_changes.change(
        followed.subscription.id,
        lambda before: replace(before.subscription.settings, name=name),
        1,
        blogs.now,
    )
    assert changed is not None
    assert changed.fields == frozenset({Setting.NAME})


@pytest.mark.parametrize(("command", "options"), [("search", {"query": "52"}), ("latest", {"feed": "Diary"})])
async def test_answers_show_the_name_that_an_admin_gave(
    server: ServerFixture, blogs: Blogs, command: str, options: dict[str, str]
) -> None:
    await rename(blogs, server.talk.id, "Nightly Diary")

    answer = text_of(await ask(server, command, **options))

    assert "-# Nightly Diary · " in answer
    assert "Star Diary" not in answer


async def test_the_name_from_the_searched_or_current_channel_is_shown(
    server: ServerFixture, blogs: Blogs
) -> None:
    await rename(blogs, server.news.id, "Stars of the news")
    await rename(blogs, server.talk.id, "Stars of the talk")

    assert "-# Stars of the talk · " in text_of(await ask(server, query="52"))
    assert "-# Stars of the news · " in text_of(await ask(server, query="52", channel="#news"))


async def test_a_name_of_a_hidden_channel_is_not_shown(server: ServerFixture, blogs: Blogs) -> None:
    await rename(blogs, server.news.id, "Secret Stars")
    server.discord.set_permissions(server.news.id, deny=Permission.VIEW_CHANNEL, target=server.member)

    for options in ({"query": "52"}, {"feed": "Star Diary"}):
        answer = text_of(await ask(server, **options))
        assert "-# Star Diary · " in answer
        assert "Secret" not in answer
