"""Reads a feed from an address or a file, renders it as `run` would, and shows it."""

import asyncio
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common_options import options_of
from bot.cli.files import read_file
from bot.cli.output import count_of, print_error, print_json, print_line
from bot.cli.preview import html, text
from bot.config import Config
from bot.errors import FeedRelayError
from bot.model import Fetched, Message, NotModified, ParsedFeed, Rule, Style, Validators
from bot.relay.identity import identify
from bot.relay.match import match
from bot.relay.plan import oldest_first
from bot.text.address import label_of, safe_title
from bot.text.canonical import split_url
from bot.text.render import render

_BAD_FILE_HINT = "use a file, or an address that starts with https://"


class Format(StrEnum):
    """Output formats."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


def preview(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(help="The feed: an address, or a file on this machine.")],
    limit: Annotated[int, typer.Option(min=1, help="How many posts, newest first.")] = 10,
    style: Annotated[
        Style | None, typer.Option(case_sensitive=False, help="The style of posts. [default: posts.style]")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Only posts with this tag; can be repeated.")] = None,
    output_format: Annotated[
        Format,
        typer.Option(
            "--format", case_sensitive=False, help="For a terminal, as Discord's API gets it, or as a page."
        ),
    ] = Format.TEXT,
) -> None:
    """Show the posts of a feed as they would be sent, newest last. Needs no token and no database."""
    config = options_of(ctx).load(need_file=False)
    url, feed = asyncio.run(_read(source, config))
    messages = _messages(url, feed, Rule(tags=tuple(tag or ())), style or config.posts.style, config)[-limit:]
    _show(messages, output_format, _name(feed, url))
    if feed.skipped:
        print_error(f"Left out {count_of(feed.skipped, 'post')} of this feed that cannot be read.")
    if not messages:
        print_error("No posts to show: the feed has none" + (" with this tag." if tag else "."))


def _name(feed: ParsedFeed, url: str) -> str:
    """Return what the bot would call the feed. `url`: its address, or the name of its file."""
    return safe_title(feed.title, url) or (label_of(url) if split_url(url) else url)


def _messages(url: str, feed: ParsedFeed, rule: Rule, style: Style, config: Config) -> list[Message]:
    entries = [item.entry for item in oldest_first(identify(feed.entries, feed.link, url))]
    return [
        render(entry, _name(feed, url), style, summary_length=config.posts.summary_length)
        for entry in entries
        if match(rule, entry).wanted
    ]


def _show(messages: list[Message], output_format: Format, title: str) -> None:
    if output_format is Format.TEXT:
        text.show(messages)
        return
    from bot.chat.embeds import create_message_body

    bodies = [create_message_body(message) for message in messages]
    if output_format is Format.HTML:
        print_line(html.page(bodies, title))
    else:
        print_json(bodies)


async def _read(source: str, config: Config) -> tuple[str, ParsedFeed]:
    """Return the feed and its address. The address of a file is the one that the feed itself gives."""
    if "://" not in source:
        return await _from_file(Path(source), config.polling.max_body)
    from bot.cli.fetch import fetcher
    from bot.source.formats.process import Parser

    async with fetcher(config) as fetch, Parser() as parser:
        answer = await fetch.fetch(source, Validators())
        if isinstance(answer, NotModified):
            raise FeedRelayError('The site answered "not modified" to a first request; try again later.')
        return answer.url, await parser.parse(answer)


async def _from_file(path: Path, max_body: int) -> tuple[str, ParsedFeed]:
    from bot.source.formats.process import Parser

    body = read_file(
        path, max_body, _BAD_FILE_HINT, too_large="polling.max_body; raise it, or use a smaller file"
    )
    document = Fetched("", body)
    async with Parser() as parser:
        feed = await parser.parse(document)
        if feed.link:
            feed = await parser.parse(replace(document, url=feed.link))
    return feed.link or path.name, feed
