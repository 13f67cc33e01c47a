"""`/feed list`, `status`, `remove`, `pause`, `resume` and `test`, as a server's admins use them."""

import pytest

from bot.chat.embeds import create_message_body
from bot.chat.services import ServiceSettings
from bot.model import ChannelDeclaration, FeedDeclaration, Rule, Style
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from bot.source.http.site import site_of
from bot.store.store import Store
from bot.text.render import render
from tests.chat.commands.blogs import GARDEN, STARS, Blogs, budget
from tests.chat.commands.conftest import NOW, Town, Web, post, text_of

pytestmark = pytest.mark.usefixtures("answering")

T = f"<t:{int(NOW.timestamp())}:R>"


@pytest.fixture
def settings() -> ServiceSettings:
    return ServiceSettings(burst_limit=2)


@pytest.fixture
async def blogs(store: Store, town: Town) -> Blogs:
    return Blogs(store, town.guild.id, town.news.id)


async def test_a_server_without_feeds_is_told_where_to_begin(town: Town) -> None:
    told = [await town.told("feed list"), await town.told("feed status")]
    told += [
        await town.told(f"feed {verb}", {"feed": "Garden"}) for verb in ("remove", "pause", "resume", "test")
    ]

    assert set(told) == {"This server doesn't follow any feeds yet; start with `/feed add`."}


async def test_list_shows_each_subscription_with_what_is_special_about_it(town: Town, blogs: Blogs) -> None:
    await blogs.follow(rule=Rule(tags=("beans",)))
    await blogs.declare(STARS, "Star Diary")
    await blogs.store.subscriptions.pause((await blogs.follow()).subscription.id)

    assert (await town.told("feed list")).splitlines() == [
        "Feeds that this server follows",
        f"<#{town.news.id}> follows **Garden Notes**: posts tagged beans · paused · card · garden.example/feed",
        f"<#{town.news.id}> follows **Star Diary**: every post · set in the config file · card · stars.example/feed",
        "",
        "2 of 100 subscriptions used.",
    ]


async def test_long_lists_have_pages(town: Town, blogs: Blogs) -> None:
    for number in range(30):
        await blogs.follow(f"https://garden.example/{number}/feed", f"Garden {number:02}")
    first = (await town.run("feed list")).message

    second = await town.pressed(first, "Next")

    assert "Garden 00" in text_of(first)
    assert "Page 1 of 3" in text_of(first)
    assert "Garden 00" not in text_of(second)
    assert "Page 2 of 3" in text_of(second)


async def test_channels_that_the_asker_may_not_see_are_not_listed(
    sandbox_discord: SandboxDiscord, town: Town, blogs: Blogs
) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary", channel_id=town.talk.id)
    sandbox_discord.set_permissions(town.news.id, deny=Permission.VIEW_CHANNEL, target=town.admin)

    told = await town.told("feed list")

    assert "Star Diary" in told
    assert "Garden Notes" not in told


async def test_a_server_sees_its_own_feeds_only(
    sandbox_discord: SandboxDiscord, town: Town, store: Store
) -> None:
    other = sandbox_discord.add_guild("Observatory")
    sky = sandbox_discord.add_channel(other.id, "sky")
    await Blogs(store, other.id, sky.id).follow()

    told = [await town.told("feed list"), await town.told("feed test", {"feed": GARDEN})]

    assert set(told) == {"This server doesn't follow any feeds yet; start with `/feed add`."}


async def test_status_has_a_line_a_feed_the_worst_first(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll(post(1))
    await blogs.follow(STARS, "Star Diary")
    await blogs.fail("The site cannot be reached; check the address.", STARS)

    assert (await town.told("feed status")).splitlines() == [
        "Feed status",
        "**Star Diary** · the last check failed: The site cannot be reached; check the address. · no new posts yet",
        f"**Garden Notes** · working · last new post {T}",
        "",
        "For details, run `/feed status` and choose a feed.",
    ]


async def test_status_of_one_feed_tells_all_about_it(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll(post(97), post(98))
    await blogs.poll(post(97), post(98), post(99))

    assert (await town.told("feed status", {"feed": "garden notes"})).splitlines() == [
        "Garden Notes",
        "garden.example/feed",
        "",
        "Status: working",
        f"Last check: {T}",
        f"Next check: {T}",
        f"Last new post: {T}",
        "Posts per week: 0.8",
        "Waiting: 1 post to send",
        "",
        f"<#{town.news.id}> follows **Garden Notes**: every post · card · garden.example/feed",
    ]


async def test_a_feed_is_removed_and_what_waited_is_not_sent(town: Town, blogs: Blogs, store: Store) -> None:
    await blogs.follow()
    await blogs.poll(post(1))
    await blogs.poll(post(1), post(2))

    told = await town.told("feed remove", {"feed": "Garden Notes"})

    assert told == (
        f"<#{town.news.id}> no longer follows **Garden Notes**. Its messages stay."
        " 1 waiting post won't be sent."
    )
    assert await store.subscriptions.all() == []
    assert await blogs.send() == []


async def test_what_several_channels_follow_is_removed_from_the_one_that_is_named(
    town: Town, blogs: Blogs, store: Store
) -> None:
    await blogs.follow()
    await blogs.follow(channel_id=town.talk.id)

    asked = await town.told("feed remove", {"feed": "Garden Notes"})
    told = await town.told("feed remove", {"feed": "Garden Notes", "channel": town.news})

    assert asked == (
        f"**Garden Notes** is followed in <#{town.news.id}>, <#{town.talk.id}>;"
        " choose one of them with the option `channel`."
    )
    assert told == f"<#{town.news.id}> no longer follows **Garden Notes**. Its messages stay."
    assert [each.subscription.channel_id for each in await store.subscriptions.all()] == [town.talk.id]


async def test_a_paused_feed_is_kept_and_sent_when_it_is_resumed(
    town: Town, blogs: Blogs, woken: list[object]
) -> None:
    await blogs.follow()
    await blogs.poll(post(1))
    paused = await town.told("feed pause", {"feed": "Garden Notes"})
    await blogs.poll(post(1), post(2))
    kept = await blogs.send()

    resumed = await town.told("feed resume", {"feed": "Garden Notes"})

    assert paused == (
        f"**Garden Notes** is paused in <#{town.news.id}>. New posts are kept until you run `/feed resume`."
    )
    assert kept == []
    assert (
        resumed
        == f"**Garden Notes** is no longer paused in <#{town.news.id}>. 1 post that was kept is on its way."
    )
    assert [each.entry.link for each in await blogs.send()] == ["https://garden.example/2"]
    assert woken


async def test_what_was_kept_is_asked_about_when_it_is_much(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll(post(1))
    await town.told("feed pause", {"feed": "Garden Notes"})
    for newest in range(2, 6):
        await blogs.poll(*(post(number) for number in range(1, newest + 1)))

    told = await town.told("feed resume", {"feed": "Garden Notes"})

    assert "4 posts were kept, too many to send at once" in told
    assert await blogs.send() == []


async def test_pausing_and_resuming_twice_changes_nothing_and_says_so(town: Town, blogs: Blogs) -> None:
    await blogs.follow()

    early = await town.told("feed resume", {"feed": "Garden Notes"})
    told = [await town.told("feed pause", {"feed": "Garden Notes"}) for _time in range(2)]
    nothing = await town.told("feed resume", {"feed": "Garden Notes"})

    assert early == f"**Garden Notes** isn't paused in <#{town.news.id}>; check on it with `/feed status`."
    assert (
        told[1]
        == f"**Garden Notes** is already paused in <#{town.news.id}>; send what was kept with `/feed resume`."
    )
    assert (
        nothing == f"**Garden Notes** is no longer paused in <#{town.news.id}>. No posts came in meanwhile."
    )


@pytest.mark.parametrize("verb", ["remove", "pause", "resume"])
async def test_what_the_config_file_sets_is_refused_with_where_to_change_it(
    town: Town, blogs: Blogs, store: Store, verb: str
) -> None:
    await blogs.declare()
    before = await store.subscriptions.all()

    told = await town.told(f"feed {verb}", {"feed": "Garden Notes"})

    assert told == (
        f"The bot's config file sets that <#{town.news.id}> follows **Garden Notes**, so you can't change it here;"
        f" change it in config.toml, below `[[feeds.channels]]` with `id = {town.news.id}`, and restart the bot."
    )
    assert await store.subscriptions.all() == before


async def test_what_was_paused_before_the_config_file_declared_it_can_be_resumed(
    town: Town, blogs: Blogs, store: Store
) -> None:
    await store.subscriptions.pause((await blogs.follow()).subscription.id)
    await blogs.declare()

    told = await town.told("feed resume", {"feed": "Garden Notes"})

    assert told == f"**Garden Notes** is no longer paused in <#{town.news.id}>. No posts came in meanwhile."
    assert not (await blogs.find()).subscription.paused


async def test_what_discord_added_is_paused_also_where_the_config_file_has_a_say(
    town: Town, blogs: Blogs
) -> None:
    await blogs.declare()
    await blogs.follow(channel_id=town.talk.id)

    told = await town.told("feed pause", {"feed": "Garden Notes"})

    assert [line.partition(".")[0].partition(";")[0] for line in told.splitlines()] == [
        f"**Garden Notes** is paused in <#{town.talk.id}>",
        f"The bot's config file sets that <#{town.news.id}> follows **Garden Notes**, so you can't change it here",
    ]


async def test_an_unknown_feed_is_answered_with_what_to_do(town: Town, blogs: Blogs) -> None:
    await blogs.follow()

    told = await town.told("feed status", {"feed": "*Comets*"})

    assert told == (
        r"No feed here is called \*Comets\*; pick one from the list as you type, or see `/feed list`."
    )


async def test_a_name_of_several_feeds_is_not_guessed(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(STARS)

    told = await town.told("feed pause", {"feed": "Garden Notes"})

    assert told.startswith("Several feeds have that name: **Garden Notes**, **Garden Notes**;")


async def test_a_channel_that_does_not_follow_the_feed_is_told_which_do(town: Town, blogs: Blogs) -> None:
    await blogs.follow()

    told = await town.told("feed pause", {"feed": "Garden Notes", "channel": town.talk})

    assert told == (
        f"<#{town.talk.id}> doesn't follow **Garden Notes**; try one of the channels that do: <#{town.news.id}>."
    )


@pytest.mark.parametrize("verb", ["status", "remove", "pause", "resume", "test"])
async def test_feeds_complete_as_one_types(town: Town, blogs: Blogs, verb: str) -> None:
    followed = await blogs.follow()
    await blogs.follow(STARS, "Star Diary")

    choices = await town.discord.complete(
        town.guild, town.talk, town.admin, f"feed {verb}", {"feed": "gard"}, focused="feed"
    )

    assert [(each["name"], each["value"]) for each in choices] == [
        ("Garden Notes", f"feed:{followed.subscription.feed_id}")
    ]


async def test_test_shows_the_newest_post_just_as_it_would_be_sent(
    town: Town, blogs: Blogs, store: Store
) -> None:
    followed = await blogs.follow()
    await store.subscriptions.set_style(followed.subscription.id, Style.FULL)
    await blogs.poll(post(1), post(2))

    answer = await town.run("feed test", {"feed": "Garden Notes"})
    await town.discord.wait_for(lambda: answer.followups)

    (shown,) = answer.followups
    wanted = create_message_body(render(post(2), "Garden Notes", Style.FULL))
    assert text_of(answer.message) == (
        f"The newest post of **Garden Notes** for <#{town.news.id}>, in the style full:"
    )
    assert {key: shown.body[key] for key in ("content", "embeds")} == {
        key: wanted[key] for key in ("content", "embeds")
    }
    assert shown.visible_to == town.admin.id
    assert town.posts == ()


async def test_test_shows_the_newest_post_that_is_followed(town: Town, blogs: Blogs) -> None:
    await blogs.follow(rule=Rule(tags=("beans",)))
    await blogs.poll(post(1, "beans"), post(2, "roses"))

    answer = await town.run("feed test", {"feed": "Garden Notes"})
    await town.discord.wait_for(lambda: answer.followups)

    assert "Bed 1" in text_of(answer.followups[0])


async def test_test_says_so_where_none_of_the_newest_posts_is_followed(town: Town, blogs: Blogs) -> None:
    await blogs.follow(rule=Rule(tags=("comets",)))
    await blogs.poll(post(1))

    told = await town.told("feed test", {"feed": "Garden Notes"})

    assert told == (
        f"<#{town.news.id}> wants none of the newest posts of **Garden Notes**. The newest would look like this,"
        " in the style card:"
    )


async def test_test_reads_a_feed_that_was_not_polled_yet(town: Town, blogs: Blogs, web: Web) -> None:
    web.add(GARDEN, "Garden Notes", post(7))
    await blogs.follow()

    answer = await town.run("feed test", {"feed": "Garden Notes"})
    await town.discord.wait_for(lambda: answer.followups)

    assert "Bed 7" in text_of(answer.followups[0])


async def test_test_pings_nobody(town: Town, web: Web, store: Store) -> None:
    role = town.discord.add_role(town.guild.id, "readers", mentionable=True)
    web.add(GARDEN, "Garden Notes", post(7))
    channel = ChannelDeclaration(town.news.id, mention_roles=(role.id,))
    declared = FeedDeclaration(GARDEN, "Garden Notes", channels=(channel,))
    await store.subscriptions.sync([declared], site_of, budget, NOW)
    await store.guilds.place({town.news.id: town.guild.id})

    answer = await town.run("feed test", {"feed": "Garden Notes"})
    await town.discord.wait_for(lambda: answer.followups)

    assert f"<@&{role.id}>" in answer.followups[0].content
    assert not answer.followups[0].pings


async def test_a_feed_without_posts_is_told_so(town: Town, blogs: Blogs, web: Web) -> None:
    web.add(GARDEN, "Garden Notes")
    await blogs.follow()

    assert await town.told("feed test", {"feed": "Garden Notes"}) == (
        "**Garden Notes** has no posts yet; run this again once it has some."
    )
