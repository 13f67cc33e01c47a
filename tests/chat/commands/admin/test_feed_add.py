"""`/feed add`: what an admin sees before anything is changed, and what each press does."""

import asyncio
from dataclasses import replace

import pytest

from bot.chat.client import Chat
from bot.chat.embeds import create_message_body
from bot.chat.feed_draft import MAX_DRAFTS, FeedDraft, FeedDrafts
from bot.chat.services import Services
from bot.model import Entry, FoundFeed, Rule, Style
from bot.sandbox.discord.models import Json, StoredMessage
from bot.sandbox.discord.server import SandboxDiscord
from bot.store.store import Store
from bot.text.render import render
from tests.chat.commands.blogs import GARDEN, STARS, Blogs
from tests.chat.commands.conftest import Town, Web, living, post, text_of
from tests.chat.conftest import Opened

pytestmark = pytest.mark.usefixtures("answering")

_SUPPRESS_EMBEDS = 1 << 2

POSTS = (post(3, "roses"), post(2, "beans", "soil"), post(1, "beans"))


@pytest.fixture
async def blogs(store: Store, town: Town) -> Blogs:
    return Blogs(store, town.guild.id, town.news.id)


@pytest.fixture(autouse=True)
def garden(web: Web) -> str:
    return web.add(GARDEN, "Garden Notes", *POSTS, pasted="garden.example")


async def offer(town: Town, **options: str) -> StoredMessage:
    """What the admin is offered for the garden blog in the news channel."""
    answer = await town.run("feed add", {"url": "garden.example", "channel": town.news, **options})
    assert answer.message is not None
    if answer.message.components:
        await town.discord.wait_for(lambda: answer.followups)
    return answer.message


def labels(message: StoredMessage) -> list[str]:
    return [each["label"] for row in message.components for each in row["components"] if each.get("label")]


def options(message: StoredMessage) -> list[Json]:
    """Those of the menu."""
    return [
        each for row in message.components for menu in row["components"] for each in menu.get("options", ())
    ]


def previews(town: Town) -> list[StoredMessage]:
    """The posts that the admin is shown."""
    return [each for each in town.seen_by(town.admin) if "Bed" in f"{each.content} {each.embeds}"]


def as_sent(entry: Entry, style: Style = Style.CARD) -> tuple[str, list[str]]:
    return shape(create_message_body(render(entry, "Garden Notes", style)))


def shape(body: Json | dict[str, object]) -> tuple[str, list[str]]:
    """Content and embeds, without what Discord adds."""
    found = body["embeds"]
    assert isinstance(found, list)
    return str(body["content"]), [f"{each.get('title')} {each.get('description')}" for each in found]


async def test_the_first_answer_comes_while_the_site_hangs(
    sandbox_discord: SandboxDiscord, town: Town, web: Web
) -> None:
    web.released.clear()

    asking = asyncio.create_task(offer(town))
    await sandbox_discord.wait_for(
        lambda: [each for each in sandbox_discord.calls("callback") if each.status]
    )
    waited = asking.done()
    web.released.set()

    assert not waited
    assert labels(await asking)


async def test_the_offer_says_what_will_be_posted_and_which_tags_there_are(town: Town) -> None:
    offered = await offer(town)

    assert text_of(offered).splitlines() == [
        "Garden Notes",
        "garden.example/feed",
        f"From now on, <#{town.news.id}> gets every post, in the style card.",
        "Posts that are already in the feed aren't sent.",
        "Most used tags: beans (2), roses (1), soil (1)",
        "The newest post is below, as it would be sent.",
    ]
    assert labels(offered) == [
        "Subscribe",
        "Choose tags",
        "Choose style",
        "Subscribe and post the newest",
        "Cancel",
    ]


async def test_nothing_changes_before_a_press(town: Town, store: Store) -> None:
    await offer(town)

    assert await store.subscriptions.all() == []
    assert town.posts == ()


@pytest.mark.parametrize("style", list(Style))
async def test_the_newest_post_is_shown_just_as_it_would_be_sent(town: Town, style: Style) -> None:
    await offer(town, style=style.value)

    (shown,) = previews(town) if style is not Style.LINK else town.seen_by(town.admin)[-1:]
    assert shape(shown.body) == as_sent(POSTS[0], style)
    assert bool(shown.flags & _SUPPRESS_EMBEDS) == (style is Style.COMPACT)


async def test_subscribe_makes_the_channel_follow_the_feed(town: Town, store: Store) -> None:
    told = text_of(await town.pressed(await offer(town, style="compact"), "Subscribe"))

    (followed,) = await store.subscriptions.in_guild(town.guild.id)
    assert (followed.subscription.channel_id, followed.feed_url) == (town.news.id, GARDEN)
    assert (followed.subscription.style, followed.subscription.rule) == (Style.COMPACT, Rule())
    assert (followed.origin, followed.feed_name) == ("discord", "Garden Notes")
    assert told.startswith(f"<#{town.news.id}> now follows **Garden Notes**: every post.")


async def test_an_offer_that_was_taken_has_no_buttons_left_but_the_one_for_older_posts(town: Town) -> None:
    taken = await town.pressed(await offer(town), "Subscribe")

    assert labels(taken) == ["Archive older posts"]


async def test_without_a_channel_it_is_the_one_where_the_command_is_run(town: Town, store: Store) -> None:
    answer = await town.run("feed add", {"url": "garden.example"})
    await town.pressed(answer.message, "Subscribe")

    (followed,) = await store.subscriptions.all()
    assert followed.subscription.channel_id == town.talk.id


async def test_tags_can_be_given_at_once(town: Town, store: Store) -> None:
    offered = await offer(town, tags="Beans, #soil")
    told = text_of(offered)
    await town.pressed(offered, "Subscribe")

    (followed,) = await store.subscriptions.all()
    assert followed.subscription.rule == Rule(tags=("Beans", "soil"))
    assert "gets posts tagged Beans or soil" in told
    assert "2 of the last 3 posts would have been posted." in told


async def test_tags_are_chosen_from_a_menu_with_counts(town: Town, store: Store) -> None:
    offered = await town.pressed(await offer(town), "Choose tags")
    chosen = await town.pressed(offered, "Choose tags; without any, every post is sent", values=("0",))
    await town.pressed(chosen, "Subscribe")

    (followed,) = await store.subscriptions.all()
    assert [(each["label"], each["description"]) for each in options(offered)] == [
        ("beans", "2 posts"),
        ("roses", "1 post"),
        ("soil", "1 post"),
    ]
    assert followed.subscription.rule == Rule(tags=("beans",))


async def test_after_other_tags_the_newest_post_with_them_is_shown_instead(town: Town) -> None:
    offered = await town.pressed(await offer(town), "Choose tags")
    await town.pressed(offered, "Choose tags; without any, every post is sent", values=("0",))
    await town.discord.wait_for(lambda: [shape(each.body) for each in previews(town)] == [as_sent(POSTS[1])])

    (shown,) = previews(town)
    assert shape(shown.body) == as_sent(POSTS[1])


async def test_a_tag_that_no_post_bears_is_said_to_bring_nothing_yet(town: Town) -> None:
    told = text_of(await offer(town, tags="comets"))

    assert "None of the last 3 posts would have been posted." in told
    assert told.endswith("The newest post is below. These tags leave it out, but it shows the style.")


async def test_the_style_is_chosen_from_a_menu(town: Town, store: Store) -> None:
    offered = await town.pressed(await offer(town), "Choose style")
    chosen = await town.pressed(offered, "Choose a style", values=("full",))
    await town.pressed(chosen, "Subscribe")

    (followed,) = await store.subscriptions.all()
    assert [each["value"] for each in options(offered)] == ["card", "compact", "full", "link"]
    assert [each["value"] for each in options(offered) if each.get("default")] == ["card"]
    assert followed.subscription.style is Style.FULL


async def test_an_earlier_preview_that_is_too_old_to_be_removed_stays(
    sandbox_discord: SandboxDiscord, town: Town
) -> None:
    """The token of the interaction that sent it lives 15 minutes; the buttons work longer."""
    offered = await town.pressed(await offer(town), "Choose style")
    sandbox_discord.faults.next("delete answer", status=401, code=50027, message="Invalid Webhook Token")

    await town.pressed(offered, "Choose a style", values=("compact",))
    await sandbox_discord.wait_for(lambda: len(previews(town)) == 2)

    assert shape(previews(town)[-1].body) == as_sent(POSTS[0], Style.COMPACT)


async def test_cancel_changes_nothing(town: Town, store: Store) -> None:
    told = text_of(await town.pressed(await offer(town), "Cancel"))

    assert told == "Cancelled; nothing changed."
    assert await store.subscriptions.all() == []


async def test_the_newest_post_goes_out_once_the_feed_was_polled(
    town: Town, blogs: Blogs, woken: list[object]
) -> None:
    await blogs.follow(channel_id=town.talk.id)
    await blogs.poll(*POSTS)

    closed = await town.pressed(await offer(town, tags="beans"), "Subscribe and post the newest")
    await town.discord.wait_for(lambda: "on its way" in text_of(as_it_stands(town, closed)))

    assert [each.entry.link for each in await blogs.send()] == ["https://garden.example/2"]
    assert woken


def as_it_stands(town: Town, message: StoredMessage) -> StoredMessage:
    """The message as it stands now."""
    return town.discord.message(message.channel_id, message.id)


async def test_the_newest_post_waits_for_the_first_poll_of_a_new_feed(town: Town, blogs: Blogs) -> None:
    closed = await town.pressed(await offer(town), "Subscribe and post the newest")
    waiting = text_of(closed)

    await blogs.poll(*POSTS)
    await town.discord.wait_for(lambda: "on its way" in text_of(as_it_stands(town, closed)))

    assert waiting.endswith("Posting its newest post …")
    assert [each.entry.link for each in await blogs.send()] == ["https://garden.example/3"]


async def test_the_newest_post_cannot_be_asked_for_where_none_is_wanted(town: Town) -> None:
    offered = await offer(town, tags="comets")

    with pytest.raises(LookupError, match="disabled"):
        await town.press(offered, "Subscribe and post the newest")


async def test_a_post_that_left_the_feed_meanwhile_is_not_posted(town: Town, blogs: Blogs) -> None:
    closed = await town.pressed(await offer(town, tags="beans"), "Subscribe and post the newest")

    await blogs.poll(post(4, "roses"))
    await town.discord.wait_for(lambda: "nothing was posted" in text_of(as_it_stands(town, closed)))

    assert await blogs.send() == []


async def test_a_post_that_stands_in_the_channel_is_not_posted_again(town: Town, blogs: Blogs) -> None:
    offered = await offer(town)
    await blogs.follow()
    await blogs.poll(POSTS[2])
    await blogs.poll(POSTS[2], POSTS[0])
    sent = await blogs.send()

    closed = await town.pressed(offered, "Subscribe and post the newest")
    await town.discord.wait_for(lambda: "already in the channel" in text_of(as_it_stands(town, closed)))

    assert len(sent) == 1
    assert await blogs.send() == []


async def test_adding_twice_changes_nothing_and_says_so(town: Town, store: Store, blogs: Blogs) -> None:
    before = await blogs.follow(rule=Rule(tags=("soil",)))

    told = text_of(await offer(town, tags="beans"))

    assert told.startswith(
        f"<#{town.news.id}> already follows **Garden Notes**: posts tagged soil. Nothing changed"
    )
    assert await store.subscriptions.all() == [before]


async def test_of_two_offers_for_one_feed_the_second_changes_nothing(
    town: Town, store: Store, blogs: Blogs
) -> None:
    offered = await offer(town, tags="beans")
    before = await blogs.follow()

    told = text_of(await town.pressed(offered, "Subscribe"))

    assert "already follows **Garden Notes**: every post. Nothing changed" in told
    assert await store.subscriptions.all() == [before]


async def test_one_of_several_feeds_is_chosen_first(town: Town, web: Web, store: Store) -> None:
    web.add(STARS, "Stars over the garden", post(9))
    web.behind["garden.example"] = (FoundFeed(GARDEN, "Garden Notes"), FoundFeed(STARS, "Stars"))

    asked = await offer_of_several(town)
    offered = await town.pressed(asked, "Choose a feed", values=("1",))
    await town.pressed(offered, "Subscribe")

    (followed,) = await store.subscriptions.all()
    assert [each["label"] for each in options(asked)] == ["Garden Notes", "Stars"]
    assert followed.feed_url == STARS


async def offer_of_several(town: Town) -> StoredMessage:
    answer = await town.run("feed add", {"url": "garden.example", "channel": town.news})
    assert answer.message is not None
    return answer.message


async def test_a_tag_that_the_pasted_address_asked_for_is_chosen(town: Town, web: Web) -> None:
    web.behind["garden.example"] = (FoundFeed(GARDEN, "Garden Notes", tag="soil"),)

    assert "gets posts tagged soil" in text_of(await offer(town))


async def test_a_feed_without_posts_can_be_followed(town: Town, web: Web, store: Store) -> None:
    web.add(GARDEN, "Garden Notes", pasted="garden.example")
    answer = await town.run("feed add", {"url": "garden.example", "channel": town.news})
    told = text_of(answer.message)

    await town.pressed(answer.message, "Subscribe")

    assert told.endswith("The feed has no posts yet.")
    assert len(await store.subscriptions.all()) == 1


async def test_a_feed_with_ever_so_many_and_long_tags_is_offered(town: Town, web: Web) -> None:
    tags = tuple(f"{number} {'long ' * 40}" for number in range(60))
    web.add(GARDEN, "Garden Notes " * 40, post(1, *tags), pasted="garden.example")

    offered = await town.pressed(await offer(town), "Choose tags")

    assert len(options(offered)) == 25


async def test_buttons_from_before_a_restart_say_what_to_do(
    answering: Chat, town: Town, services: Services, opened: Opened, store: Store
) -> None:
    offered = await offer(town)
    await answering.close()

    async with living(town.discord, replace(services, drafts=FeedDrafts()), opened, town):
        told = await town.refused(offered, "Subscribe")

    assert told == "These buttons have expired; run `/feed add` again."
    assert await store.subscriptions.all() == []


async def test_the_oldest_offer_makes_room_for_new_ones(town: Town, services: Services) -> None:
    offered = await offer(town)
    for _draft in range(MAX_DRAFTS):
        services.drafts.put(FeedDraft(town.news.id, Style.CARD))

    assert await town.refused(offered, "Subscribe") == "These buttons have expired; run `/feed add` again."


async def test_buttons_work_in_the_next_life_of_the_gateway(
    sandbox_discord: SandboxDiscord, town: Town, store: Store
) -> None:
    offered = await offer(town)
    await sandbox_discord.gateway.close(code=4012)
    await sandbox_discord.wait_for(lambda: sandbox_discord.gateway.identified == 2)

    await town.pressed(offered, "Subscribe")

    assert len(await store.subscriptions.all()) == 1


async def test_who_is_no_longer_admin_cannot_subscribe(town: Town, store: Store) -> None:
    offered = await offer(town)
    town.discord.set_roles(town.guild.id, town.admin, ())

    told = await town.refused(offered, "Subscribe")

    assert told == "This needs the permission Manage Server; ask someone who has it."
    assert await store.subscriptions.all() == []
