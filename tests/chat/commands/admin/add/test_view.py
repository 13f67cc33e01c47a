"""What a draft of `/feed add` says, and its menus."""

import pytest

from bot.model import Rule, Style
from bot.store.store import Store
from tests.chat.commands.admin.drafts import labels, open_draft, options
from tests.chat.commands.blogs import GARDEN
from tests.chat.commands.conftest import ServerFixture, Web, post, text_of

pytestmark = pytest.mark.usefixtures("running_chat", "garden")


async def test_a_draft_says_what_will_be_posted_and_lists_tags(server: ServerFixture) -> None:
    draft = await open_draft(server)

    assert text_of(draft).splitlines() == [
        "Garden Notes",
        "garden.example/feed",
        f"From now on, <#{server.news.id}> gets every post, in the style card.",
        "Posts that are already in the feed aren't sent.",
        "Most used tags: beans (2), roses (1), soil (1)",
        "The bot reports problems to you in a direct message; choose a channel with `/notices`.",
        "The newest post is below, as it would be sent.",
    ]
    assert labels(draft) == [
        "Subscribe",
        "Choose tags",
        "Choose style",
        "Subscribe and post the newest",
        "Cancel",
    ]


async def test_tags_are_chosen_from_a_menu_with_counts(server: ServerFixture, store: Store) -> None:
    draft = await server.press_and_wait(await open_draft(server), "Choose tags")
    chosen = await server.press_and_wait(draft, "Choose tags; without any, every post is sent", values=("0",))
    await server.press_and_wait(chosen, "Subscribe")

    (followed,) = await store.subscriptions.all()
    assert [(each["label"], each["description"]) for each in options(draft)] == [
        ("beans", "2 posts"),
        ("roses", "1 post"),
        ("soil", "1 post"),
    ]
    assert followed.subscription.rule == Rule(tags=("beans",))


async def test_a_draft_says_if_its_tags_match_no_post(server: ServerFixture) -> None:
    text = text_of(await open_draft(server, tags="comets"))

    assert "None of the last 3 posts would have been posted." in text
    assert text.endswith("The newest post is below. These tags leave it out, but it shows the style.")


async def test_the_style_is_chosen_from_a_menu(server: ServerFixture, store: Store) -> None:
    draft = await server.press_and_wait(await open_draft(server), "Choose style")
    chosen = await server.press_and_wait(draft, "Choose a style", values=("full",))
    await server.press_and_wait(chosen, "Subscribe")

    (followed,) = await store.subscriptions.all()
    assert [each["value"] for each in options(draft)] == ["card", "compact", "full", "link"]
    assert [each["value"] for each in options(draft) if each.get("default")] == ["card"]
    assert followed.subscription.style is Style.FULL


async def test_the_newest_post_cannot_be_sent_if_the_rule_wants_none(server: ServerFixture) -> None:
    draft = await open_draft(server, tags="comets")

    with pytest.raises(LookupError, match="disabled"):
        await server.press(draft, "Subscribe and post the newest")


async def test_a_feed_without_posts_can_be_followed(server: ServerFixture, web: Web, store: Store) -> None:
    web.add(GARDEN, "Garden Notes", pasted="garden.example")
    answer = await server.run("feed add", {"url": "garden.example", "channel": server.news})
    text = text_of(answer.message)

    await server.press_and_wait(answer.message, "Subscribe")

    assert "The feed has no posts yet." in text.splitlines()
    assert len(await store.subscriptions.all()) == 1


async def test_many_and_long_tags_fit_into_the_menu(server: ServerFixture, web: Web) -> None:
    tags = tuple(f"{number} {'long ' * 40}" for number in range(60))
    web.add(GARDEN, "Garden Notes " * 40, post(1, *tags), pasted="garden.example")

    draft = await server.press_and_wait(await open_draft(server), "Choose tags")

    assert len(options(draft)) == 25


async def test_a_draft_warns_of_tags_that_no_post_has(server: ServerFixture) -> None:
    one, mixed, known = [
        text_of(await open_draft(server, tags=tags)) for tags in ("comets", "#Béans, comets, dust", "BEANS")
    ]

    warning = "No post in the feed has the tag {}; check how the blog spells it, or press **Choose tags**."
    assert warning.format("comets") in one.splitlines()
    assert warning.format("comets or dust") in mixed.splitlines()
    assert "No post in the feed" not in known


async def test_a_feed_without_posts_proves_nothing_about_tags(server: ServerFixture, web: Web) -> None:
    web.add(GARDEN, "Garden Notes", pasted="garden.example")

    answer = await server.run("feed add", {"url": "garden.example", "channel": server.news, "tags": "comets"})

    assert "has the tag" not in text_of(answer.message)
