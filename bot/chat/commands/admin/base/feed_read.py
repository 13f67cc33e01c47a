"""Find and read feeds while an admin waits, and explain errors so that the admin can act.

The errors' own sentences are about feeds that the bot checks again later; here, only the admin can try again.
"""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from bot.chat.commands.common.responses import UserError
from bot.chat.messages import _
from bot.chat.services import Services
from bot.errors import (
    ConsentPage,
    EmptyDocument,
    HtmlPage,
    Incomplete,
    ParserBusy,
    ParserTimedOut,
    RateLimited,
    ServerError,
    SourceError,
    TimedOut,
    Unreadable,
)
from bot.model import FoundFeed, ParsedFeed

READ_TIMEOUT = 120.0
"""Seconds to find or read a feed, which may take up to 16 requests."""

T = TypeVar("T")


async def discover_now(services: Services, pasted: str) -> tuple[FoundFeed, ...]:
    """Return the feeds behind what a person pasted. Raises UserError."""
    return await _in_time(pasted, services.discover(pasted))


async def read_now(services: Services, url: str) -> ParsedFeed:
    """Fetch and parse a feed. Raises UserError."""
    return await _in_time(url, services.read_feed(url))


async def _in_time(url: str, work: Awaitable[T]) -> T:
    try:
        async with asyncio.timeout(READ_TIMEOUT):
            return await work
    except TimeoutError:
        raise UserError(explain_error(TimedOut(url))) from None
    except SourceError as error:
        raise UserError(explain_error(error)) from error


def explain_error(error: SourceError) -> str:
    """Return one sentence that ends with what to do."""
    if isinstance(error, TimedOut):
        return _(
            "The site didn't answer in time; open the address in a browser, and try again once it loads there."
        )
    if isinstance(error, ServerError):
        return _("The site has a problem of its own (HTTP {status}); try again later.").format(
            status=error.status
        )
    if isinstance(error, RateLimited):
        return _("The site asks for fewer requests; try again in an hour.")
    if isinstance(error, HtmlPage):
        return _("This is a web page without a feed behind it; look for its RSS or Atom link and paste that.")
    if isinstance(error, ConsentPage):
        return _("The site shows a consent page instead of its feed; paste the feed's own address.")
    if isinstance(error, ParserBusy):
        return _("I'm still busy with other documents that are slow to read; try again in a minute.")
    if isinstance(error, EmptyDocument | Unreadable | Incomplete | ParserTimedOut):
        return _(
            "What the site sent can't be read as a feed; let its owner know, or follow another feed of the site."
        )
    return _(str(error))
