"""What `/why` says about a post in each of its states."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model import DeliveryState, PostSettings, Rule
from tests.chat.commands.blogs import STARS, Blogs
from tests.chat.commands.conftest import NOW, ServerFixture, post

pytestmark = pytest.mark.usefixtures("running_chat")

SECOND = "https://garden.example/2"

T = f"<t:{int(NOW.timestamp())}:R>"


async def publish(blogs: Blogs, settings: PostSettings = PostSettings()) -> None:  # noqa: B008 -- frozen
    """Poll the feed with one post, then with a second one about beans."""
    await blogs.poll(post(1))
    await blogs.poll(post(1), post(2, "beans", "soil"), settings=settings)


async def test_a_posted_post_is_explained_with_a_link_to_its_message(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow(rule=Rule(tags=("beans",)))
    await publish(blogs)
    (delivery,) = await blogs.send()
    jump = f"https://discord.com/channels/{server.guild.id}/{server.news.id}/{delivery.id + 1000}"

    text = await server.reply_to("why", {"link": SECOND})

    assert text.splitlines() == [
        f"**[Bed 2](<{SECOND}>)**",
        f"First seen in **Garden Notes** {T}.",
        "Tags: beans, soil",
        "Identified by its ID in the feed, `post-2`, its link `garden.example/2`, its path `/2`, its full content.",
        f"<#{server.news.id}>: **posted** {T}: {jump}",
        "-# It fits the channel's rule: it has the followed tag beans.",
    ]


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
async def test_a_post_that_was_filtered_out_names_the_part_of_the_rule_that_decided(
    server: ServerFixture, blogs: Blogs, rule: Rule, reason: str, follows: str
) -> None:
    await blogs.follow(rule=rule)
    await publish(blogs)

    text = await server.reply_to("why", {"link": SECOND})

    assert (
        text.splitlines()[-1]
        == f"<#{server.news.id}>: **not posted**: {reason}. The channel follows {follows}."
    )


async def test_a_post_of_the_baseline_fits_the_rule_but_came_too_early(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow()
    await blogs.poll(post(2))

    text = await server.reply_to("why", {"link": SECOND})

    assert "**not posted**, although it fits the channel's rule now (every post does): it came before" in text


async def test_a_pending_post_is_waiting(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await publish(blogs)

    assert f"**waiting** for its turn (queued {T})." in await server.reply_to("why", {"link": SECOND})


async def test_a_failed_post_shows_how_often_and_why_it_failed(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await publish(blogs)
    await blogs.send(state=DeliveryState.PENDING, reason="Discord is down.", message_id=None)

    assert (
        f"**waiting** (queued {T}); 1 attempt failed: Discord is down. The bot will try again."
        in await server.reply_to("why", {"link": SECOND})
    )


async def test_a_post_that_was_given_up_shows_why(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await publish(blogs)
    await blogs.send(state=DeliveryState.DEAD, reason="Discord takes no such message.", message_id=None)

    text = await server.reply_to("why", {"link": SECOND})

    assert f"**given up** {T} after 1 attempt: Discord takes no such message." in text


async def test_a_channel_that_the_bot_cannot_post_in_is_named_as_the_reason(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow()
    await publish(blogs)
    probe = NOW + timedelta(minutes=5)
    reason = "The bot lacks Send Messages."
    await blogs.send(state=DeliveryState.PENDING, reason=reason, message_id=None, probe_at=probe)

    assert f"**waiting** (queued {T}): The bot lacks Send Messages." in await server.reply_to(
        "why", {"link": SECOND}
    )


async def test_a_held_post_says_where_to_decide(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await publish(blogs, PostSettings(burst_limit=0, ask_about_floods=True))

    text = await server.reply_to("why", {"link": SECOND})

    assert f"**on hold** ({T}): more new posts at once" in text
    assert "Decide with the buttons" in text


async def test_a_post_of_a_paused_feed_is_kept(server: ServerFixture, blogs: Blogs) -> None:
    followed = await blogs.follow()
    await blogs.poll(post(1))
    await blogs.store.subscriptions.pause(followed.subscription.id)
    await blogs.poll(post(1), post(2))

    text = await server.reply_to("why", {"link": SECOND})

    assert f"**kept** ({T}): the feed is paused here; post it with `/feed resume`." in text


async def test_a_skipped_post_shows_why(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await publish(blogs, PostSettings(max_age=timedelta(days=1)))

    assert f"**skipped** {T}: older than posts.max\\_age." in await server.reply_to("why", {"link": SECOND})


async def test_a_message_that_a_moderator_deleted_is_not_linked(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await publish(blogs)
    await blogs.send(message_id=0)

    text = await server.reply_to("why", {"link": SECOND})

    assert "**posted**, but then deleted by a moderator" in text
    assert "discord.com/channels" not in text


async def test_the_refused_parts_of_a_post_are_shown(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await publish(blogs)
    await blogs.send(reason="The post was sent without a picture, which Discord refused.")

    text = await server.reply_to("why", {"link": SECOND})

    assert f"**posted** {T}: https://" in text
    assert " The post was sent without a picture, which Discord refused.\n" in text


async def test_a_rule_that_changed_after_the_post_is_explained(server: ServerFixture, blogs: Blogs) -> None:
    followed = await blogs.follow()
    await publish(blogs)
    await blogs.send()
    narrower = replace(followed.subscription.settings, rule=Rule(exclude_tags=("beans",)))
    await blogs.store.settings_changes.change(
        followed.subscription.id, lambda _: narrower, server.admin.id, NOW
    )

    text = await server.reply_to("why", {"link": SECOND})

    assert "-# It wouldn't fit the channel's rule now: it has the excluded tag beans." in text


async def test_a_post_that_came_from_another_feed_is_explained(server: ServerFixture, blogs: Blogs) -> None:
    shared = replace(post(2), guid=SECOND)
    await blogs.follow()
    await blogs.poll(post(1))
    await blogs.poll(post(1), shared)
    await blogs.send()
    await blogs.follow(STARS, "Star Diary")
    await blogs.poll(post(9), url=STARS)
    await blogs.poll(post(9), shared, url=STARS)

    text = await server.reply_to("why", {"link": SECOND})

    assert text.count("**posted**") == 1
    assert f"<#{server.news.id}>: **from another feed**: **Garden Notes** had this post first" in text


async def test_a_channel_that_does_not_follow_the_feed_says_what_to_do(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow()
    await publish(blogs)

    text = await server.reply_to("why", {"link": SECOND, "channel": server.talk})

    assert text.splitlines()[-1] == (
        f"<#{server.talk.id}> doesn't follow **Garden Notes**; add it with `/feed add`."
    )
