"""The web, asked while an admin waits: within their patience, and what is wrong told so that they can act.

Nothing asks such an address again by itself, as the sentences of the errors say of feeds.
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
    ParserTimedOut,
    RateLimited,
    ServerError,
    SourceError,
    TimedOut,
    Unreadable,
)
from bot.model import FoundFeed, ParsedFeed

PATIENCE = 120.0
"""Seconds for finding or reading a feed; up to 16 addresses are asked for it."""

T = TypeVar("T")


async def discover_now(services: Services, pasted: str) -> tuple[FoundFeed, ...]:
    """The feeds behind what was pasted. Raises UserError."""
    return await _in_time(pasted, services.discover(pasted))


async def read_now(services: Services, url: str) -> ParsedFeed:
    """A feed as it stands. Raises UserError."""
    return await _in_time(url, services.read_feed(url))


async def _in_time(url: str, work: Awaitable[T]) -> T:
    try:
        async with asyncio.timeout(PATIENCE):
            return await work
    except TimeoutError:
        raise UserError(explain_refusal(TimedOut(url))) from None
    except SourceError as error:
        raise UserError(explain_refusal(error)) from error


def explain_refusal(error: SourceError) -> str:
    """One sentence that ends with what to do."""
    if isinstance(error, TimedOut):
        return _(
            "The site did not answer in time; open the address in a browser, and try again once it works there."
        )
    if isinstance(error, ServerError):
        return _("The site has trouble of its own (HTTP {status}); try again later.").format(
            status=error.status
        )
    if isinstance(error, RateLimited):
        return _("The site asks for fewer requests; try again in an hour.")
    if isinstance(error, HtmlPage):
        return _(
            "This is a web page and no feed stands behind it; look for its RSS or Atom link and paste that."
        )
    if isinstance(error, ConsentPage):
        return _("The site shows a consent page instead of its feed; paste the address of the feed itself.")
    if isinstance(error, EmptyDocument | Unreadable | ParserTimedOut):
        return _(
            "What the site sent cannot be read as a feed; tell the site's owner, or follow another feed of it."
        )
    return _(str(error))
