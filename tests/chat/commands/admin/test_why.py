"""`/why`: the way of a post, step by step, and why it was or was not posted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model import DeliveryState, PostSettings, Rule
from bot.sandbox.discord.permissions import Permission
from bot.store.store import Store
from tests.chat.commands.blogs import GARDEN, STARS, Blogs
from tests.chat.commands.conftest import NOW, Town, post, text_of

pytestmark = pytest.mark.usefixtures("answering")

SECOND = "https://garden.example/2"
T = f"<t:{int(NOW.timestamp())}:R>"


@pytest.fixture
async def blogs(store: Store, town: Town) -> Blogs:
    return Blogs(store, town.guild.id, town.news.id)


async def publish(blogs: Blogs, settings: PostSettings = PostSettings()) -> None:  # noqa: B008 -- frozen
    """The feed had one post, and gets a second one about beans."""
    await blogs.poll(post(1))
    await blogs.poll(post(1), post(2, "beans", "soil"), settings=settings)


async def test_a_posted_post_is_told_with_all_its_steps_and_a_link_to_its_message(
    town: Town, blogs: Blogs
) -> None:
    await blogs.follow(rule=Rule(tags=("beans",)))
    await publish(blogs)
    (delivery,) = await blogs.send()
    jump = f"https://discord.com/channels/{town.guild.id}/{town.news.id}/{delivery.id + 1000}"

    told = await town.told("why", {"link": SECOND})

    assert told.splitlines() == [
        f"**[Bed 2](<{SECOND}>)**",
        f"First seen in **Garden Notes** {T}.",
        "Tags: beans, soil",
        "Identified by its ID in the feed, `post-2`, its link `garden.example/2`, its path `/2`, its full content.",
        f"<#{town.news.id}>: **posted** {T}: {jump}",
        "-# It fits the channel's rule: it has the followed tag beans.",
    ]


@pytest.mark.parametrize("link", ["http://www.garden.example/2/?utm_source=x#top", f"<{SECOND}>", "Bed 2"])
async def test_a_post_is_found_however_its_link_is_pasted(town: Town, blogs: Blogs, link: str) -> None:
    await blogs.follow()
    await publish(blogs)

    assert (await town.told("why", {"link": link})).startswith(f"**[Bed 2](<{SECOND}>)**")


@pytest.mark.parametrize(
    ("rule", "reason", "follows"),
    [
        (
            Rule(exclude_tags=("Soil",)),
            "it has the excluded tag Soil",
            "every post, but none tagged Soil",
        ),
        (Rule(tags=("comets",)), "it has none of the followed tags", "posts tagged comets"),
        (Rule(words=("rain",)), "it contains none of the words in the rule", "every post, with “rain”"),
        (
            Rule(exclude_words=("climb",)),
            "it contains the excluded words “climb”",
            "every post, without “climb”",
        ),
    ],
)
async def test_a_post_that_was_filtered_names_the_part_of_the_rule_that_decided(
    town: Town, blogs: Blogs, rule: Rule, reason: str, follows: str
) -> None:
    await blogs.follow(rule=rule)
    await publish(blogs)

    told = await town.told("why", {"link": SECOND})

    assert (
        told.splitlines()[-1]
        == f"<#{town.news.id}>: **not posted**: {reason}. The channel follows {follows}."
    )


async def test_a_post_of_the_baseline_is_wanted_now_but_came_too_early(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll(post(2))

    told = await town.told("why", {"link": SECOND})

    assert "**not posted**, although it fits the channel's rule now (every post does): it came before" in told


async def test_a_post_that_waits_for_its_turn_says_so(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await publish(blogs)

    assert f"**waiting** for its turn (queued {T})." in await town.told("why", {"link": SECOND})


async def test_a_post_that_failed_says_how_often_and_why(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await publish(blogs)
    await blogs.send(state=DeliveryState.PENDING, reason="Discord is down.", message_id=None)

    assert (
        f"**waiting** (queued {T}); 1 attempt failed: Discord is down. The bot will try again."
        in await town.told("why", {"link": SECOND})
    )


async def test_a_post_that_was_given_up_says_why(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await publish(blogs)
    await blogs.send(state=DeliveryState.DEAD, reason="Discord takes no such message.", message_id=None)

    told = await town.told("why", {"link": SECOND})

    assert f"**given up** {T} after 1 attempt: Discord takes no such message." in told


async def test_a_channel_that_refuses_the_bot_is_named_as_the_reason(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await publish(blogs)
    probe = NOW + timedelta(minutes=5)
    reason = "The bot lacks Send Messages."
    await blogs.send(state=DeliveryState.PENDING, reason=reason, message_id=None, probe_at=probe)

    assert f"**waiting** (queued {T}): The bot lacks Send Messages." in await town.told(
        "why", {"link": SECOND}
    )


async def test_a_held_post_says_where_to_decide(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await publish(blogs, PostSettings(burst_limit=0, ask_about_floods=True))

    told = await town.told("why", {"link": SECOND})

    assert f"**on hold** ({T}): more new posts at once" in told
    assert "Decide with the buttons" in told


async def test_a_post_of_a_paused_feed_is_kept(town: Town, blogs: Blogs) -> None:
    followed = await blogs.follow()
    await blogs.poll(post(1))
    await blogs.store.subscriptions.pause(followed.subscription.id)
    await blogs.poll(post(1), post(2))

    told = await town.told("why", {"link": SECOND})

    assert f"**kept** ({T}): the feed is paused here; post it with `/feed resume`." in told


async def test_a_skipped_post_says_why(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await publish(blogs, PostSettings(max_age=timedelta(days=1)))

    assert f"**skipped** {T}: older than posts.max\\_age." in await town.told("why", {"link": SECOND})


async def test_a_message_that_a_moderator_deleted_is_not_linked(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await publish(blogs)
    await blogs.send(message_id=0)

    told = await town.told("why", {"link": SECOND})

    assert "**posted**, but then deleted by a moderator" in told
    assert "discord.com/channels" not in told


async def test_a_rule_that_was_changed_since_is_told(town: Town, blogs: Blogs) -> None:
    followed = await blogs.follow()
    await publish(blogs)
    await blogs.send()
    await blogs.store.subscriptions.set_rule(followed.subscription.id, Rule(exclude_tags=("beans",)))

    told = await town.told("why", {"link": SECOND})

    assert "-# It wouldn't fit the channel's rule now: it has the excluded tag beans." in told


async def test_a_post_that_came_through_another_feed_is_not_missed(town: Town, blogs: Blogs) -> None:
    shared = replace(post(2), guid=SECOND)
    await blogs.follow()
    await blogs.poll(post(1))
    await blogs.poll(post(1), shared)
    await blogs.send()
    await blogs.follow(STARS, "Star Diary")
    await blogs.poll(post(9), url=STARS)
    await blogs.poll(post(9), shared, url=STARS)

    told = await town.told("why", {"link": SECOND})

    assert told.count("**posted**") == 1
    assert f"<#{town.news.id}>: **from another feed**: **Garden Notes** had this post first" in told


async def test_a_channel_that_does_not_follow_the_feed_says_what_to_do(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await publish(blogs)

    told = await town.told("why", {"link": SECOND, "channel": town.talk})

    assert told.splitlines()[-1] == (
        f"<#{town.talk.id}> doesn't follow **Garden Notes**; add it with `/feed add`."
    )


async def test_a_link_that_was_never_seen_names_the_feeds_that_were_asked(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll(post(1))

    told = await town.told("why", {"link": "https://garden.example/missing"})

    assert told.splitlines() == [
        "None of the feeds followed here has had garden.example/missing.",
        f"- **Garden Notes** was checked {T}; the post wasn't in it. Next check {T}.",
    ]


async def test_a_link_of_a_site_that_nobody_follows_says_so(town: Town, blogs: Blogs) -> None:
    await blogs.follow()

    told = await town.told("why", {"link": "https://elsewhere.example/2"})

    assert "None of them is from elsewhere.example; add its feed with `/feed add`." in told
    assert "**Garden Notes** hasn't been checked yet" in told


async def test_a_feed_that_fails_says_how_for_a_link_that_was_never_seen(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.fail("The site cannot be reached; check the address.")

    told = await town.told("why", {"link": "https://garden.example/missing"})

    assert f"**Garden Notes** couldn't be read {T}: The site cannot be reached; check the address." in told


async def test_posts_of_another_server_are_unknown_here(town: Town, blogs: Blogs) -> None:
    elsewhere = town.discord.add_guild("Observatory")
    foreign = town.discord.add_channel(elsewhere.id, "sky")
    await blogs.follow(guild_id=elsewhere.id, channel_id=foreign.id)
    await publish(blogs)
    await blogs.follow(STARS, "Star Diary")

    told = await town.told("why", {"link": SECOND})

    assert "None of the feeds followed here has had" in told
    assert "Garden" not in told


async def test_what_happened_in_a_channel_that_the_asker_may_not_see_is_not_told(
    town: Town, blogs: Blogs
) -> None:
    await blogs.follow(channel_id=town.talk.id)
    await blogs.follow()
    await publish(blogs)
    town.discord.set_permissions(town.news.id, deny=Permission.VIEW_CHANNEL, target=town.admin)

    everywhere = await town.told("why", {"link": SECOND})
    there = await town.told("why", {"link": SECOND, "channel": town.news})

    assert str(town.talk.id) in everywhere
    assert str(town.news.id) not in everywhere
    assert there == "You can't see that channel; ask someone who can."


async def test_a_server_without_feeds_is_told_to_begin(town: Town) -> None:
    assert await town.told("why", {"link": SECOND}) == (
        "This server doesn't follow any feeds yet; start with `/feed add`."
    )


async def test_a_member_who_may_not_manage_the_server_is_refused(town: Town) -> None:
    answer = await town.run("why", {"link": GARDEN}, user=town.member, force=True)

    assert "Manage Server" in text_of(answer.message)
