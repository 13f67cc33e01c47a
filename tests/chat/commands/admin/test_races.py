"""Every change by an admin, made by two admins at once, and interrupted by a kill of the bot.

The stored result is the same as if one admin had made it once, and everybody gets an answer.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from structlog.typing import EventDict

from bot.chat.commands.admin.add import backfill, opml_import
from bot.chat.commands.admin.settings import change
from bot.chat.feed_draft import FeedDrafts
from bot.chat.recent import RecentCache
from bot.chat.services import Services, ServiceSettings
from bot.model import PostSettings
from bot.sandbox.discord.interaction_data import OptionValue
from bot.sandbox.discord.interactions import InteractionResponse
from bot.sandbox.discord.modal_data import Filled
from bot.sandbox.discord.models import StoredMessage, User
from bot.sandbox.discord.permissions import Permission
from bot.store.store import Store
from tests.chat.commands.blogs import GARDEN, STARS, Blogs
from tests.chat.commands.conftest import ServerFixture, Web, post, run_chat, text_of
from tests.chat.commands.together import write_together
from tests.chat.conftest import Opened
from tests.source.formats.test_opml import opml

FEED: Mapping[str, OptionValue] = {"feed": "Garden Notes"}
NEWS: Mapping[str, OptionValue] = {"channel": "#news"}
MOSS = "https://moss.example/feed"
ASK = PostSettings(burst_limit=2, ask_about_floods=True)
MESSAGE = 4
"""The type of a response that is a message."""
EXPIRED = "These buttons have expired; run"


@pytest.fixture(autouse=True)
def brief_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (backfill, opml_import, change):
        monkeypatch.setattr(module, "MAX_PROGRESS_CHECKS", 1)
        monkeypatch.setattr(module, "PROGRESS_INTERVAL", 0)


@pytest.fixture
def settings() -> ServiceSettings:
    return ServiceSettings(posts=ASK, burst_limit=ASK.burst_limit)


@dataclass(frozen=True)
class Garden:
    """A server whose channel #news follows a feed that has one waiting post, and its two admins."""

    server: ServerFixture
    blogs: Blogs
    path: Path
    admins: tuple[User, User]

    async def shown(self, command: str, options: Mapping[str, OptionValue]) -> StoredMessage:
        """Return the answer to a command that prepares a press."""
        answer = await self.server.run(command, options)
        assert answer.message is not None
        return answer.message

    async def filled_in(self, panel: str, values: Mapping[str, Filled]) -> StoredMessage:
        """Return the answer to a form of the feed's settings."""
        opened = await self.server.press(await self.shown("feed settings", {**FEED, **NEWS}), panel)
        done = await self.server.discord.submit(opened, values)
        await self.server.discord.wait_for(lambda: done.followups)
        return done.followups[0]

    def stored(self) -> tuple[str, ...]:
        """Return what is stored, one line each."""
        with closing(sqlite3.connect(self.path)) as database:
            rows = [row for query in QUERIES for row in database.execute(query)]
        lines = [" ".join(str(value) for value in row if value not in (None, "")) for row in rows]
        for known, name in ((self.server.news, "#news"), (self.server.talk, "#talk")):
            lines = [line.replace(str(known.id), name) for line in lines]
        return tuple(filter(None, lines))


QUERIES = (
    """
    SELECT s.channel_id, replace(replace(f.url, 'https://', ''), '.example/feed', ''), nullif(s.style, 'card'),
           iif(s.paused, 'paused', ''), (SELECT 'only ' || value FROM json_each(s.rule, '$.tags')),
           (SELECT 'not ' || value FROM json_each(s.rule, '$.exclude_tags'))
    FROM subscription s JOIN feed f ON f.id = s.feed_id ORDER BY s.channel_id, f.id
    """,
    "SELECT count(*), state FROM delivery GROUP BY state ORDER BY state",
    "SELECT nullif(count(*), 0), iif(count(*), 'removed', '') FROM removal",
    "SELECT nullif(count(*), 0), iif(count(*), 'changed', '') FROM settings_change",
    "SELECT nullif(count(*), 0), iif(count(*), 'imported', '') FROM feed_import",
    "SELECT nullif(count(*), 0), iif(count(*), 'to archive', '') FROM backfill",
    "SELECT nullif(count(*), 0), iif(count(*), 'to edit', '') FROM upkeep",
    "SELECT decision FROM hold",
    "SELECT notices_channel_id, iif(managers_role_id, 'managers', ''), time_zone, language FROM guild",
)


@pytest.fixture
async def there(server: ServerFixture, blogs: Blogs, web: Web, tmp_path: Path) -> Garden:
    web.add(GARDEN, "Garden Notes", post(2, "beans"), post(1))
    web.add(STARS, "Star Diary", post(51), post(50))
    web.add(MOSS, "Moss", post(61))
    server.discord.add_role(server.guild.id, "helpers")
    wardens = server.discord.add_role(server.guild.id, "wardens", permissions=Permission.MANAGE_GUILD)
    rowan = server.discord.add_member(server.guild.id, "Rowan", roles=(wardens,))
    await blogs.follow()
    await blogs.poll(post(1))
    await blogs.poll(post(1), post(2, "beans"))
    return Garden(server, blogs, tmp_path / "feed-relay.db", (server.admin, rowan))


@dataclass(frozen=True)
class Act:
    """One thing that an admin can do, as a command or as a press."""

    name: str
    """The command, or the label of the button."""
    write: str
    """The store's repository and method that write it."""
    stored: tuple[str, ...]
    """The stored result after doing it once."""
    options: Mapping[str, OptionValue] = field(default_factory=dict)
    prepare: Callable[[Garden], Awaitable[object]] | None = None
    """For a press: returns the message with the button."""
    values: tuple[str, ...] = ()
    """The chosen values, for a menu."""
    form: Mapping[str, Filled] | None = None
    """The submitted values, if the press opens a form."""
    is_kept: bool = True
    """Whether the button still works after a restart."""
    begun: tuple[str, ...] = ()
    """The stored result if the bot is killed after the first of several writes; (): there is only one write."""
    is_taken: bool = False
    """Whether the first press takes what the button offers."""

    async def message(self, there: Garden) -> StoredMessage | None:
        """Prepare it; return the message to press a button of, None for a command."""
        found = None if self.prepare is None else await self.prepare(there)
        return found if isinstance(found, StoredMessage) else None

    async def do(self, there: Garden, message: StoredMessage | None, user: User) -> InteractionResponse:
        """Do it, and return the response once Discord has it; a press may still change its message."""
        if message is None:
            return await there.server.run(self.name, with_roles(there, self.options), user=user)
        now = there.server.discord.message(message.channel_id, message.id)
        answer = await there.server.press(now, self.name, user=user, values=self.values)
        return answer if self.form is None else await there.server.discord.submit(answer, self.form)


async def draft(there: Garden) -> StoredMessage:
    answer = await there.server.run("feed add", {"url": STARS, **NEWS})
    await there.server.discord.wait_for(lambda: answer.followups)
    assert answer.message is not None
    return answer.message


async def batch(there: Garden) -> StoredMessage:
    return await there.shown("feed add", {"url": f"{STARS} {MOSS}", **NEWS})


async def uploaded(there: Garden) -> StoredMessage:
    file = there.server.discord.upload("feeds.opml", opml(STARS, MOSS))
    return await there.shown("feed import", {"file": file, **NEWS})


async def subscribed(there: Garden) -> StoredMessage:
    return await there.server.press_and_wait(await draft(there), "Subscribe")


async def removed(there: Garden) -> StoredMessage:
    return await there.shown("feed remove", FEED)


async def changed(there: Garden) -> StoredMessage:
    return await there.filled_in("Look", {"style": "compact"})


async def changed_after_posts(there: Garden) -> StoredMessage:
    await there.blogs.send()
    return await changed(there)


async def panel(there: Garden) -> StoredMessage:
    return await there.shown("feed settings", {**FEED, **NEWS})


async def paused(there: Garden) -> None:
    await there.server.run("feed pause", FEED)


async def flooded(there: Garden) -> None:
    await paused(there)
    await there.blogs.poll(*map(post, range(1, 6)))


async def narrowed(there: Garden) -> None:
    await there.server.run("follow add", {"tag": "beans", **NEWS})


async def held(there: Garden) -> StoredMessage:
    await there.blogs.poll(*map(post, range(1, 6)), settings=ASK)
    answer = await there.server.run("feed status", FEED)
    await there.server.discord.wait_for(lambda: answer.followups)
    return answer.followups[0]


async def asked_to_resume(there: Garden) -> StoredMessage:
    question = await held(there)
    await paused(there)
    answer = await there.server.press(question, "Post all")
    await there.server.discord.wait_for(lambda: answer.followups)
    return answer.followups[0]


async def status(there: Garden) -> StoredMessage:
    return await there.shown("feed status", FEED)


async def which(there: Garden) -> StoredMessage:
    await there.blogs.follow(STARS, "Star Diary")
    return await there.shown("follow add", {"tag": "beans", **NEWS})


async def notices(there: Garden) -> StoredMessage:
    return await there.shown("notices", {"channel": "#talk"})


async def managers(there: Garden) -> StoredMessage:
    return await there.shown("server managers", with_roles(there, {"role": "helpers"}))


def with_roles(there: Garden, options: Mapping[str, OptionValue]) -> dict[str, OptionValue]:
    """Return the options with the role that one of them names."""
    roles: dict[str, OptionValue] = {each.name: each for each in there.server.discord.roles.values()}
    return {name: roles.get(str(value), value) for name, value in options.items()}


ONCE = ("#news garden", "1 pending")
COMMANDS = (
    Act("feed remove", "removals.remove", ("1 skipped", "1 removed"), FEED),
    Act("feed move", "moves.move", ("#talk garden", "1 pending"), {**FEED, "to": "#talk"}),
    Act("feed copy", "moves.copy", ("#talk garden", *ONCE), {"from": "#news", "to": "#talk"}),
    Act("feed url", "moves.readdress", ("#news stars", "1 pending"), {**FEED, "url": STARS}),
    Act("feed pause", "subscriptions.pause", ("#news garden paused", "1 paused"), FEED),
    Act("feed resume", "subscriptions.resume", ONCE, FEED, paused),
    Act("feed resume", "subscriptions.resume", ("#news garden", "4 held"), FEED, flooded),
    Act(
        "follow add",
        "settings_changes.change",
        ("#news garden only beans", "1 pending", "1 changed"),
        {"tag": "beans", **NEWS},
    ),
    Act(
        "follow exclude",
        "settings_changes.change",
        ("#news garden not beans", "1 pending", "1 changed"),
        {"tag": "beans", **NEWS},
    ),
    Act("follow remove", "settings_changes.change", (*ONCE, "2 changed"), {"tag": "beans", **NEWS}, narrowed),
    Act("notices", "guilds.set_notices_channel", (*ONCE, "#talk"), {"channel": "#talk"}),
    Act("server managers", "guilds.set_managers_role", (*ONCE, "managers"), {"role": "helpers"}),
    Act("server settings", "guilds.set_time_zone", (*ONCE, "Europe/Berlin"), {"time_zone": "Europe/Berlin"}),
)
PRESSES = (
    Act(
        "Subscribe",
        "subscriptions.subscribe",
        ("#news garden", "#news stars", "1 pending"),
        prepare=draft,
        is_kept=False,
    ),
    Act(
        "Subscribe and post the newest",
        "subscriptions.subscribe",
        ("#news garden", "#news stars", "2 pending"),
        prepare=draft,
        is_kept=False,
        begun=("#news garden", "#news stars", "1 pending"),
    ),
    Act(
        "Post the newest",
        "subscriptions.post_now",
        ("#news garden", "#news stars", "2 pending"),
        prepare=subscribed,
    ),
    Act(
        "Follow 2 feeds",
        "subscriptions.subscribe",
        ("#news garden", "#news stars", "#news moss", "1 pending"),
        prepare=batch,
        is_kept=False,
        is_taken=True,
        begun=("#news garden", "#news stars", "1 pending"),
    ),
    Act(
        "Follow 2 feeds",
        "imports.start",
        ("#news garden", "#news stars", "#news moss", "1 pending", "1 imported"),
        prepare=uploaded,
        is_kept=False,
        is_taken=True,
    ),
    Act("Undo", "removals.restore", ONCE, prepare=removed),
    Act("Undo", "settings_changes.change", (*ONCE, "2 changed"), prepare=changed),
    Act(
        "Look",
        "settings_changes.change",
        ("#news garden link", "1 pending", "1 changed"),
        prepare=panel,
        form={"style": "link"},
    ),
    Act(
        "Apply to posts in the channel …",
        "settings_changes.apply_look",
        ("#news garden compact", "1 sent", "1 changed", "1 to edit"),
        prepare=changed_after_posts,
        values=("1",),
    ),
    Act("Post all", "holds.decide", ("#news garden", "4 pending", "all"), prepare=held),
    Act(
        "Resume and post",
        "subscriptions.decide_and_resume",
        ("#news garden", "4 pending", "all"),
        prepare=asked_to_resume,
    ),
    Act("Archive older posts", "backfills.request", (*ONCE, "1 to archive"), prepare=status),
    Act(
        "Choose a feed",
        "settings_changes.change",
        ("#news garden only beans", "#news stars only beans", "1 pending", "2 changed"),
        prepare=which,
        values=("all",),
    ),
    Act("Use the default", "guilds.set_notices_channel", ONCE, prepare=notices),
    Act("No role", "guilds.set_managers_role", ONCE, prepare=managers),
)


def named(act: Act) -> str:
    return f"{act.name} ({act.write})"


@pytest.mark.usefixtures("running_chat")
@pytest.mark.parametrize("act", [*COMMANDS, *PRESSES], ids=named)
async def test_two_admins_at_once_have_the_effect_of_one(
    there: Garden, store: Store, logged: list[EventDict], monkeypatch: pytest.MonkeyPatch, act: Act
) -> None:
    message = await act.message(there)
    repository, method = act.write.split(".")
    if not act.is_taken:
        write_together(monkeypatch, getattr(store, repository), method)

    answers = await asyncio.gather(*(act.do(there, message, admin) for admin in there.admins))

    texts = await read(there, act, message, answers)
    assert there.stored() == act.stored
    assert understandable(texts, logged) == []


@pytest.mark.parametrize(
    ("act", "when"),
    [
        *((act, "after") for act in (*COMMANDS, *PRESSES)),
        *((act, "before") for act in PRESSES if act.is_kept),
    ],
    ids=lambda each: each if isinstance(each, str) else named(each),
)
async def test_after_a_kill_the_same_again_has_the_effect_of_one(
    there: Garden,
    store: Store,
    services: Services,
    opened: Opened,
    logged: list[EventDict],
    monkeypatch: pytest.MonkeyPatch,
    act: Act,
    when: str,
) -> None:
    discord, admin = there.server.discord, there.server.admin
    async with run_chat(discord, services, opened, there.server):
        await discord.wait_for(lambda: [each for each in discord.calls("register") if each.status])
        message = await act.message(there)
        doing = await do_until_killed(there, store, act, message, when, monkeypatch)
    doing.cancel()

    restarted = replace(services, drafts=FeedDrafts(), batches=RecentCache(1), imports=RecentCache(1))
    async with run_chat(discord, restarted, opened, there.server):
        texts = await read(there, act, message, [await act.do(there, message, admin)])

    assert there.stored() == (act.begun or act.stored)
    assert (EXPIRED in texts[0]) is not act.is_kept
    assert understandable(texts, logged) == []


async def do_until_killed(
    there: Garden,
    store: Store,
    act: Act,
    message: StoredMessage | None,
    when: str,
    monkeypatch: pytest.MonkeyPatch,
) -> "asyncio.Task[InteractionResponse]":
    """Start it, and return once it is about to write, or has written; it gets no further."""
    repository, method = act.write.split(".")
    owner = getattr(store, repository)
    call, reached = getattr(owner, method), asyncio.Event()

    async def stopped(*arguments: object, **named: object) -> None:
        if when == "after":
            await call(*arguments, **named)
        reached.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as patch:
        patch.setattr(owner, method, stopped)
        doing = asyncio.create_task(act.do(there, message, there.server.admin))
        stop = asyncio.create_task(reached.wait())
        awaited = {doing, stop} if message is None else {stop}  # a press is over before it is answered
        await asyncio.wait(awaited, timeout=60, return_when=asyncio.FIRST_COMPLETED)
        assert reached.is_set()
    return doing


async def read(
    there: Garden, act: Act, message: StoredMessage | None, answers: Sequence[InteractionResponse]
) -> list[str]:
    """Return what each admin reads, once everybody has an answer.

    The answer to a form is a message of its own, which comes after the change of the message with the button.
    """
    discord = there.server.discord
    if message is not None:
        known, place = len(message.edits), (message.channel_id, message.id)

        def unanswered() -> int:
            private = sum(bool(each.followups or each.kind == MESSAGE) for each in answers)
            edits = len(discord.message(*place).edits) - known if act.form is None else 0
            return len(answers) - private - edits

        await discord.wait_for(lambda: unanswered() <= 0)
        await discord.wait_for(lambda: not discord.message(*place).content.endswith("…"))
    return [text_of(each.followups[0] if each.followups else each.message) for each in answers]


def understandable(texts: Sequence[str], logged: Sequence[EventDict]) -> list[object]:
    """Return the answers that nobody understands, and the errors that were logged."""
    unclear = [
        text
        for text in texts
        if not text or "Something went wrong" in text or "try again in a minute" in text
    ]
    return [*unclear, *(each for each in logged if "exc_info" in each)]
