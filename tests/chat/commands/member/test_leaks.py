"""Attempts to learn about a feed in a channel that one may not view. `docs/decisions.md` lists them."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.chat.commands.common import access
from bot.sandbox.discord.interactions import InteractionResponse
from bot.sandbox.discord.models import Channel, StoredMessage, User
from bot.sandbox.discord.permissions import Permission
from bot.store.store import Store
from tests.chat.commands.blogs import STARS, Blogs
from tests.chat.commands.conftest import NOT_A_MANAGER, NOW, ServerFixture, post, text_of
from tests.chat.commands.member.test_search import ask, labels, press_and_wait, titles

pytestmark = pytest.mark.usefixtures("running_chat")

NOT_YOURS = "This button is too old or belongs to someone else's answer; run the command yourself."
GONE = "This page no longer exists; run `/search` again."
SECRET = "Star Diary"
_MESSAGE = 4
"""The type of a response that is a message."""


@pytest.fixture
async def blogs(store: Store, server: ServerFixture) -> Blogs:
    """Everybody may see the garden blog in #talk; the member may not see #news, which follows Star Diary."""
    found = Blogs(store, server.guild.id, server.news.id, discord=server.discord)
    await found.follow(channel_id=server.talk.id)
    await found.follow(STARS, SECRET)
    await found.poll(*(post(number, "beans") for number in range(1, 8)))
    await found.poll(*(post(number, "comets", "beanz") for number in range(50, 60)), url=STARS)
    server.discord.set_permissions(server.news.id, deny=Permission.VIEW_CHANNEL, target=server.member)
    return found


@pytest.fixture
def secret(blogs: Blogs, server: ServerFixture) -> ServerFixture:  # noqa: ARG001 -- they are there
    return server


async def press_forged(
    server: ServerFixture, message: StoredMessage, custom_id: str, user: User | None = None
) -> InteractionResponse:
    """Press a button that the bot never made."""
    button = {"type": 2, "style": 2, "label": "Forged", "custom_id": custom_id}
    forged = server.discord.put_message(
        replace(message, components=({"type": 1, "components": [button]},), edits=())
    )
    answer = await server.press(forged, "Forged", user=user or server.member)
    await server.discord.wait_for(
        lambda: answer.followups or answer.kind == _MESSAGE or (answer.message and answer.message.edits)
    )
    return answer


def read_by(answer: InteractionResponse) -> str:
    """Return the answer to a press."""
    return text_of(answer.followups[0] if answer.followups else answer.message)


def token_of(message: StoredMessage) -> str:
    """Return the token in the buttons of an answer."""
    ids = [each["custom_id"] for row in message.components for each in row["components"]]
    return str(next(each for each in ids if each.startswith("share:"))).split(":")[1]


async def test_counts_are_of_what_the_asker_may_see(secret: ServerFixture) -> None:
    assert text_of(await ask(secret, query="beans")).startswith("**7 posts** with beans\n")
    assert (await secret.reply_to("search", {"query": "beans"})).startswith("**17 posts** with beans\n")


@pytest.mark.parametrize(
    "name", [STARS, SECRET, "feed:2", "stars.example", "https://stars.example/some/post"]
)
async def test_naming_a_hidden_feed_is_like_naming_one_that_does_not_exist(
    secret: ServerFixture, name: str
) -> None:
    for command, options in (
        ("search", {"query": "beans", "feed": name}),
        ("search", {"query": f'beans feed:"{name}"'}),
        ("latest", {"feed": name}),
        ("tags", {"feed": name}),
    ):
        hidden = text_of(await ask(secret, command, **options))
        unknown = {key: value.replace(name, "no-such-feed") for key, value in options.items()}
        absent = text_of(await ask(secret, command, **unknown))

        assert hidden.startswith("No feed that you can see is called ")
        assert hidden.split(" called ")[0] == absent.split(" called ")[0]
        assert hidden.split("; ")[-1] == absent.split("; ")[-1]


async def test_words_and_tags_of_a_hidden_feed_find_nothing_and_suggest_nothing(
    secret: ServerFixture,
) -> None:
    nothing = await ask(secret, query="beans", tag="comets")
    near = await ask(secret, query="climb", tag="beanzz")

    assert "there are none with beans, tagged comets." in text_of(nothing)
    assert labels(nothing) == ['Search without tag:"comets" (7)']
    assert "Did you mean the tag **beans**?" in text_of(near)
    assert "beanz**" not in text_of(near)


@pytest.mark.parametrize(
    "typed", ["comet", "59x", "bed 59 beans", "diery", "beams 57", "how do comets grow beans"]
)
async def test_no_spelling_and_no_choice_of_words_comes_from_a_hidden_feed(
    secret: ServerFixture, blogs: Blogs, typed: str
) -> None:
    """The answer is the one of an archive without the hidden feed's posts."""
    await blogs.poll(post(70, title="Diary of comets, beams and 59 planets"), url=STARS)
    answers = [text_of(await ask(secret, query=typed)) for _time in range(2)]
    hidden = await secret.run("search", {"query": "planets"})

    assert "Diary of comets" in text_of(hidden.message)
    for answer in answers:
        assert not [each for each in (SECRET, "Diary", "planets", "beanz", "stars.example") if each in answer]


async def test_a_forged_spelling_shows_nothing_hidden(secret: ServerFixture) -> None:
    mine = await ask(secret, query="bed")

    answer = await press_forged(secret, mine, f"mean:{token_of(mine)}:bed:comets")

    assert "Nothing found" in read_by(answer)


@pytest.mark.parametrize("value", ["tag:comets", "tag:beanz", "2025", "0", "99999", "all", "year:2026", ""])
async def test_a_forged_choice_from_a_menu_shows_nothing_hidden(secret: ServerFixture, value: str) -> None:
    mine = await ask(secret, query="bed")
    option = {"label": "Forged", "value": value or "-"}
    menu = {"type": 3, "custom_id": f"only:{token_of(mine)}:tag", "options": [option]}
    for custom_id in (menu["custom_id"], f"only:{token_of(mine)}:year"):
        row = {"type": 1, "components": [{**menu, "custom_id": custom_id, "placeholder": "Forged"}]}
        forged = secret.discord.put_message(replace(mine, components=(row,), edits=()))

        answer = await secret.press(forged, "Forged", user=secret.member, values=(value or "-",))
        await secret.discord.wait_for(lambda: answer.message and answer.message.edits)  # noqa: B023 -- awaited here

        hidden = (SECRET, "17 posts", "beanz (", *(f"Bed {number}" for number in range(50, 60)))
        assert not [each for each in hidden if each in read_by(answer)]


async def test_facets_have_only_tags_of_visible_posts(secret: ServerFixture, blogs: Blogs) -> None:
    await blogs.poll(post(100, "peas"), *(post(number, "beans") for number in range(1, 8)))

    mine, theirs = await ask(secret, query="bed"), await secret.run("search", {"query": "bed"})

    assert theirs.message is not None
    assert "comets (10)" in str(theirs.message.components)
    assert "beans (7)" in str(mine.components)
    assert "comets" not in str(mine.components)


async def test_a_hidden_feed_is_not_counted_when_a_named_one_has_no_hits(
    secret: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow("https://pond.example/feed", "Pond", channel_id=secret.talk.id)

    nothing = await ask(secret, query="beans", feed="Pond")

    assert labels(nothing) == ["Search in all feeds (7)"]


@pytest.mark.parametrize(
    ("command", "focused", "typed"),
    [
        ("search", "query", "bed 55"),
        ("search", "query", ""),
        ("search", "tag", "com"),
        ("search", "tag", ""),
        ("search", "feed", "star"),
        ("latest", "feed", ""),
        ("latest", "tag", "beanz"),
        ("tags", "feed", "stars"),
    ],
)
async def test_nothing_hidden_is_completed(
    secret: ServerFixture, command: str, focused: str, typed: str
) -> None:
    async def offered(user: User) -> str:
        found = await secret.discord.complete(
            secret.guild, secret.talk, user, command, {focused: typed}, focused=focused
        )
        return str(found)

    shown, all_of_it = await offered(secret.member), await offered(secret.admin)

    hidden = [SECRET, "comets", "beanz", *(f"Bed 5{number}" for number in range(10))]
    assert [each for each in hidden if each in all_of_it] != []
    assert [each for each in hidden if each in shown] == []


async def test_autocomplete_reveals_nothing_of_a_hidden_feed_that_is_filled_in(secret: ServerFixture) -> None:
    found = await secret.discord.complete(
        secret.guild, secret.talk, secret.member, "search", {"feed": "feed:2", "tag": ""}, focused="tag"
    )

    assert [each["name"] for each in found] == ["beans (7)"]


async def test_nobody_can_turn_the_pages_of_someone_elses_search(secret: ServerFixture) -> None:
    theirs = await secret.run("search", {"query": "comets"})
    assert theirs.message is not None
    mine = await ask(secret, query="beans")
    token = token_of(theirs.message)

    for custom_id in (
        f"page:found:{token}:1",
        f"share:{token}:1",
        f"relax:{token}:feed",
        f"mean:{token}:a:b",
        f"relax:{token}:channel",
        f"only:{token}:year",
        f"only:{token}:tag",
    ):
        assert read_by(await press_forged(secret, mine, custom_id)) == NOT_YOURS


async def test_an_admin_cannot_press_a_members_button(secret: ServerFixture) -> None:
    mine = await ask(secret, query="beans")

    answer = await press_forged(secret, mine, f"page:found:{token_of(mine)}:2", secret.admin)

    assert read_by(answer) == NOT_YOURS


async def test_a_search_of_one_server_is_not_shown_in_another(secret: ServerFixture) -> None:
    """The same member is in both servers."""
    mine = await ask(secret, query="beans")
    server = secret.discord
    elsewhere = server.add_guild("Observatory")
    dome = server.add_channel(elsewhere.id, "dome")
    server.members[elsewhere.id, secret.member.id] = replace(
        server.members[secret.guild.id, secret.member.id], guild_id=elsewhere.id, role_ids=()
    )
    answer = await server.interact(elsewhere, dome, secret.member, "help")
    await server.wait_for(lambda: answer.message)
    assert answer.message is not None

    for custom_id in (f"page:found:{token_of(mine)}:1", f"share:{token_of(mine)}:1"):
        assert read_by(await press_forged(secret, answer.message, custom_id)) == NOT_YOURS


@pytest.mark.parametrize("number", ["0", "3", "9999"])
async def test_a_forged_page_is_refused(secret: ServerFixture, number: str) -> None:
    mine = await ask(secret, query="beans")

    for act in ("page:found", "share"):
        assert read_by(await press_forged(secret, mine, f"{act}:{token_of(mine)}:{number}")) == GONE


@pytest.mark.parametrize(
    "custom_id", ["page:found::1", "page:found:7:1", "share:123456789012345678:1", "relax:0:condition"]
)
async def test_a_forged_token_is_refused(secret: ServerFixture, custom_id: str) -> None:
    mine = await ask(secret, query="beans")

    assert read_by(await press_forged(secret, mine, custom_id)) == NOT_YOURS


@pytest.mark.parametrize(
    "custom_id",
    [
        "share:1:-1",
        "share:x:1",
        "page:found:1:1'--",
        "relax:1:everything",
        "only:1:feed",
        "share:1234567890123456789:1",
    ],
)
async def test_a_malformed_custom_id_matches_no_button(secret: ServerFixture, custom_id: str) -> None:
    mine = await ask(secret, query="beans")

    button = {"type": 2, "style": 2, "label": "Forged", "custom_id": custom_id}
    forged = secret.discord.put_message(replace(mine, components=({"type": 1, "components": [button]},)))
    pressed = await secret.press(forged, "Forged", user=secret.member)

    assert text_of(pressed.message) == "This no longer works; run the command again."


async def test_the_tags_of_a_hidden_feed_are_not_paged_by_its_id(secret: ServerFixture) -> None:
    mine = await ask(secret, "tags")

    answer = await press_forged(secret, mine, "page:tags:2:1")

    assert read_by(answer) == "You can't see this feed; run `/tags` again."


@pytest.mark.parametrize("name", ["feeds", "status", "follow"])
async def test_lists_of_admins_are_not_paged_by_members(secret: ServerFixture, name: str) -> None:
    mine = await ask(secret, "tags")

    answer = await press_forged(secret, mine, f"page:{name}::1")

    assert read_by(answer) == NOT_A_MANAGER


@pytest.mark.usefixtures("blogs")
async def test_a_member_who_loses_a_role_between_pages_sees_no_more(server: ServerFixture) -> None:
    stargazers = server.discord.add_role(server.guild.id, "stargazers")
    server.discord.set_permissions(server.news.id, target=server.member)
    everyone = server.discord.roles[server.guild.id]
    server.discord.set_permissions(server.news.id, deny=Permission.VIEW_CHANNEL, target=everyone)
    server.discord.set_permissions(server.news.id, allow=Permission.VIEW_CHANNEL, target=stargazers)
    server.discord.set_roles(server.guild.id, server.member, (stargazers,))
    first = await ask(server, query="beans", sort="newest")
    assert titles(first)[0] == "Bed 59"

    server.discord.set_roles(server.guild.id, server.member, ())
    second = await press_and_wait(server, first, "Next")

    assert titles(second) == ["Bed 2", "Bed 1"]
    assert SECRET not in text_of(second)


async def test_a_channel_that_was_deleted_shows_members_nothing(secret: ServerFixture, blogs: Blogs) -> None:
    gone = secret.discord.add_channel(secret.guild.id, "gone")
    await blogs.follow("https://pond.example/feed", "Pond", channel_id=gone.id)
    await blogs.poll(post(70, title="Ducks"), url="https://pond.example/feed")
    assert titles(await ask(secret, query="ducks")) == ["Ducks"]

    secret.discord.delete_channel(gone.id)

    assert "Nothing found" in text_of(await ask(secret, query="ducks"))


async def test_a_feed_in_a_hidden_and_an_open_channel_has_no_link_to_the_hidden_one(
    secret: ServerFixture, blogs: Blogs
) -> None:
    await blogs.send()
    await blogs.follow(STARS, channel_id=secret.talk.id)
    await blogs.poll(url=STARS)
    await blogs.poll(post(80, title="Eclipse"), url=STARS)
    while await blogs.send():
        pass

    reply = text_of(await ask(secret, query="eclipse"))

    assert f"/{secret.talk.id}/" in reply
    assert str(secret.news.id) not in reply


# Private threads


@pytest.fixture
async def thread(server: ServerFixture, blogs: Blogs) -> Channel:
    """A private thread of #talk that follows the pond blog; the bot is in it."""
    opened = server.discord.add_thread(server.talk.id, "secret beds", members=(server.discord.bot,))
    await blogs.follow("https://pond.example/feed", "Pond", channel_id=opened.id)
    await blogs.poll(post(90, title="Ducks"), url="https://pond.example/feed")
    return opened


async def finds_ducks(server: ServerFixture) -> bool:
    return "Ducks" in text_of(await ask(server, query="ducks"))


async def test_a_private_thread_shows_its_feeds_only_to_its_members(
    server: ServerFixture, thread: Channel, now: list[datetime]
) -> None:
    assert not await finds_ducks(server)

    now.append(NOW + timedelta(minutes=1))
    server.discord.join_thread(thread.id, server.member)

    assert await finds_ducks(server)


async def test_thread_members_are_cached_while_somebody_types(server: ServerFixture, thread: Channel) -> None:
    server.discord.join_thread(thread.id, server.member)

    for typed in ("duc", "duck", "ducks"):
        found = await server.discord.complete(
            server.guild, server.talk, server.member, "search", {"query": typed}, focused="query"
        )
        assert [each["name"] for each in found] == ["Ducks"]

    assert len(server.discord.calls("thread member")) == 1


@pytest.mark.usefixtures("thread")
async def test_a_thread_manager_sees_private_threads_without_a_request(server: ServerFixture) -> None:
    server.discord.set_permissions(server.talk.id, allow=Permission.MANAGE_THREADS, target=server.member)

    assert await finds_ducks(server)
    assert not server.discord.calls("thread member")


async def test_nobody_counts_as_a_thread_member_while_discord_does_not_answer(
    server: ServerFixture, thread: Channel
) -> None:
    server.discord.join_thread(thread.id, server.member)
    server.discord.faults.next("thread member", status=403, code=50001, message="Missing Access")
    assert not await finds_ducks(server)


async def test_access_to_a_private_thread_ends_half_a_minute_after_leaving(
    server: ServerFixture, thread: Channel, now: list[datetime]
) -> None:
    server.discord.join_thread(thread.id, server.member)
    assert await finds_ducks(server)
    server.discord.leave_thread(thread.id, server.member)

    now.append(NOW + timedelta(seconds=31))

    assert not await finds_ducks(server)


async def test_if_discord_is_slow_private_threads_are_hidden(
    server: ServerFixture, thread: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.discord.join_thread(thread.id, server.member)
    server.discord.faults.next("thread member", hang=True)
    monkeypatch.setattr(access, "LOOKUP_TIMEOUT", 0.05)

    assert not await finds_ducks(server)
    server.discord.faults.clear()


async def test_inside_a_private_thread_its_members_are_not_fetched(
    server: ServerFixture, thread: Channel
) -> None:
    answer = await server.discord.interact(server.guild, thread, server.member, "search", {"query": "ducks"})
    await server.discord.wait_for(lambda: answer.message)

    assert "Ducks" in text_of(answer.message)
    assert not server.discord.calls("thread member")


async def test_an_archived_private_thread_is_only_for_its_members(
    server: ServerFixture, thread: Channel, now: list[datetime]
) -> None:
    server.discord.change_channel(thread.id, archived=True)
    assert not await finds_ducks(server)

    now.append(NOW + timedelta(minutes=1))
    server.discord.join_thread(thread.id, server.member)
    assert await finds_ducks(server)


async def test_an_archived_public_thread_is_for_everyone_who_sees_its_channel(
    server: ServerFixture, blogs: Blogs
) -> None:
    """The gateway forgets it; Discord archives the thread of a slow blog automatically."""
    shed = server.discord.add_channel(server.guild.id, "shed")
    opened = server.discord.add_thread(shed.id, "beds")
    await blogs.follow("https://pond.example/feed", "Pond", channel_id=opened.id)
    await blogs.poll(post(90, title="Ducks"), url="https://pond.example/feed")
    server.discord.change_channel(opened.id, archived=True)

    assert await finds_ducks(server)
    assert await finds_ducks(server)
    assert len(server.discord.calls("channel")) == 1
    server.discord.set_permissions(shed.id, deny=Permission.VIEW_CHANNEL, target=server.member)
    assert not await finds_ducks(server)


async def test_an_archived_thread_that_the_bot_cannot_fetch_is_hidden(
    server: ServerFixture, thread: Channel
) -> None:
    server.discord.join_thread(thread.id, server.member)
    server.discord.change_channel(thread.id, archived=True)
    server.discord.faults.next("channel", status=403, code=50001, message="Missing Access")

    assert not await finds_ducks(server)
