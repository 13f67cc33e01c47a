"""Publish, edit, poll, crash, deliver, lose answers, follow and unfollow, in any order.

Each post that a channel should get is there exactly once, in order, and no post of its baseline is.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.model import (
    ChannelDeclaration,
    Entry,
    FeedDeclaration,
    Fetched,
    Message,
    NotModified,
    Outcome,
    ParsedFeed,
    PollSettings,
    PostSettings,
    Refused,
    Retry,
    Rule,
    Sent,
    SiteBudget,
    Validators,
)
from bot.relay.deliver import Deliverer
from bot.relay.poll import Poller, PollRules
from bot.store.store import Store
from tests.sqlite_database import sqlite_of

T = TypeVar("T")
URL = "https://garden.example/rss"
CHANNELS = {100: Rule(), 200: Rule(tags=("stars",)), 300: Rule(exclude_tags=("stars",))}
ENDINGS = st.sampled_from(["sent", "sent", "lost", "refused", "busy", "killed before", "killed after"])


class KilledError(BaseException):
    """The process is killed here."""


class FakeDiscord:
    """Keeps messages and honours nonces. Sends end as scripted, and then succeed."""

    def __init__(self) -> None:
        self.messages: dict[int, list[str]] = {channel: [] for channel in CHANNELS}
        self.nonces: dict[str, int] = {}
        self.endings: list[str] = []

    async def send(self, channel_id: int, message: Message, *, nonce: str, **_uncertainty: object) -> Outcome:
        ending = self.endings.pop() if self.endings else "sent"
        if ending == "killed before":
            raise KilledError
        if ending in {"refused", "busy"}:
            return Refused("no") if ending == "refused" else Retry("busy")
        if nonce not in self.nonces:
            self.nonces[nonce] = len(self.nonces) + 1
            self.messages[channel_id].append(message.thread_name)
        if ending == "killed after":
            raise KilledError
        return Retry("lost", uncertain=True) if ending == "lost" else Sent(self.nonces[nonce])


class Relay(RuleBasedStateMachine):
    """The real store and queues, a blog and a Discord in memory, and the expected result."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.loop = asyncio.new_event_loop()
        self.now = datetime(2026, 5, 4, 12, tzinfo=UTC)
        self.discord = FakeDiscord()
        self.posts: list[Entry] = []
        self.recorded: set[str] = set()
        self.following: dict[int, bool] = {}
        self.owed: dict[int, list[str]] = {channel: [] for channel in CHANNELS}
        self.store = self.run(Store.open(self.folder / "feed-relay.db"))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    @rule(tags=st.sampled_from([(), ("stars",), ("moon", "Stars")]))
    def publish(self, tags: tuple[str, ...]) -> None:
        number = len(self.posts) + 1
        self.posts.append(
            Entry(
                guid=f"g{number}",
                link=f"https://garden.example/{number}",
                title=f"Post {number}",
                tags=tags,
                published=self.now + timedelta(seconds=number),
            )
        )

    @precondition(lambda self: self.posts)
    @rule(data=st.data(), changes=st.sampled_from(["guid", "link", "words"]))
    def edit(self, data: st.DataObject, changes: str) -> None:
        index = data.draw(st.integers(0, len(self.posts) - 1))
        old = self.posts[index]
        fields = {name: getattr(old, name) for name in ("guid", "link", "title", "tags", "published")}
        if changes == "words":
            fields["text"] = f"Edited at {self.now}."
        else:
            fields[changes] = f"{fields[changes]}?{self.now.timestamp()}"
        self.posts[index] = Entry(**fields)

    @rule(channel=st.sampled_from(sorted(CHANNELS)))
    def follow(self, channel: int) -> None:
        self.following.setdefault(channel, False)
        self.sync()

    @rule(channel=st.sampled_from(sorted(CHANNELS)))
    def unfollow(self, channel: int) -> None:
        if self.following.pop(channel, None) is not None:
            kept = {*self.discord.messages[channel], *self.maybe_sent(channel)}
            self.owed[channel] = [name for name in self.owed[channel] if name in kept]
        self.sync()

    @precondition(lambda self: self.following)
    @rule()
    def poll(self) -> None:
        self.now += timedelta(minutes=20)
        poller = Poller(
            self.store.feeds, self.fetch, self.parse, RULES, lambda: self.now, lambda: 0.0, lambda: None
        )
        assert self.run(poller.tick()) == 1
        self.run(poller.drain())
        self.expect_deliveries()

    @rule(endings=st.lists(ENDINGS, max_size=4))
    def deliver(self, endings: list[str]) -> None:
        self.now += timedelta(minutes=1)
        self.discord.endings = endings
        deliverer = self.deliverer()
        try:
            for delivery in self.run(self.store.outbox.claim(self.now, timedelta(minutes=1), 10)):
                self.run(deliverer.deliver(delivery))
        except KilledError:
            self.crash()

    @rule()
    def crash(self) -> None:
        self.run(self.store.close())
        self.store = self.run(Store.open(self.folder / "feed-relay.db"))
        self.run(self.store.feeds.release())
        self.run(self.store.outbox.release(self.now))

    @invariant()
    def no_message_is_repeated_or_unexpected(self) -> None:
        for channel, messages in self.discord.messages.items():
            assert len(messages) == len(set(messages))
            assert set(messages) <= set(self.owed[channel])

    def teardown(self) -> None:
        self.discord.endings = []
        for _ in range(len(self.posts) * len(CHANNELS) + 1):
            self.now += timedelta(hours=7)
            self.deliver([])
        try:
            assert self.discord.messages == self.owed
        finally:
            self.run(self.store.close())
            self.loop.close()
            shutil.rmtree(self.folder)

    def sync(self) -> None:
        channels = tuple(ChannelDeclaration(channel, CHANNELS[channel]) for channel in self.following)
        declared = [FeedDeclaration(URL, channels=channels)] if channels else []
        self.run(self.store.subscriptions.sync(declared, lambda _: "garden.example", budget, self.now))

    def expect_deliveries(self) -> None:
        """Compute the deliveries of this poll in the simplest way."""
        for post in self.posts:
            if post.title not in self.recorded:
                for channel, baselined in self.following.items():
                    if baselined and wants(channel, post):
                        self.owed[channel].append(post.title)
        self.recorded |= {post.title for post in self.posts}
        self.following = dict.fromkeys(self.following, True)

    def maybe_sent(self, channel: int) -> list[str]:
        """Return the posts that may be in the channel already, and are therefore finished."""
        sql = (
            "SELECT e.title FROM delivery AS d JOIN entry AS e ON e.id = d.entry_id"
            " WHERE d.state = 'sending' AND d.channel_id = :channel"
        )
        return [row["title"] for row in self.run(sqlite_of(self.store).select(sql, {"channel": channel}))]

    def deliverer(self) -> Deliverer:
        return Deliverer(self.store.outbox, self.discord, 400, "instance", lambda: self.now, lambda: None)

    async def fetch(self, url: str, _: Validators) -> Fetched | NotModified:
        return Fetched(url, b"")

    async def parse(self, _: Fetched) -> ParsedFeed:
        return ParsedFeed("rss20", link="https://garden.example/", entries=tuple(reversed(self.posts)))


def budget(_: str) -> SiteBudget:
    return SiteBudget(2, timedelta(0))


def wants(channel: int, post: Entry) -> bool:
    starry = any(tag.casefold() == "stars" for tag in post.tags)
    return {100: True, 200: starry, 300: not starry}[channel]


RULES = PollRules(PollSettings(), PostSettings(burst_limit=1000), budget, timedelta(minutes=5))

TestRelay = Relay.TestCase
TestRelay.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
