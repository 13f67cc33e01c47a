"""What `/feed add` refuses, in one sentence each that ends with what to do; and what it warns of."""

import pytest

from bot import errors
from bot.chat.commands.admin import feed_read
from bot.chat.services import ServiceSettings
from bot.errors import SourceError
from bot.sandbox.discord.models import Channel, ChannelKind
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from bot.store.store import Store
from tests.chat.commands.blogs import GARDEN, STARS, Blogs
from tests.chat.commands.conftest import Town, Web, post

pytestmark = pytest.mark.usefixtures("answering")


@pytest.fixture
def settings() -> ServiceSettings:
    return ServiceSettings(max_subscriptions=2)


@pytest.fixture(autouse=True)
def garden(web: Web) -> str:
    return web.add(GARDEN, "Garden Notes", post(1), pasted="garden.example")


async def refusal(town: Town, channel: Channel | None = None) -> str:
    return await town.told("feed add", {"url": "garden.example", "channel": channel or town.news})


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (errors.PrivateAddress(GARDEN), "This address leads into a private network; use a public one"),
        (errors.InvalidAddress(GARDEN), "This is not a web address; paste one that starts with https://."),
        (errors.Unreachable(GARDEN), "The site cannot be reached; check the address"),
        (errors.TimedOut(GARDEN), "The site didn't answer in time; open the address in a browser"),
        (errors.ServerError(GARDEN, 503), "The site has a problem of its own (HTTP 503); try again later."),
        (errors.RateLimited(GARDEN, 429), "The site asks for fewer requests; try again in an hour."),
        (errors.NotFound(GARDEN, 404), "There is no feed at this address; check it in a browser"),
        (errors.Gone(GARDEN, 410), "The feed has ended"),
        (errors.Forbidden(GARDEN, 403), "The site refuses the bot; ask its owner"),
        (errors.NotAFeed(GARDEN), "This is not a feed; look for the site's RSS or Atom link"),
        (
            errors.HtmlPage(GARDEN),
            "This is a web page without a feed behind it; look for its RSS or Atom link",
        ),
        (errors.ChallengePage(GARDEN), "A bot check stands before this site; ask its owner"),
        (
            errors.ConsentPage(GARDEN),
            "The site shows a consent page instead of its feed; paste the feed's own",
        ),
        (errors.LoginWall(GARDEN), "The site asks for a login; only feeds that anyone can read"),
        (errors.EmptyDocument(GARDEN), "What the site sent can't be read as a feed; let its owner know"),
        (errors.Unreadable(GARDEN), "What the site sent can't be read as a feed; let its owner know"),
        (errors.TooLarge(GARDEN), "The document is larger than polling.max_body"),
    ],
)
async def test_an_address_that_cannot_be_followed_is_explained(
    town: Town, web: Web, store: Store, error: SourceError, sentence: str
) -> None:
    web.errors["garden.example"] = error

    told = await refusal(town)

    assert told.startswith(sentence)
    assert "\n" not in told
    assert await store.subscriptions.all() == []


async def test_a_site_that_never_answers_is_given_up(
    town: Town, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_read, "READ_TIMEOUT", 0.01)
    web.released.clear()

    assert (await refusal(town)).startswith("The site didn't answer in time;")


async def test_a_feed_that_breaks_after_it_was_found_is_explained_too(town: Town, web: Web) -> None:
    web.errors[GARDEN] = errors.ServerError(GARDEN, 502)

    assert await refusal(town) == "The site has a problem of its own (HTTP 502); try again later."


@pytest.mark.parametrize(
    ("denied", "names"),
    [
        (Permission.VIEW_CHANNEL, "View Channel, Send Messages and Embed Links"),
        (Permission.SEND_MESSAGES, "Send Messages"),
        (Permission.EMBED_LINKS, "Embed Links"),
        (Permission.SEND_MESSAGES | Permission.EMBED_LINKS, "Send Messages and Embed Links"),
    ],
)
async def test_what_the_bot_lacks_is_named_with_where_to_grant_it(
    sandbox_discord: SandboxDiscord, town: Town, denied: Permission, names: str
) -> None:
    sandbox_discord.set_permissions(town.news.id, deny=denied)

    told = await refusal(town)

    assert told.startswith(f"The bot may not post in <#{town.news.id}>: it lacks ")
    assert all(
        name in told for name in names.replace(" and ", ", ").split(", ") if denied != Permission.VIEW_CHANNEL
    )
    assert told.endswith(
        f"open the channel's settings, Permissions, add <@&{town.guild.bot_role_id}>,"
        f" allow {told.partition('it lacks ')[2].partition(';')[0]}, and run this again."
    )


async def test_what_a_thread_needs_is_named(sandbox_discord: SandboxDiscord, town: Town) -> None:
    thread = sandbox_discord.add_thread(town.news.id, "beans")
    sandbox_discord.set_permissions(town.news.id, deny=Permission.SEND_MESSAGES_IN_THREADS)

    assert "it lacks Send Messages in Threads;" in await refusal(town, thread)


async def test_a_locked_thread_is_refused(sandbox_discord: SandboxDiscord, town: Town) -> None:
    thread = sandbox_discord.add_thread(town.news.id, "beans", locked=True)

    assert await refusal(town, thread) == (
        f"The thread <#{thread.id}> is locked; unlock it, or choose another channel."
    )


async def test_a_forum_that_demands_a_tag_must_have_one(sandbox_discord: SandboxDiscord, town: Town) -> None:
    forum = sandbox_discord.add_channel(town.guild.id, "forum", kind=ChannelKind.FORUM, require_tag=True)

    assert "takes no post without a tag and has none for the bot" in await refusal(town, forum)


async def test_a_forum_that_has_a_tag_is_fine(sandbox_discord: SandboxDiscord, town: Town) -> None:
    forum = sandbox_discord.add_channel(
        town.guild.id, "forum", kind=ChannelKind.FORUM, require_tag=True, tags=("plants",)
    )

    assert "Each post opens a forum post; this one would be called: Bed 1" in await refusal(town, forum)


async def test_an_announcement_channel_is_told_that_posts_are_published(
    sandbox_discord: SandboxDiscord, town: Town
) -> None:
    channel = sandbox_discord.add_channel(town.guild.id, "announcements", kind=ChannelKind.ANNOUNCEMENT)

    assert "Each post is also published to the channels that follow this one." in await refusal(town, channel)


async def test_without_the_history_it_goes_with_a_warning(
    sandbox_discord: SandboxDiscord, town: Town
) -> None:
    sandbox_discord.set_permissions(town.news.id, deny=Permission.READ_MESSAGE_HISTORY)

    assert "The bot can't read this channel's history" in await refusal(town)


@pytest.mark.parametrize("denied", [Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES])
async def test_the_asker_must_be_able_to_see_and_write_there(
    sandbox_discord: SandboxDiscord, town: Town, denied: Permission
) -> None:
    sandbox_discord.set_permissions(town.news.id, deny=denied, target=town.admin)

    assert await refusal(town) == (
        f"You may not see and write in <#{town.news.id}> yourself; choose another channel, or ask someone who may."
    )


async def test_a_right_that_is_lost_after_the_offer_counts(
    sandbox_discord: SandboxDiscord, town: Town, store: Store
) -> None:
    offered = (await town.run("feed add", {"url": "garden.example", "channel": town.news})).message
    sandbox_discord.set_permissions(town.news.id, deny=Permission.SEND_MESSAGES)

    told = await town.refused(offered, "Subscribe")

    assert "it lacks Send Messages" in told
    assert await store.subscriptions.all() == []


async def test_a_server_has_so_many_subscriptions_and_no_more(town: Town, store: Store) -> None:
    blogs = Blogs(store, town.guild.id, town.talk.id)
    offered = (await town.run("feed add", {"url": "garden.example", "channel": town.news})).message
    await blogs.follow()
    await blogs.follow(STARS)

    by_press = await town.refused(offered, "Subscribe")
    by_command = await refusal(town)

    assert by_press == by_command
    assert by_command == (
        "This server has reached its limit of 2 subscriptions; remove one with `/feed remove`, or ask whoever"
        " runs the bot to raise discord.max_subscriptions."
    )
    assert len(await store.subscriptions.all()) == 2


async def test_the_subscriptions_of_another_server_do_not_count(
    sandbox_discord: SandboxDiscord, town: Town, store: Store
) -> None:
    other = sandbox_discord.add_guild("Observatory")
    sky = sandbox_discord.add_channel(other.id, "sky")
    for url in (GARDEN, STARS):
        await Blogs(store, other.id, sky.id).follow(url)

    assert "From now on" in await refusal(town)
