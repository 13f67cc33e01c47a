"""Every asker sees all feeds of the channels that they may view, what was posted there, and nothing else."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from bot.chat import posted_messages
from bot.chat.client import Chat
from bot.chat.commands.common import access
from bot.chat.gateway import Gateway
from bot.chat.services import Services
from bot.model import ChannelDeclaration, DeliveryState, FeedDeclaration, Settlement, SiteBudget
from bot.sandbox.discord.interaction_data import OptionValue
from bot.sandbox.discord.interactions import InteractionResponse
from bot.sandbox.discord.models import Channel, ChannelKind, Json, StoredMessage
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from bot.store.search import PAGE
from bot.store.store import Store
from bot.store.subscriptions import FollowedFeed
from tests.chat.commands.blogs import Blogs, budget, put_message
from tests.chat.commands.conftest import NOW, Web, post, text_of
from tests.chat.commands.servers import FEEDS, PLANS, Plan, Server, build

_JUMP = re.compile(r"https://discord\.com/channels/(\d+)/(\d+)/(\d+)")
_OWN_NAME = re.compile(r"Notes of (\d+)")
"""A feed's name in one channel."""
_UNSEEN = "You can't see that channel; choose another one."
_MAX_CHANNELS = 3
"""Channels of an example, besides the lobby, in which is searched."""
_SEEN = "No feed that you can see is called"


@dataclass
class BotFixture:
    """A running bot with five feeds in its archive."""

    discord: SandboxDiscord
    store: Store


def url_of(feed: str) -> str:
    return f"https://{feed.casefold()}.example/feed"


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[BotFixture]:
    async with (
        SandboxDiscord(acknowledge_timeout=60.0) as discord,
        await Store.open(folder / "feed-relay.db") as store,
    ):
        web = Web()
        services = Services(
            store=store,
            discover=web.discover,
            read_feed=web.read,
            budget=lambda _site: SiteBudget(2, timedelta()),
            clock=lambda: NOW,
            wake=lambda: None,
        )
        chat = Chat(discord.token, api_url=discord.api_url, on_open=_nothing, services=services, timeout=20)
        await chat.login()
        with _seen_ready() as ready:
            running = asyncio.create_task(chat.run())
            await discord.wait_for(lambda: [each for each in discord.calls("register") if each.status])
            await ready.wait()
        await _archive(store, discord)
        try:
            yield BotFixture(discord, store)
        finally:
            await chat.close()
            await running


@contextmanager
def _seen_ready() -> Iterator[asyncio.Event]:
    """Yield an event that is set once a bot has compared its servers with the stored ones.

    That comparison removes servers that the bot isn't in yet, and an example follows feeds before it invites the bot.
    """
    ready = asyncio.Event()
    on_ready = Gateway.on_ready

    async def note_ready(gateway: Gateway) -> None:
        await on_ready(gateway)
        ready.set()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Gateway, "on_ready", note_ready)
        yield ready


async def _nothing(_opened: Sequence[int]) -> None:
    return None


async def _archive(store: Store, discord: SandboxDiscord) -> None:
    """Archive two posts per feed, each with the word `common` and a word and a tag that only its feed has."""
    elsewhere = discord.new_id()
    blogs = Blogs(store, elsewhere, elsewhere)
    for number, feed in enumerate(FEEDS):
        await blogs.follow(url_of(feed), f"{feed} Notes")
        posts = [
            post(10 * number + each, f"{feed}tag", title=f"{feed}title common {each}") for each in (1, 2)
        ]
        await blogs.poll(*posts, url=url_of(feed))


@dataclass
class Feeds:
    """What the channels of a server follow, and what was posted there, by feed."""

    followed: dict[str, list[Channel]]
    posted: dict[str, list[Channel]]
    """Where the newest post of the feed was sent."""
    messages: list[StoredMessage] = field(default_factory=list)
    """Those that were not deleted; one in a forum counts as deleted, since it has no thread."""


async def _follow(bot: BotFixture, server: Server, plan: Plan) -> Feeds:
    """Subscribe, post the newest post of each feed to each of its channels, and remove some feeds again."""
    feeds = Feeds({}, {})
    ended: list[int] = []
    renamed, deleted = (
        {server.numbered(each).id for each in found} for found in (plan.renames, plan.deletes)
    )
    for feed in FEEDS:
        numbers, removed = plan.follows[feed], plan.unfollows[feed]
        channels = list({each.id: each for each in map(server.numbered, sorted(numbers | removed))}.values())
        left = {server.numbered(number).id for number in removed}
        feeds.posted[feed] = channels
        feeds.followed[feed] = [channel for channel in channels if channel.id not in left]
        for channel in channels:
            done = await bot.store.subscriptions.subscribe(
                FeedDeclaration(url_of(feed)),
                ChannelDeclaration(channel.id),
                server.guild.id,
                site=f"{feed.casefold()}.example",
                budget=budget(""),
                limit=100,
                now=NOW,
            )
            assert done.followed is not None
            if channel.id in renamed:
                await _rename(bot, done.followed, f"{feed} Notes of {channel.id}")
            newest = await bot.store.archive.newest(done.followed.subscription.feed_id, 1)
            await bot.store.subscriptions.post_now(done.followed.subscription.id, newest[0].id, NOW)
            ended += [done.followed.subscription.id] if channel.id in left else []
    while claimed := await bot.store.outbox.claim(NOW, timedelta(minutes=5), 50):
        for delivery in claimed:
            channel = bot.discord.channels[delivery.channel_id]
            if channel.id not in deleted and channel.kind is not ChannelKind.FORUM:
                feeds.messages.append(put_message(bot.discord, delivery))
            done_at = Settlement(DeliveryState.SENT, NOW, message_id=delivery.id + 1000)
            await bot.store.outbox.settle(delivery, done_at, NOW)
    for subscription_id in ended:
        assert await bot.store.removals.remove(subscription_id, NOW)
    return feeds


async def _rename(bot: BotFixture, followed: FollowedFeed, name: str) -> None:
    changed = await bot.store.settings_changes.change(
        followed.subscription.id, lambda before: replace(before.subscription.settings, name=name), 1, NOW
    )
    assert changed is not None


class Reader:
    """Collects what the asker reads."""

    def __init__(self, bot: BotFixture, server: Server, here: Channel) -> None:
        self._discord = bot.discord
        self._server = server
        self._here = here
        self.read: list[str] = []
        """Everything so far."""

    async def run(self, command: str, **options: OptionValue) -> StoredMessage:
        answer = await self._discord.interact(
            self._server.guild, self._here, self._server.asker, command, options, force=True
        )
        return await self._answer(answer, typed=[each for each in options.values() if isinstance(each, str)])

    async def run_on(self, message: StoredMessage, command: str) -> StoredMessage:
        """Use a command from the menu of a message."""
        server = self._server
        return await self._answer(
            await self._discord.interact_with(server.guild, message, server.asker, command)
        )

    async def choose(self, message: StoredMessage, menu: Json, value: str) -> StoredMessage:
        """Choose from a menu below an answer."""
        edits = len(message.edits)
        answer = await self._discord.press(message, menu["placeholder"], self._server.asker, values=(value,))
        await self._discord.wait_for(lambda: answer.message and len(answer.message.edits) > edits)
        return await self._answer(answer)

    async def _answer(self, answer: InteractionResponse, typed: Sequence[str] = ()) -> StoredMessage:
        """Record what is read, without what was typed, since the answer may repeat that."""
        await self._discord.wait_for(lambda: answer.message)
        assert answer.message is not None
        assert answer.message.visible_to == self._server.asker.id
        for text in (text_of(answer.message), *_written_on(answer.message)):
            for word in (word for part in typed for word in part.split()):
                text = text.replace(word, "")  # noqa: PLW2901 -- what is left of it
            self.read.append(text)
        return answer.message

    async def reply_to(self, command: str, **options: OptionValue) -> str:
        return text_of(await self.run(command, **options))

    async def pages(self, command: str, **options: OptionValue) -> str:
        """Return the text of all pages."""
        message = await self.run(command, **options)
        found = [text_of(message)]
        while "Next" in labels(message):
            edits = len(message.edits)
            answer = await self._discord.press(message, "Next", self._server.asker)
            await self._discord.wait_for(lambda: answer.message and len(answer.message.edits) > edits)  # noqa: B023 -- awaited here
            assert answer.message is not None
            message = answer.message
            found.append(text_of(message))
        self.read += found
        return "\n".join(found)

    async def complete(
        self, command: str, focused: str, typed: str = "", **options: OptionValue
    ) -> list[str]:
        server, values = self._server, {focused: typed, **options}
        found = await self._discord.complete(
            server.guild, self._here, server.asker, command, values, focused=focused
        )
        names = [each["name"] for each in found]
        self.read += [*names, *(each["value"] for each in found)]
        return names

    async def share(self, message: StoredMessage) -> StoredMessage | None:
        """Return the message that everybody in the channel gets."""
        if "Share" not in labels(message):
            return None
        answer = await self._discord.press(message, "Share", self._server.asker)
        await self._discord.wait_for(lambda: answer.followups)
        self.read += [text_of(each) for each in answer.followups]
        return next((each for each in answer.followups if each.visible_to is None), None)


def _written_on(message: StoredMessage) -> list[str]:
    """Return the texts of all buttons and menus, and what their custom ids and values contain."""
    return [str(each) for row in message.components for each in row["components"]]


def menus(message: StoredMessage) -> list[Json]:
    """Return the menus below an answer."""
    return [each for row in message.components for each in row["components"] if "options" in each]


def labels(message: StoredMessage) -> list[str]:
    """Return the labels of enabled buttons."""
    found = (each for row in message.components for each in row["components"])
    return [each["label"] for each in found if "label" in each and not each.get("disabled")]


def test_every_member_sees_all_feeds_of_channels_they_may_view_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Random servers with roles, overwrites, threads of both kinds, voice and forums, judged by the simulated Discord.

    Tried in each of them: searches and the newest posts with all their pages; spellings near hidden words, questions
    that only hidden posts answer, and conditions that only they meet (corrections, suggestions, fewer words and
    "Search without"); each facet of a search; the option `channel` with each channel; "More from this blog" and "More
    with these tags" on each message; names that admins gave in hidden channels; messages that were deleted there; tags,
    help, completions of each option and with each channel, hidden feeds by name, and shared pages. No text, label,
    value or custom id may contain anything of a hidden feed.

    The timeout is long so that a busy machine doesn't look like a Discord that doesn't respond.
    """
    monkeypatch.setattr(access, "LOOKUP_TIMEOUT", 60.0)
    monkeypatch.setattr(posted_messages, "LOOKUP_TIMEOUT", 60.0)
    with asyncio.Runner() as runner:
        context = running(tmp_path)
        bot = runner.run(context.__aenter__())

        @settings(
            max_examples=settings().max_examples // 4,  # each is a whole server with its gateway
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        )
        @given(PLANS)
        def judge(plan: Plan) -> None:
            runner.run(_judge(bot, plan))

        try:
            judge()
        finally:
            runner.run(context.__aexit__(None, None, None))


async def _judge(bot: BotFixture, plan: Plan) -> None:
    server = build(bot.discord, plan)
    feeds = await _follow(bot, server, plan)
    bot.discord.invite_bot(server.guild)
    seen = _visible(server, feeds.followed)
    past = _visible(server, feeds.posted) - seen
    here = server.numbered(plan.here)
    if not _looks(server, here) or here.kind == "forum":
        here = server.lobby
    reader = Reader(bot, server, here)

    await _judge_results(reader, server, seen, past, feeds)
    await _judge_mending(reader, set(FEEDS) - seen - past)
    await _judge_facets(reader, seen, past)
    await _judge_channels(reader, server, feeds)
    await _judge_messages(reader, server, feeds, seen | past)
    await _judge_lists(reader, seen)
    await _judge_completions(reader, seen, past)
    await _judge_names(reader, seen, past)
    await _judge_share(server, reader, feeds, here)
    for feed in set(FEEDS) - seen - past:
        assert [text for text in reader.read if feed.casefold() in text.casefold()] == []
    for feed in past:
        assert [text for text in reader.read if f"{feed}title common 1" in text] == []
    for channel_id in {int(each) for text in reader.read for each in _OWN_NAME.findall(text)}:
        assert _looks(server, bot.discord.channels[channel_id])


def _visible(server: Server, places: dict[str, list[Channel]]) -> set[str]:
    """Return the feeds with a channel that the asker may view."""
    return {feed for feed, channels in places.items() if any(_looks(server, each) for each in channels)}


def _looks(server: Server, channel: Channel, needed: Permission = Permission.NONE) -> bool:
    return server.is_known(channel) and server.views(server.asker, channel.id, needed)


async def _judge_results(
    reader: Reader, server: Server, seen: set[str], past: set[str], feeds: Feeds
) -> None:
    """All posts of visible feeds are found, and of past ones the one that was posted."""
    found = await reader.pages("search", query="common")
    newest = await reader.pages("latest", count=20)

    for text in (found, newest):
        assert {feed for feed in FEEDS if f"{feed}title common 1" in text} == seen
        assert {feed for feed in FEEDS if f"{feed}title common 2" in text} == seen | past
    if seen | past:
        total = 2 * len(seen) + len(past)
        assert f"**{total} post{'' if total == 1 else 's'}** with common" in found
    history = Permission.READ_MESSAGE_HISTORY
    for guild_id, channel_id, _message_id in _JUMP.findall(found + newest):
        assert int(guild_id) == server.guild.id
        assert _looks(server, server.discord.channels[int(channel_id)], history)
    there = {each.channel_id for each in feeds.messages}
    for feed in seen | past:
        reachable = [each for each in feeds.posted[feed] if _looks(server, each, history)]
        post = _paragraph(found, f"{feed}title common 2")
        is_deleted = "message deleted" in post
        assert bool(_JUMP.search(post)) + is_deleted == bool(reachable)
        assert not is_deleted or not [each for each in reachable if each.id in there]


async def _judge_mending(reader: Reader, hidden: set[str]) -> None:
    """Words that only hidden posts have lead to nothing of them, however they are typed.

    They are typed in small letters, so that what an answer repeats differs from what it could only know from a post.
    """
    for feed in sorted(hidden)[:1]:
        word = f"{feed}title".casefold()
        for typed in (word, word.replace("title", "titel"), f"how does {word} grow", f"common {word}"):
            await reader.run("search", query=typed)
        await reader.run("search", query="common", tag=f"{feed}tag".casefold())


async def _judge_facets(reader: Reader, seen: set[str], past: set[str]) -> None:
    """The menus have the tags of visible posts, and each choice finds as many posts as it says."""
    message = await reader.run("search", query="common")
    assert bool(menus(message)) == (2 * len(seen) + len(past) > PAGE)
    for menu in menus(message):
        names = {each["label"].partition(" (")[0] for each in menu["options"]}
        assert names == {f"{feed}tag" for feed in seen | past}
        option = menu["options"][-1]
        narrowed = await reader.choose(message, menu, option["value"])
        count = option["label"].partition("(")[2].strip(")")
        assert text_of(narrowed).startswith(f"**{count} post")


async def _judge_channels(reader: Reader, server: Server, feeds: Feeds) -> None:
    """A channel has, and completes, what it follows and what was posted there, for those who may view it."""
    for channel in server.channels[: 1 + _MAX_CHANNELS]:
        text = await reader.pages("search", query="common", channel=channel)
        followed = {feed for feed in FEEDS if channel in feeds.followed[feed]}
        posted = {feed for feed in FEEDS if channel in feeds.posted[feed]}
        is_seen = _looks(server, channel)
        assert {feed for feed in FEEDS if f"{feed}title common 1" in text} == (followed if is_seen else set())
        assert {feed for feed in FEEDS if f"{feed}title common 2" in text} == (posted if is_seen else set())
        assert is_seen or text.startswith((_UNSEEN, "None of the channels that you can see follows a feed"))
        titles = await reader.complete("search", "query", "common", channel=channel)
        assert {name.partition("title")[0] for name in titles} == (followed | posted if is_seen else set())


async def _judge_messages(reader: Reader, server: Server, feeds: Feeds, visible: set[str]) -> None:
    """The commands in the menu of a message find what the asker may see, wherever the message is."""
    for message in [
        each for each in feeds.messages if _looks(server, server.discord.channels[each.channel_id])
    ][:1]:
        for command in ("More from this blog", "More with these tags"):
            text = text_of(await reader.run_on(message, command))
            assert {feed for feed in FEEDS if f"{feed}title" in text} <= visible
            assert message.content in text


def _paragraph(text: str, part: str) -> str:
    (found,) = [each for each in text.split("\n\n") if part in each]
    return found


async def _judge_lists(reader: Reader, seen: set[str]) -> None:
    tags, help_ = await reader.reply_to("tags"), await reader.reply_to("help")

    assert {feed for feed in FEEDS if f"{feed}tag (2)" in tags} == seen
    assert {feed for feed in FEEDS if f"**{feed} Notes" in help_} == seen


async def _judge_completions(reader: Reader, seen: set[str], past: set[str]) -> None:
    titles = await reader.complete("search", "query", "common")
    assert {name.partition("title")[0] for name in titles} == seen | past
    assert set(await reader.complete("search", "tag")) == {f"{feed}tag (2)" for feed in seen}
    for command, expected in (("latest", seen | past), ("tags", seen)):
        names = await reader.complete(command, "feed")
        assert {name.partition(" Notes")[0] for name in names} == expected


async def _judge_names(reader: Reader, seen: set[str], past: set[str]) -> None:
    """A hidden feed can't be distinguished from a missing one, even by its exact address."""
    for feed in FEEDS[:2]:
        reply = await reader.reply_to("latest", feed=url_of(feed))
        if feed in seen | past:
            assert f"{feed}title common 2" in reply
        elif seen | past:
            assert reply.replace(f"{feed.casefold()}.example/feed", "it").startswith(f"{_SEEN} it;")
            reader.read.remove(reply)


async def _judge_share(server: Server, reader: Reader, feeds: Feeds, here: Channel) -> None:
    """Everybody who reads the channel may see everything that is shared."""
    shared = await reader.share(await reader.run("search", query="common"))
    if shared is None:
        return
    text = text_of(shared)
    assert not shared.pings
    for user in server.readers(here.id):
        for feed in FEEDS:
            if f"{feed}title common 1" in text:
                assert any(server.views(user, each.id) for each in feeds.followed[feed])
            if f"{feed} Notes" in text:
                assert any(server.views(user, each.id) for each in feeds.posted[feed])
        for _guild_id, channel_id, _message_id in _JUMP.findall(text):
            assert server.views(user, int(channel_id))
        for channel_id in _OWN_NAME.findall(text):
            assert server.views(user, int(channel_id))
