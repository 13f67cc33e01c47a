"""`/follow`: tags of a channel's feeds, in any spelling, with what a change would have done."""

import asyncio
import re

import pytest

from bot.model import Rule
from bot.sandbox.discord.permissions import Permission
from bot.store.store import Store
from tests.chat.commands.blogs import GARDEN, STARS, Blogs
from tests.chat.commands.conftest import Town, post, text_of

pytestmark = pytest.mark.usefixtures("answering")


@pytest.fixture
async def blogs(store: Store, town: Town) -> Blogs:
    return Blogs(store, town.guild.id, town.news.id)


async def test_the_first_followed_tag_narrows_everything_to_it_and_says_so(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll(post(1, "beans"), post(2, "roses"), post(3, "beans", "soil"))

    told = await town.told("follow add", {"tag": "beans", "channel": town.news})

    assert await blogs.rule() == Rule(tags=("beans",))
    assert told.splitlines() == [
        f"<#{town.news.id}> follows **Garden Notes**: posts tagged beans.",
        "Until now, every post was sent; from now on, only posts tagged beans.",
        "2 of the last 3 posts would have been posted:",
        "- [Bed 3](<https://garden.example/3>)",
        "- [Bed 1](<https://garden.example/1>)",
    ]


async def test_a_further_tag_widens_without_ado(town: Town, blogs: Blogs) -> None:
    await blogs.follow(rule=Rule(tags=("beans",)))
    await blogs.poll(post(1, "beans"), post(2, "roses"))

    told = await town.told("follow add", {"tag": "roses", "channel": town.news})

    assert await blogs.rule() == Rule(tags=("beans", "roses"))
    assert "posts tagged beans or roses." in told
    assert "Until now" not in told


async def test_a_tag_is_stored_as_its_author_spells_it(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll(post(1, "Night Sky"))

    await town.told("follow add", {"tag": "#night_sky", "channel": town.news})

    assert await blogs.rule() == Rule(tags=("Night Sky",))


async def test_several_tags_stand_between_commas(town: Town, blogs: Blogs) -> None:
    await blogs.follow()

    await town.told("follow add", {"tag": "beans, #roses,, ", "channel": town.news})

    assert await blogs.rule() == Rule(tags=("beans", "roses"))


async def test_a_tag_that_no_post_has_had_is_followed_and_named(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll(post(1, "beans"))

    told = await town.told("follow add", {"tag": "comets", "channel": town.news})

    assert await blogs.rule() == Rule(tags=("comets",))
    assert "No archived post of **Garden Notes** has the tag comets; check how the blog spells it" in told
    assert "The last post would not have been posted." in told


async def test_a_feed_without_posts_gives_no_sample_and_says_why(town: Town, blogs: Blogs) -> None:
    await blogs.follow()

    told = await town.told("follow add", {"tag": "beans", "channel": town.news})

    assert "The archive has no posts yet" in told


async def test_only_the_last_twenty_posts_are_tried(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll(*(post(number, "beans") for number in range(30)))

    told = await town.told("follow add", {"tag": "beans", "channel": town.news})

    assert "20 of the last 20 posts would have been posted:" in told
    assert "[Bed 10]" in told
    assert "[Bed 9]" not in told


async def test_following_a_tag_twice_changes_nothing_and_says_so(town: Town, blogs: Blogs) -> None:
    await blogs.follow(rule=Rule(tags=("Beans",)))

    told = await town.told("follow add", {"tag": "béans", "channel": town.news})

    assert told == f"<#{town.news.id}> already follows béans of **Garden Notes**; nothing changed."


async def test_an_excluded_tag_that_is_followed_is_excluded_no_more(town: Town, blogs: Blogs) -> None:
    await blogs.follow(rule=Rule(exclude_tags=("beans", "soil")))

    await town.told("follow add", {"tag": "Beans", "channel": town.news})

    assert await blogs.rule() == Rule(tags=("Beans",), exclude_tags=("soil",))


async def test_excluding_a_tag_shows_what_is_left(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll(post(1, "personal"), post(2, "roses"))

    told = await town.told("follow exclude", {"tag": "personal", "channel": town.news})

    assert await blogs.rule() == Rule(exclude_tags=("personal",))
    assert "every post, but none tagged personal." in told
    assert "1 of the last 2 posts would have been posted:" in told
    assert "- [Bed 2]" in told


async def test_the_only_followed_tag_cannot_be_excluded(town: Town, blogs: Blogs) -> None:
    await blogs.follow(rule=Rule(tags=("beans",)))

    told = await town.told("follow exclude", {"tag": "beans", "channel": town.news})

    assert await blogs.rule() == Rule(tags=("beans",))
    assert "use `/follow remove` instead" in told


async def test_removing_the_last_tag_follows_everything_again_and_says_so(town: Town, blogs: Blogs) -> None:
    await blogs.follow(rule=Rule(tags=("beans",)))

    told = await town.told("follow remove", {"tag": "BEANS", "channel": town.news})

    assert await blogs.rule() == Rule()
    assert "every post is sent, except excluded ones." in told


async def test_removing_an_exclusion_ends_it(town: Town, blogs: Blogs) -> None:
    await blogs.follow(rule=Rule(exclude_tags=("personal",)))

    await town.told("follow remove", {"tag": "personal", "channel": town.news})

    assert await blogs.rule() == Rule()


async def test_removing_what_is_not_there_is_told(town: Town, blogs: Blogs) -> None:
    await blogs.follow()

    told = await town.told("follow remove", {"tag": "beans", "channel": town.news})

    assert told.endswith("neither follows nor excludes beans of **Garden Notes**; see `/follow list`.")


async def test_a_rule_has_a_largest_size(town: Town, blogs: Blogs) -> None:
    await blogs.follow(rule=Rule(tags=tuple(f"tag {number}" for number in range(50))))

    told = await town.told("follow add", {"tag": "one more", "channel": town.news})

    assert told == "A channel can follow or exclude at most 50 tags of a feed; remove some first."


@pytest.mark.parametrize("tag", ["###", " , ,", "-"])
async def test_nothing_is_no_tag(town: Town, blogs: Blogs, tag: str) -> None:
    await blogs.follow()

    assert "That isn't a tag" in await town.told("follow add", {"tag": tag, "channel": town.news})


async def test_without_a_channel_the_one_where_the_command_is_run_is_meant(town: Town, blogs: Blogs) -> None:
    await blogs.follow(channel_id=town.talk.id)

    await town.told("follow add", {"tag": "beans"})

    assert await blogs.rule(town.talk.id) == Rule(tags=("beans",))


async def test_a_channel_that_follows_nothing_names_those_that_do(town: Town, blogs: Blogs) -> None:
    before = await town.told("follow add", {"tag": "beans"})
    await blogs.follow()

    after = await town.told("follow add", {"tag": "beans"})

    assert before == "This server doesn't follow any feeds yet; start with `/feed add`."
    assert after.startswith(f"<#{town.talk.id}> doesn't follow any feeds;")
    assert f"choose a channel that does: <#{town.news.id}>." in after


async def test_of_several_feeds_the_asker_chooses_one(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary")

    asked = await town.run("follow add", {"tag": "comets, moons", "channel": town.news})
    assert f"<#{town.news.id}> follows 2 feeds. Choose one for comets or moons:" in text_of(asked.message)
    chosen = (await blogs.find(STARS)).subscription.id
    answer = await town.press(asked.message, "Choose a feed", values=(str(chosen),))
    await town.discord.wait_for(lambda: answer.message and answer.message.edits)

    assert await blogs.rule(url=STARS) == Rule(tags=("comets", "moons"))
    assert await blogs.rule() == Rule()
    assert "follows **Star Diary**: posts tagged comets or moons." in text_of(answer.message)
    assert answer.message is not None
    assert not answer.message.components


async def test_of_several_feeds_all_may_be_meant(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary")
    await blogs.poll(post(1, "personal"), post(2))

    asked = await town.run("follow exclude", {"tag": "personal", "channel": town.news})
    answer = await town.press(asked.message, "Choose a feed", values=("all",))
    await town.discord.wait_for(lambda: answer.message and answer.message.edits)

    assert await blogs.rule() == await blogs.rule(url=STARS) == Rule(exclude_tags=("personal",))
    assert "1 of the last 2 posts would have been posted." in text_of(answer.message)


async def test_a_menu_that_somebody_else_uses_is_refused(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary")
    asked = await town.run("follow add", {"tag": "comets", "channel": town.news})

    answer = await town.press(asked.message, "Choose a feed", user=town.member, values=("all",))

    assert "Manage Server" in text_of(answer.message)
    assert await blogs.rule() == Rule()


async def test_a_menu_whose_feed_is_followed_no_more_says_so(town: Town, blogs: Blogs) -> None:
    garden = await blogs.follow()
    await blogs.follow(STARS, "Star Diary")
    asked = await town.run("follow add", {"tag": "comets", "channel": town.news})
    await blogs.store.subscriptions.remove(garden.subscription.id, blogs.now)

    answer = await town.press(asked.message, "Choose a feed", values=(str(garden.subscription.id),))
    await town.discord.wait_for(lambda: answer.followups)

    assert text_of(answer.followups[0]) == "This channel no longer follows that feed; see `/follow list`."


async def test_what_no_menu_can_carry_is_asked_for_in_words(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary")

    told = await town.told("follow add", {"tag": "a very long tag " * 6, "channel": town.news})

    assert told == "This channel follows several feeds; choose one with the option `feed`."


async def test_two_admins_at_once_lose_nothing(town: Town, blogs: Blogs) -> None:
    await blogs.follow()

    await asyncio.gather(
        *(town.run("follow add", {"tag": tag, "channel": town.news}) for tag in ("beans", "roses", "soil"))
    )

    assert sorted((await blogs.rule()).tags) == ["beans", "roses", "soil"]


async def test_the_feed_may_be_named(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary")

    await town.told("follow add", {"tag": "comets", "channel": town.news, "feed": "star diary"})

    assert (await blogs.rule(), await blogs.rule(url=STARS)) == (Rule(), Rule(tags=("comets",)))


async def test_a_feed_that_the_channel_does_not_follow_is_refused(town: Town, blogs: Blogs) -> None:
    await blogs.follow()

    told = await town.told("follow add", {"tag": "comets", "channel": town.news, "feed": "Star Diary"})

    assert (
        told == "This channel doesn't follow a feed called Star Diary; choose one of these: **Garden Notes**."
    )


async def test_a_tag_is_removed_from_the_one_feed_whose_rule_has_it(town: Town, blogs: Blogs) -> None:
    await blogs.follow(rule=Rule(tags=("beans",)))
    await blogs.follow(STARS, "Star Diary", Rule(tags=("comets",)))

    await town.told("follow remove", {"tag": "comets", "channel": town.news})

    assert (await blogs.rule(), await blogs.rule(url=STARS)) == (Rule(tags=("beans",)), Rule())


async def test_what_the_config_file_sets_is_not_changed_and_the_place_is_named(
    town: Town, blogs: Blogs
) -> None:
    await blogs.declare(rule=Rule(tags=("beans",)))

    told = await town.told("follow exclude", {"tag": "soil", "channel": town.news})

    assert await blogs.rule() == Rule(tags=("beans",))
    assert "is set in the bot's config file and can't be changed here" in told
    assert (
        f"change `exclude_tags` in config.toml, under `[[feeds.channels]]` with `id = {town.news.id}`" in told
    )


async def test_however_much_is_refused_the_answer_fits(town: Town, blogs: Blogs) -> None:
    rule = Rule(tags=("beans",))
    for number in range(20):
        await blogs.follow(
            f"https://blog{number}.example/feed", f"A blog of beans and roses {number}" * 3, rule
        )

    asked = await town.run("follow add", {"tag": "beans", "channel": town.news})
    answer = await town.press(asked.message, "Choose a feed", values=("all",))
    await town.discord.wait_for(lambda: answer.followups)

    told = text_of(answer.followups[0])
    assert "; nothing changed." in told
    assert re.search(r"… and \d+ more$", told)


async def test_a_channel_that_the_asker_may_not_see_is_not_named(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    town.discord.set_permissions(town.news.id, deny=Permission.VIEW_CHANNEL, target=town.admin)

    assert await town.told("follow add", {"tag": "beans"}) == (
        "This server doesn't follow any feeds yet; start with `/feed add`."
    )


async def test_who_may_not_write_in_a_channel_does_not_change_it(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    town.discord.set_permissions(town.news.id, deny=Permission.SEND_MESSAGES, target=town.admin)

    told = await town.told("follow add", {"tag": "beans", "channel": town.news})

    assert await blogs.rule() == Rule()
    assert "You may not see and write" in told


async def test_a_member_who_may_not_manage_the_server_is_refused(town: Town, blogs: Blogs) -> None:
    await blogs.follow()

    answer = await town.run(
        "follow add", {"tag": "beans", "channel": town.news}, user=town.member, force=True
    )

    assert await blogs.rule() == Rule()
    assert "Manage Server" in text_of(answer.message)


async def test_every_rule_is_listed_in_plain_words(town: Town, blogs: Blogs) -> None:
    rule = Rule(tags=("astronomy", "cycling"), exclude_tags=("personal",))
    await blogs.declare(rule=rule)
    diary = await blogs.follow(STARS, "Star Diary", channel_id=town.talk.id)
    await blogs.store.subscriptions.pause(diary.subscription.id)
    garden = f"<#{town.news.id}> follows **Garden Notes**"

    told = await town.told("follow list")

    assert told.splitlines()[:3] == [
        "What each channel follows",
        f"<#{town.talk.id}> follows **Star Diary**: every post · paused",
        f"{garden}: posts tagged astronomy or cycling, not personal · set in the config file",
    ]


async def test_words_of_a_rule_are_listed_too(town: Town, blogs: Blogs) -> None:
    await blogs.follow(rule=Rule(words=("first light", "eclipse"), exclude_words=("raffle",)))

    told = await town.told("follow list", {"channel": town.news})

    assert "every post, with “first light” or “eclipse”, without “raffle”" in told


async def test_a_list_names_no_channel_that_the_asker_may_not_see(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    town.discord.set_permissions(town.news.id, deny=Permission.VIEW_CHANNEL, target=town.admin)

    assert await town.told("follow list") == (
        "None of the channels that you can see follows a feed; start with `/feed add`."
    )


async def test_a_list_of_one_channel_leaves_the_others_out(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary", channel_id=town.talk.id)

    told = await town.told("follow list", {"channel": town.talk})

    assert "Star Diary" in told
    assert "Garden Notes" not in told


async def test_feed_text_in_an_answer_is_shown_as_it_is(town: Town, blogs: Blogs) -> None:
    await blogs.follow(GARDEN, "**Gärden** @everyone [x](https://evil.example)")
    await blogs.poll(post(1, "beans", title="# <@1> `x`"))

    told = await town.told("follow add", {"tag": "beans", "channel": town.news})

    assert "\\*\\*Gärden\\*\\*" in told
    assert "@everyone" not in told
    assert "<@1>" not in told
