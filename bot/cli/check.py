"""`check`."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.chat import logged_in
from bot.cli.common_options import options_of
from bot.cli.output import count_of, print_line
from bot.config import Config
from bot.errors import ConfigError, FeedRelayError, LoginRefused, StoreCorrupt
from bot.logs import scrub
from bot.model import NotModified, ParsedFeed
from bot.source.http.url import public_url
from bot.store.place import Place

if TYPE_CHECKING:
    from bot.chat.client import Chat
    from bot.store.subscriptions import FollowedFeed


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    subject: str
    text: str
    ok: bool = True


def check(
    ctx: typer.Context,
    offline: Annotated[
        bool, typer.Option("--offline", help="Check only the config and the database.")
    ] = False,
) -> None:
    """Test whether everything works, and say what to do if not.

    Checks the config, database, feeds, bot token, channels and Tumblr API key. Exit code 1 if one fails.
    """
    try:
        config = options_of(ctx).load()
    except ConfigError as error:
        _print(*(Finding("config", problem, ok=False) for problem in error.problems))
        raise typer.Exit(2) from None
    ok = asyncio.run(_report(config, offline=offline))
    raise typer.Exit(0 if ok else 1)


async def _report(config: Config, *, offline: bool) -> bool:
    """Print each finding as soon as it is made. Return whether all are OK."""
    ok = True
    async for finding in _findings(config, offline=offline):
        _print(finding)
        ok = ok and finding.ok
    return ok


def _print(*findings: Finding) -> None:
    for finding in findings:
        print_line(scrub(f"{'ok     ' if finding.ok else 'problem'}  {finding.subject:<9} {finding.text}"))


async def _findings(config: Config, *, offline: bool) -> AsyncIterator[Finding]:
    feeds = {feed.url for feed in config.feeds}
    channels = {channel.id for feed in config.feeds for channel in feed.channels}
    yield Finding("config", f"{count_of(len(config.feeds), 'feed')}, {count_of(len(channels), 'channel')}")
    database, followed = await _database(config.store.place)
    yield database
    if database.ok:
        yield await _backups(config)
    if offline:
        return
    if config.tumblr.api_key.get_secret_value():
        yield await _tumblr(config)
    async for finding in _feeds(sorted(feeds | {item.feed_url for item in followed}), config):
        yield finding
    async for finding in _discord(_channels(config, followed), config):
        yield finding


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the bot must be able to do in a channel besides writing."""

    embeds: bool
    threads: bool


def _channels(config: Config, followed: Sequence["FollowedFeed"]) -> dict[int, Wanted]:
    """Return the channels that get posts, in order, and what one of their feeds needs there."""
    found = {
        (item.feed_url, item.channel_id): (item.subscription.style, item.subscription.thread)
        for item in followed
    }
    for feed in config.declarations():
        found |= {(feed.url, each.channel_id): (each.style, each.thread) for each in feed.channels}
    wanted: dict[int, Wanted] = {}
    for (_url, channel_id), (style, thread) in found.items():
        before = wanted.get(channel_id, Wanted(embeds=False, threads=False))
        wanted[channel_id] = Wanted(before.embeds or style.has_embeds, before.threads or thread is not None)
    return dict(sorted(wanted.items()))


async def _database(place: Place) -> tuple[Finding, Sequence["FollowedFeed"]]:
    """Return the database's finding, and the subscriptions in it."""
    from bot.store.store import Store

    try:
        trial = await Store.trial(place)
        if not trial.exists:
            return Finding("database", f"{place} will be created by `feed-relay run`"), ()
        problems = await Store.read(place, lambda store: store.check(), any_version=True)
        if problems:
            return Finding("database", str(StoreCorrupt(f"{place} ({problems[0]})")), ok=False), ()
        if trial.is_old:
            return Finding("database", f"{place} is OK; `feed-relay run` will update it"), ()
        followed = await Store.read(place, lambda store: store.subscriptions.all(), any_version=True)
    except FeedRelayError as error:
        return Finding("database", str(error), ok=False), ()
    running = "; another feed-relay runs with this database" if trial.is_running else ""
    return Finding("database", f"{place} is OK{running}"), followed


async def _backups(config: Config) -> Finding:
    """Return whether the daily backups can be made."""
    from bot.store.store import Store

    keep = config.store.backups
    try:
        backups = Store.backups(config.store.place, config.store.backup_dir)
        if backups is None:
            return Finding("backups", "the bot makes none of a PostgreSQL database; run pg_dump daily")
        if not keep:
            return Finding("backups", "none are made, because store.backups is 0")
        await backups.try_out()
        made = await backups.times()
    except FeedRelayError as error:
        return Finding("backups", str(error), ok=False)
    newest = f", the newest from {made[-1]:%Y-%m-%d %H:%M} UTC" if made else ""
    return Finding("backups", f"{backups.folder} has {len(made)} of {keep}{newest}")


async def _tumblr(config: Config) -> Finding:
    """Test the key with a request that any key may make."""
    from bot.cli.fetch import fetcher
    from bot.source.tumblr.tags import tag_page

    async with fetcher(config) as opened:
        try:
            await opened.fetch_page(tag_page("tumblr"))
        except FeedRelayError as error:
            return Finding("tumblr", str(error), ok=False)
    return Finding("tumblr", "Tumblr accepts the API key")


async def _feeds(urls: Sequence[str], config: Config) -> AsyncIterator[Finding]:
    from bot.cli.fetch import fetcher, rate_limited
    from bot.source.formats.process import Parser

    async with fetcher(config) as opened, Parser() as parser:
        fetch = rate_limited(opened.fetch, config)
        for url in urls:
            try:
                answer = await fetch(url)
                feed = None if isinstance(answer, NotModified) else await parser.parse(answer)
                yield Finding("feed", f"{public_url(url)}: {_description(feed)}")
            except FeedRelayError as error:
                yield Finding("feed", f"{public_url(url)}: {error}", ok=False)


def _description(feed: ParsedFeed | None) -> str:
    if feed is None:
        return "unchanged"
    dates = [entry.published for entry in feed.entries if entry.published]
    newest = f", newest {max(dates):%Y-%m-%d}" if dates else ""
    left_out = f"; leaves out {count_of(feed.left_out, 'older post')}" if feed.left_out else ""
    torn = "; the document breaks off" if feed.torn else ""
    return f"{feed.title or 'no title'}, {count_of(len(feed.entries), 'post')}{newest}{left_out}{torn}"


async def _discord(channels: Mapping[int, Wanted], config: Config) -> AsyncIterator[Finding]:
    try:
        async with logged_in(config) as chat:
            yield Finding("token", f"Discord accepts the token; invite the bot with {chat.invite_url()}")
            for channel_id, wanted in channels.items():
                yield await _channel(chat, channel_id, wanted)
    except (ConfigError, LoginRefused) as error:
        yield Finding("token", str(error), ok=False)
    except FeedRelayError as error:
        yield Finding("discord", str(error), ok=False)


async def _channel(chat: "Chat", channel_id: int, wanted: Wanted) -> Finding:
    try:
        report = await chat.sender.inspect(channel_id, embeds=wanted.embeds, threads=wanted.threads)
    except FeedRelayError as error:
        return Finding("channel", f"{channel_id}: {error}", ok=False)
    name = f"{channel_id} (#{report.name}, {report.guild})" if report.name else str(channel_id)
    if report.advice:
        return Finding("channel", f"{name}: {report.advice}", ok=False)
    return Finding("channel", f"{name}: the bot can post here")
