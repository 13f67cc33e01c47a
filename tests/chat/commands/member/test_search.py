"""`/search` and `/latest`: matching posts, pages that survive restarts, or what to try instead."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.chat import posted_messages
from bot.chat.services import Services
from bot.chat.turns import MAX_IN_LINE
from bot.model import Delivery, Entry, Narrowing, Query, SearchResult
from bot.sandbox.discord.interactions import InteractionResponse
from bot.sandbox.discord.models import ChannelKind, StoredMessage, User
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from bot.store.matching import Feeds
from bot.store.store import Store
from tests.chat.commands.blogs import STARS, Blogs, put_message
from tests.chat.commands.conftest import NOW, ServerFixture, post, run_chat, text_of
from tests.chat.conftest import Opened
from tests.conftest import GENEROUS


@pytest.fixture
async def blogs(store: Store, server: ServerFixture) -> Blogs:
    return Blogs(store, server.guild.id, server.news.id, discord=server.discord)


def labels(message: StoredMessage | None) -> list[str]:
    """Return the labels of enabled buttons."""
    assert message is not None
    found = (each for row in message.components for each in row["components"])
    return [each["label"] for each in found if "label" in each and not each.get("disabled")]


async def ask(server: ServerFixture, command: str = "search", **options: str | int) -> StoredMessage:
    """Run a command as the member and return the answer."""
    answer = await server.run(command, options, user=server.member)
    assert answer.message is not None
    return answer.message


async def press_and_wait(server: ServerFixture, message: StoredMessage, wanted: str) -> StoredMessage:
    """Press a button as the member and return the changed answer."""
    before = len(message.edits)
    answer = await server.press(message, wanted, user=server.member)
    await server.discord.wait_for(lambda: answer.message and len(answer.message.edits) > before)
    assert answer.message is not None
    return answer.message


async def press_and_read(server: ServerFixture, message: StoredMessage, wanted: str) -> str:
    """Press a button as the member and return the new answer."""
    answer = await server.press(message, wanted, user=server.member)
    await server.discord.wait_for(lambda: answer.followups)
    return text_of(answer.followups[0])


def titles(message: StoredMessage) -> list[str]:
    """Return the titles of the posts on a page."""
    return re.findall(r"^\*\*\[(.*?)\]", text_of(message), re.MULTILINE)


async def publish_posts(blogs: Blogs, count: int) -> None:
    """Publish posts of the garden blog, numbered from 1."""
    await blogs.follow()
    await blogs.poll(*(post(number, "beans") for number in range(1, count + 1)))


@pytest.mark.usefixtures("running_chat")
async def test_a_post_is_found_by_its_words_and_shown_with_its_details(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow()
    await blogs.poll(post(1, "beans", "Night Sky", title="Sowing"), post(2, title="Roses"))

    message = await ask(server, query="sowing climb")

    day = int((NOW - timedelta(days=99)).timestamp())
    assert text_of(message) == (
        "**1 post** with sowing and climb\n\n"
        "**[Sowing](<https://garden.example/1>)**\n"
        "The beans of bed 1 **climb**.\n"
        f"-# Garden Notes · <t:{day}:D> · beans, Night Sky"
    )
    assert message.visible_to == server.member.id


@pytest.mark.usefixtures("running_chat")
async def test_a_jump_link_leads_to_the_message_in_this_server(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll()
    await blogs.poll(post(1))
    (delivery,) = await blogs.send()

    reply = text_of(await ask(server, query="beans"))

    jump = f"https://discord.com/channels/{server.guild.id}/{server.news.id}/{delivery.id + 1000}"
    assert f"[jump]({jump})" in reply


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for Discord however busy the machine is."""
    monkeypatch.setattr(posted_messages, "LOOKUP_TIMEOUT", GENEROUS)


def delete(server: ServerFixture, delivery: Delivery) -> None:
    """Delete the message of a delivery."""
    server.discord.delete_stored(server.discord.message(delivery.channel_id, delivery.id + 1000))


@pytest.mark.usefixtures("running_chat", "patient")
async def test_a_post_whose_message_was_deleted_says_so_and_links_to_the_post(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow()
    await blogs.poll()
    await blogs.poll(post(1))
    (delivery,) = await blogs.send()
    delete(server, delivery)

    for _time in range(2):
        reply = text_of(await ask(server, query="beans"))
        assert "**[Bed 1](<https://garden.example/1>)**\n" in reply
        assert reply.endswith(" · message deleted")
    assert len(server.discord.calls("message")) == 1


@pytest.mark.usefixtures("running_chat", "patient")
async def test_one_existing_message_of_several_is_linked(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(channel_id=server.talk.id)
    await blogs.poll()
    await blogs.poll(post(1))
    deliveries = {each.channel_id: each for each in await blogs.send()}
    delete(server, deliveries[server.talk.id])

    reply = text_of(await ask(server, query="beans"))
    assert f"[jump](https://discord.com/channels/{server.guild.id}/{server.news.id}/" in reply

    server.discord.set_permissions(server.news.id, deny=Permission.READ_MESSAGE_HISTORY, target=server.member)
    assert text_of(await ask(server, query="beans")).endswith(" · message deleted")


@pytest.mark.usefixtures("running_chat", "patient")
async def test_a_deleted_message_is_not_mentioned_to_a_reader_who_sees_no_messages(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow()
    await blogs.follow(channel_id=server.talk.id)
    await blogs.poll()
    await blogs.poll(post(1))
    deliveries = {each.channel_id: each for each in await blogs.send()}
    delete(server, deliveries[server.news.id])
    server.discord.set_permissions(server.news.id, deny=Permission.VIEW_CHANNEL, target=server.member)

    assert "deleted" not in text_of(await ask(server, query="beans"))


@pytest.mark.usefixtures("running_chat", "patient")
@pytest.mark.parametrize(("status", "code"), [(403, 50001), (404, 10003)], ids=("forbidden", "no channel"))
async def test_a_message_counts_as_there_unless_discord_says_otherwise(
    server: ServerFixture, blogs: Blogs, status: int, code: int
) -> None:
    await blogs.follow()
    await blogs.poll()
    await blogs.poll(post(1))
    await blogs.send()
    server.discord.faults.next("message", status=status, code=code, message="No")

    assert "[jump]" in text_of(await ask(server, query="beans"))


@pytest.mark.usefixtures("running_chat")
async def test_no_answer_waits_for_discord(
    server: ServerFixture, blogs: Blogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posted_messages, "LOOKUP_TIMEOUT", 0.0)
    await blogs.follow()
    await blogs.poll()
    await blogs.poll(post(1))
    await blogs.send()

    assert "[jump]" in text_of(await ask(server, query="beans"))


@pytest.mark.usefixtures("running_chat", "patient")
async def test_a_forum_post_is_found_where_its_messages_are(server: ServerFixture, blogs: Blogs) -> None:
    forum = server.discord.add_channel(server.guild.id, "forum", kind=ChannelKind.FORUM)
    await blogs.follow(channel_id=forum.id)
    await blogs.poll()
    await blogs.poll(post(1), post(2))
    blogs.discord = None  # the messages of a forum are in threads
    gone, there = (server.discord.add_thread(forum.id, name) for name in ("gone", "there"))
    for thread in (gone, there):
        (delivery,) = await blogs.send(message_id=thread.id)
        sent = put_message(server.discord, replace(delivery, channel_id=thread.id))
        server.discord.put_message(replace(sent, id=thread.id))
    server.discord.delete_channel(gone.id)

    assert "message deleted" in text_of(await ask(server, query="title:1"))
    assert f"/{there.id})" in text_of(await ask(server, query="title:2"))


@pytest.mark.usefixtures("running_chat")
async def test_without_the_history_permission_there_is_no_jump_link(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow()
    await blogs.poll()
    await blogs.poll(post(1))
    await blogs.send()
    server.discord.set_permissions(server.news.id, deny=Permission.READ_MESSAGE_HISTORY, target=server.member)

    reply = text_of(await ask(server, query="beans"))

    assert "Bed 1" in reply
    assert "jump" not in reply


@pytest.mark.usefixtures("running_chat")
async def test_options_narrow_the_search(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary")
    await blogs.poll(post(1, "Night Sky"), post(50, "night-sky"), post(60))
    await blogs.poll(post(51, "night sky"), url=STARS)

    found = await ask(
        server, query="beans", tag="#Night Sky", feed="Garden", after="2026-03", before="2026-04-01"
    )

    assert titles(found) == ["Bed 50"]
    assert "**1 post** with beans, tagged #Night Sky, from **Garden Notes**, since" in text_of(found)


@pytest.mark.usefixtures("running_chat")
async def test_any_feed_in_the_query_counts_and_the_option_narrows_them(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary")
    await blogs.poll(post(1))
    await blogs.poll(post(2), url=STARS)
    both = 'beans feed:"Garden Notes" feed:"Star Diary"'

    assert sorted(titles(await ask(server, query=both))) == ["Bed 1", "Bed 2"]
    assert titles(await ask(server, query=both, feed="Star Diary")) == ["Bed 2"]
    assert text_of(await ask(server, query='beans feed:"Garden Notes"', feed="Star Diary")) == (
        "`query` and `feed` name different feeds; leave one of them out."
    )


@pytest.mark.usefixtures("running_chat")
async def test_hits_are_sorted_by_relevance_or_date(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    weak = Entry(
        guid="weak", link="https://garden.example/weak", title="Tools", text="Slugs. " + "Spades. " * 40,
        published=NOW,
    )  # fmt: skip
    await blogs.poll(weak, post(1, "slugs", title="Slugs"))

    assert titles(await ask(server, query="slugs")) == ["Slugs", "Tools"]
    assert titles(await ask(server, query="slugs", sort="newest")) == ["Tools", "Slugs"]


@pytest.mark.usefixtures("running_chat")
async def test_pages_are_turned_in_place(server: ServerFixture, blogs: Blogs) -> None:
    await publish_posts(blogs, 12)

    first = await ask(server, query="beans", sort="newest")
    assert titles(first) == ["Bed 12", "Bed 11", "Bed 10", "Bed 9", "Bed 8"]
    assert labels(first) == ["Next", "Share"]

    second = await press_and_wait(server, first, "Next")
    assert labels(second) == ["Previous", "Next", "Share"]

    third = await press_and_wait(server, second, "Next")
    assert titles(third) == ["Bed 2", "Bed 1"]
    assert labels(third) == ["Previous", "Share"]
    assert text_of(third).endswith("Page 3 of 3")
    assert titles(await press_and_wait(server, third, "Previous")) == titles(second)


async def test_pages_are_turned_after_a_restart(
    sandbox_discord: SandboxDiscord, server: ServerFixture, services: Services, opened: Opened, blogs: Blogs
) -> None:
    await publish_posts(blogs, 6)
    async with run_chat(sandbox_discord, services, opened, server):
        await sandbox_discord.wait_for(lambda: sandbox_discord.calls("register"))
        await sandbox_discord.wait_for(lambda: sandbox_discord.commands[None])
        first = await ask(server, query="beans", sort="newest")

    async with run_chat(sandbox_discord, services, opened, server):
        second = await press_and_wait(server, first, "Next")

    assert titles(second) == ["Bed 1"]


@pytest.mark.usefixtures("running_chat")
async def test_a_page_that_no_longer_exists_says_so(server: ServerFixture, blogs: Blogs) -> None:
    await publish_posts(blogs, 6)
    await blogs.follow(STARS, "Star Diary", channel_id=server.talk.id)
    first = await ask(server, query="beans")
    garden = await blogs.find()
    await blogs.store.removals.remove(garden.subscription.id, NOW)

    assert await press_and_read(server, first, "Next") == "This page no longer exists; run `/search` again."


@pytest.mark.usefixtures("running_chat")
async def test_a_button_removes_the_condition_that_helps_most(server: ServerFixture, blogs: Blogs) -> None:
    await publish_posts(blogs, 3)

    nothing = await ask(server, query='beans "comets"')
    assert "Among the posts you can see, there are none with beans and “comets”." in text_of(nothing)
    assert labels(nothing) == ['Search without "comets" (3)']

    found = await press_and_wait(server, nothing, 'Search without "comets" (3)')
    assert text_of(found).startswith("**3 posts** with beans\n")
    assert labels(found) == ["Share"]


@pytest.mark.usefixtures("running_chat")
async def test_a_button_can_remove_a_date(server: ServerFixture, blogs: Blogs) -> None:
    await publish_posts(blogs, 3)

    nothing = await ask(server, query="beans", before="2020")
    (label,) = labels(nothing)

    assert label == "Search without before:2020-01-01 (3)"
    assert text_of(await press_and_wait(server, nothing, label)).startswith("**3 posts** with beans\n")


@pytest.mark.usefixtures("running_chat")
async def test_a_button_can_remove_a_feed(server: ServerFixture, blogs: Blogs) -> None:
    await publish_posts(blogs, 3)
    await blogs.follow(STARS, "Star Diary")

    nothing = await ask(server, query="beans", feed="Star Diary")
    (label,) = labels(nothing)

    assert label == "Search in all feeds (3)"
    assert text_of(await press_and_wait(server, nothing, label)).startswith("**3 posts** with beans\n")


@pytest.mark.usefixtures("running_chat")
async def test_a_word_that_looks_like_a_field_is_removed_and_not_the_feed(
    server: ServerFixture, blogs: Blogs
) -> None:
    await publish_posts(blogs, 3)
    await blogs.follow(STARS, "Star Diary")

    nothing = await ask(server, query='"feed" beans', feed="Garden Notes")
    assert labels(nothing) == ['Search without "feed" (3)']

    found = await press_and_wait(server, nothing, 'Search without "feed" (3)')
    assert text_of(found).startswith("**3 posts** with beans, from **Garden Notes**\n")


@pytest.mark.usefixtures("running_chat")
async def test_during_a_rebuild_of_the_index_each_answer_says_that_posts_may_be_missing(
    server: ServerFixture, blogs: Blogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lag() -> int:
        return 17

    await publish_posts(blogs, 1)
    monkeypatch.setattr(blogs.store.index, "lag", lag)

    nothing, found = [text_of(await ask(server, query=query)) for query in ("submarines", "beans")]

    for reply in (nothing, found):
        assert "Older posts may be missing until the bot has indexed them; try again later." in reply
    assert "Try fewer" not in nothing
    assert found.startswith("**1 post** with beans\n")


@pytest.mark.usefixtures("running_chat")
async def test_the_nearest_tag_is_suggested(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll(post(1, "astronomy"))

    reply = text_of(await ask(server, query="beans", tag="astronmy"))

    assert "Did you mean the tag **astronomy**?" in reply


@pytest.mark.usefixtures("running_chat")
async def test_an_unknown_word_is_answered_with_what_to_try(server: ServerFixture, blogs: Blogs) -> None:
    await publish_posts(blogs, 1)

    message = await ask(server, query="submarines")

    assert "Try fewer or different words, or look through the tags with `/tags`." in text_of(message)
    assert labels(message) == []


@pytest.mark.usefixtures("running_chat")
async def test_the_beginning_of_a_word_finds_posts_and_the_answer_says_so(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow()
    await blogs.poll(post(1, title="Artichokes"))

    found = await ask(server, query="artich")

    assert titles(found) == ["Artichokes"]
    assert text_of(found).startswith("**1 post** with words that start with artich\n")


@pytest.mark.usefixtures("running_chat")
async def test_a_misspelled_word_is_read_as_the_one_that_was_surely_meant(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow()
    await blogs.poll(post(1, title="An orchard"), post(2, title="Frost"))

    found = await ask(server, query="orchrad")

    assert titles(found) == ["An orchard"]
    assert text_of(found).startswith(
        "**1 post** with orchard\n-# Did you mean **orchard**? Nothing has what you typed.\n"
    )


@pytest.mark.usefixtures("running_chat")
async def test_a_question_finds_the_posts_with_most_of_its_words(server: ServerFixture, blogs: Blogs) -> None:
    await publish_posts(blogs, 2)

    found = await ask(server, query="how would submarines climb the beans")

    assert sorted(titles(found)) == ["Bed 1", "Bed 2"]
    assert "-# Left out, as too few posts have everything: how, would, submarines, the\n" in text_of(found)


@pytest.mark.usefixtures("running_chat")
async def test_buttons_offer_spellings_of_which_none_is_certain(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll(post(1, title="Wall"), post(2, title="Tall"))

    nothing = await ask(server, query="xall")
    assert "Nothing found" in text_of(nothing)
    assert sorted(labels(nothing)) == ["Did you mean tall?", "Did you mean wall?"]

    assert titles(await press_and_wait(server, nothing, "Did you mean wall?")) == ["Wall"]


@pytest.mark.usefixtures("running_chat")
async def test_a_search_may_have_no_words_but_not_nothing_at_all(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll(post(1, "roses"), post(2))

    assert titles(await ask(server, tag="roses")) == ["Bed 1"]
    assert titles(await ask(server, feed="Garden Notes", sort="newest")) == ["Bed 2", "Bed 1"]
    assert (
        text_of(await ask(server, query=" "))
        == "Type some words, or pick a tag, a feed, a channel or a date."
    )


@pytest.mark.usefixtures("running_chat")
@pytest.mark.parametrize("query", ['"', "-", "tag:", "NOT", "* OR (", "a" * 300, "\u202e", "feed:", "::::"])
async def test_no_query_is_an_error(server: ServerFixture, blogs: Blogs, query: str) -> None:
    await publish_posts(blogs, 1)

    reply = text_of(await ask(server, query=query))

    assert "Something went wrong" not in reply
    assert "can't" not in reply


@pytest.mark.usefixtures("running_chat")
async def test_an_unreadable_date_is_answered_with_examples(server: ServerFixture, blogs: Blogs) -> None:
    await publish_posts(blogs, 1)

    assert text_of(await ask(server, query="beans", after="next *week*")) == (
        r"next \*week\* isn't a date; try one like `2026`, `2026-05`, `2026-05-04` or `7d`."
    )


@pytest.mark.usefixtures("running_chat")
async def test_a_server_without_feeds_tells_members_and_admins_what_to_do(
    server: ServerFixture,
) -> None:
    for command, options in (("search", {"query": "beans"}), ("latest", {}), ("tags", {})):
        member = await server.run(command, options, user=server.member)
        admin = await server.run(command, options)

        start = "None of the channels that you can see follows a feed; "
        assert text_of(member.message) == f"{start}ask an admin to add one."
        assert text_of(admin.message) == f"{start}start with `/feed add`."


@pytest.mark.usefixtures("running_chat")
async def test_posts_of_a_paused_or_suspended_feed_are_still_found(
    server: ServerFixture, blogs: Blogs
) -> None:
    await publish_posts(blogs, 1)
    followed = await blogs.find()
    await blogs.store.subscriptions.pause(followed.subscription.id)
    await blogs.store.guilds.left(server.guild.id, NOW)

    assert titles(await ask(server, query="beans")) == ["Bed 1"]


@pytest.mark.usefixtures("running_chat")
async def test_the_newest_posts_come_in_pages_of_five_up_to_the_count(
    server: ServerFixture, blogs: Blogs
) -> None:
    await publish_posts(blogs, 30)

    five = await ask(server, "latest")
    assert titles(five) == ["Bed 30", "Bed 29", "Bed 28", "Bed 27", "Bed 26"]
    assert labels(five) == ["Share"]

    seven = await ask(server, "latest", count=7)
    assert text_of(seven).endswith("Page 1 of 2")
    last = await press_and_wait(server, seven, "Next")
    assert titles(last) == ["Bed 25", "Bed 24"]
    assert labels(last) == ["Previous", "Share"]


@pytest.mark.usefixtures("running_chat")
async def test_the_newest_posts_of_a_feed_or_with_a_tag(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary")
    await blogs.poll(post(1, "roses"), post(2))
    await blogs.poll(post(3, "roses"), url=STARS)

    assert titles(await ask(server, "latest", tag="Roses")) == ["Bed 3", "Bed 1"]
    tagged = await ask(server, "latest", tag="Roses", feed="Garden Notes")
    assert titles(tagged) == ["Bed 1"]
    assert text_of(tagged).startswith("Newest posts\nPosts tagged Roses, from **Garden Notes**\n")


@pytest.mark.usefixtures("running_chat")
async def test_a_feed_without_posts_has_no_newest_ones(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()

    reply = text_of(await ask(server, "latest"))

    assert reply == "Nothing found\nThe archive is empty; new posts will be added."


@pytest.mark.usefixtures("running_chat")
async def test_one_members_many_searches_are_refused_and_do_not_delay_others(
    server: ServerFixture, blogs: Blogs, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await publish_posts(blogs, 1)
    arrived, gate, find = asyncio.Semaphore(0), asyncio.Semaphore(0), store.search.find_narrowed

    async def find_at_the_gate(
        query: Query,
        feeds: Feeds,
        chosen: Narrowing,
        **options: Any,  # noqa: ANN401 -- passed on
    ) -> SearchResult:
        arrived.release()
        await gate.acquire()
        return await find(query, feeds, chosen, **options)

    monkeypatch.setattr(store.search, "find_narrowed", find_at_the_gate)

    def search(user: User) -> asyncio.Task[InteractionResponse]:
        return asyncio.create_task(
            server.discord.interact(
                server.guild, server.talk, user, "search", {"query": "beans"}, timeout=GENEROUS
            )
        )

    many = [search(server.member) for _time in range(30)]
    while len(refused := [each.result() for each in many if each.done()]) < len(many) - MAX_IN_LINE:
        await asyncio.wait({each for each in many if not each.done()}, return_when=asyncio.FIRST_COMPLETED)
    other = search(server.admin)
    for _member in (server.member, server.admin):
        await arrived.acquire()
    gate.release()
    gate.release()

    found = (await other).message
    assert found is not None
    assert titles(found) == ["Bed 1"]
    assert {text_of(each.message) for each in refused} == {
        "That's faster than the bot can search; try again in 3 s."
    }
    for _each in many:
        gate.release()
    answers = [text_of(answer.message) for answer in await asyncio.gather(*many)]
    assert len([answer for answer in answers if "Bed 1" in answer]) == MAX_IN_LINE
