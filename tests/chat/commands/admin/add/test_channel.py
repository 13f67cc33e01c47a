"""What `/feed add` requires of a channel, and what it warns about."""

import pytest

from bot.sandbox.discord.models import ChannelKind
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from bot.store.store import Store
from tests.chat.commands.admin.drafts import add_feed
from tests.chat.commands.blogs import GARDEN
from tests.chat.commands.conftest import ServerFixture, Web, post

pytestmark = pytest.mark.usefixtures("running_chat")


@pytest.fixture(autouse=True)
def garden(web: Web) -> str:
    return web.add(GARDEN, "Garden Notes", post(1), pasted="garden.example")


@pytest.mark.parametrize(
    ("denied", "names"),
    [
        (Permission.VIEW_CHANNEL, "View Channel, Send Messages and Embed Links"),
        (Permission.SEND_MESSAGES, "Send Messages"),
        (Permission.EMBED_LINKS, "Embed Links"),
        (Permission.SEND_MESSAGES | Permission.EMBED_LINKS, "Send Messages and Embed Links"),
    ],
)
async def test_missing_permissions_are_named_with_where_to_grant_them(
    sandbox_discord: SandboxDiscord, server: ServerFixture, denied: Permission, names: str
) -> None:
    sandbox_discord.set_permissions(server.news.id, deny=denied)

    text = await add_feed(server)

    assert text.startswith(f"The bot can't post in <#{server.news.id}> because it lacks ")
    assert all(
        name in text for name in names.replace(" and ", ", ").split(", ") if denied != Permission.VIEW_CHANNEL
    )
    assert text.endswith(
        f"open Permissions in the channel's settings, add <@&{server.guild.bot_role_id}>,"
        f" allow {text.partition('it lacks ')[2].partition(';')[0]}, and run this again."
    )


@pytest.mark.parametrize("style", ["compact", "link"])
async def test_a_style_without_embeds_needs_no_embed_links(
    sandbox_discord: SandboxDiscord, server: ServerFixture, style: str
) -> None:
    sandbox_discord.set_permissions(server.news.id, deny=Permission.EMBED_LINKS)

    refused = await add_feed(server)
    text = await server.reply_to(
        "feed add", {"url": "garden.example", "channel": server.news, "style": style}
    )

    assert "it lacks Embed Links; choose the style compact or link, or open Permissions" in refused
    assert "lacks" not in text


async def test_missing_permissions_of_threads_are_named(
    sandbox_discord: SandboxDiscord, server: ServerFixture
) -> None:
    thread = sandbox_discord.add_thread(server.news.id, "beans")
    sandbox_discord.set_permissions(server.news.id, deny=Permission.SEND_MESSAGES_IN_THREADS)

    assert "it lacks Send Messages in Threads;" in await add_feed(server, thread)


async def test_a_locked_thread_is_refused(sandbox_discord: SandboxDiscord, server: ServerFixture) -> None:
    thread = sandbox_discord.add_thread(server.news.id, "beans", locked=True)

    assert await add_feed(server, thread) == (
        f"The thread <#{thread.id}> is locked; unlock it, or choose another channel."
    )


async def test_a_forum_that_requires_tags_must_have_one(
    sandbox_discord: SandboxDiscord, server: ServerFixture
) -> None:
    forum = sandbox_discord.add_channel(server.guild.id, "forum", kind=ChannelKind.FORUM, require_tag=True)

    assert "requires a tag but has none that the bot can use" in await add_feed(server, forum)


async def test_a_forum_with_a_tag_can_follow_feeds(
    sandbox_discord: SandboxDiscord, server: ServerFixture
) -> None:
    forum = sandbox_discord.add_channel(
        server.guild.id, "forum", kind=ChannelKind.FORUM, require_tag=True, tags=("plants",)
    )

    assert "Each post opens a forum post; this one would be called: Bed 1" in await add_feed(server, forum)


async def test_the_draft_says_that_an_announcement_channel_publishes_posts(
    sandbox_discord: SandboxDiscord, server: ServerFixture
) -> None:
    channel = sandbox_discord.add_channel(server.guild.id, "announcements", kind=ChannelKind.ANNOUNCEMENT)

    assert "Each post is also published to the channels that follow this one." in await add_feed(
        server, channel
    )


async def test_without_read_message_history_the_draft_has_a_warning(
    sandbox_discord: SandboxDiscord, server: ServerFixture
) -> None:
    sandbox_discord.set_permissions(server.news.id, deny=Permission.READ_MESSAGE_HISTORY)

    assert "The bot can't read this channel's history" in await add_feed(server)


@pytest.mark.parametrize("denied", [Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES])
async def test_the_admin_must_be_able_to_see_and_write_in_the_channel(
    sandbox_discord: SandboxDiscord, server: ServerFixture, denied: Permission
) -> None:
    sandbox_discord.set_permissions(server.news.id, deny=denied, target=server.admin)

    assert await add_feed(server) == (
        f"You can't read and write in <#{server.news.id}> yourself; choose another channel, or ask someone who can."
    )


async def test_a_permission_that_is_lost_before_the_press_counts(
    sandbox_discord: SandboxDiscord, server: ServerFixture, store: Store
) -> None:
    draft = (await server.run("feed add", {"url": "garden.example", "channel": server.news})).message
    sandbox_discord.set_permissions(server.news.id, deny=Permission.SEND_MESSAGES)

    text = await server.press_and_read(draft, "Subscribe")

    assert "it lacks Send Messages" in text
    assert await store.subscriptions.all() == []
