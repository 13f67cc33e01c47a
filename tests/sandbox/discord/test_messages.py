"""Messages that the real client sends, reads, edits and publishes."""

import io
from datetime import timedelta

import aiohttp
import discord
import pytest

from bot.sandbox.discord import limits
from bot.sandbox.discord.models import Channel, Guild, Pings
from bot.sandbox.discord.nonces import Nonces
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from tests.sandbox.conftest import Bot


@pytest.fixture
def guild(sandbox_discord: SandboxDiscord) -> Guild:
    return sandbox_discord.add_guild("Garden club")


@pytest.fixture
def news(sandbox_discord: SandboxDiscord, guild: Guild) -> Channel:
    return sandbox_discord.add_channel(guild.id, "news")


@pytest.fixture
def target(bot: Bot, news: Channel) -> discord.PartialMessageable:
    return bot.get_partial_messageable(news.id)


async def test_the_same_nonce_returns_the_earlier_message(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    first = await target.send("Tulips", nonce="d1")
    second = await target.send("Tulips", nonce="d1")

    assert first.id == second.id
    assert len(sandbox_discord.messages(target.id)) == 1


async def test_another_nonce_or_channel_creates_another_message(
    sandbox_discord: SandboxDiscord, bot: Bot, guild: Guild, target: discord.PartialMessageable
) -> None:
    other = sandbox_discord.add_channel(guild.id, "other")

    await target.send("Tulips", nonce="d1")
    await target.send("Tulips", nonce="d2")
    await bot.get_partial_messageable(other.id).send("Tulips", nonce="d1")

    assert len(sandbox_discord.messages(target.id)) == 2
    assert len(sandbox_discord.messages(other.id)) == 1


async def test_an_expired_nonce_creates_another_message(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    await target.send("Tulips", nonce="d1")
    sandbox_discord.expire_nonces()
    await target.send("Tulips", nonce="d1")

    assert len(sandbox_discord.messages(target.id)) == 2


async def test_the_nonce_of_a_deleted_message_is_an_unknown_message(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    await target.send("Tulips", nonce="d1")
    sandbox_discord.delete_message(sandbox_discord.messages(target.id)[0])

    with pytest.raises(discord.NotFound) as refused:
        await target.send("Tulips", nonce="d1")

    assert refused.value.code == 10008
    assert sandbox_discord.messages(target.id) == ()
    assert len(sandbox_discord.messages(target.id, deleted=True)) == 1


async def test_history_is_read_in_pages_from_either_end(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    said = [sandbox_discord.say(target.id, f"bed {number}") for number in range(120)]

    newest = [each.content async for each in target.history(limit=3)]
    after = [each.content async for each in target.history(limit=None, after=discord.Object(said[9].id))]
    before = [each.content async for each in target.history(limit=2, before=discord.Object(said[10].id))]
    around = [each.content async for each in target.history(limit=3, around=discord.Object(said[50].id))]

    assert newest == ["bed 119", "bed 118", "bed 117"]
    assert after == [f"bed {number}" for number in range(10, 120)]
    assert before == ["bed 9", "bed 8"]
    assert around == ["bed 51", "bed 50", "bed 49"]


async def test_an_author_edits_and_deletes_a_message(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    sent = await target.send("Tulpis", embed=discord.Embed(title="Bed 1"))
    await sent.edit(content="Tulips")
    [changed] = sandbox_discord.messages(target.id)
    await sent.delete()

    assert (changed.content, changed.embeds[0]["title"]) == ("Tulips", "Bed 1")
    assert changed.edits[0]["content"] == "Tulips"
    assert changed.body["content"] == "Tulpis"
    assert sandbox_discord.messages(target.id) == ()


async def test_the_bot_cannot_edit_messages_of_others(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    theirs = target.get_partial_message(sandbox_discord.say(target.id, "hello").id)

    with pytest.raises(discord.Forbidden) as edited:
        await theirs.edit(content="x")
    with pytest.raises(discord.Forbidden) as deleted:
        await theirs.delete()

    assert (edited.value.code, deleted.value.code) == (50005, 50013)


@pytest.mark.parametrize(
    ("denied", "code"), [(Permission.VIEW_CHANNEL, 50001), (Permission.SEND_MESSAGES, 50013)]
)
async def test_without_permission_a_message_is_refused(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable, denied: Permission, code: int
) -> None:
    sandbox_discord.set_permissions(target.id, deny=denied)

    with pytest.raises(discord.Forbidden) as refused:
        await target.send("Tulips")

    assert refused.value.code == code
    assert sandbox_discord.messages(target.id) == ()


async def test_with_the_permission_again_a_message_is_accepted(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    sandbox_discord.set_permissions(target.id, deny=Permission.SEND_MESSAGES)
    sandbox_discord.set_permissions(target.id)

    await target.send("Tulips")

    assert len(sandbox_discord.messages(target.id)) == 1


async def test_without_embed_links_the_embeds_are_dropped(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    sandbox_discord.set_permissions(target.id, deny=Permission.EMBED_LINKS)

    await target.send("Tulips", embed=discord.Embed(title="Bed 1"))

    [stored] = sandbox_discord.messages(target.id)
    assert stored.embeds == ()
    assert stored.body["embeds"][0]["title"] == "Bed 1"


async def test_without_read_history_the_channel_appears_empty(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    sandbox_discord.say(target.id, "hello")
    sandbox_discord.set_permissions(target.id, deny=Permission.READ_MESSAGE_HISTORY)

    assert [each async for each in target.history()] == []


async def test_a_deleted_channel_is_unknown(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    sandbox_discord.delete_channel(target.id)

    with pytest.raises(discord.NotFound) as refused:
        await target.send("Tulips")

    assert refused.value.code == 10003


async def test_a_server_without_the_bot_is_not_accessible(
    sandbox_discord: SandboxDiscord, guild: Guild, target: discord.PartialMessageable
) -> None:
    sandbox_discord.remove_bot(guild)

    with pytest.raises(discord.Forbidden) as refused:
        await target.send("Tulips")

    assert refused.value.code == 50001


async def test_content_pings_only_allowed_mentions(
    sandbox_discord: SandboxDiscord, guild: Guild, target: discord.PartialMessageable
) -> None:
    role = sandbox_discord.add_role(guild.id, "bees")
    text = f"@everyone <@&{role.id}> <@{sandbox_discord.owner.id}>"

    await target.send(text)
    await target.send(text, allowed_mentions=discord.AllowedMentions(roles=[discord.Object(role.id)]))
    await target.send(text, allowed_mentions=discord.AllowedMentions.all())

    none, roles, everything = (each.pings for each in sandbox_discord.messages(target.id))
    assert none == Pings()
    assert roles == Pings(roles=frozenset({role.id}))
    assert everything == Pings(True, frozenset({role.id}), frozenset({sandbox_discord.owner.id}))


async def test_without_the_permission_only_mentionable_roles_are_pinged(
    sandbox_discord: SandboxDiscord, guild: Guild, target: discord.PartialMessageable
) -> None:
    quiet = sandbox_discord.add_role(guild.id, "quiet")
    loud = sandbox_discord.add_role(guild.id, "loud", mentionable=True)
    sandbox_discord.set_permissions(target.id, deny=Permission.MENTION_EVERYONE)

    text = f"@here <@&{quiet.id}> <@&{loud.id}>"
    await target.send(text, allowed_mentions=discord.AllowedMentions.all())

    [stored] = sandbox_discord.messages(target.id)
    assert stored.pings == Pings(roles=frozenset({loud.id}))


async def test_a_message_has_its_file(
    sandbox_discord: SandboxDiscord,
    target: discord.PartialMessageable,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("files") / "bed.txt"
    path.write_text("tulips", encoding="utf-8")

    await target.send("Tulips", file=discord.File(path))

    [stored] = sandbox_discord.messages(target.id)
    assert stored.content == "Tulips"
    assert [(each.name, each.body) for each in stored.attachments] == [("bed.txt", b"tulips")]


async def test_a_file_is_served_with_its_name_and_opens_only_if_it_is_a_picture(
    target: discord.PartialMessageable,
) -> None:
    files = [
        discord.File(io.BytesIO(b"<opml/>"), "my feeds.html", description="A list"),
        discord.File(io.BytesIO(b"\x89PNG"), "plot.png"),
    ]

    sent = await target.send(files=files)

    page, plot = sent.attachments
    assert (page.filename, page.size, page.description) == ("my_feeds.html", 7, "A list")
    assert (await page.read(), await plot.read()) == (b"<opml/>", b"\x89PNG")
    async with aiohttp.ClientSession() as browser:
        served = [await browser.get(each.url) for each in sent.attachments]
        missing = [await browser.get(page.url.replace(str(page.id), each)) for each in ("1", "x")]
    assert [each.headers["Content-Disposition"].partition(";")[0] for each in served] == [
        "attachment",
        "inline",
    ]
    assert [each.status for each in missing] == [404, 404]


async def test_a_file_must_not_exceed_discords_limit(target: discord.PartialMessageable) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await target.send(file=discord.File(io.BytesIO(bytes(limits.FILE_SIZE + 1)), "bed.bin"))

    assert (refused.value.status, refused.value.code) == (413, 40005)


async def test_an_edit_keeps_the_files_that_it_names(target: discord.PartialMessageable) -> None:
    names = ("one.txt", "two.txt", "three.txt")
    sent = await target.send(files=[discord.File(io.BytesIO(b""), name) for name in names[:2]])

    plain = await sent.edit(content="Beans")
    chosen = await sent.edit(attachments=[sent.attachments[1], discord.File(io.BytesIO(b"3"), names[2])])
    none = await sent.edit(attachments=[])

    found = [[each.filename for each in message.attachments] for message in (plain, chosen, none)]
    assert found == [["one.txt", "two.txt"], ["two.txt", "three.txt"], []]


async def test_an_announcement_is_published_once(
    sandbox_discord: SandboxDiscord, guild: Guild, bot: Bot
) -> None:
    channel = sandbox_discord.add_channel(guild.id, "announcements", kind="announcement")
    sent = await bot.get_partial_messageable(channel.id).send("Spring fair")

    await sent.publish()
    with pytest.raises(discord.HTTPException) as again:
        await sent.publish()

    assert sandbox_discord.messages(channel.id)[0].published
    assert again.value.code == 40033


async def test_a_text_channel_cannot_publish(target: discord.PartialMessageable) -> None:
    sent = await target.send("Spring fair")

    with pytest.raises(discord.HTTPException) as refused:
        await sent.publish()

    assert refused.value.code == 50024


async def test_a_message_with_only_an_embed_needs_the_permission(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    sandbox_discord.set_permissions(target.id, deny=Permission.EMBED_LINKS)

    with pytest.raises(discord.Forbidden) as refused:
        await target.send(embed=discord.Embed(title="Bed 1"))

    assert refused.value.code == 50013


async def test_all_messages_are_found_across_channels_and_threads(
    sandbox_discord: SandboxDiscord, bot: Bot, guild: Guild, news: Channel
) -> None:
    thread = sandbox_discord.add_thread(news.id, "Bed 1")
    other = sandbox_discord.add_channel(guild.id, "other")

    for number, channel in enumerate((other, thread, news)):
        await bot.get_partial_messageable(channel.id).send(f"bed {number}")

    assert [each.content for each in sandbox_discord.all_messages()] == ["bed 0", "bed 1", "bed 2"]


def test_a_nonce_expires_at_the_end_of_its_window(sandbox_discord: SandboxDiscord, news: Channel) -> None:
    message = sandbox_discord.say(news.id, "Tulips")
    clock = {"now": 0.0}
    nonces = Nonces(lambda: clock["now"], timedelta(minutes=5))

    nonces.add(message, "d1")
    clock["now"] = 299.0
    within = nonces.find(message.author.id, news.id, "d1")
    clock["now"] = 300.0
    after = nonces.find(message.author.id, news.id, "d1")

    assert (within, after) == (message.id, None)
